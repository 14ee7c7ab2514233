package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"hansho/inventory"
	"hansho/notify"
	"hansho/pipeline"
)

func newLetter(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "letter",
		Short: "Write letters: awareness notices, requests to suppliers",
	}
	cmd.AddCommand(newLetterPreview(g))
	return cmd
}

func newLetterPreview(g *globals) *cobra.Command {
	var ref, to, form string
	cmd := &cobra.Command{
		Use:   "preview KIND --case REF",
		Short: "Print a letter as it would be sent: awareness, supplier-request, …",
		Example: `  hansho letter preview awareness --case CVE-2021-44228
  hansho letter preview supplier-request --case Log4Shell --to partner-id --as html > letter.html`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, kinds []string) error {
			if ref == "" {
				return usagef("--case is missing; hansho case list shows the cases")
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				letter, err := a.renderLetter(cmd, d, kinds[0], ref, to)
				if err != nil {
					return err
				}
				return printLetter(cmd, letter, form)
			})
		},
	}
	cmd.Flags().StringVar(&ref, "case", "", "the case, by id, CVE id or name")
	cmd.Flags().StringVar(&to, "to", "", "`id` of the partner it is for")
	cmd.Flags().StringVar(&form, "as", "text", "text, html, markdown or json")
	return cmd
}

func (a *app) renderLetter(cmd *cobra.Command, d *pipeline.Desk, kind, ref, to string) (notify.Letter, error) {
	c, err := d.Case(cmd.Context(), ref)
	if errors.Is(err, pipeline.ErrNoCase) {
		return notify.Letter{}, usagef("no case %q; hansho case list shows them, hansho case open %[1]s opens one", ref)
	}
	if err != nil {
		return notify.Letter{}, err
	}
	data := notify.LetterData{Date: a.now().In(a.file.Zone), Case: a.pipeline.View(c), From: a.sender(), ReportTo: a.file.Company.Contact}
	lang := a.words.lang
	if to != "" {
		p, ok := a.partner(to)
		if !ok {
			return notify.Letter{}, usagef("no partner %q in the inventory", to)
		}
		data.To = notify.Recipient{Company: p.Company, Title: p.Title, Person: p.Person, Honorific: p.Honorific}
		data.Items = a.itemsOf(p, data.Case.Items)
		lang = cmp.Or(p.Lang, lang)
	}
	if !slices.Contains(a.templates.Letters(lang), kind) {
		return notify.Letter{}, usagef("no letter is called %q; there are %v", kind, a.templates.Letters(lang))
	}
	return a.templates.RenderLetter(kind, lang, data)
}

func (a *app) sender() notify.Sender {
	c := a.file.Company
	return notify.Sender{Company: c.Name, Department: c.Department, Name: c.Person, Phone: c.Phone, Email: c.Email, Hours: c.Hours}
}

func (a *app) partner(id string) (inventory.Partner, bool) {
	i := slices.IndexFunc(a.inventory.Partners, func(p inventory.Partner) bool { return p.ID == id || p.Company == id })
	if i < 0 {
		return inventory.Partner{}, false
	}
	return a.inventory.Partners[i], true
}

// itemsOf are the items of a case that a partner supplies.
func (a *app) itemsOf(p inventory.Partner, views []notify.ItemView) []notify.ItemView {
	var out []notify.ItemView
	for _, v := range views {
		i := slices.IndexFunc(a.inventory.Items, func(it inventory.Item) bool { return it.ID == v.ID })
		if i >= 0 && (a.inventory.Items[i].Supplier == p.Company || a.inventory.Items[i].Supplier == p.ID) {
			out = append(out, v)
		}
	}
	return out
}

func printLetter(cmd *cobra.Command, l notify.Letter, form string) error {
	out := cmd.OutOrStdout()
	var err error
	switch form {
	case "text":
		_, err = fmt.Fprintf(out, "%s\n\n%s\n", l.Subject, l.Text)
	case "html":
		_, err = fmt.Fprintln(out, l.HTML)
	case "markdown":
		_, err = fmt.Fprintln(out, l.Markdown)
	case "json":
		err = printJSON(out, l)
	default:
		return usagef("--as %s: want text, html, markdown or json", form)
	}
	return err
}
