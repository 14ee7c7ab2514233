package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

// ErrNoEnquiry says that no enquiry goes by an id.
var ErrNoEnquiry = errors.New("no such enquiry")

// OpenEnquiries writes the three questions on a case to suppliers, one letter
// each that lists all our items of theirs, and keeps them for approval. partner
// is the supplier to ask; where it is empty, each that supplies an item of the
// case which is not known to be safe. What is asked about already is not asked
// again: an enquiry that waits takes in what is new, and one that was sent is
// followed by another on that alone.
func (d *Desk) OpenEnquiries(ctx context.Context, ref, partner, who string) ([]cases.Enquiry, error) {
	var out []cases.Enquiry
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		out = nil
		c, err := findCase(tx, ref)
		if err != nil {
			return err
		}
		s := d.secretary(tx)
		suppliers, err := s.suppliers(c, partner)
		if err != nil {
			return err
		}
		for _, p := range suppliers {
			e, err := s.enquire(&c, p, who)
			if err != nil {
				return fmt.Errorf("enquiry to %s: %w", p.ID, err)
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

// suppliers are those to ask about a case.
func (s *secretary) suppliers(c cases.Case, partner string) ([]inventory.Partner, error) {
	if partner != "" {
		p, ok := s.partner(partner)
		if !ok {
			return nil, fmt.Errorf("%w: %s", ErrNoPartner, partner)
		}
		return []inventory.Partner{p}, nil
	}
	var out []inventory.Partner
	for _, p := range s.o.Partners {
		if len(p.Email) > 0 && len(s.unsafeOf(c, p, false)) > 0 {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no item of the case that is in doubt has a supplier with a mail address in the inventory; name one with --partner")
	}
	return out, nil
}

// unsafeOf lists the items that a partner supplies and that are not known to be
// safe: those of the case, or all of theirs.
func (s *secretary) unsafeOf(c cases.Case, p inventory.Partner, all bool) []string {
	co := s.p.currentCompany()
	var out []string
	for _, id := range slices.Sorted(maps.Keys(co.items)) {
		it, held := c.Items[id]
		if p.Supplies(co.items[id]) && (held && !it.State.Safe() || !held && all) {
			out = append(out, id)
		}
	}
	return out
}

// enquire asks a supplier about all that is in doubt, at a person's wish.
func (s *secretary) enquire(c *cases.Case, p inventory.Partner, who string) (cases.Enquiry, error) {
	items := s.unsafeOf(*c, p, true)
	if len(items) == 0 {
		return cases.Enquiry{}, errors.New("supplies nothing that is in doubt")
	}
	for _, item := range items {
		c.Item(item).Scoped = true
	}
	c.Settle(s.now)
	e, old, err := s.place(*c, p, items)
	if err != nil || len(e.Items) == 0 {
		return old, err
	}
	return s.put(c, p, e, old.Letter, who)
}

// place finds where to ask about items: an enquiry to the supplier that still
// waits takes them in, else a new one does. What it gives lists no items where all
// are asked about already; the enquiry that asks last is then the second.
func (s *secretary) place(c cases.Case, p inventory.Partner, items []string) (e, old cases.Enquiry, err error) {
	base := "enq-" + strings.TrimPrefix(c.ID, "case:") + "-" + p.ID
	for n := 1; ; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		next, err := s.tx.Enquiry(id)
		if errors.Is(err, store.ErrNotFound) {
			return cases.Enquiry{ID: id, Case: c.ID, Partner: p.ID, Items: items, Opened: s.now}, old, nil
		}
		if err != nil {
			return e, old, err
		}
		old = next
		switch waits, rejected, err := s.waits(old); {
		case err != nil:
			return e, old, err
		case !old.Closed.IsZero() || rejected:
			return cases.Enquiry{ID: id, Case: c.ID, Partner: p.ID, Items: items, Opened: s.now, Answers: old.Answers}, old, nil
		case waits:
			all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(old.Items, items))))
			if e = old; len(all) == len(old.Items) {
				all = nil
			}
			e.Items = all
			return e, old, nil
		}
		items = slices.DeleteFunc(slices.Clone(items), func(it string) bool { return slices.Contains(old.Items, it) })
		if len(items) == 0 {
			return e, old, nil
		}
	}
}

// waits says whether the letter of an enquiry is still to be approved, in our own
// words, and whether somebody rejected it.
func (s *secretary) waits(e cases.Enquiry) (waits, rejected bool, err error) {
	l, err := s.tx.Letter(e.Letter)
	if errors.Is(err, store.ErrNotFound) {
		return false, false, nil
	}
	return l.State == cases.LetterQueued && l.Edited == "", l.State == cases.LetterRejected, err
}

// put writes the letter of an enquiry and stores both, and the case with it. stale
// is the letter that it had before, if any.
func (s *secretary) put(c *cases.Case, p inventory.Partner, e cases.Enquiry, stale, who string) (cases.Enquiry, error) {
	if err := s.tx.PutCase(*c); err != nil {
		return e, err
	}
	l, err := s.toPartner(*c, "supplier-request", p, true, func(data *notify.LetterData, _ *cases.Letter) {
		data.Items = only(data.Items, e.Items)
		data.ReportTo = data.From.Email
	})
	if err != nil {
		return e, err
	}
	if stale != l.ID {
		if err := s.drop(stale, "written anew as "+l.ID); err != nil {
			return e, err
		}
	}
	e.Letter, e.By = l.ID, cmp.Or(e.By, who)
	if l.State == cases.LetterApproved {
		e.Sent, e.Due = s.now, l.Due
	}
	if err := s.tx.PutEnquiry(e); err != nil {
		return e, err
	}
	if *c, err = s.tx.Case(c.ID); err != nil { // an automatic letter has left its mark
		return e, err
	}
	if e.Letter != stale {
		note(c, s.now, "enquiry", who, p.Company, e.ID)
	}
	return e, s.tx.PutCase(*c)
}

