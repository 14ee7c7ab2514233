package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/internal/config"
	"hansho/vendors"
)

func newParse(g *globals) *cobra.Command {
	var source, url string
	cmd := &cobra.Command{
		Use:   "parse --source ID FILE…",
		Short: "Read captured documents of a source and print its advisories as JSON Lines",
		Long: `parse reads documents as a source served them and prints the advisories in
them, one JSON object a line. "-" is standard input; .gz and .zst read as they
are. An entry that can't be read is named on standard error and costs nothing
else; a file of which nothing can be read ends the command with exit code 1.`,
		Example: `  hansho parse --source jpcert jpcert.rdf
  curl -s https://www.ipa.go.jp/security/alert-rss.rdf | hansho parse --source ipa -`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			if source == "" {
				return usagef("--source is missing; hansho sources list --all shows the ids")
			}
			entry, err := g.entry(source)
			if err != nil {
				return err
			}
			p := parseRun{entry: entry, url: url, out: json.NewEncoder(cmd.OutOrStdout()), errs: cmd.ErrOrStderr()}
			p.out.SetEscapeHTML(false)
			return p.files(files, cmd.InOrStdin())
		},
	}
	cmd.Flags().StringVarP(&source, "source", "s", "", "catalogue `id` of the source whose documents these are")
	cmd.Flags().StringVar(&url, "url", "", "address that the documents were served from (default: the source's)")
	return cmd
}

// entry finds a source in the configuration, where there is one, or else in the
// catalogue.
func (g *globals) entry(id string) (feeds.Entry, error) {
	entries, err := g.entries()
	if err != nil {
		return feeds.Entry{}, err
	}
	for _, e := range entries {
		if e.ID == id {
			return e, nil
		}
	}
	return feeds.Entry{}, usagef("no source %q; hansho sources list --all shows the ids", id)
}

// entries are the configuration's sources where its file is there and can be
// read, else the built-in catalogue: plumbing needs no configuration.
func (g *globals) entries() ([]feeds.Entry, error) {
	if f, err := config.Load(g.config); err == nil && len(f.Problems) == 0 {
		return f.Entries, nil
	}
	return vendors.Catalogue()
}

type parseRun struct {
	entry feeds.Entry
	url   string
	out   *json.Encoder
	errs  io.Writer
}

func (p *parseRun) files(names []string, stdin io.Reader) error {
	parse, err := vendors.ParserFor(p.entry)
	if err != nil {
		return &usageError{err: err}
	}
	failed := false
	for _, name := range names {
		read, err := p.file(parse, name, stdin)
		if err != nil {
			return err
		}
		failed = failed || !read
	}
	if failed {
		return errReported
	}
	return nil
}

// file prints what one document says. It gives false where nothing of it could
// be read.
func (p *parseRun) file(parse feeds.Parser, name string, stdin io.Reader) (bool, error) {
	r, err := openDocument(name, stdin)
	if err != nil {
		fmt.Fprintln(p.errs, "hansho: parse:", err)
		return false, nil
	}
	defer r.Close()
	meta := feeds.Meta{Entry: p.entry, URL: p.url, Fetched: time.Time{}}
	if meta.URL == "" && p.entry.Format != "csaf" { // whose address leads to documents and is none of theirs
		meta.URL = p.entry.URL
	}
	advisories, errs := parse(r, meta)
	for _, err := range errs {
		fmt.Fprintf(p.errs, "hansho: parse: %s: %v\n", name, err)
	}
	for i := range advisories {
		advisory.Normalize(&advisories[i])
		if err := p.out.Encode(advisories[i]); err != nil {
			return false, fmt.Errorf("write: %w", err)
		}
	}
	return len(errs) == 0 || len(advisories) > 0, nil
}
