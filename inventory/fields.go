package inventory

import (
	"slices"
	"strings"
)

// sameFields says that two values agree in every field but the id.
func sameFields[T any](a, b *T, columns []column[T]) bool {
	for _, c := range columns {
		if c.key != "id" && !c.same(a, b) {
			return false
		}
	}
	return true
}

// same says that the field is equal in both.
func (c column[T]) same(a, b *T) bool {
	switch {
	case c.text != nil:
		return *c.text(a) == *c.text(b)
	case c.list != nil:
		return slices.Equal(*c.list(a), *c.list(b))
	}
	return true
}

// copy lays the field of one value into another.
func (c column[T]) copy(to, from *T) {
	switch {
	case c.text != nil:
		*c.text(to) = *c.text(from)
	case c.list != nil:
		*c.list(to) = slices.Clone(*c.list(from))
	}
}

// shown is the field as one line of text.
func (c column[T]) shown(of *T) string {
	switch {
	case c.text != nil:
		return *c.text(of)
	case c.list != nil:
		return strings.Join(*c.list(of), ", ")
	}
	return ""
}
