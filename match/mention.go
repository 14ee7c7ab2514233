package match

import (
	"slices"

	"hansho/internal/fold"
)

// mention is a span that names products.
type mention struct {
	span
	named []named
}

// named is one product that a mention means.
type named struct {
	entity  int32
	kind    kind
	conf    float64
	derived bool // something that may tell products apart was left off
	bare    bool // the vendor was
}

// exact drops the products that are only written like another of the same
// vendor which the inventory has under that very name.
func (x *nameIndex) exact(list []named) []named {
	var very []vendor
	for _, n := range list {
		if e := &x.entities[n.entity]; !n.derived && len(e.facets) > 0 {
			very = append(very, e.vendor)
		}
	}
	return slices.DeleteFunc(list, func(n named) bool {
		return n.derived && isAny(x.entities[n.entity].vendor, very)
	})
}

// mentions decides which names mean products.
func (r *reading) mentions() []mention {
	var out []mention
	for _, s := range r.products {
		if s.from >= r.weakness || r.isPlatform(s) || r.continues(s) {
			continue
		}
		var before *mention
		if len(out) > 0 {
			before = &out[len(out)-1]
		}
		if named := r.meant(s, before); len(named) > 0 {
			out = append(r.withoutMaker(out, s, named), mention{s, named})
		}
	}
	return out
}

// withoutMaker drops the mention before where it turns out to be the vendor of
// this one: Drupal の Views means Views.
func (r *reading) withoutMaker(list []mention, s span, found []named) []mention {
	if len(list) == 0 {
		return list
	}
	last := list[len(list)-1]
	maker := slices.ContainsFunc(r.vendorSpansBefore(s), func(v span) bool {
		return v.from <= last.from && last.to <= v.to && slices.ContainsFunc(v.refs, func(f ref) bool {
			return slices.ContainsFunc(found, func(n named) bool {
				return r.names.entities[n.entity].vendor.is(r.names.vendors[f.of])
			})
		})
	})
	if maker {
		return list[:len(list)-1]
	}
	return list
}

// meant picks, of the products that go by a name, those that the text means.
func (r *reading) meant(s span, before *mention) []named {
	adjacent := r.vendorBefore(s)
	if len(adjacent) == 0 && before != nil && r.listed(before.span, s) {
		adjacent = r.vendorsOf(before)
	}
	var out []named
	for _, ref := range s.refs {
		own := r.names.entities[ref.of].vendor
		if ref.base && s.to < len(r.tokens) && r.tokens[s.to].Class == fold.Digit {
			continue // Windows 7 says nothing of Windows 10
		}
		conf := 0.0
		switch {
		case isAny(own, adjacent), ref.qualified && len(adjacent) == 0:
			conf = sureAdjacent
		case len(adjacent) > 0 && len(own) > 0:
			continue // another vendor's
		case ref.qualified:
			conf = sureAdjacent
		case !r.stands(s, ref):
			continue
		case !r.title && !r.looksNamed(s):
			continue
		case r.near(own, s):
			conf = sureNear
		default:
			conf = sureAlone
		}
		out = addNamed(out, named{entity: ref.of, conf: conf, derived: ref.derived, bare: ref.bare})
	}
	return r.unambiguous(s, r.names.exact(out))
}

// addNamed keeps the surest reading of each product.
func addNamed(list []named, n named) []named {
	for i := range list {
		if list[i].entity == n.entity {
			list[i].conf = max(list[i].conf, n.conf)
			list[i].derived = list[i].derived && n.derived
			list[i].bare = list[i].bare && n.bare
			return list
		}
	}
	return append(list, n)
}

// unambiguous drops the vague readings where there are surer ones, and all of
// them where products of several vendors go by the name and nothing tells which
// is meant.
func (r *reading) unambiguous(s span, list []named) []named {
	best := 0.0
	for _, n := range list {
		best = max(best, n.conf)
	}
	list = slices.DeleteFunc(list, func(n named) bool {
		return n.conf < best && len(r.names.entities[n.entity].vendor) > 0
	})
	if best > sureAlone {
		return list
	}
	if slices.ContainsFunc(list, func(n named) bool { return r.names.own(n) }) {
		list = slices.DeleteFunc(list, func(n named) bool { return !r.names.own(n) })
	}
	name := fold.Name(r.text[r.tokens[s.from].Start:r.tokens[s.to-1].End])
	selfNamed := slices.DeleteFunc(slices.Clone(list), func(n named) bool {
		return !slices.Contains(r.names.entities[n.entity].vendor, name)
	})
	if len(selfNamed) > 0 {
		return selfNamed
	}
	var makers []vendor
	for _, n := range list {
		e := &r.names.entities[n.entity]
		if len(e.facets) > 0 && len(e.vendor) > 0 && !isAny(e.vendor, makers) {
			makers = append(makers, e.vendor)
		}
	}
	if len(makers) > maxMakers {
		return nil
	}
	return list
}

// maxMakers is how many vendors of the inventory may have a product of one name
// for the name alone to mean each of them: of Android there are two or three,
// of Calendar dozens.
const maxMakers = 3

// own says that a product of the inventory goes by that very name.
func (x *nameIndex) own(n named) bool {
	return !n.bare && !n.derived && len(x.entities[n.entity].facets) > 0
}

func isAny(own vendor, list []vendor) bool {
	return slices.ContainsFunc(list, own.is)
}
