package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/pipeline"
)

func newEnquiry(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "enquiry",
		Short: "Ask suppliers about our items in a case, and keep what they answer",
		Long: `An enquiry puts three questions to a supplier, in one letter that lists all our
items of theirs: affected? fixed version? a workaround if none? The letter waits
for approval (hansho letter approve). What comes back is evidence until a person
turns it into an item's state (hansho enquiry accept).`,
	}
	cmd.AddCommand(newEnquiryOpen(g), newEnquiryList(g), newEnquiryShow(g), newEnquiryAnswer(g), newEnquiryAccept(g))
	return cmd
}

func newEnquiryOpen(g *globals) *cobra.Command {
	var partner string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "open CASE", Short: "Draft enquiries to the suppliers of what is in doubt", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, refs []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				if _, err := a.caseID(cmd, d, refs[0]); err != nil {
					return err
				}
				list, err := d.OpenEnquiries(cmd.Context(), refs[0], partner, me())
				if errors.Is(err, pipeline.ErrNoPartner) {
					return usagef("%v", err)
				}
				if err != nil {
					return err
				}
				if err := a.sayUnasked(cmd, d, refs[0]); err != nil {
					return err
				}
				return a.printEnquiries(cmd, list, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&partner, "partner", "", "`id` of one supplier, whether its items are in the case or not")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// sayUnasked names the items of a case that are in doubt and that no enquiry asks
// about.
func (a *app) sayUnasked(cmd *cobra.Command, d *pipeline.Desk, ref string) error {
	c, err := d.Case(cmd.Context(), ref)
	if err != nil {
		return err
	}
	all, err := d.Enquiries(cmd.Context(), c.ID)
	if err != nil {
		return err
	}
	unasked := slices.DeleteFunc(unsettled(c), func(id string) bool {
		return slices.ContainsFunc(all, func(e cases.Enquiry) bool { return slices.Contains(e.Items, id) })
	})
	if len(unasked) > 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "hansho: "+a.words.say("enquiry.unasked", strings.Join(unasked, a.words.say("comma"))))
	}
	return nil
}

func newEnquiryList(g *globals) *cobra.Command {
	var ref string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the enquiries: what is asked, due, overdue, answered", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				id, err := a.caseID(cmd, d, ref)
				if err != nil {
					return err
				}
				list, err := d.Enquiries(cmd.Context(), id)
				if err != nil {
					return err
				}
				return a.printEnquiries(cmd, list, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&ref, "case", "", "only those on a case")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func (a *app) printEnquiries(cmd *cobra.Command, list []cases.Enquiry, asJSON bool) error {
	rows := []string{a.words.say("enquiry.head")}
	for _, e := range list {
		if asJSON {
			if err := printJSON(cmd.OutOrStdout(), e); err != nil {
				return err
			}
			continue
		}
		l, err := a.pipeline.Desk().Letter(cmd.Context(), e.Letter)
		if err != nil && !errors.Is(err, pipeline.ErrNoLetter) {
			return err
		}
		rows = append(rows, strings.Join([]string{
			e.ID, a.enquiryState(e, l), e.Partner, strings.Join(e.Items, " "), cmp.Or(e.Due, "-"), fmt.Sprint(len(e.Reminded)), e.Letter,
		}, "\t"))
	}
	if asJSON {
		return nil
	}
	return printTable(cmd.OutOrStdout(), rows)
}

// enquiryState gives the words for how an enquiry stands; l is its letter.
func (a *app) enquiryState(e cases.Enquiry, l cases.Letter) string {
	switch {
	case !e.Closed.IsZero():
		return a.words.say("enquiry.closed")
	case len(e.Answers) > 0 && e.Answers[len(e.Answers)-1].Pending:
		return a.standing(cases.StandDontKnow)
	case len(e.Answers) > 0:
		return a.words.say("enquiry.answered")
	case l.State == cases.LetterBounced:
		return a.standing(cases.StandBounced)
	case l.State == cases.LetterRejected:
		return a.standing(cases.StandRejected)
	case e.Sent.IsZero():
		return a.words.say("enquiry.waiting")
	case e.Due != "" && a.today() > e.Due:
		return a.words.say("enquiry.overdue")
	}
	return a.words.say("enquiry.asked")
}

func newEnquiryShow(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show an enquiry with its answers, or the answers to a letter", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				e, err := d.Enquiry(cmd.Context(), ids[0])
				if l, noLetter := d.Letter(cmd.Context(), ids[0]); errors.Is(err, pipeline.ErrNoEnquiry) && noLetter == nil {
					return a.showAnswers(cmd.OutOrStdout(), l, asJSON)
				}
				if err != nil {
					return enquiryError(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), e)
				}
				if err := a.printEnquiries(cmd, []cases.Enquiry{e}, false); err != nil {
					return err
				}
				return a.printAnswers(cmd.OutOrStdout(), e.Answers)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func enquiryError(err error) error {
	if errors.Is(err, pipeline.ErrNoEnquiry) {
		return usagef("%v; hansho enquiry list shows them", err)
	}
	return err
}

func newEnquiryAnswer(g *globals) *cobra.Command {
	var ans cases.Answer
	var file string
	cmd := &cobra.Command{
		Use:   "answer ID --text TEXT | --file FILE",
		Short: "Keep what came back, as evidence (ID is of an enquiry or of a letter)",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if file != "" {
				text, err := readText(cmd, file)
				if err != nil {
					return err
				}
				ans.Text = text
			}
			if ans.Text == "" {
				return usagef("what did they answer? --text or --file")
			}
			ans.From = cmp.Or(ans.From, me())
			if !cmd.Flags().Changed("dont-know") {
				ans.Pending = pipeline.StillLooking(ans.Text)
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				if err := d.Answer(cmd.Context(), ids[0], ans); err != nil {
					return letterError(err)
				}
				standing := cases.StandAnswered
				if ans.Pending {
					standing = cases.StandDontKnow
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), a.words.say("answer.kept", ids[0], a.standing(standing)))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&ans.Text, "text", "", "the answer")
	cmd.Flags().StringVar(&file, "file", "", "a `file` with the answer, - is standard input")
	cmd.Flags().StringVar(&ans.From, "from", "", "who answered")
	cmd.Flags().BoolVar(&ans.Pending, "dont-know", false, "they answered that they don't know yet (default: as the text plainly says)")
	return cmd
}

func newEnquiryAccept(g *globals) *cobra.Command {
	in := pipeline.Accepted{}
	cmd := &cobra.Command{
		Use:   "accept ID ITEM STATE",
		Short: "Turn an answer into the state of an item: affected, not_affected, mitigated, fixed, unknown",
		Args:  args(cobra.ExactArgs(3)),
		RunE: func(cmd *cobra.Command, given []string) error {
			in.Enquiry, in.Item, in.State, in.Who = given[0], given[1], cases.ItemState(given[2]), me()
			if !in.State.Valid() {
				return usagef("state %q: want unknown, asked, affected, not_affected, mitigated or fixed", given[2])
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				c, err := d.AcceptAnswer(cmd.Context(), in)
				if err != nil {
					return enquiryError(err)
				}
				return a.showCase(cmd.OutOrStdout(), c)
			})
		},
	}
	cmd.Flags().StringVar(&in.Fixed, "fixed", "", "the `version` that has the fix")
	cmd.Flags().StringVar(&in.Note, "note", "", "what they said, in a line")
	return cmd
}

