package pipeline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hansho/advisory"
	"hansho/cases"
	"hansho/match"
	"hansho/notify"
)

// newsOf says what of a finding is worth telling the readers of its case, or
// nil. A statement that repeats what is known, or that changes what is said of
// products that we don't run, is not.
func (p *Pipeline) newsOf(f *finding, knew bool, old map[string]match.Verdict) *notify.News {
	a := &f.rec.Advisory
	n := &notify.News{SourceView: p.sourceView(statement(a)), Digest: f.rec.Digest, Revision: f.rec.Revision, Revised: knew}
	n.Statement = makersPage(a)
	if f.rematch {
		if n.Revised = false; knew && !verdictsChanged(f.matches, old) {
			return nil // what is known of the item didn't turn on what changed in it
		}
		return n
	}
	if !knew {
		if tracks(f.matches) || speaksOfAll(a) {
			return n
		}
		return nil
	}
	n.Changes = material(f, verdictsChanged(f.matches, old))
	if len(n.Changes) == 0 {
		return nil
	}
	return n
}

// sameWords says whether two texts differ in marks and spaces only: a note that
// became a link, a full stop.
func sameWords(a, b string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	}
	return slices.Equal(words(a), words(b))
}

// makersPage is the page of its maker's statement that a list's row names.
func makersPage(a *advisory.Advisory) string {
	if a.Kind != advisory.KindList || a.Withdrawn {
		return ""
	}
	i := slices.IndexFunc(a.Products, func(p advisory.ProductStatus) bool { return p.Link != "" })
	if i < 0 {
		return ""
	}
	return a.Products[i].Link
}

// speaksOfAll says whether a statement matters to a case even where it names
// none of our items: a public warning, or word that it is being attacked.
func speaksOfAll(a *advisory.Advisory) bool {
	return a.Kind == advisory.KindAlert || a.Kind == advisory.KindExploited ||
		a.Kind == advisory.KindAdvisory && a.Trust == advisory.TrustCoordinator
}

func verdictsChanged(now []match.Match, old map[string]match.Verdict) bool {
	for _, m := range now {
		if old[m.Item] != m.Verdict {
			return true
		}
	}
	return len(now) != len(old)
}

