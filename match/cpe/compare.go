package cpe

import "strings"

// Relation is how a set of products, the source, stands to another, the target.
type Relation uint8

// The relations of NISTIR 7696, table 6-1. Undefined is a target with
// wildcards, of which the specification says nothing.
const (
	Undefined Relation = iota
	Disjoint
	Subset
	Superset
	Equal
)

var relationNames = [...]string{"UNDEFINED", "DISJOINT", "SUBSET", "SUPERSET", "EQUAL"}

// String is the relation's name in the specification.
func (r Relation) String() string { return relationNames[r] }

// CompareValues relates one attribute's source value to its target value
// (NISTIR 7696, table 6-2).
func CompareValues(src, tgt Value) Relation {
	switch {
	case src == tgt && !tgt.HasWildcard():
		return Equal
	case tgt.HasWildcard():
		return Undefined
	case src == ANY:
		return Superset
	case tgt == ANY:
		return Subset
	case src == NA || tgt == NA:
		return Disjoint
	case glob(string(src), string(tgt)):
		return Superset
	}
	return Disjoint
}

// glob matches a pattern with its wildcards at the ends. An unquoted ? at an end
// stands for one character or none, as the specification has it.
func glob(pattern, s string) bool {
	inner := trimWild(pattern)
	at := strings.Index(pattern, inner)
	front, back := pattern[:at], pattern[at+len(inner):]
	if inner == "" {
		front, back = pattern, ""
	}
	for from := 0; from+len(inner) <= len(s); from++ {
		if fills(front, from) && s[from:from+len(inner)] == inner && fills(back, len(s)-from-len(inner)) {
			return true
		}
	}
	return false
}

// fills says that wildcards can stand for n characters.
func fills(wild string, n int) bool {
	return strings.IndexByte(wild, anyMany) >= 0 || n <= len(wild)
}

// Comparison holds the relation of each attribute.
type Comparison [numAttrs]Relation

// Compare relates two names, attribute by attribute.
func Compare(src, tgt Name) Comparison {
	var c Comparison
	for a := Part; a < numAttrs; a++ {
		c[a] = CompareValues(src.Get(a), tgt.Get(a))
	}
	return c
}

// Relation folds the attributes' relations into that of the names (NISTIR 7696,
// table 6-4): Disjoint where any attribute is, Equal where all are, Superset or
// Subset where all agree or are Equal, otherwise Undefined.
func (c Comparison) Relation() Relation {
	sub, super, undefined := false, false, false
	for _, r := range c {
		switch r {
		case Disjoint:
			return Disjoint
		case Subset:
			sub = true
		case Superset:
			super = true
		case Undefined:
			undefined = true
		}
	}
	switch {
	case undefined || sub && super:
		return Undefined
	case sub:
		return Subset
	case super:
		return Superset
	}
	return Equal
}

// Meets is CompareValues, but for a target with wildcards, of which the
// specification says nothing: an inventory's 1.0.1? leaves open what it is, so a
// source that it could be is a Subset, and any other Disjoint.
func Meets(src, tgt Value) Relation {
	switch r := CompareValues(src, tgt); {
	case r != Undefined:
		return r
	case src == tgt:
		return Equal
	case src == ANY:
		return Superset
	case src != NA && (src.HasWildcard() || glob(string(tgt), string(src))):
		return Subset
	}
	return Disjoint
}

// Match relates a source pattern to the name of something that runs, leaving
// out the version where the caller tests it otherwise: Superset or Equal says
// that the pattern covers the name, Subset that the name leaves something open
// that the pattern asks for, Disjoint that they exclude each other. Wildcards in the
// target are read as Meets does.
func Match(src, tgt Name, withVersion bool) Relation {
	out := Equal
	for a := Part; a < numAttrs; a++ {
		if a == Update && src.tail == nil && tgt.tail == nil {
			break
		}
		if a == Version && !withVersion {
			continue
		}
		s, t := src.Get(a), tgt.Get(a)
		if s == t {
			continue
		}
		switch Meets(s, t) {
		case Disjoint:
			return Disjoint
		case Subset:
			out = Subset
		case Superset:
			if out == Equal {
				out = Superset
			}
		}
	}
	return out
}
