package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hansho/cases"
	"hansho/notify"
)

// correct finds who was told that an item of the case is safe which is not so
// any more. A letter that has not left, approved or not, is held back, since it
// would say what is wrong; a weekly one is written anew. To each partner that has
// been told, a correction is drafted. It gives the names of those who were told.
// What was corrected before is not again.
func (s *secretary) correct(c cases.Case) ([]string, error) {
	all, err := s.tx.LettersAfter("", 0)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b cases.Letter) int { return a.Created.Compare(b.Created) })
	var told []string
	for i, l := range all {
		wrong := wronglySafe(l, c)
		if len(wrong) == 0 {
			continue
		}
		if l.State == cases.LetterRejected || l.State == cases.LetterBounced {
			continue
		}
		held, err := s.holdBack(l, "says of "+strings.Join(wrong, ", ")+" that it is safe, which is no longer so")
		if err != nil {
			return nil, fmt.Errorf("hold back letter %s: %w", l.ID, err)
		}
		if held {
			all[i].State = cases.LetterRejected
			continue
		}
		if !l.Outside { // our own people hear the reversal itself
			continue
		}
		if wrong = uncorrected(wrong, l, c, all[i+1:]); len(wrong) == 0 {
			continue
		}
		name, err := s.correction(l, c, wrong)
		if err != nil {
			return nil, fmt.Errorf("correct letter %s: %w", l.ID, err)
		}
		if !slices.Contains(told, name) {
			told = append(told, name)
		}
	}
	return told, nil
}

// holdBack rejects a letter that has not left: one that waits for approval, or
// until its time. It says whether it could; a weekly letter is then written anew.
func (s *secretary) holdBack(l cases.Letter, why string) (bool, error) {
	if l.State != cases.LetterQueued && l.State != cases.LetterApproved {
		return false, nil
	}
	if l.State == cases.LetterApproved {
		if !l.After.After(s.now) {
			return false, nil
		}
		for _, to := range l.To {
			if err := s.tx.Settle(letterKey(l.ID, to), notify.Parked, notify.Receipt{}, "held back: it "+why); err != nil {
				return false, err
			}
		}
	}
	l.State, l.By, l.Reason = cases.LetterRejected, self, why
	if err := s.tx.PutLetter(l); err != nil {
		return false, err
	}
	p, ok := s.partner(l.Audience)
	if l.Kind != "weekly" || !ok || !l.After.After(s.now) {
		return true, nil
	}
	_, err := s.weekly(p, l.After.In(s.today().Location()))
	return true, err
}

// saidKeys are the keys under which a letter may speak of an item of a case,
// whatever the case was called then.
func saidKeys(c cases.Case, item string) []string {
	keys := []string{cases.SaidKey(c.ID, item)}
	for _, id := range c.Merged {
		keys = append(keys, cases.SaidKey(id, item))
	}
	return keys
}

// saidOf gives where a letter said that an item of a case stood.
func saidOf(l cases.Letter, c cases.Case, item string) (cases.ItemState, bool) {
	for _, k := range saidKeys(c, item) {
		if st, ok := l.Said[k]; ok {
			return st, true
		}
	}
	return "", false
}

// wronglySafe lists the items that a letter called safe and that are not.
func wronglySafe(l cases.Letter, c cases.Case) []string {
	var out []string
	for id, it := range c.Items {
		if st, ok := saidOf(l, c, id); ok && st.Safe() && !it.State.Safe() {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// uncorrected are the items of which no later letter to the same reader speaks: one
// that says that they are not safe has corrected it, and one that says that they
// are, and has left, is corrected instead. A reader gets one correction.
func uncorrected(wrong []string, l cases.Letter, c cases.Case, later []cases.Letter) []string {
	return slices.DeleteFunc(wrong, func(item string) bool {
		return slices.ContainsFunc(later, func(x cases.Letter) bool {
			st, ok := saidOf(x, c, item)
			spoke := x.State != cases.LetterRejected && x.State != cases.LetterBounced && (x.State != cases.LetterQueued || !st.Safe())
			return ok && spoke && x.Audience == l.Audience
		})
	})
}

// correction drafts the letter that takes back what l said of items. It gives
// the name of the reader.
func (s *secretary) correction(l cases.Letter, c cases.Case, wrong []string) (string, error) {
	p, ok := s.partner(l.Audience)
	if !ok {
		return l.Audience, nil // no partner of ours any more, or a letter inside
	}
	_, err := s.toPartner(c, "correction", p, false, func(data *notify.LetterData, out *cases.Letter) {
		out.Earlier = l.ID
		data.Earlier = &notify.EarlierLetter{Subject: plainSubject(l), Date: cmp.Or(l.Sent, l.Approved).In(s.today().Location())}
		for _, it := range data.Items {
			if slices.Contains(wrong, it.ID) {
				st, _ := saidOf(l, c, it.ID)
				data.Corrections = append(data.Corrections, notify.Correction{Item: it, Said: string(st)})
			}
		}
	})
	if errors.Is(err, ErrRestricted) {
		return p.Company, nil // the person who handles the restricted source decides how to tell
	}
	return p.Company, err
}

// owners are the departments whose items were safe and are not.
func (ps *pass) owners(shifts []cases.Shift) []string {
	var out []string
	for _, sh := range shifts {
		if o := ps.company.items[sh.Item].Owner; sh.Reversal && o != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// toldSafe gives everyone who had been told that an item is safe which is not,
// and drafts the corrections to partners.
func (ps *pass) toldSafe(t *touched) ([]string, error) {
	if slices.ContainsFunc(t.shifts, func(sh cases.Shift) bool { return sh.Reversal }) { // a weekly letter reads it again
		if err := ps.tx.PutCase(t.c); err != nil {
			return nil, err
		}
	}
	told, err := ps.secretary().correct(t.c)
	return append(ps.owners(t.shifts), told...), err
}
