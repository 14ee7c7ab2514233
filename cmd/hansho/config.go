package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"hansho/inventory"
)

func newConfig(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check the configuration"}
	cmd.AddCommand(newConfigCheck(g))
	return cmd
}

// mistake is one thing wrong in what a person wrote, wherever it stands.
type mistake struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning"`
	text    string
}

func newConfigCheck(g *globals) *cobra.Command {
	var asJSON, connect bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find every mistake in the configuration, the inventory and the templates",
		Long: `check reads config.yaml, every inventory file that it names and the texts of
your own, and names every mistake at once: file, line, and what to write
instead. Exit code 2 where there are mistakes. It connects to nothing unless told
to --connect, which logs in to Slack and the mail relay and tells nobody anything.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			wrong := s.mistakes()
			if err := printMistakes(cmd, s.words, wrong, asJSON); err != nil {
				return err
			}
			if n := countErrors(wrong); n > 0 {
				return &usageError{err: fmt.Errorf("%s", s.words.say("check.mistakes", n))}
			}
			if !asJSON {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), s.words.say("check.fine", g.config,
					s.enabled(), len(s.inventory.Items), len(s.inventory.Partners), len(s.routes)))
			}
			if err != nil || !connect {
				return err
			}
			return s.printChannels(cmd)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	cmd.Flags().BoolVar(&connect, "connect", false, "also log in to the channels that allow it")
	return cmd
}

// printChannels says of each channel whether it works; it fails where one does
// not.
func (s *settings) printChannels(cmd *cobra.Command) error {
	bad := 0
	for _, h := range s.checkChannels(cmd.Context()) {
		line := s.words.say("connect.fine", h.name, printable(h.who))
		if h.err != nil {
			bad++
			line = s.words.say("connect.bad", h.name, printable(h.err.Error()))
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil {
			return err
		}
	}
	if bad > 0 {
		return errors.New(s.words.say("connect.some", bad))
	}
	return nil
}

// mistakes are those of the configuration and of the inventory, in the order of
// file and line.
func (s *settings) mistakes() []mistake {
	var out []mistake
	for _, p := range s.file.Problems {
		out = append(out, mistake{File: p.File, Line: p.Line, Path: p.Path, Message: p.Message, Hint: p.Hint, text: p.String()})
	}
	for _, p := range s.inventoryProblems {
		out = append(out, inventoryMistake(p, s.words.lang))
	}
	for _, e := range s.templateErrors {
		out = append(out, mistake{File: s.file.Templates, Message: e.Error(), text: e.Error()})
	}
	slices.SortStableFunc(out, func(a, b mistake) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return out
}

func inventoryMistake(p inventory.Problem, lang string) mistake {
	return mistake{
		File: p.File, Line: p.Line, Path: p.Field, Message: p.Message(lang), Hint: p.Hint(lang),
		Warning: p.Warning, text: p.Text(lang),
	}
}

func printMistakes(cmd *cobra.Command, _ words, wrong []mistake, asJSON bool) error {
	for _, m := range wrong {
		if asJSON {
			if err := printJSON(cmd.OutOrStdout(), m); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), printable(m.text)); err != nil {
			return err
		}
	}
	return nil
}

func countErrors(wrong []mistake) int {
	n := 0
	for _, m := range wrong {
		if !m.Warning {
			n++
		}
	}
	return n
}
