package pipeline

import (
	"errors"
	"maps"
	"slices"

	"hansho/cases"
	"hansho/inventory"
)

// self is who did what no person did.
const self = "hansho"

// noContact is the line of a case on an item that no supplier can be asked about.
const noContact = "nobody to ask: no supplier with a mail address in the inventory"

// askSuppliers has suppliers asked about the items of which a list says only that
// the maker has spoken: one letter each, which waits for approval like any other.
// What nobody can be asked about is written on the case. A question of ours that
// answered itself before it left is dropped. It gives the items that it wrote
// letters about.
func (ps *pass) askSuppliers(c *cases.Case) ([]string, error) {
	silent := silentItems(c)
	open, err := ps.enquiriesOn(c)
	if err != nil || len(silent)+len(open) == 0 {
		return nil, err
	}
	s := ps.secretary()
	for _, e := range open {
		if err := s.reconsider(c, e); err != nil {
			return nil, err
		}
	}
	if c.State != cases.Open {
		return nil, nil
	}
	var asked []string
	for _, p := range s.o.Partners {
		items := slices.DeleteFunc(slices.Clone(silent), func(id string) bool {
			return !p.Supplies(ps.company.items[id]) || isAsked(open, id)
		})
		if len(items) == 0 || len(p.Email) == 0 {
			continue
		}
		e, err := s.askByItself(c, p, items)
		if err != nil {
			return nil, err
		}
		asked = append(asked, e.Items...)
	}
	s.noteUnasked(c, silent)
	return asked, nil
}

func (ps *pass) secretary() *secretary {
	return &secretary{p: ps.p, tx: ps.tx, o: ps.p.currentOffice(), now: ps.now}
}

// silentItems are the items on which a maker has spoken and nobody says what.
func silentItems(c *cases.Case) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Items)), func(id string) bool {
		return c.Spoken(id) == "" || !c.Items[id].Asked.IsZero()
	})
}

// enquiriesOn lists the enquiries on a case. They are read once a pass.
func (ps *pass) enquiriesOn(c *cases.Case) ([]cases.Enquiry, error) {
	if ps.enquiries == nil {
		all, err := ps.tx.EnquiriesAfter("", 0)
		if err != nil {
			return nil, err
		}
		ps.enquiries = map[string][]cases.Enquiry{}
		for _, e := range all {
			ps.enquiries[e.Case] = append(ps.enquiries[e.Case], e)
		}
	}
	on := slices.Clone(ps.enquiries[c.ID])
	for _, id := range c.Merged {
		on = append(on, ps.enquiries[id]...)
	}
	return on, nil
}

func isAsked(list []cases.Enquiry, item string) bool {
	return slices.ContainsFunc(list, func(e cases.Enquiry) bool { return slices.Contains(e.Items, item) })
}

// askByItself is an enquiry that no person wished for. That it can't be written
// stops no poll: the case says so.
func (s *secretary) askByItself(c *cases.Case, p inventory.Partner, items []string) (cases.Enquiry, error) {
	e, old, err := s.place(*c, p, items)
	if err != nil || len(e.Items) == 0 {
		return cases.Enquiry{}, err
	}
	e, err = s.put(c, p, e, old.Letter, self)
	if errors.Is(err, ErrRestricted) || errors.Is(err, errUnwritten) {
		s.p.opts.Log.Warn("enquiry", "case", c.ID, "partner", p.ID, "error", err)
		noteOnce(c, cases.Event{At: s.now, Kind: "enquiry", Who: self, Text: p.Company + ": not written: " + err.Error()})
		return cases.Enquiry{}, nil
	}
	return e, err
}

// reconsider takes out of an enquiry of our own that still waits what has been
// answered by a source or a person, and drops it where nothing is left.
func (s *secretary) reconsider(c *cases.Case, e cases.Enquiry) error {
	if e.By != self || !e.Closed.IsZero() {
		return nil
	}
	waits, _, err := s.waits(e)
	if err != nil || !waits {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(e.Items), func(id string) bool { return c.Spoken(id) == "" })
	if len(left) == len(e.Items) {
		return nil
	}
	if p, ok := s.partner(e.Partner); ok && len(left) > 0 {
		stale := e.Letter
		e.Items = left
		_, err := s.put(c, p, e, stale, self)
		return err
	}
	e.Closed = s.now
	note(c, s.now, "enquiry", self, "no longer needed", e.ID)
	return errors.Join(s.drop(e.Letter, "a source has answered meanwhile"), s.tx.PutEnquiry(e))
}

// noteUnasked writes on the case, once, which items nobody can be asked about.
func (s *secretary) noteUnasked(c *cases.Case, silent []string) {
	for _, id := range silent {
		if !s.p.hasContact(s.o, id) {
			noteOnce(c, cases.Event{At: s.now, Kind: "enquiry", Who: self, Text: noContact, Ref: id})
		}
	}
}

// hasContact says whether the supplier of an item can be written to.
func (p *Pipeline) hasContact(o Office, item string) bool {
	it := p.currentCompany().items[item]
	return slices.ContainsFunc(o.Partners, func(s inventory.Partner) bool { return s.Supplies(it) && len(s.Email) > 0 })
}

func noteOnce(c *cases.Case, e cases.Event) {
	same := func(o cases.Event) bool { return o.Kind == e.Kind && o.Text == e.Text && o.Ref == e.Ref }
	if !slices.ContainsFunc(c.Timeline, same) {
		c.Timeline = append(c.Timeline, e)
	}
}
