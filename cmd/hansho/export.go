package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/cases/vex"
	"hansho/inventory"
	"hansho/pipeline"
)

func newCaseExport(g *globals) *cobra.Command {
	var form, to string
	var issue int
	cmd := &cobra.Command{
		Use:   "export REF --as openvex|csaf-vex",
		Short: "Write the state of a case for machines: OpenVEX or CSAF VEX",
		Long: `export writes where our items stand in a case, for partners who want it as data.
What is known under TLP RED or AMBER only is left out. --to leaves the items that
concern one partner. Read it before you pass it on: it names your systems.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, refs []string) error {
			writers := map[string]func(vex.Document) ([]byte, error){"openvex": vex.OpenVEX, "csaf-vex": vex.CSAF}
			write, ok := writers[form]
			if !ok {
				return usagef("--as %s: want openvex or csaf-vex", form)
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				c, err := d.PublicCase(cmd.Context(), refs[0])
				if err != nil {
					return err
				}
				doc, err := a.vexDocument(c, to)
				if err != nil {
					return err
				}
				doc.Version = issue
				raw, err := write(doc)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&form, "as", "openvex", "openvex or csaf-vex")
	cmd.Flags().StringVar(&to, "to", "", "`id` of the partner it is for")
	cmd.Flags().IntVar(&issue, "issue", 1, "the `number` of this issue")
	return cmd
}

func (a *app) vexDocument(c cases.Case, to string) (vex.Document, error) {
	doc := vex.Document{
		Case: strings.TrimPrefix(c.ID, "case:"), Title: a.pipeline.View(c).Name, CVEs: c.CVEs, At: a.now(), States: map[string]cases.Item{},
		Company: vex.Company{Name: cmp.Or(a.file.Company.NameEN, a.file.Company.Name), Namespace: a.file.Company.URL, Contact: a.file.Company.Email},
	}
	var ours []string
	if to != "" {
		i := slices.IndexFunc(a.inventory.Partners, func(p inventory.Partner) bool { return p.ID == to || p.Company == to })
		if i < 0 {
			return doc, usagef("no partner %q in the inventory", to)
		}
		ours = a.inventory.Partners[i].Items
	}
	for _, it := range a.inventory.Items {
		held, ok := c.Items[it.ID]
		wanted := len(ours) == 0 || slices.Contains(ours, it.ID) || slices.ContainsFunc(it.Tags, func(t string) bool { return slices.Contains(ours, t) })
		if ok && wanted {
			doc.Products = append(doc.Products, vex.Product{ID: it.ID, Name: cmp.Or(it.Name, it.Product, it.ID), PURL: it.PURL})
			doc.States[it.ID] = *held
		}
	}
	return doc, nil
}
