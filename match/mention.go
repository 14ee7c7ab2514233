package match

import (
	"slices"
	"strings"

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
	derived bool // something that may tell products apart was left off, or the maker is only of its maker's descent
	base    bool // a number was left off the end
	bare    bool // the vendor was
}

// exact drops the products that are only written like another of the same
// vendor which the inventory has under that very name.
func (x *nameIndex) exact(list []named) []named {
	var very []*vendor
	for _, n := range list {
		if e := &x.entities[n.entity]; !n.derived && !n.base && len(e.facets) > 0 {
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
		if s.from >= r.weakness || r.isPlatform(s) || r.isComponent(s) || r.continues(s) {
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
	direct := len(adjacent) > 0 && !r.parted(s)
	inList := before != nil && r.listed(before.span, s)
	switch {
	case len(adjacent) > 0:
	case inList:
		adjacent = r.vendorsOf(before)
	default:
		adjacent = r.vendorOfList(s)
	}
	var out []named
	for _, ref := range s.refs {
		own := r.names.entities[ref.of].vendor
		if ref.base && s.to < len(r.tokens) && r.tokens[s.to].Class == fold.Digit {
			continue // Windows 7 says nothing of Windows 10
		}
		conf := 0.0
		switch {
		case isAny(own, adjacent), ref.qualified && !direct: // FortiOS and Adobe Acrobat: what names its maker is not of the list's
			conf = sureAdjacent
		case len(adjacent) > 0 && own.named() && (direct || !r.stands(s, ref)):
			continue // another vendor's
		case ref.qualified:
			conf = sureAdjacent
		case !inList && r.isAnothers(s, own):
			continue
		case !r.stands(s, ref) && !r.standsAsSubject(s, ref):
			continue
		case !r.title && !r.looksNamed(s):
			continue
		case r.near(own, s):
			conf = sureNear
		default:
			conf = sureAlone
		}
		out = addNamed(out, named{
			entity: ref.of, conf: conf, base: ref.base, bare: ref.bare,
			derived: ref.derived || !ref.qualified && ofDescent(own, adjacent),
		})
	}
	return r.unambiguous(s, r.names.exact(out))
}

// parted says that a sign which parts things stands right before a name.
func (r *reading) parted(s span) bool {
	return s.from > 0 && strings.ContainsAny(r.text[r.tokens[s.from-1].End:r.tokens[s.from].Start], ",、，/／;；|")
}

// addNamed keeps the surest reading of each product.
func addNamed(list []named, n named) []named {
	for i := range list {
		if list[i].entity == n.entity {
			list[i].conf = max(list[i].conf, n.conf)
			list[i].derived = list[i].derived && n.derived
			list[i].bare = list[i].bare && n.bare
			list[i].base = list[i].base && n.base
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
		return n.conf < best && r.names.entities[n.entity].vendor.named()
	})
	if best > sureAlone {
		return list
	}
	list = r.names.ownOnes(list)
	list = r.names.preferMakers(list, func(e *entity) bool { return e.wellKnown })
	if name := r.words(s); r.leavesOutMaker(s) {
		list = r.names.preferMakers(list, func(e *entity) bool { return len(e.facets) > 0 && e.vendor.calls(name) })
	}
	var makers []*vendor
	for _, n := range list {
		e := &r.names.entities[n.entity]
		if len(e.facets) > 0 && e.vendor.named() && !isAny(e.vendor, makers) {
			makers = append(makers, e.vendor)
		}
	}
	if len(makers) > maxMakers {
		return nil
	}
	return list
}

// preferMakers keeps the products of the makers of the best readings, where there
// are any, and those of no maker.
func (x *nameIndex) preferMakers(list []named, best func(*entity) bool) []named {
	var makers []*vendor
	for _, n := range list {
		if e := &x.entities[n.entity]; best(e) {
			makers = append(makers, e.vendor)
		}
	}
	return prefer(list, func(n named) bool {
		own := x.entities[n.entity].vendor
		return len(makers) > 0 && (!own.named() || isAny(own, makers))
	})
}

// prefer keeps the best readings where there are any.
func prefer(list []named, best func(named) bool) []named {
	if !slices.ContainsFunc(list, best) {
		return list
	}
	return slices.DeleteFunc(list, func(n named) bool { return !best(n) })
}

// maxMakers is how many vendors of the inventory may have a product of one name
// for the name alone to mean each of them: of Android there are two or three,
// of Calendar dozens.
const maxMakers = 3

// own says that a product of the inventory goes by that very name.
func (x *nameIndex) own(n named) bool {
	return !n.bare && !n.derived && !n.base && len(x.entities[n.entity].facets) > 0
}

// ownOnes keeps the products that go by that very name and the releases of the
// same makers, where there are any.
func (x *nameIndex) ownOnes(list []named) []named {
	var makers []*vendor
	for _, n := range list {
		if x.own(n) {
			makers = append(makers, x.entities[n.entity].vendor)
		}
	}
	return prefer(list, func(n named) bool {
		own := x.entities[n.entity].vendor
		return x.own(n) || !n.derived && (!own.named() || n.base && isAny(own, makers))
	})
}

func isAny(own *vendor, list []*vendor) bool {
	return slices.ContainsFunc(list, own.is)
}

// ofDescent says that a vendor is none of those itself, but came from one or went
// to one.
func ofDescent(own *vendor, list []*vendor) bool {
	return isAny(own, list) && !slices.ContainsFunc(list, own.itself)
}
