package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Help says the same in both languages: each command, each long text, each flag.
func TestHelpIsInJapaneseToo(t *testing.T) {
	root := newRoot(&globals{})
	paths := map[string]bool{"hansho help": true, "hansho completion": true} // cobra's own
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := c.CommandPath()
		paths[path] = true
		text := helpJA[path]
		if text.short == "" || (text.long == "") != (c.Long == "") {
			t.Errorf("%s: short %q, long %q; in English %q, %q", path, text.short, text.long, c.Short, c.Long)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if text.flags[f.Name] == "" && flagsJA[f.Name] == "" {
				t.Errorf("%s --%s has no words: %s", path, f.Name, f.Usage)
			}
		})
		for name := range text.flags {
			if c.LocalFlags().Lookup(name) == nil {
				t.Errorf("%s has no flag --%s", path, name)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	for path := range helpJA {
		if !paths[path] {
			t.Errorf("%s is no command", path)
		}
	}
}
