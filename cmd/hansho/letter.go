package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/notify"
	"hansho/pipeline"
)

func newLetter(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "letter",
		Short: "Write letters: draft, edit, approve, send; nothing leaves the company unapproved",
		Long: `A letter is written from a case. One to the outside waits until a person approves
it, and the text approved is the text sent. Kinds: awareness, awareness-owners,
awareness-management and guide go to our own people (letters.everyone);
partner-request and status go to the partners of the inventory. A
supplier-request is carried by an enquiry (hansho enquiry open), a reminder, a
correction and the weekly letter are drafted by themselves.`,
	}
	cmd.AddCommand(
		newLetterList(g), newLetterShow(g), newLetterPreview(g), newLetterDraft(g), newLetterEdit(g),
		newLetterApprove(g), newLetterReject(g), newLetterSend(g), newLetterExport(g),
	)
	return cmd
}

func newLetterList(g *globals) *cobra.Command {
	var ref, state string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the letters and how they stand", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				id, err := a.caseID(cmd, d, ref)
				if err != nil {
					return err
				}
				if _, err := d.Reconcile(cmd.Context()); err != nil {
					return err
				}
				list, err := d.Letters(cmd.Context(), id, cases.LetterState(state))
				if err != nil {
					return err
				}
				return a.printLetters(cmd.OutOrStdout(), list, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&ref, "case", "", "only those on a case")
	cmd.Flags().StringVar(&state, "state", "", "only those queued, approved, sent, bounced, answered or rejected")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// caseID finds the id of a case; none for an empty reference.
func (a *app) caseID(cmd *cobra.Command, d *pipeline.Desk, ref string) (string, error) {
	if ref == "" {
		return "", nil
	}
	c, err := d.Case(cmd.Context(), ref)
	if errors.Is(err, pipeline.ErrNoCase) {
		return "", usagef("no case %q; hansho case list shows them, hansho case open %[1]s opens one", ref)
	}
	return c.ID, err
}

func (a *app) printLetters(out io.Writer, list []cases.Letter, asJSON bool) error {
	slices.SortStableFunc(list, func(x, y cases.Letter) int { return x.Created.Compare(y.Created) })
	rows := []string{a.words.say("letter.head")}
	today := a.today()
	for _, l := range list {
		if asJSON {
			if err := printJSON(out, l); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, strings.Join([]string{l.ID, a.letterStanding(l, today), strings.Join(l.To, " "), a.words.when(l.Created), cmp.Or(l.By, "-"), cut(l.Subject, 60)}, "\t"))
	}
	if asJSON {
		return nil
	}
	return printTable(out, rows)
}

// letterStanding gives the words for how a letter stands; one inside waits for
// nobody's approval.
func (a *app) letterStanding(l cases.Letter, today string) string {
	if s := l.Standing(today); s != cases.StandQueued || l.Outside {
		return a.standing(s)
	}
	return a.words.say("letter.draft")
}

// today is the civil day in the company's zone.
func (a *app) today() string { return a.now().In(a.file.Zone).Format("2006-01-02") }

func newLetterShow(g *globals) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Print a letter", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return g.atDesk(cmd, func(_ *app, d *pipeline.Desk) error {
				l, err := d.Letter(cmd.Context(), ids[0])
				if err != nil {
					return letterError(err)
				}
				if form == "json" {
					return printJSON(cmd.OutOrStdout(), l)
				}
				return printLetter(cmd, shown(l), form)
			})
		},
	}
	cmd.Flags().StringVar(&form, "as", "text", "text, html, markdown or json")
	return cmd
}

// shown is a letter as its reader gets it.
func shown(l cases.Letter) notify.Letter {
	out := notify.Letter{Subject: l.Subject, Text: l.Text, HTML: l.HTML, Markdown: l.Markdown}
	for _, a := range l.Attachments {
		out.Attachments = append(out.Attachments, notify.Attachment(a))
	}
	return out
}

func letterError(err error) error {
	if errors.Is(err, pipeline.ErrNoLetter) {
		return usagef("%v; hansho letter list shows them", err)
	}
	return err
}

// wish are the flags by which a letter is asked for.
type wish struct {
	draft pipeline.Draft
	what  string // a file with our own words
}

func (w *wish) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.draft.Case, "case", "", "the case, by id, CVE id or name")
	cmd.Flags().StringSliceVar(&w.draft.To, "to", nil, "`ids` of partners; for a letter inside, addresses (mail:x@y, slack:#z)")
	cmd.Flags().StringVar(&w.draft.Lang, "in", "", "language of the letter: ja or en (default: the partner's in the inventory, or the configuration's)")
	cmd.Flags().StringVar(&w.what, "what", "", "our own words on what happened, for a letter inside: a `file` or -")
}

func (w *wish) read(cmd *cobra.Command, kind string) (pipeline.Draft, error) {
	w.draft.Kind, w.draft.Who = kind, me()
	if !slices.Contains([]string{"", "ja", "en"}, w.draft.Lang) {
		return w.draft, usagef("--in %s: want ja or en", w.draft.Lang)
	}
	if w.draft.Case == "" {
		return w.draft, usagef("--case is missing; hansho case list shows the cases")
	}
	if w.what != "" {
		text, err := readText(cmd, w.what)
		if err != nil {
			return w.draft, err
		}
		w.draft.WhatHappened = text
	}
	return w.draft, nil
}

// maxText bounds what is read of a file with words of ours.
const maxText = 1 << 20

func readText(cmd *cobra.Command, name string) (string, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(fromHere(cmd, name))
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxText))
	return strings.TrimSpace(strings.ToValidUTF8(string(b), "\uFFFD")), err
}

