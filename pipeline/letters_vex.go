package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/cases/vex"
	"hansho/inventory"
	"hansho/notify"
)

// VEX gives the state of a case for machines, as it may be passed on; partner,
// where not empty, is its reader: ErrNoPartner where there is none.
func (d *Desk) VEX(ctx context.Context, ref, partner string) (vex.Document, error) {
	c, err := d.PublicCase(ctx, ref)
	if err != nil {
		return vex.Document{}, err
	}
	s := d.secretary(nil)
	if partner == "" {
		return s.vexOf(c, nil), nil
	}
	p, ok := s.partner(partner)
	if !ok {
		return vex.Document{}, fmt.Errorf("%w: %s", ErrNoPartner, partner)
	}
	return s.vexOf(c, &p), nil
}

// vexOf is the document of a case as it may be passed on.
func (s *secretary) vexOf(c cases.Case, p *inventory.Partner) vex.Document {
	co := s.p.currentCompany()
	doc := vex.Document{
		Case: strings.TrimPrefix(c.ID, "case:"), Title: s.p.view(c, co).Name, CVEs: c.CVEs, At: s.now,
		Company: s.o.Publisher, States: map[string]cases.Item{},
	}
	if p != nil {
		doc.Reader = p.ID
	}
	for _, id := range slices.Sorted(maps.Keys(c.Items)) {
		it, ours := co.items[id]
		if !ours || p != nil && len(itemsFor(*p, []notify.ItemView{{ID: id, Tags: it.Tags}})) == 0 {
			continue
		}
		doc.Products = append(doc.Products, vex.Product{ID: id, Name: cmp.Or(it.Name, it.Product, id), PURL: it.PURL})
		doc.States[id] = *c.Items[id]
	}
	return doc
}

// attach adds the state of a case in the form that a partner wants it in, where
// its class allows to name each system. A case that can't be written so (it has
// no CVE id, nothing of ours is in it) goes without.
func (s *secretary) attach(c cases.Case, p inventory.Partner, l *cases.Letter, data *notify.LetterData) error {
	if p.VEX == "" || p.Class != "full" || s.o.Publisher.Namespace == "" {
		return nil
	}
	open, err := public(c)
	if err != nil {
		return err
	}
	doc := s.vexOf(open, &p)
	if len(doc.CVEs) == 0 || len(doc.Products) == 0 {
		return nil
	}
	name, _, err := vex.Write(p.VEX, doc)
	if err != nil {
		return err
	}
	if doc.Issued, err = s.issued(p.ID, name); err != nil {
		return err
	}
	_, raw, err := vex.Write(p.VEX, doc)
	if err != nil {
		return err
	}
	l.Attachments = append(l.Attachments, cases.Attachment{Name: name, Type: "application/json", Data: raw})
	data.Attached = append(data.Attached, name)
	return nil
}

// issued gives when a file was approved for a partner before, oldest first.
func (s *secretary) issued(partner, name string) ([]time.Time, error) {
	all, err := s.tx.LettersAfter("", 0)
	var out []time.Time
	for _, l := range all {
		if l.Audience == partner && !l.Approved.IsZero() && slices.ContainsFunc(l.Attachments, func(a cases.Attachment) bool { return a.Name == name }) {
			out = append(out, l.Approved)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, err
}

// attached are a letter's files as a channel takes them.
func attached(l cases.Letter) []notify.Attachment {
	var out []notify.Attachment
	for _, a := range l.Attachments {
		out = append(out, notify.Attachment(a))
	}
	return out
}
