package main

import (
	"cmp"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpText is what the help of a command says in Japanese. What stands in the
// command itself is English.
type helpText struct {
	short string
	long  string // empty where the command has none
	flags map[string]string
}

// speakHelp has help speak Japanese to those who ask for it by --lang or whose
// terminal is in Japanese.
func speakHelp(root *cobra.Command, g *globals) {
	english := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if japaneseTerminal(g.lang) {
			translate(cmd.Root())
		}
		english(cmd, args)
	})
}

// japaneseTerminal says whether help is wanted in Japanese: as --lang says, else
// as POSIX's locale variables do.
func japaneseTerminal(lang string) bool {
	locale := cmp.Or(lang, os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG"))
	return strings.HasPrefix(strings.ToLower(locale), "ja")
}

// translate puts Japanese words on a command and all below it.
func translate(cmd *cobra.Command) {
	text := helpJA[cmd.CommandPath()]
	cmd.Short = cmp.Or(text.short, cmd.Short)
	cmd.Long = cmp.Or(text.long, cmd.Long)
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		f.Usage = cmp.Or(text.flags[f.Name], flagsJA[f.Name], f.Usage)
	})
	if !cmd.HasParent() {
		cmd.SetUsageTemplate(usageJA.Replace(cmd.UsageTemplate()))
	}
	for _, sub := range cmd.Commands() {
		translate(sub)
	}
}

// usageJA are the words of cobra's own template.
var usageJA = strings.NewReplacer(
	"Usage:", "使い方:", "Aliases:", "別名:", "Examples:", "例:",
	"Available Commands:", "コマンド:", "Additional Commands:", "その他のコマンド:",
	"Global Flags:", "共通のフラグ:", "Flags:", "フラグ:", "Additional help topics:", "その他のヘルプ:",
	`Use "{{.CommandPath}} [command] --help" for more information about a command.`,
	`各コマンドの説明: {{.CommandPath}} [command] --help`,
)
