package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
	"hansho/vendors"
)

func newMatch(g *globals) *cobra.Command {
	var inventories, advisories []string
	cmd := &cobra.Command{
		Use:   "match --inventory FILE --advisories FILE…",
		Short: "Match advisories against an inventory and print the matches as JSON Lines",
		Long: `match reads advisories, one file after the other, and prints what of them
concerns the inventory, one JSON object a line. Advisories are our JSON Lines (as
parse prints them), NVD JSON 1.1 and 2.0 files, CSAF documents, or CISA KEV; an
inventory is any form that hansho reads, a plain list of CPE names or purls
included. "-" is standard input, for one of the two; .gz and .zst read as they are. Memory depends on
the inventory, not on the advisories.`,
		Example: `  hansho parse --source jvndb jvndb_new.rdf | hansho match --inventory inventory.yaml --advisories -
  hansho match --inventory cpes.txt --advisories nvdcve-1.1-2021.json.gz`,
		RunE: func(cmd *cobra.Command, more []string) error {
			if len(inventories) == 0 || len(advisories) == 0 {
				return usagef("both --inventory and --advisories are needed")
			}
			inv, problems, err := readInventories(inventories, advisories, cmd.InOrStdin())
			if err != nil {
				return err
			}
			for _, p := range problems {
				fmt.Fprintln(cmd.ErrOrStderr(), "hansho: match:", p.Text("en"))
			}
			m, errs := match.New(inv.Items, matchOptions(inv.Items)...)
			for _, err := range errs {
				fmt.Fprintln(cmd.ErrOrStderr(), "hansho: match:", err)
			}
			// What a stream allocates is garbage at once, beside an index that
			// stays: collecting seldom saves a fifth of the time.
			debug.SetGCPercent(streamGC)
			r := matchRun{matcher: m, out: bufio.NewWriterSize(cmd.OutOrStdout(), 1<<16), errs: cmd.ErrOrStderr()}
			r.enc = json.NewEncoder(r.out)
			r.enc.SetEscapeHTML(false)
			return r.files(append(advisories, more...), cmd.InOrStdin())
		},
	}
	cmd.Flags().StringArrayVarP(&inventories, "inventory", "i", nil, "inventory `file` or folder (may be repeated)")
	cmd.Flags().StringArrayVarP(&advisories, "advisories", "a", nil, "`file` of advisories (may be repeated)")
	return cmd
}

// readInventories is loadInventory with "-" for standard input, which then can't
// be the advisories too.
func readInventories(paths, advisories []string, stdin io.Reader) (inventory.Inventory, inventory.Problems, error) {
	at := slices.Index(paths, "-")
	switch {
	case at < 0:
		return loadInventory(paths)
	case len(paths) > 1 || slices.Contains(advisories, "-"):
		return inventory.Inventory{}, nil, usagef("standard input is one document: give the other by its file's name")
	}
	inv, problems := inventory.Read("stdin", stdin)
	return inv, problems, nil
}

// streamGC lets the heap grow to four times the index between collections.
const streamGC = 300

// matchOptions take a list of bare CPE names as all there is, as NVD's
// configurations are meant, and tell only what concerns them; anything else is
// what a company knows of itself, and is told what doesn't concern it too.
func matchOptions(items []inventory.Item) []match.Option {
	named := slices.ContainsFunc(items, func(it inventory.Item) bool { return it.CPE == "" || it.ID != it.CPE })
	if named {
		return []match.Option{match.WithNames(dictionary.Builtin())}
	}
	return []match.Option{match.CompleteItems(), match.LoudOnly()}
}

// matchRun prints the matches of many files.
type matchRun struct {
	matcher *match.Matcher
	out     *bufio.Writer
	enc     *json.Encoder // to out
	errs    io.Writer
	write   error
}

func (r *matchRun) files(names []string, stdin io.Reader) error {
	failed := false
	for _, name := range names {
		if err := r.file(name, stdin); err != nil {
			if r.write != nil {
				return r.write
			}
			var path *fs.PathError
			if errors.As(err, &path) {
				err = path.Err // the name once
			}
			fmt.Fprintf(r.errs, "hansho: match: %s: %v\n", name, err)
			failed = true
		}
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	if failed {
		return errReported
	}
	return nil
}

func (r *matchRun) file(name string, stdin io.Reader) error {
	f, err := openDocument(name, stdin)
	if err != nil {
		return err
	}
	defer f.Close()
	bad := 0
	err = readAdvisories(bufio.NewReaderSize(f, 1<<20), func(a *advisory.Advisory, err error) bool {
		if err == nil {
			return r.advisory(a)
		}
		if bad++; bad <= maxTold {
			fmt.Fprintf(r.errs, "hansho: match: %s: %v\n", name, err)
		}
		return true
	})
	if bad > maxTold {
		fmt.Fprintf(r.errs, "hansho: match: %s: %d more entries that can't be read\n", name, bad-maxTold)
	}
	return err
}

// maxTold bounds how many entries of a file that can't be read are told one by
// one.
const maxTold = 20

func (r *matchRun) advisory(a *advisory.Advisory) bool {
	for _, m := range r.matcher.Match(a) {
		if r.write = r.enc.Encode(m); r.write != nil {
			return false
		}
	}
	return true
}

// sniffLength is how much of a document its form is told from.
const sniffLength = 64 << 10

// readAdvisories reads advisories in any form that match knows, one at a time.
func readAdvisories(r *bufio.Reader, yield func(*advisory.Advisory, error) bool) error {
	head, err := r.Peek(sniffLength)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	switch form(head) {
	case "nvd":
		return vendors.ReadNVD(r, func(a advisory.Advisory, err error) bool { return yield(&a, err) })
	case "kev":
		return readDocument(r, "kev", yield)
	case "csaf":
		return readDocument(r, "cisa-csaf", yield)
	case "empty":
		return nil
	}
	return readOwn(r, head, yield)
}

// form tells what a document is by the keys near its beginning.
func form(head []byte) string {
	has := func(key string) bool { return bytes.Contains(head, []byte(`"`+key+`"`)) }
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return "empty"
	case has("CVE_Items"), has("CVE_data_type"), has("vulnerabilities") && (has("NVD_CVE") || has("totalResults")):
		return "nvd"
	case has("catalogVersion"), has("vulnerabilities") && has("cveID"):
		return "kev"
	case has("csaf_version"), has("document") && has("tracking"):
		return "csaf"
	}
	return "lines"
}

// readDocument reads a whole document with the parser of a catalogue entry.
func readDocument(r io.Reader, source string, yield func(*advisory.Advisory, error) bool) error {
	catalogue, err := vendors.Catalogue()
	if err != nil {
		return err
	}
	for _, e := range catalogue {
		if e.ID != source {
			continue
		}
		parse, err := vendors.ParserFor(e)
		if err != nil {
			return err
		}
		advisories, errs := parse(r, feeds.Meta{Entry: e})
		for _, err := range errs {
			if !yield(nil, err) {
				return nil
			}
		}
		for i := range advisories {
			if !yield(&advisories[i], nil) {
				return nil
			}
		}
		return nil
	}
	return fmt.Errorf("no source %s in the catalogue", source)
}
