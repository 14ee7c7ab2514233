package main

import (
	"cmp"
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
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find every mistake in the configuration, the inventory and the templates",
		Long: `check reads config.yaml, every inventory file that it names and the texts of
your own, and names every mistake at once: file, line, and what to write
instead. It connects to nothing. Exit code 2 where there are mistakes.`,
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
			if errors := countErrors(wrong); errors > 0 {
				return &usageError{err: fmt.Errorf("%s", s.words.say("check.mistakes", errors))}
			}
			if !asJSON {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), s.words.say("check.fine", g.config,
					s.enabled(), len(s.inventory.Items), len(s.inventory.Partners), len(s.routes)))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
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
