package pipeline

import (
	"slices"

	"hansho/cases"
	"hansho/notify"
)

// namesItems says whether a kind of letter inside tells where each of our items
// stands.
func namesItems(kind string) bool {
	return kind == "awareness-owners" || kind == "awareness-management"
}

// again has a letter inside, when the same readers were written to about the case
// before, say what has changed since.
func (s *secretary) again(c cases.Case, l *cases.Letter, data *notify.LetterData) error {
	l.Gist = &cases.Gist{Rating: data.Case.Rating(), Exploited: data.Case.Exploited, CVEs: slices.Clone(data.Case.CVEs)}
	if namesItems(l.Kind) {
		l.Said = said(c.ID, data.Items)
	}
	all, err := s.tx.LettersAfter("", 0)
	if err != nil {
		return err
	}
	before := lastIssue(all, *l, c)
	if before == nil {
		return nil
	}
	l.Earlier = before.ID
	a := notify.Again{
		Since:     before.Created.In(s.today().Location()),
		Exploited: l.Gist.Exploited && !before.Gist.Exploited,
		Rerated:   l.Gist.Rating != before.Gist.Rating && l.Gist.Rating != "",
		Rating:    before.Gist.Rating,
		CVEs:      slices.DeleteFunc(slices.Clone(l.Gist.CVEs), func(cve string) bool { return slices.Contains(before.Gist.CVEs, cve) }),
	}
	if namesItems(l.Kind) {
		a.Moves = movesSince(data.Items, *before, c)
	}
	for _, src := range data.Case.Sources {
		if newsSince(c, src.Advisory, before.Created) {
			a.News = append(a.News, src)
		}
	}
	data.Again = &a
	return nil
}

// lastIssue is the newest letter that left, of the kind of l, on the case, to one
// of its readers, in its language; nil where l is the first.
func lastIssue(all []cases.Letter, l cases.Letter, c cases.Case) *cases.Letter {
	var last *cases.Letter
	for i, o := range all {
		left := o.State == cases.LetterApproved || o.State == cases.LetterSent
		same := o.Kind == l.Kind && o.Lang == l.Lang && (o.Case == c.ID || slices.Contains(c.Merged, o.Case)) &&
			slices.ContainsFunc(o.To, func(to string) bool { return slices.Contains(l.To, to) })
		if left && same && o.Gist != nil && (last == nil || o.Created.After(last.Created)) {
			last = &all[i]
		}
	}
	return last
}

// movesSince are the items that stand otherwise than a letter told.
func movesSince(items []notify.ItemView, before cases.Letter, c cases.Case) []notify.Move {
	var out []notify.Move
	for _, it := range items {
		if was, told := saidOf(before, c, it.ID); !told || string(was) != it.State {
			out = append(out, notify.Move{Item: it, From: string(was), To: it.State})
		}
	}
	return out
}