// material keeps the changes that can matter to us: those of the matter itself,
// and those of the products that our items met.
func material(f *finding, verdicts bool) []advisory.Change {
	ours := productsMet(f)
	var kept []advisory.Change
	for _, c := range f.changes {
		switch c.Field {
		case "links":
			if c.About == "" || !ours[c.About] || !onlyLinked(&f.rec.Advisory) {
				continue
			}
		case "lang", "kind":
			continue
		case "title", "summary":
			if f.rec.Advisory.Kind == advisory.KindList {
				continue
			}
			if c.Field == "title" && onlyMarked(c) {
				c = advisory.Change{Field: "history", After: "更新"}
			}
		case "cves":
			if f.rec.Advisory.Kind == advisory.KindList { // its claims tell of them
				continue
			}
		case "withdrawn":
			if f.rec.Advisory.Kind == advisory.KindList && !slices.ContainsFunc(f.rec.Advisory.Products, loudClaim) && !onlyLinked(&f.rec.Advisory) {
				continue
			}
		case "history":
			// That it was revised is news where the public is warned; elsewhere
			// what was revised tells.
			if c.After == "" || len(f.known.History) == 0 || !speaksOfAll(&f.rec.Advisory) {
				continue
			}
		case "severity", "exploited":
		case "note", "workaround":
			if sameWords(c.Before, c.After) || len(ours) > 0 && !ours[c.About] && (c.About != "" || !verdicts) {
				continue
			}
		default:
			// A claim's field: about a product.
			if c.Field == "products" && quiet(c) && !verdicts {
				continue
			}
			if len(ours) > 0 && !ours[c.About] && (c.About != "" || !verdicts) {
				continue
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// onlyMarked says that nothing of a title is new but that it is marked as updated.
func onlyMarked(c advisory.Change) bool {
	before, _ := advisory.CutUpdateMark(c.Before)
	after, updated := advisory.CutUpdateMark(c.After)
	return updated && before == after
}

// quiet says that a claim that came or is gone is nothing to act on: a list that
// adds a column for another CVE says "not affected" a thousand times.
func quiet(c advisory.Change) bool {
	return !loudClaim(advisory.ProductStatus{Status: c.Status})
}

// onlyLinked says that a row of a list gives a maker's statement and nothing
// besides: its address is all that it says.
func onlyLinked(a *advisory.Advisory) bool {
	return a.Kind == advisory.KindList && !slices.ContainsFunc(a.Products, func(p advisory.ProductStatus) bool {
		return p.Link == "" || p.Status != advisory.StatusUnknown || p.Versions != "" || p.Fixed != ""
	})
}

func loudClaim(p advisory.ProductStatus) bool {
	return p.Status != advisory.StatusNotAffected && p.Status != advisory.StatusUnknown
}

var whereProduct = regexp.MustCompile(`^products\[(\d+)\]$`)

// productsMet names the products of an advisory that our items met.
func productsMet(f *finding) map[string]bool {
	ours := map[string]bool{}
	name := func(i int) {
		if i >= 0 && i < len(f.rec.Advisory.Products) {
			ours[advisory.ClaimName(f.rec.Advisory.Products[i])] = true
		}
	}
	if f.rec.Advisory.Kind == advisory.KindList && len(f.matches) > 0 {
		for i := range f.rec.Advisory.Products { // a row of a list is about one thing
			name(i)
		}
	}
	for _, m := range f.matches {
		name(m.Claim)
		for _, e := range m.Evidence {
			if sub := whereProduct.FindStringSubmatch(e.Where); sub != nil && e.Source == "" {
				i, _ := strconv.Atoi(sub[1])
				name(i)
			}
		}
	}
	return ours
}

// reversed says whether a revision turned a claim that was safe into one that
// is not, for a product of ours.
func reversed(f *finding) bool {
	ours := productsMet(f)
	return slices.ContainsFunc(f.changes, func(c advisory.Change) bool {
		return c.Field == "status" && ours[c.About] && safe(c.Before) && c.After == string(advisory.StatusAffected)
	})
}

func safe(status string) bool {
	return status == string(advisory.StatusNotAffected) || status == string(advisory.StatusFixed)
}

// notice makes what is to be told of a touched case, or nil where nothing is.
func (ps *pass) notice(t *touched) *notify.Notice {
	worse := slices.ContainsFunc(t.shifts, func(s cases.Shift) bool { return s.Conflict != "" || !s.To.Safe() })
	if len(t.news) == 0 && !t.loud && !(worse && t.c.Told) {
		return nil
	}
	if !t.c.Told && !concernsUs(t.c) {
		return nil
	}
	view := ps.p.view(t.c, ps.company)
	for i, it := range view.Items {
		if slices.Contains(t.asked, it.ID) {
			view.Items[i].Enquiry = notify.EnquiryDrafted
		}
	}
	if t.c.Told {
		view.Items = movedItems(view.Items, t)
	}
	n := &notify.Notice{Kind: notify.KindUpdate, At: ps.now, Case: &view, News: t.news}
	switch {
	case t.loud:
		n.Kind, n.Urgent, n.Told = notify.KindReversal, true, t.told
		for i, it := range n.Case.Items {
			n.Case.Items[i].Reversed = t.reversed[it.ID]
		}
	case !t.c.Told:
		n.Kind = notify.KindNew
	}
	n.Urgent = n.Urgent || view.Severity.Rating == "critical" || view.Exploited
	return n
}

// movedItems marks the items that stand where they did not before, and adds those
// that left the case.
func movedItems(items []notify.ItemView, t *touched) []notify.ItemView {
	for i, it := range items {
		old, known := t.before[it.ID]
		if !known || notify.Standing(old) != notify.Standing(it) {
			items[i].Moved = true
		}
		if known && items[i].Moved {
			items[i].Was = notify.Standing(old)
		}
	}
	for _, s := range t.shifts {
		if old, known := t.before[s.Item]; known && s.Gone {
			old.Moved, old.Was, old.Gone = true, notify.Standing(old), true
			items = append(items, old)
		}
	}
	return items
}

// concernsUs says whether any item of ours may be hit.
func concernsUs(c cases.Case) bool {
	for _, it := range c.Items {
		if !it.State.Safe() && (it.Verdict.Verdict == match.Affected || it.Verdict.Verdict == match.Possible || len(it.Hands) > 0) {
			return true
		}
	}
	return false
}

// summarise makes one notice of what a quiet pass found, unless it is about a
// single case, which is told as itself.
func (ps *pass) summarise(notices []notify.Notice) []notify.Notice {
	if !ps.quiet || len(notices) <= 1 {
		return notices
	}
	sum := notify.Notice{Kind: notify.KindSummary, At: ps.now}
	for _, n := range notices {
		n.Case.Reversed = n.Kind == notify.KindReversal
		for _, news := range n.News {
			if n.Kind == notify.KindUpdate {
				n.Case.News = append(n.Case.News, news.SourceView)
			}
		}
		sum.Cases = append(sum.Cases, *n.Case)
		sum.Urgent = sum.Urgent || n.Urgent
	}
	return []notify.Notice{sum}
}

func statement(a *advisory.Advisory) cases.Statement {
	s := cases.Statement{ID: a.ID, Source: a.Source, Title: a.Title, Updated: a.Updated}
	if len(a.Links) > 0 {
		s.Link = a.Links[0]
	}
	return s
}

func (p *Pipeline) sourceView(s cases.Statement) notify.SourceView {
	e := p.entries[s.Source]
	v := notify.SourceView{
		Advisory: s.ID, Source: s.Source, Publisher: e.Publisher, PublisherJA: e.PublisherJA,
		Title: s.Title, Link: s.Link, Updated: s.Updated,
	}
	if v.Publisher == "" {
		v.Publisher = s.Source
	}
	if v.Link == "" {
		v.Link = e.Page
	}
	return v
}
