package match

import (
	"slices"
	"strings"

	"hansho/internal/fold"
	"hansho/match/cpe"
	"hansho/match/version"
)

// indexWords makes an entity findable by what a CPE name would call its product.
func (b *builder) indexWords(entity int32, id identity) {
	if b.m.names.entities[entity].worded {
		return
	}
	b.m.names.entities[entity].worded = true
	for _, form := range b.productForms(id) {
		for _, word := range cpeWords(form.text) {
			if list := b.m.words[word]; len(list) == 0 || list[len(list)-1] != entity {
				b.m.words[word] = append(list, entity)
			}
		}
	}
}

// cpeWords are the ways in which CPE writes a product's name: Log4j is log4j,
// Internet Explorer internet_explorer, CG-WGR1200 cg-wgr1200 or cg_wgr1200.
func cpeWords(name string) []string {
	var under, hyphen strings.Builder
	for i, t := range fold.Tokens(name) {
		if i > 0 && t.Gap != fold.Glued {
			under.WriteByte('_')
			hyphen.WriteByte(separator(name[:t.Start]))
		}
		under.WriteString(t.Text)
		hyphen.WriteString(t.Text)
	}
	if under.String() == hyphen.String() {
		return []string{under.String()}
	}
	return []string{under.String(), hyphen.String()}
}

func separator(before string) byte {
	if strings.HasSuffix(before, "-") {
		return '-'
	}
	return '_'
}

// worded is an entity that a CPE name means by its words.
type worded struct {
	entity int32
	// edition says that the entity's name has the name's edition in it.
	edition bool
}

// wordEntities are the entities without a CPE that a CPE name means by its
// words: those of its product whose vendor goes by its vendor, and those without
// a vendor whose name is its product's and nobody else's. CPE calls what runs on
// a device by the device's name and firmware, and the long-lived edition of a
// product may be part of its name (Firefox ESR).
func (m *Matcher) wordEntities(n cpe.Name) []worded {
	if len(m.words) == 0 || !indexable(n) {
		return nil
	}
	maker, product := string(n.Get(cpe.Vendor)), string(n.Get(cpe.Product))
	out := m.entitiesCalled(nil, maker, product, false)
	if device, ok := strings.CutSuffix(product, "_firmware"); ok {
		out = m.entitiesCalled(out, maker, device, false)
	}
	if system, _ := windowsOf(n); system != "" && system != product {
		out = m.entitiesCalled(out, maker, system, false)
	}
	if edition := n.Get(cpe.SWEdition); edition.IsLiteral() {
		out = m.entitiesCalled(out, maker, product+"_"+string(edition), true)
	}
	return out
}

func (m *Matcher) entitiesCalled(out []worded, maker, product string, edition bool) []worded {
	if list := m.words[product]; len(list) > 0 {
		makerName := strings.ReplaceAll(maker, "_", " ")
		v := m.vendorOf(makerName)
		for _, e := range list {
			own := m.names.entities[e].vendor
			if own.named() && own.is(v) || m.nobodyElses(e, maker, makerName, product) {
				out = append(out, worded{e, edition})
			}
		}
	}
	for _, e := range m.words[maker+"_"+product] {
		if !m.names.entities[e].vendor.named() && !slices.Contains(out, worded{e, edition}) {
			out = append(out, worded{e, edition})
		}
	}
	return out
}

// nobodyElses says that a product's name says all: CPE has no maker for it but
// the name itself (wireshark:wireshark, lhaplus_project:lhaplus), or the item
// doesn't name the maker and everybody knows the product as this maker's.
func (m *Matcher) nobodyElses(e int32, maker, makerName, product string) bool {
	spoken := strings.ReplaceAll(product, "_", " ")
	if maker == product || maker == product+"_project" {
		return distinctive(fold.Tokens(spoken))
	}
	if m.names.entities[e].vendor.named() {
		return false
	}
	k, ok := m.aliases.(Kinship)
	return ok && k.WellKnown(makerName, spoken)
}

// wordsOf finds the entities without a CPE whose vendor and product the pattern
// names.
func (s *statements) wordsOf(l leaf, pattern cpe.Name) {
	for _, w := range s.m.wordEntities(pattern) {
		for _, facet := range s.m.names.entities[w.entity].facets {
			s.hit(l, facet, s.testWords(l, pattern, facet, w.edition))
		}
	}
}

