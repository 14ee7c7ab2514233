package pipeline

import (
	"cmp"
	"context"
	"fmt"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

// Preview writes a letter of any kind as it would stand now, and keeps nothing.
func (d *Desk) Preview(ctx context.Context, w Draft) ([]notify.Letter, error) {
	var out []notify.Letter
	err := d.p.store.View(ctx, func(tx store.Tx) error {
		out = nil
		c, err := findCase(tx, w.Case)
		if err != nil {
			return err
		}
		s := d.secretary(tx)
		readers := []*inventory.Partner{nil}
		if len(w.To) > 0 {
			readers = readers[:0]
		}
		for _, id := range w.To {
			if p, ok := s.partner(id); ok {
				readers = append(readers, &p)
			} else {
				return fmt.Errorf("%w: %s", ErrNoPartner, id)
			}
		}
		for _, p := range readers {
			l, err := s.preview(c, p, w)
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

func (s *secretary) preview(c cases.Case, p *inventory.Partner, w Draft) (notify.Letter, error) {
	lang := cmp.Or(w.Lang, s.o.Lang)
	if p != nil {
		lang = cmp.Or(w.Lang, p.Lang, s.o.Lang)
	}
	data, err := s.data(c, p, lang)
	if err != nil {
		return notify.Letter{}, err
	}
	data.WhatHappened = w.WhatHappened
	var l cases.Letter
	switch {
	case p == nil:
	case w.Kind == "supplier-request":
		data.Items = only(data.Items, s.unsafeOf(c, *p, true))
		data.ReportTo = data.From.Email
	case w.Kind != "reminder":
		if err := s.attach(c, *p, &l, &data); err != nil {
			return notify.Letter{}, err
		}
	}
	out, err := s.o.Templates.RenderLetter(w.Kind, lang, data)
	out.Attachments = attached(l)
	return out, err
}
