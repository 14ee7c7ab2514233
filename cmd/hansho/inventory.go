package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/vendors"
)

func newInventory(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inventory",
		Short: "Import and check what the company runs; find what no source covers",
	}
	cmd.AddCommand(newInventoryImport(g), newInventoryCheck(g), newInventorySuggest(g), newInventoryCoverage(g))
	return cmd
}

// loadInventory reads the files and folders named into one inventory. A path
// that isn't there is an error, not an empty inventory.
func loadInventory(paths []string) (inventory.Inventory, inventory.Problems, error) {
	var errs []error
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			errs = append(errs, fmt.Errorf("inventory: %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return inventory.Inventory{}, nil, err
	}
	inv, problems := inventory.Load(paths...)
	return inv, problems, nil
}

func newInventoryImport(g *globals) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "import FILE…",
		Short: "Bring a ledger, an SBOM or a package listing into the inventory",
		Long: `import reads a file in any form that hansho knows (YAML, CSV, XLSX, CycloneDX,
SPDX, dpkg, rpm, osquery, winget, Trivy, Syft, lists of CPE or purl) and writes
its items to inventory.d beside the first inventory file, one file for each
origin. What a person wrote is never touched: the same file again changes
nothing, a field edited by hand stays, an item that vanished is marked. A file
that can't be read, or has nothing in it, changes nothing either.`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			var errs []error
			for _, f := range files {
				errs = append(errs, s.importFile(cmd, f, asJSON, dryRun))
			}
			return errors.Join(errs...)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would change, and write nothing")
	return cmd
}

func (s *settings) importFile(cmd *cobra.Command, file string, asJSON, dryRun bool) error {
	if len(s.file.Inventory) == 0 {
		return usagef("the configuration names no inventory: write inventory: [inventory.yaml, inventory.d]")
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	imported, problems := inventory.Read(file, f)
	for _, p := range problems {
		fmt.Fprintln(cmd.ErrOrStderr(), p.Text(s.words.lang))
	}
	if len(imported.Items)+len(imported.Partners) == 0 {
		return errors.New(s.words.say("import.nothing", file))
	}
	origin := filepath.Base(file)
	merged, rep := inventory.Merge(s.inventory, imported, origin, problems.Partial(), time.Now())
	if !dryRun && !rep.Unchanged {
		if err := s.writeImport(cmd.ErrOrStderr(), merged, origin); err != nil {
			return err
		}
		s.inventory = merged
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), rep)
	}
	return s.printImport(cmd, rep)
}

// writeImport writes what came from one origin to its own file, whole or not at
// all.
func (s *settings) writeImport(hints io.Writer, merged inventory.Inventory, origin string) error {
	dir := s.importDir()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	path := filepath.Join(dir, filepath.Base(inventory.ImportFile(origin)))
	tmp, err := os.CreateTemp(dir, ".import-*")
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer os.Remove(tmp.Name())
	err = errors.Join(inventory.Write(tmp, merged.From(origin)), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("import: write %s: %w", path, err)
	}
	if !s.reads(dir) {
		fmt.Fprintln(hints, s.words.say("import.add", dir))
	}
	return nil
}

// importDir is inventory.d beside the first inventory file, or in it where it
// is a folder.
func (s *settings) importDir() string {
	first := s.file.Inventory[0]
	if info, err := os.Stat(first); err == nil && info.IsDir() {
		return filepath.Join(first, "inventory.d")
	}
	return filepath.Join(filepath.Dir(first), "inventory.d")
}

// reads says whether the configuration's inventory includes a folder.
func (s *settings) reads(dir string) bool {
	for _, p := range s.file.Inventory {
		if rel, err := filepath.Rel(p, dir); err == nil && !strings.HasPrefix(rel, "..") {
			return true
		}
	}
	return false
}

func (s *settings) printImport(cmd *cobra.Command, r inventory.MergeReport) error {
	w, out := s.words, cmd.OutOrStdout()
	if r.Unchanged {
		_, err := fmt.Fprintln(out, w.say("import.same", r.Origin))
		return err
	}
	for _, c := range r.Updated {
		fmt.Fprintln(out, " ", w.say("import.updated", c.Item, c.Field, printable(c.From), printable(c.To)))
	}
	for _, c := range r.Kept {
		fmt.Fprintln(out, " ", w.say("import.kept", c.Item, c.Field, printable(c.From), printable(c.To)))
	}
	for _, line := range []struct {
		word string
		ids  []string
	}{{"import.missing", r.Missing}, {"import.returned", r.Returned}, {"import.declared", r.Declared}, {"import.removed", r.Removed}} {
		for _, id := range line.ids {
			fmt.Fprintln(out, " ", w.say(line.word, id))
		}
	}
	_, err := fmt.Fprintln(out, w.say("import.done", r.Origin, len(r.Added), len(r.Updated), len(r.Kept), len(r.Missing), len(r.Returned)))
	return err
}