// testWords tests the declared version of a facet without a CPE. What else the
// pattern asks for (an edition, a platform) such a facet can't say; and of a
// distribution's package the upstream version doesn't say whether it has the fix.
func (s *statements) testWords(l leaf, pattern cpe.Name, facet int32, edition bool) version.Result {
	m, f := l.match, s.m.facets[facet]
	want := pattern.Get(cpe.Version)
	res := version.Unknown
	system, release := windowsOf(pattern)
	switch {
	case system != "":
		res = testRelease(l, pattern, release, f.version)
	case bounded(m):
		res = boundsOf(m).Contains(schemeOf(pattern), f.version)
	case want == cpe.ANY:
		res = version.In
	case want.IsLiteral():
		res = exactly(pattern, s.m.number(facet, pattern), f.version)
	}
	if res == version.In && (f.packaged || asksMore(pattern, edition)) {
		return version.Unknown
	}
	return res
}

// asksMore says that a name asks for more than a version and its update, and
// than an edition that is in the name.
func asksMore(n cpe.Name, edition bool) bool {
	for a := cpe.Edition; a <= cpe.Other; a++ {
		if v := n.Get(a); v != cpe.ANY && v != cpe.NA && (a != cpe.SWEdition || !edition) {
			return true
		}
	}
	return false
}

// number is the release that an item's name gives itself where the CPE has it
// for the version: 2016 of Exchange Server 2016 for exchange_server:2016.
func (m *Matcher) number(facet int32, n cpe.Name) string {
	f := m.facets[facet]
	item := &m.items[f.item]
	name := identityOf(item).product
	if f.part != itself {
		name = identityOfPart(item.Contains[f.part]).product
	}
	short, ok := withoutNumber(name)
	if !ok {
		return ""
	}
	product := string(n.Get(cpe.Product))
	for _, w := range cpeWords(short) {
		if w == product || strings.HasSuffix(w, "_"+product) {
			return strings.TrimSpace(name[len(short):])
		}
	}
	return ""
}

// exactly tests a declared version against a CPE name that has one, with its
// update: 9.1R11.4 against 9.1 r11.4. Number is the release that the item's name
// gives, of which the version is then a finer part.
func exactly(n cpe.Name, number, have string) version.Result {
	scheme, want := schemeOf(n), string(n.Get(cpe.Version))
	update := n.Get(cpe.Update)
	if number != "" {
		if c, ok := scheme.Compare(number, want); !ok || c != 0 {
			return version.Exactly(want).Contains(scheme, number)
		}
		if update == cpe.ANY {
			return version.In
		}
		if have == "" || !update.IsLiteral() {
			return version.Unknown
		}
		return version.Exactly(updateWords(update)).Contains(scheme, have)
	}
	if have == "" {
		return version.Unknown
	}
	bare := version.Exactly(want).Contains(scheme, have)
	switch {
	case update.IsLiteral():
		full := version.Exactly(want+" "+updateWords(update)).Contains(scheme, have)
		if full == version.Out && bare == version.In {
			return version.Unknown // the item doesn't say which update it has
		}
		return full
	case update == cpe.ANY && bare == version.Out && updateOf(have, want):
		return version.In
	}
	return bare
}

// updateOf says that a version is an update of another: 2016 CU21 of 2016,
// 9.1R11.4 of 9.1, but not 9.1.2 or 9.10.
func updateOf(have, of string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(have), strings.ToLower(of))
	rest = strings.TrimLeft(rest, " -_")
	return ok && rest != "" && (rest[0] < '0' || rest[0] > '9') && rest[0] != '.' && len(rest) > 1
}

// updateWords writes an update as versions have it: cumulative_update_21 is CU21.
func updateWords(v cpe.Value) string {
	return strings.ReplaceAll(updateShort.Replace(string(v)), "_", "")
}

var updateShort = strings.NewReplacer("cumulative_update", "cu", "service_pack", "sp", "feature_pack", "fp")

// versionOf is the version that a CPE name gives, with its update; empty where it
// leaves the version open.
func versionOf(n cpe.Name) string {
	v := n.Get(cpe.Version)
	if !v.IsLiteral() {
		return ""
	}
	if u := n.Get(cpe.Update); u.IsLiteral() {
		return string(v) + " " + updateWords(u)
	}
	return string(v)
}
