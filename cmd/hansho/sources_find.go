package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/internal/config"
	"hansho/inventory/dictionary"
	"hansho/vendors"
)

func newSourcesRecommend(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "recommend",
		Short: "Propose sources that speak of what the inventory holds and are off",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			out, w := cmd.OutOrStdout(), s.words
			recs := vendors.Recommend(s.file.Entries, s.wanted(), aliases{dictionary.Builtin()})
			if asJSON {
				for _, r := range recs {
					if err := printJSON(out, r); err != nil {
						return err
					}
				}
				return nil
			}
			if len(recs) == 0 {
				_, err := fmt.Fprintln(out, w.say("recommend.none"))
				return err
			}
			fmt.Fprintln(out, w.say("recommend.head"))
			var rows []string
			for _, r := range recs {
				rows = append(rows, fmt.Sprintf("  - %s\t# %s\t%s", r.Entry.ID, w.say("recommend.what", w.publisher(r.Entry), r.Entry.Confidence), cut(strings.Join(r.Items, " "), 60)))
			}
			if err := printTable(out, rows); err != nil {
				return err
			}
			_, err = fmt.Fprintln(out, w.say("recommend.howto", g.config))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func newSourcesAdd(g *globals) *cobra.Command {
	var write bool
	var id string
	cmd := &cobra.Command{
		Use:   "add URL",
		Short: "Find the feed at an address, show what it says, and give the entry for config.yaml",
		Long: `add looks at an address: a feed, a product list, a CSAF provider, or a page that
leads to one (feed links, security.txt, .well-known/csaf). It shows the newest
advisories and the entry to put under sources in config.yaml; --write appends
it there, leaving the rest of the file as it is.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, urls []string) error {
			w := words{lang: g.lang, zone: time.FixedZone("JST", 9*60*60)}
			found, err := discover(cmd.Context(), urls[0])
			if errors.Is(err, vendors.ErrNoSource) {
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n  %s\n", w.say("add.none", printable(urls[0])), printable(err.Error()))
				return errReported
			}
			if err != nil {
				return err
			}
			best := &found[0]
			if id != "" {
				best.Entry.ID = id
			}
			showCandidates(cmd, w, found)
			text, err := entryText(best.Entry)
			if err != nil {
				return err
			}
			head := w.say("add.howto", g.config)
			if write {
				if err := appendSource(g.config, text); err != nil {
					return err
				}
				head = w.say("add.written", g.config)
			}
			next := w.say("add.next", best.Entry.ID)
			if best.Entry.Kind == advisory.KindList {
				next = w.say("add.list", best.Entry.ID)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s\n%s\n", head, text, next)
			return err
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "append the entry to the configuration")
	cmd.Flags().StringVar(&id, "id", "", "`id` of the new source")
	return cmd
}

func discover(ctx context.Context, url string) ([]vendors.Candidate, error) {
	client := feeds.NewClient(feeds.Options{UserAgent: "hansho/" + version() + " (security advisory reader)"})
	return vendors.Discover(ctx, client, url)
}

// shownAdvisories is how many of a candidate's advisories are shown.
const shownAdvisories = 3

func showCandidates(cmd *cobra.Command, w words, found []vendors.Candidate) {
	out := cmd.OutOrStdout()
	fmt.Fprintln(out, w.say("add.found"))
	for _, c := range found {
		fmt.Fprintf(out, "  %s  %s  %s\n    %s\n", c.Entry.ID, c.Entry.Format, printable(c.Entry.URL), w.foundAt(c))
		for _, a := range c.Preview[:min(len(c.Preview), shownAdvisories)] {
			fmt.Fprintf(out, "    %s  %s\n", w.when(a.Updated), cut(printable(a.Title), 80))
		}
		for _, err := range c.Errors[:min(len(c.Errors), shownAdvisories)] {
			fmt.Fprintf(out, "    %s\n", printable(err.Error()))
		}
	}
}

// foundAt says where a candidate was found and how much it holds.
func (w words) foundAt(c vendors.Candidate) string {
	place := w.say("add.at.self")
	switch c.Found {
	case vendors.PlaceFeedLink:
		place = w.say("add.at.link")
	case vendors.PlaceProvider:
		place = w.say("add.at.provider")
	case vendors.PlaceCSAFHost:
		place = w.say("add.at.host")
	case vendors.PlaceSecurityTxt:
		place = w.say("add.at.securitytxt")
	}
	if c.Items == 0 {
		return w.say("add.provider", place)
	}
	return w.say("add.items", place, c.Items)
}

// entryText writes an entry as an item of the sources list, with the keys that
// are set.
func entryText(e feeds.Entry) (string, error) {
	e.Checked = time.Now().Format(time.DateOnly)
	b, err := yaml.MarshalWithOptions([]any{e}, yaml.Indent(2), yaml.IndentSequence(true), yaml.OmitEmpty())
	if err != nil {
		return "", fmt.Errorf("write the entry: %w", err)
	}
	return string(b), nil
}

// appendSource puts an entry at the end of the sources list of a configuration
// as text, so that comments and order stay, and checks that the file still reads
// before it is replaced.
func appendSource(path, entry string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return &usageError{err: err}
	}
	next := insertSource(string(src), entry)
	if f := config.Parse(path, []byte(next)); len(f.Problems) > 0 {
		return fmt.Errorf("the entry does not fit into %s: %s: put it there by hand", path, f.Problems[0])
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, []byte(next), 0o600); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err == nil {
		err = os.Chmod(tmp, info.Mode())
	}
	return errors.Join(err, os.Rename(tmp, path))
}

// insertSource finds the end of the block under "sources:".
func insertSource(src, entry string) string {
	lines := strings.SplitAfter(src, "\n")
	at, in := -1, false
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "sources:"):
			in, at = true, i+1
		case in && strings.TrimSpace(l) != "" && !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "-") && !strings.HasPrefix(l, "#"):
			in = false
		case in && strings.TrimSpace(l) != "" && !strings.HasPrefix(strings.TrimSpace(l), "#"):
			at = i + 1
		}
	}
	if at < 0 {
		return strings.TrimRight(src, "\n") + "\n\nsources:\n" + entry
	}
	return strings.Join(lines[:at], "") + entry + strings.Join(lines[at:], "")
}