func newLetterPreview(g *globals) *cobra.Command {
	var w wish
	var form string
	cmd := &cobra.Command{
		Use:   "preview KIND --case REF",
		Short: "Print a letter as it would be written now; nothing is kept",
		Example: `  hansho letter preview awareness --case CVE-2021-44228
  hansho letter preview supplier-request --case Log4Shell --to partner-id --as html > letter.html`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, kinds []string) error {
			draft, err := w.read(cmd, kinds[0])
			if err != nil {
				return err
			}
			draft.Lang = cmp.Or(draft.Lang, g.lang)
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				if _, err := a.caseID(cmd, d, draft.Case); err != nil {
					return err
				}
				letters, err := d.Preview(cmd.Context(), draft)
				if err != nil {
					return usagef("%v; the kinds are %s", err, strings.Join(a.letterKinds(), ", "))
				}
				for _, l := range letters {
					if err := printLetter(cmd, l, form); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&form, "as", "text", "text, html, markdown or json")
	return cmd
}

func newLetterDraft(g *globals) *cobra.Command {
	var w wish
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "draft KIND --case REF",
		Short: "Write letters and keep them, to be edited, approved and sent",
		Example: `  hansho letter draft partner-request --case Log4Shell
  hansho letter draft awareness --case Log4Shell --in en --to mail:all-en@example.co.jp`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, kinds []string) error {
			draft, err := w.read(cmd, kinds[0])
			if err != nil {
				return err
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				list, err := d.Draft(cmd.Context(), draft)
				if err != nil {
					return err
				}
				if len(draft.To) == 0 {
					a.sayUnreachable(cmd.ErrOrStderr(), d, roleOf(draft.Kind))
				}
				return a.printLetters(cmd.OutOrStdout(), list, asJSON)
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// roleOf is the role of the partners that a kind of letter goes to, empty where it
// stays inside.
func roleOf(kind string) string {
	for _, k := range pipeline.LetterKinds() {
		if k.Name == kind {
			return k.Role
		}
	}
	return ""
}

// sayUnreachable names the partners in a role that have no mail address.
func (a *app) sayUnreachable(out io.Writer, d *pipeline.Desk, role string) {
	var names []string
	for _, p := range d.Unreachable(role) {
		names = append(names, printable(p.Company))
	}
	if role != "" && len(names) > 0 {
		fmt.Fprintln(out, "hansho: "+a.words.say("letter.unreachable", strings.Join(names, a.words.say("comma"))))
	}
}

func newLetterApprove(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "approve ID…", Short: "Let letters leave the company, as they stand", Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return g.eachLetter(cmd, given, asJSON, func(a *app, d *pipeline.Desk, id string) error {
				if who := a.file.Letters.Approvers; len(who) > 0 && !slices.Contains(who, me()) {
					return usagef("%s is none of letters.approvers", me())
				}
				return d.ApproveLetter(cmd.Context(), id, me())
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// eachLetter runs a step on letters and prints how they then stand.
func (g *globals) eachLetter(cmd *cobra.Command, ids []string, asJSON bool, step func(a *app, d *pipeline.Desk, id string) error) error {
	return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
		var list []cases.Letter
		for _, id := range ids {
			if err := step(a, d, id); err != nil {
				return letterError(err)
			}
			l, err := d.Letter(cmd.Context(), id)
			if err != nil {
				return err
			}
			list = append(list, l)
		}
		return a.printLetters(cmd.OutOrStdout(), list, asJSON)
	})
}

func newLetterReject(g *globals) *cobra.Command {
	var why string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "reject ID… --why TEXT", Short: "Keep letters from leaving", Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return g.eachLetter(cmd, given, asJSON, func(_ *app, d *pipeline.Desk, id string) error {
				return d.RejectLetter(cmd.Context(), id, me(), why)
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the reason, which is kept")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func newLetterSend(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "send [ID…]",
		Short: "Send letters inside that are named, and deliver now all that was approved",
		RunE: func(cmd *cobra.Command, ids []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				for _, id := range ids {
					_, err := d.SendLetter(cmd.Context(), id, me())
					if errors.Is(err, pipeline.ErrUnapproved) {
						return usagef("%s: %v: hansho letter approve %[1]s", id, pipeline.ErrUnapproved)
					}
					if err != nil {
						return letterError(err)
					}
				}
				return a.deliverLetters(cmd, d, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// deliverLetters sends what is due, unless a daemon does, and prints the letters
// that moved.
func (a *app) deliverLetters(cmd *cobra.Command, d *pipeline.Desk, asJSON bool) error {
	if a.guest {
		a.dispatcher.Wake()
	} else {
		counts, err := a.dispatcher.Drain(cmd.Context())
		if err != nil {
			return err
		}
		if n := counts.Failed + counts.Waiting; n > 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), a.words.say("letter.unsent", n))
		}
	}
	moved, err := d.Reconcile(cmd.Context())
	if err != nil {
		return err
	}
	return a.printLetters(cmd.OutOrStdout(), moved, asJSON)
}

func printLetter(cmd *cobra.Command, l notify.Letter, form string) error {
	out := cmd.OutOrStdout()
	var err error
	switch form {
	case "text":
		_, err = fmt.Fprintf(out, "%s\n\n%s\n", l.Subject, l.Text)
		for _, a := range l.Attachments {
			fmt.Fprintf(out, "📎 %s (%d bytes, SHA-256 %x)\n", printable(a.Name), len(a.Data), sha256.Sum256(a.Data))
		}
	case "html":
		_, err = fmt.Fprintln(out, l.HTML)
	case "markdown":
		_, err = fmt.Fprintln(out, l.Markdown)
	case "json":
		err = printJSON(out, l)
	default:
		return usagef("--as %s: want text, html, markdown or json", form)
	}
	return err
}
