package main

import (
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// globals are the flags that every command has.
type globals struct {
	config    string
	lang      string
	logLevel  string
	logFormat string
	dir       string // the folder that a command was given in, where a daemon runs it

	running *app // of the daemon that runs this command, nil elsewhere
}

func newRoot(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "hansho",
		Short: "半鐘: hear of vulnerabilities in what your company runs, once, and again when it changes",
		Long: `hansho polls JPCERT/CC, IPA, JVN, the makers' advisories and product lists,
finds what is new or has changed, matches it against your inventory, and tells
the right people on Slack and by mail.

Start with
  hansho demo                 see the first week of Log4Shell, offline
  hansho config check         find every mistake in config.yaml and the inventory
  hansho poll                 one pass over the sources, now
  hansho run                  the daemon`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	flags := root.PersistentFlags()
	flags.StringVarP(&g.config, "config", "c", "config.yaml", "configuration `file`")
	flags.StringVar(&g.lang, "lang", "", "language of what is printed: ja or en (default: the configuration's)")
	flags.StringVar(&g.logLevel, "log-level", "warn", "what is logged to standard error: debug, info, warn, error")
	flags.StringVar(&g.logFormat, "log-format", "text", "text or json")
	flags.StringVar(&g.dir, "dir-here", "", "the folder that relative names are in")
	_ = flags.MarkHidden("dir-here")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err: err, hint: "Try: " + cmd.CommandPath() + " --help"}
	})
	root.AddCommand(
		newRun(g), newPoll(g), newDemo(g),
		newSources(g), newAdvisories(g), newOutbox(g),
		newCase(g), newLetter(g), newEnquiry(g), newLedger(g), newChecklist(g), newDrill(g), newReport(g), newSilence(g), newMailbox(g), newInventory(g), newWhy(g), newWhyNot(g),
		newParse(g), newMatch(g),
		newConfig(g), newBackup(g), newRestore(g),
	)
	nameMissingCommands(root)
	speakHelp(root, g)
	return root
}

// nameMissingCommands makes an unknown or missing subcommand a usage error.
func nameMissingCommands(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.HasSubCommands() && c.RunE == nil {
			c.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usagef("%s has no command %q; see %[1]s --help", cmd.CommandPath(), args[0])
				}
				return cmd.Help()
			}
		}
	}
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("no command %q; see hansho --help", args[0])
		}
		return nil
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// args makes cobra's check of positional arguments a usage error.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if err := check(cmd, a); err != nil {
			return &usageError{err: err, hint: "Usage: " + cmd.UseLine()}
		}
		return nil
	}
}

// fromHere gives a file that was named on the command line its place, whoever
// runs the command.
func fromHere(cmd *cobra.Command, name string) string {
	if f := cmd.Flag("dir-here"); f != nil && f.Value.String() != "" && !filepath.IsAbs(name) {
		return filepath.Join(f.Value.String(), name)
	}
	return name
}

func (g *globals) logger(cmd *cobra.Command) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(g.logLevel)); err != nil {
		return nil, usagef("--log-level %s: want debug, info, warn or error", g.logLevel)
	}
	opts := &slog.HandlerOptions{Level: level}
	switch g.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), opts)), nil
	}
	return nil, usagef("--log-format %s: want text or json", g.logFormat)
}

// checkLang says whether --lang is one that hansho speaks.
func (g *globals) checkLang() error {
	switch strings.ToLower(g.lang) {
	case "", "ja", "en":
		return nil
	}
	return usagef("--lang %s: want ja or en", g.lang)
}
