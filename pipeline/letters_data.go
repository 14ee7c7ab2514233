package pipeline

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"hansho/advisory"
	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
)

// maxSources is how many statements a letter points to.
const maxSources = 6

// data is what a letter on a case is written from; p is its reader, nil for a
// letter inside.
func (s *secretary) data(c cases.Case, p *inventory.Partner, lang string) (notify.LetterData, error) {
	open, err := public(c)
	if err != nil {
		return notify.LetterData{}, err
	}
	co := s.p.currentCompany()
	v := s.p.view(open, co)
	v.Sources = pointers(open, v.Sources)
	v.CVEs = slices.DeleteFunc(slices.Clone(v.CVEs), func(cve string) bool { return cve == v.Name }) // said once
	if lang != "ja" && japanese(v.Summary) {
		v.Summary = "" // the template has words of its own
	}
	data := notify.LetterData{Date: s.today(), Case: v, Items: v.Items, ReportTo: s.o.ReportTo, Detail: "full"}
	if s.o.Sender != nil {
		data.From = s.o.Sender(lang)
	}
	if s.o.Weekly.Set {
		data.Weekday = s.o.Weekly.Day.String()
	}
	if p != nil {
		data.To = notify.Recipient{Company: p.Company, Title: p.Title, Person: p.Person, Honorific: p.Honorific}
		data.Detail = cmp.Or(p.Class, "summary")
		data.Items = itemsFor(*p, v.Items)
		data.ReportTo = ""
	}
	return data, nil
}

// restricted says whether a TLP label forbids to pass a statement on to the
// readers of a letter.
func restricted(tlp string) bool {
	label := strings.ToUpper(strings.TrimPrefix(strings.ToUpper(tlp), "TLP:"))
	return label == "RED" || strings.HasPrefix(label, "AMBER")
}

// public gives a case as it may be passed on: without the statements under TLP
// RED and AMBER and without what follows from them. An item whose state rests on
// one is unknown, so that no letter says "safe" of what we know to be hit.
func public(c cases.Case) (cases.Case, error) {
	secret := map[string]bool{}
	for id, s := range c.Statements {
		secret[id] = restricted(s.TLP)
	}
	if !slices.Contains(slices.Collect(maps.Values(secret)), true) {
		return c, nil
	}
	out := c
	out.Statements, out.Items, out.CVEs = map[string]cases.Statement{}, map[string]*cases.Item{}, nil
	for id, s := range c.Statements {
		if !secret[id] {
			out.Statements[id] = s
			for _, k := range s.Keys {
				if slices.Contains(c.CVEs, k) && !slices.Contains(out.CVEs, k) {
					out.CVEs = append(out.CVEs, k)
				}
			}
		}
	}
	if len(out.Statements) == 0 {
		return cases.Case{}, ErrRestricted
	}
	slices.Sort(out.CVEs)
	for id, it := range c.Items {
		open := *it
		open.Scoped, open.Claims = true, map[string]cases.Claim{}
		for adv, cl := range it.Claims {
			if !secret[adv] {
				open.Claims[adv] = cl
			}
		}
		out.Items[id] = &open
	}
	out.Settle(time.Time{})
	for id, it := range out.Items {
		if it.State != c.Items[id].State {
			it.State = cases.ItemUnknown
		}
	}
	return out, nil
}

// pointers are the statements that a letter names for its reader to go on: those
// on the matter as a whole, not the rows of lists.
func pointers(c cases.Case, sources []notify.SourceView) []notify.SourceView {
	kept := slices.DeleteFunc(slices.Clone(sources), func(s notify.SourceView) bool {
		k := c.Statements[s.Advisory].Kind
		return k == advisory.KindList || k == advisory.KindScore || s.Link == ""
	})
	return kept[:min(len(kept), maxSources)]
}

func japanese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) })
}

// itemsFor are the items of a case that concern a partner: those that its entry
// names by id or tag, or all where it names none.
func itemsFor(p inventory.Partner, views []notify.ItemView) []notify.ItemView {
	if len(p.Items) == 0 {
		return views
	}
	return slices.DeleteFunc(slices.Clone(views), func(v notify.ItemView) bool {
		return !slices.Contains(p.Items, v.ID) && !slices.ContainsFunc(v.Tags, func(t string) bool { return slices.Contains(p.Items, t) })
	})
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// PublicCase gives a case as it may be passed on, without what a TLP label keeps
// inside.
func (d *Desk) PublicCase(ctx context.Context, ref string) (cases.Case, error) {
	c, err := d.Case(ctx, ref)
	if err != nil {
		return c, err
	}
	return public(c)
}
