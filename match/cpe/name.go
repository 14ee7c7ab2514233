// Package cpe reads and compares CPE names: the well-formed names and bindings
// of NISTIR 7695 (CPE 2.2 URI and CPE 2.3 formatted string) and the name
// matching of NISTIR 7696.
package cpe

import "strings"

// Attr is one of the eleven attributes of a name.
type Attr int

// The attributes, in the order of the formatted string.
const (
	Part Attr = iota
	Vendor
	Product
	Version
	Update
	Edition
	Language
	SWEdition
	TargetSW
	TargetHW
	Other
	numAttrs
)

// attrNames are the attributes' names in a well-formed name.
var attrNames = [numAttrs]string{
	"part", "vendor", "product", "version", "update", "edition",
	"language", "sw_edition", "target_sw", "target_hw", "other",
}

// String is the attribute's name in the specification.
func (a Attr) String() string { return attrNames[a] }

// Value is the value of an attribute. Strings are kept literally, without the
// quoting of the bindings and in lower case; only the wildcards of a pattern
// are special, so a Value without them is the plain text of, say, a version.
type Value string

// The logical values, and the wildcards inside a string. No binding can carry
// these bytes as characters.
const (
	ANY Value = ""
	NA  Value = "\x00"

	anyOne  = '\x01' // an unquoted ?
	anyMany = '\x02' // an unquoted *
)

// IsLiteral says that the value is a string without wildcards.
func (v Value) IsLiteral() bool {
	return v != ANY && v != NA && !v.HasWildcard()
}

// HasWildcard says that the value is a pattern.
func (v Value) HasWildcard() bool {
	return strings.IndexByte(string(v), anyOne) >= 0 || strings.IndexByte(string(v), anyMany) >= 0
}

// Name is a well-formed CPE name. The zero Name has every attribute ANY. Names
// are compared with Equal.
type Name struct {
	head [4]Value             // part, vendor, product, version
	tail *[numAttrs - 4]Value // the others, nil where all are ANY: most names
}

// Get returns the value of an attribute.
func (n Name) Get(a Attr) Value {
	if a < Update {
		return n.head[a]
	}
	if n.tail == nil {
		return ANY
	}
	return n.tail[a-Update]
}

// Equal says that two names have the same values throughout.
func (n Name) Equal(m Name) bool {
	if n.head != m.head {
		return false
	}
	var none [numAttrs - 4]Value
	x, y := &none, &none
	if n.tail != nil {
		x = n.tail
	}
	if m.tail != nil {
		y = m.tail
	}
	return *x == *y
}

// Key is "vendor:product" as the formatted string writes them: what an index
// over names goes by.
func (n Name) Key() string {
	return bindFS(n.head[Vendor]) + ":" + bindFS(n.head[Product])
}

// set gives an attribute a value while a name is built.
func (n *Name) set(a Attr, v Value) {
	switch {
	case a < Update:
		n.head[a] = v
	case n.tail != nil:
		n.tail[a-Update] = v
	case v != ANY:
		n.tail = new([numAttrs - 4]Value)
		n.tail[a-Update] = v
	}
}

// Product is the name of the product whatever its version: part, vendor and
// product.
func (n Name) Product() Name {
	return Name{head: [4]Value{n.head[Part], n.head[Vendor], n.head[Product]}}
}

// IsSpecific says that the name asks for more than a version: an update, an
// edition, a language or a platform.
func (n Name) IsSpecific() bool {
	if n.tail == nil {
		return false
	}
	for _, v := range n.tail {
		if v != ANY && v != NA {
			return true
		}
	}
	return false
}