// drop rejects a letter that still waits.
func (s *secretary) drop(id, why string) error {
	l, err := s.tx.Letter(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && l.State != cases.LetterQueued {
		return nil
	}
	if err != nil {
		return err
	}
	l.State, l.By, l.Reason = cases.LetterRejected, self, why
	return s.tx.PutLetter(l)
}

func only(views []notify.ItemView, ids []string) []notify.ItemView {
	return slices.DeleteFunc(slices.Clone(views), func(v notify.ItemView) bool { return !slices.Contains(ids, v.ID) })
}

// enquirySent keeps that the letter of an enquiry was released: from now on its
// items are asked about.
func (s *secretary) enquirySent(l cases.Letter) error {
	e, ok, err := s.enquiryOf(l.ID)
	if err != nil || !ok {
		return err
	}
	e.Sent, e.Due = s.now, l.Due
	if err := s.tx.PutEnquiry(e); err != nil {
		return err
	}
	return s.onCase(e.Case, func(c *cases.Case) {
		for _, id := range e.Items {
			c.Item(id).Asked = s.now
		}
		c.Settle(s.now)
	})
}

// enquiryOf finds the enquiry that a letter carries.
func (s *secretary) enquiryOf(letterID string) (cases.Enquiry, bool, error) {
	all, err := s.tx.EnquiriesAfter("", 0)
	i := slices.IndexFunc(all, func(e cases.Enquiry) bool { return e.Letter == letterID })
	if err != nil || i < 0 {
		return cases.Enquiry{}, false, err
	}
	return all[i], true, nil
}

// Enquiries lists the enquiries by id; a case id chooses.
func (d *Desk) Enquiries(ctx context.Context, caseID string) (list []cases.Enquiry, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		list, err = tx.EnquiriesAfter("", 0)
		return err
	})
	return slices.DeleteFunc(list, func(e cases.Enquiry) bool { return caseID != "" && e.Case != caseID }), err
}

// Enquiry gives an enquiry by its id.
func (d *Desk) Enquiry(ctx context.Context, id string) (e cases.Enquiry, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		e, err = enquiry(tx, id)
		return err
	})
	return e, err
}

func enquiry(tx store.Tx, id string) (cases.Enquiry, error) {
	e, err := tx.Enquiry(id)
	if errors.Is(err, store.ErrNotFound) {
		return e, fmt.Errorf("%w: %s", ErrNoEnquiry, id)
	}
	return e, err
}

// Answer keeps what came back as evidence. It changes no item's state: a person
// does, with AcceptAnswer. id is of an enquiry or of a letter.
func (d *Desk) Answer(ctx context.Context, id string, a cases.Answer) error {
	return d.p.store.Update(ctx, func(tx store.Tx) error { return d.secretary(tx).answer(id, a) })
}

func (s *secretary) answer(id string, a cases.Answer) error {
	if a.At.IsZero() {
		a.At = s.now
	}
	letterID := id
	e, err := s.tx.Enquiry(id)
	isEnquiry := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if isEnquiry {
		letterID = e.Letter
	} else if e, isEnquiry, err = s.enquiryOf(id); err != nil {
		return err
	}
	l, err := letter(s.tx, letterID)
	if err != nil {
		return err
	}
	switch {
	case known(l.Answers, a):
		return nil
	case l.State == cases.LetterQueued || l.State == cases.LetterRejected:
		return fmt.Errorf("letter %s has not left: set what you learned with hansho case set", l.ID)
	}
	l.Answers, l.State = append(l.Answers, a), cases.LetterAnswered
	if err := s.tx.PutLetter(l); err != nil {
		return err
	}
	if err := s.dropReminders(l.ID, "answered meanwhile"); err != nil {
		return err
	}
	if isEnquiry {
		if e.Answers = append(e.Answers, a); a.Choice != "" || !a.Pending {
			e.Closed = time.Time{} // they answered anew: somebody has to read it
		}
		if err := s.tx.PutEnquiry(e); err != nil {
			return err
		}
	}
	return s.onCase(l.Case, func(c *cases.Case) { note(c, s.now, "enquiry", a.From, "answered", id) })
}

// dropReminders rejects the reminders of a letter that still wait.
func (s *secretary) dropReminders(id, why string) error {
	all, err := s.tx.LettersAfter("", 0)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Kind != "reminder" || r.Earlier != id || r.State != cases.LetterQueued {
			continue
		}
		r.State, r.By, r.Reason = cases.LetterRejected, self, why
		if err := s.tx.PutLetter(r); err != nil {
			return err
		}
	}
	return nil
}

// known says whether an answer was taken before: a mailbox may be read twice.
func known(answers []cases.Answer, a cases.Answer) bool {
	return slices.ContainsFunc(answers, func(b cases.Answer) bool {
		return a.MessageID != "" && a.MessageID == b.MessageID
	})
}
