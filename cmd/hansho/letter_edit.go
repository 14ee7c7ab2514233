package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/internal/control"
	"hansho/pipeline"
)

func newLetterEdit(g *globals) *cobra.Command {
	var subject string
	cmd := &cobra.Command{
		Use:   "edit ID [FILE]",
		Short: "Change the words of a letter that waits: Markdown from FILE (- is standard input) or in $EDITOR",
		Args:  args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			err := g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				return a.editLetter(cmd, d, given, subject)
			})
			var busy *storeBusyError
			if errors.As(err, &busy) && len(given) == 1 {
				return g.editAtDaemon(cmd, busy.socket, given[0], subject)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&subject, "subject", "", "a new subject")
	return cmd
}

// editLetter changes the words of a letter: given is its id and, perhaps, a
// file.
func (a *app) editLetter(cmd *cobra.Command, d *pipeline.Desk, given []string, subject string) error {
	l, err := d.Letter(cmd.Context(), given[0])
	if err != nil {
		return letterError(err)
	}
	text := ""
	if len(given) == 2 {
		text, err = readText(cmd, given[1])
	} else {
		text, err = inEditor(cmd.Context(), l.Markdown, os.Stdin, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	if err != nil {
		return err
	}
	if text == "" {
		return usagef("the letter would be empty; nothing was changed")
	}
	if l.State == cases.LetterQueued && subject == "" && text == strings.TrimSpace(l.Markdown) {
		return usagef("the words are the same; nothing was changed")
	}
	if l, err = d.EditLetter(cmd.Context(), l.ID, subject, text, me()); err != nil {
		return err
	}
	return a.printLetters(cmd.OutOrStdout(), []cases.Letter{l}, false)
}

// editAtDaemon has a person change a letter whose store a daemon has open: the
// editor needs this terminal, the letter that store.
func (g *globals) editAtDaemon(cmd *cobra.Command, socket, id, subject string) error {
	var words bytes.Buffer
	ask := func(out io.Writer, args ...string) error {
		if g.lang != "" {
			args = append(args, "--lang", g.lang)
		}
		code, err := control.Forward(cmd.Context(), socket, args, out, cmd.ErrOrStderr())
		if err == nil && code != exitFine {
			err = errReported
		}
		return err
	}
	if err := ask(&words, "letter", "show", id, "--as", "markdown"); err != nil {
		return err
	}
	text, err := inEditor(cmd.Context(), words.String(), os.Stdin, cmd.OutOrStdout(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	dir, name, err := letterFile(text)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	change := []string{"letter", "edit", id, name}
	if subject != "" {
		change = append(change, "--subject", subject)
	}
	return ask(cmd.OutOrStdout(), change...)
}

// letterFile writes a text into a file of its own folder, which the caller
// removes.
func letterFile(text string) (dir, name string, err error) {
	if dir, err = os.MkdirTemp("", "hansho-letter-"); err != nil {
		return "", "", err
	}
	name = filepath.Join(dir, "letter.md")
	return dir, name, os.WriteFile(name, []byte(text), 0o600)
}

// inEditor has a person change a text.
func inEditor(ctx context.Context, text string, stdin io.Reader, stdout, stderr io.Writer) (string, error) {
	editor := strings.Fields(os.Getenv("EDITOR"))
	if len(editor) == 0 {
		return "", usagef("name a file with the new words, or set $EDITOR")
	}
	dir, name, err := letterFile(text)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	run := exec.CommandContext(ctx, editor[0], append(editor[1:], name)...)
	run.Stdin, run.Stdout, run.Stderr = stdin, stdout, stderr
	if err := run.Run(); err != nil {
		return "", fmt.Errorf("editor %s: %w", editor[0], err)
	}
	changed, err := os.ReadFile(name)
	if len(changed) > maxText {
		return "", usagef("the words are more than %d bytes", maxText)
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(changed), "\uFFFD")), err
}