func newInventoryCheck(g *globals) *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say for each item what hansho can know of it: identified, by name only, or too vague",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			dict, err := g.dictionary(cmd)
			if err != nil {
				return err
			}
			rows := []string{s.words.say("inventory.head")}
			counts := map[inventory.Known]int{}
			for _, f := range inventory.Check(s.inventory.Items, dict) {
				counts[f.Known]++
				if asJSON {
					if err := printJSON(cmd.OutOrStdout(), f); err != nil {
						return err
					}
				} else if all || f.Known != inventory.Identified {
					rows = append(rows, s.findingRow(f))
				}
			}
			if asJSON {
				return nil
			}
			if err := printTable(cmd.OutOrStdout(), rows); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), s.words.say("inventory.sum", len(s.inventory.Items),
				counts[inventory.Identified], counts[inventory.ByName], counts[inventory.TooVague]))
			return s.printMissing(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	cmd.Flags().BoolVar(&all, "all", false, "also what is identified")
	return cmd
}

// maxMissing bounds how many vanished items are named.
const maxMissing = 20

// printMissing names the items that the files which they came from no longer have.
func (s *settings) printMissing(out io.Writer) error {
	var ids []string
	for _, it := range s.inventory.Items {
		if it.Missing {
			ids = append(ids, it.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	n := len(ids)
	if n > maxMissing {
		ids = append(ids[:maxMissing], "…")
	}
	_, err := fmt.Fprintln(out, s.words.say("inventory.missing", n, strings.Join(ids, ", ")))
	return err
}

func (s *settings) findingRow(f inventory.Finding) string {
	version := "-"
	if f.Version {
		version = "✓"
	}
	nearest := cmp.Or(strings.Join(f.Nearest, "、"), "-")
	return strings.Join([]string{f.Item, s.known(f.Known), version, nearest}, "\t")
}

func (s *settings) known(k inventory.Known) string {
	switch k {
	case inventory.Identified:
		return s.words.say("known.identified")
	case inventory.ByName:
		return s.words.say("known.by_name")
	}
	return s.words.say("known.too_vague")
}

// aliases gives all the names of a vendor, as the choice of sources asks.
type aliases struct{ *dictionary.Dictionary }

// Aliases lists other names of a vendor. Not those of its owners and of what it
// took over: their sources don't speak of its products, unless they say so.
func (a aliases) Aliases(name string) []string { return a.VendorNames(name) }

// wanted are the items as the choice of sources needs them.
func (s *settings) wanted() []vendors.Wanted {
	var out []vendors.Wanted
	for _, it := range s.inventory.Items {
		out = append(out, vendors.Wanted{ID: it.ID, Name: it.Name, Vendor: it.Vendor, Product: it.Product, CPE: it.CPE, PURL: it.PURL, Aliases: it.Aliases})
	}
	return out
}

func (s *settings) coverageRow(c vendors.Coverage) string {
	var pages []string
	for _, p := range c.Pages {
		pages = append(pages, p.ID+" "+p.Page)
	}
	return strings.Join([]string{c.Item, cmp.Or(strings.Join(c.General, " "), "-"), cmp.Or(strings.Join(c.Could, " "), "-"), cmp.Or(strings.Join(pages, " "), "-")}, "\t")
}

func newInventorySuggest(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "suggest NAME",
		Short:   "Find products by a Japanese or English name, typed imperfectly",
		Example: "  hansho inventory suggest フォーティゲート",
		Args:    args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			dict, err := g.dictionary(cmd)
			if err != nil {
				return err
			}
			name := strings.Join(given, " ")
			w := words{lang: cmp.Or(g.lang, "ja")}
			rows := []string{w.say("suggest.head")}
			for _, s := range dict.Suggest(name, 10) {
				rows = append(rows, fmt.Sprintf("%.2f\t%s\t%s\t%s", s.Score, s.Vendor, s.Product, strings.Join(s.CPEs, " ")))
			}
			if len(rows) == 1 {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), w.say("suggest.none", name))
				return err
			}
			return printTable(cmd.OutOrStdout(), rows)
		},
	}
}

func newInventoryCoverage(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "List the items that no enabled source speaks of, and what would",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			rows := []string{s.words.say("coverage.head")}
			for _, c := range vendors.Cover(s.file.Entries, s.wanted(), aliases{dictionary.Builtin()}) {
				if asJSON {
					if err := printJSON(cmd.OutOrStdout(), c); err != nil {
						return err
					}
				} else if c.Blind() {
					rows = append(rows, s.coverageRow(c))
				}
			}
			if asJSON {
				return nil
			}
			if len(rows) == 1 {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), s.words.say("coverage.all"))
				return err
			}
			return printTable(cmd.OutOrStdout(), rows)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines, covered items too")
	return cmd
}
