package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/pipeline"
)

func newLetterExport(g *globals) *cobra.Command {
	var form, dir, ref string
	cmd := &cobra.Command{
		Use:   "export [ID…] --as eml|html [--dir FOLDER]",
		Short: "Write letters for the file: the mails as they went out (eml), or the page (html)",
		Long: `export writes a letter that was sent: eml is the mail to each reader, byte for
byte as it was handed to the relay; html is the page, which prints on A4. A letter
that went to several readers is several mails: --dir writes each into a file.`,
		Example: `  hansho letter export 20211214-status-asahi-1f0c > status.eml
  hansho letter export --case Log4Shell --as html --dir Log4Shell/`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			if form != "eml" && form != "html" {
				return usagef("--as %s: want eml or html", form)
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				if ref != "" {
					more, err := a.leftOf(cmd, d, ref)
					if err != nil {
						return err
					}
					ids = append(ids, more...)
				}
				if len(ids) == 0 && ref != "" {
					return usagef("no letter of %s has left yet; hansho letter list --case %[1]s shows them", ref)
				}
				if len(ids) == 0 {
					return usagef("which letters? Name their ids, or --case; hansho letter list shows them")
				}
				pages, err := exported(cmd, d, ids, form, dir != "")
				if err != nil {
					return err
				}
				return writePages(cmd, pages, dir)
			})
		},
	}
	cmd.Flags().StringVar(&form, "as", "eml", "eml or html")
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` that each goes into as a file")
	cmd.Flags().StringVar(&ref, "case", "", "all letters of a case that have left")
	return cmd
}

// leftOf lists the letters on a case that have left, and the weekly ones that
// speak of it.
func (a *app) leftOf(cmd *cobra.Command, d *pipeline.Desk, ref string) ([]string, error) {
	id, err := a.caseID(cmd, d, ref)
	if err != nil {
		return nil, err
	}
	list, err := d.Letters(cmd.Context(), "", "")
	var ids []string
	for _, l := range list {
		if !l.Sent.IsZero() && (l.Case == id || speaksOf(l, id)) {
			ids = append(ids, l.ID)
		}
	}
	return ids, err
}

// speaksOf says whether a letter tells where the items of a case stand.
func speaksOf(l cases.Letter, id string) bool {
	for key := range l.Said {
		if strings.HasPrefix(key, cases.SaidKey(id, "")) {
			return true
		}
	}
	return false
}

// page is one file of a letter.
type page struct {
	name string
	data []byte
}

// exported gives the files of letters; files says whether what goes with a page is
// wanted, too.
func exported(cmd *cobra.Command, d *pipeline.Desk, ids []string, form string, files bool) ([]page, error) {
	var out []page
	for _, id := range ids {
		l, err := d.Letter(cmd.Context(), id)
		if err != nil {
			return nil, letterError(err)
		}
		if form == "html" {
			out = append(out, page{id + ".html", []byte(l.HTML)})
			for _, a := range l.Attachments {
				if files {
					out = append(out, page{id + "--" + fileName(a.Name), a.Data})
				}
			}
			continue
		}
		mails, err := d.SentMails(cmd.Context(), id)
		if err != nil {
			return nil, err
		}
		for _, m := range mails {
			out = append(out, page{id + "--" + fileName(m.To) + ".eml", m.Raw})
		}
	}
	if len(out) == 0 {
		return nil, usagef("%s: no mail of it has left yet; --as html writes it as it stands", strings.Join(ids, ", "))
	}
	return out, nil
}

// fileName keeps of an address what a file's name may hold everywhere.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, s)
}

// writePages writes files into a folder and their names to standard output, or
// a single page there.
func writePages(cmd *cobra.Command, pages []page, dir string) error {
	if dir == "" {
		if len(pages) > 1 {
			return usagef("%d files, such as %s: --dir says where to", len(pages), pages[0].name)
		}
		_, err := cmd.OutOrStdout().Write(pages[0].data)
		return err
	}
	dir = fromHere(cmd, dir)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for _, p := range pages {
		name := filepath.Join(dir, p.name)
		if err := os.WriteFile(name, p.data, 0o600); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), name); err != nil {
			return err
		}
	}
	return nil
}
