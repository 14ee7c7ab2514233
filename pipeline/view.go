package pipeline

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/cases"
	"hansho/inventory"
	"hansho/match"
	"hansho/notify"
)

// View gives the present state of a case as its readers see it.
func (p *Pipeline) View(c cases.Case) notify.CaseView { return p.view(c, p.currentCompany()) }

func (p *Pipeline) view(c cases.Case, co company) notify.CaseView {
	statements := ranked(c)
	v := notify.CaseView{
		ID: c.ID, Name: c.Name, CVEs: c.CVEs, Opened: c.Opened, Acked: c.Acked, Assigned: c.Assigned,
		Severity: severity(statements), Items: []notify.ItemView{}, Sources: []notify.SourceView{},
	}
	for _, s := range statements {
		v.Exploited = v.Exploited || s.Exploited
		view := p.sourceView(s)
		view.Items = aboutItems(c, s, nil)
		v.Sources = append(v.Sources, view)
	}
	if len(statements) > 0 {
		v.Name = cmp.Or(v.Name, nameOfCase(c, statements[0]))
		v.Summary = summary(statements)
	}
	v.Name = cmp.Or(v.Name, strings.Join(c.CVEs, ", "), strings.Join(c.Refs, ", "), strings.TrimPrefix(c.ID, "case:"))
	for _, id := range slices.Sorted(maps.Keys(c.Items)) {
		it := itemView(*c.Items[id], co.items[id])
		if it.Spoken = c.Spoken(id); it.Spoken != "" && !p.hasContact(p.currentOffice(), id) {
			it.Enquiry = notify.EnquiryNobody
		}
		v.Items = append(v.Items, it)
	}
	slices.SortStableFunc(v.Items, func(a, b notify.ItemView) int { return cmp.Compare(loudness(a), loudness(b)) })
	return v
}

// ranked gives a case's statements, those that speak best of the matter as a
// whole first: public warnings, then coordinators, makers, databases, lists.
func ranked(c cases.Case) []cases.Statement {
	all := slices.DeleteFunc(slices.Collect(maps.Values(c.Statements)), func(s cases.Statement) bool { return s.Withdrawn })
	slices.SortFunc(all, func(a, b cases.Statement) int {
		return cmp.Or(cmp.Compare(speaker(a), speaker(b)), a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// nameOfCase is what its best statement calls the matter. A row of a list calls it
// nothing: its title is a product.
func nameOfCase(c cases.Case, best cases.Statement) string {
	if best.Kind == advisory.KindList && len(c.CVEs) > 0 {
		return c.CVEs[0]
	}
	return nameOf(best.Title)
}

// cveNote is the part of a title that repeats the CVE ids beside it.
var cveNote = regexp.MustCompile(`\s*[（(]CVE-\d{4}-\d{4,}(?:\s*[、,，・]\s*CVE-\d{4}-\d{4,})*(?:\s*(?:ほか|など|等))?[）)]`)

// nameOf takes the words off a title that say only what sort of notice it is,
// and the CVE ids, which are shown beside it.
func nameOf(title string) string {
	name, _ := advisory.CutUpdateMark(title)
	name = strings.TrimPrefix(name, "注意喚起: ")
	name = strings.TrimSuffix(name, "に関する注意喚起")
	return cmp.Or(strings.TrimSpace(cveNote.ReplaceAllString(name, "")), title)
}

func speaker(s cases.Statement) int {
	switch s.Kind {
	case advisory.KindAlert:
		return 0
	case advisory.KindAdvisory:
		return 1
	case advisory.KindVulnerability:
		return 2
	case advisory.KindExploited:
		return 3
	}
	return 4
}

// severity is the worst that any source states.
func severity(statements []cases.Statement) advisory.Severity {
	var worst advisory.Severity
	for _, s := range statements {
		worst = advisory.MaxSeverity(worst, s.Severity)
	}
	return worst
}

// gravity is how bad a case is held to be.
type gravity struct {
	severity  advisory.Severity
	exploited bool
}

func gravityOf(c cases.Case) gravity {
	statements := ranked(c)
	exploited := slices.ContainsFunc(statements, func(s cases.Statement) bool { return s.Exploited })
	return gravity{severity(statements), exploited}
}

// rerated says that the rating is another one now: a score that moves inside its
// rating is no news.
func (g gravity) rerated(now gravity) bool { return g.severity.Rating != now.severity.Rating }

func (g gravity) same(now gravity) bool { return !g.rerated(now) && g.exploited == now.exploited }

// aboutItems are the items that a statement is about: those that it names, or
// named before, where it is a row of a list or a maker's or database's word on
// products. What warns the public is about the matter as a whole, and so is what
// names no item of ours: none.
func aboutItems(c cases.Case, s cases.Statement, before map[string]match.Verdict) []string {
	if s.Kind == advisory.KindAlert || s.Kind == advisory.KindExploited || s.Trust == advisory.TrustCoordinator && s.Kind != advisory.KindList {
		return nil
	}
	var out []string
	for _, id := range slices.Sorted(maps.Keys(c.Items)) {
		if _, now := c.Items[id].Claims[s.ID]; now || before[id] != "" {
			out = append(out, id)
		}
	}
	return out
}

func summary(statements []cases.Statement) string {
	for _, s := range statements {
		if s.Summary != "" {
			return s.Summary
		}
	}
	return ""
}

func itemView(it cases.Item, item inventory.Item) notify.ItemView {
	v := notify.ItemView{
		ID: it.ID, Name: cmp.Or(item.Name, item.Product, it.ID),
		Product: productOf(item),
		Owner:   item.Owner, Kind: string(item.Kind), Tags: item.Tags, Exposure: item.Exposure, Vendor: item.Vendor,
		Verdict: it.Verdict.Verdict, State: string(it.State), Evidence: onceEach(it.Verdict.Evidence),
		StatusPage: item.StatusPage, SecurityPage: item.SecurityPage,
		Fixed: it.Fixed, Workaround: it.Workaround, Link: it.Link,
	}
	if v.Verdict == "" {
		v.Verdict = match.Possible
	}
	return v
}

// onceEach drops evidence that reads the same: the title and the summary that
// name an item say one thing to a reader.
func onceEach(all []match.Evidence) []match.Evidence {
	var out []match.Evidence
	for _, e := range all {
		same := func(o match.Evidence) bool { o.Where = e.Where; return o == e }
		if !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	return out
}

// productOf writes vendor, product and version as one name: a product that
// begins with its vendor's name needs it only once.
func productOf(it inventory.Item) string {
	name := advisory.ClaimName(advisory.ProductStatus{Vendor: it.Vendor, Product: it.Product})
	return strings.Join(strings.Fields(name+" "+it.Version), " ")
}

// loudness orders items, what needs work first.
func loudness(v notify.ItemView) int {
	switch cases.ItemState(v.State) {
	case cases.ItemAffected:
		return 0
	case cases.ItemMitigated:
		return 2
	case cases.ItemFixed:
		return 3
	case cases.ItemNotAffected:
		return 4
	}
	return 1
}
