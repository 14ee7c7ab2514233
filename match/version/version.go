// Package version orders versions and reads version ranges. Each scheme is
// compared by its own rules, and what can't be ordered or read is said to be
// so: unknown is never safe.
package version

// A Comparer orders two versions of one scheme: cmp is negative, zero or
// positive as a is older than, equal to or newer than b; ok is false where the
// scheme can't order the two.
type Comparer interface {
	Compare(a, b string) (cmp int, ok bool)
}