func newLedger(g *globals) *cobra.Command {
	var ref string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Show for each partner and letter: queued, approved, sent, bounced, answered, don't know yet, silent",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				id, err := a.caseID(cmd, d, ref)
				if err != nil {
					return err
				}
				if _, err := d.Reconcile(cmd.Context()); err != nil {
					return err
				}
				list, err := d.Ledger(cmd.Context(), id)
				if err != nil {
					return err
				}
				return a.printLedger(cmd, list, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&ref, "case", "", "only letters on a case")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func (a *app) printLedger(cmd *cobra.Command, list []pipeline.LedgerLine, asJSON bool) error {
	rows := []string{a.words.say("ledger.head")}
	for _, l := range list {
		if asJSON {
			if err := printJSON(cmd.OutOrStdout(), l); err != nil {
				return err
			}
			continue
		}
		due := cmp.Or(l.Due, "-")
		if l.Late > 0 {
			due += " (+" + fmt.Sprint(l.Late) + ")"
		}
		rows = append(rows, strings.Join([]string{l.Company, a.standing(l.Standing), l.Kind, strings.TrimPrefix(l.Case, "case:"), a.words.when(l.Sent), due, fmt.Sprint(l.Reminded), cut(cmp.Or(l.Reason, inOneLine(l.Answer), l.Letter), 60)}, "\t"))
	}
	if asJSON {
		return nil
	}
	return printTable(cmd.OutOrStdout(), rows)
}

// inOneLine writes a text of several lines in one.
func inOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// standing gives the words for how a letter stands.
func (a *app) standing(s cases.Standing) string {
	switch s {
	case cases.StandQueued:
		return a.words.say("stand.queued")
	case cases.StandApproved:
		return a.words.say("stand.approved")
	case cases.StandRejected:
		return a.words.say("stand.rejected")
	case cases.StandSent:
		return a.words.say("stand.sent")
	case cases.StandBounced:
		return a.words.say("stand.bounced")
	case cases.StandAnswered:
		return a.words.say("stand.answered")
	case cases.StandDontKnow:
		return a.words.say("stand.dontknow")
	case cases.StandSilent:
		return a.words.say("stand.silent")
	}
	return string(s)
}
