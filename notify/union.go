package notify

import "slices"

// union is one notice as two routes see it: the items and lines of both.
func union(a, b Notice) Notice {
	if a.Case != nil && b.Case != nil {
		c := *a.Case
		c.Items = unionItems(a.Case.Items, b.Case.Items)
		c.Sources = unionBy(a.Case.Sources, b.Case.Sources, func(s SourceView) string { return s.Advisory })
		a.Case = &c
	}
	a.News = unionBy(a.News, b.News, func(n News) string { return n.Advisory })
	if a.Step == nil {
		a.Step = b.Step
	}
	cases := slices.Clone(a.Cases)
	for _, v := range b.Cases {
		i := slices.IndexFunc(cases, func(o CaseView) bool { return o.ID == v.ID })
		if i < 0 {
			cases = append(cases, v)
			continue
		}
		cases[i].Items = unionItems(cases[i].Items, v.Items)
	}
	a.Cases = cases
	return a
}

func unionItems(a, b []ItemView) []ItemView {
	return unionBy(a, b, func(it ItemView) string { return it.ID })
}

// unionBy is a, and what of b has another id.
func unionBy[T any](a, b []T, id func(T) string) []T {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.ContainsFunc(out, func(o T) bool { return id(o) == id(v) }) {
			out = append(out, v)
		}
	}
	return out
}

// without is what of a notice another one doesn't tell.
func without(n, told Notice) Notice {
	if n.Case != nil && told.Case != nil {
		c := *n.Case
		c.Items = lessItems(n.Case.Items, told.Case.Items)
		n.Case = &c
		if len(c.Items) == 0 {
			n.Case = nil
		}
	}
	var cases []CaseView
	for _, v := range n.Cases {
		i := slices.IndexFunc(told.Cases, func(o CaseView) bool { return o.ID == v.ID })
		if i >= 0 {
			v.Items = lessItems(v.Items, told.Cases[i].Items)
		}
		if i < 0 || len(v.Items) > 0 {
			cases = append(cases, v)
		}
	}
	n.Cases = cases
	if n.Source != nil && told.Source != nil {
		n.Source = nil
	}
	return n
}

func lessItems(items, told []ItemView) []ItemView {
	return slices.DeleteFunc(slices.Clone(items), func(it ItemView) bool {
		return slices.ContainsFunc(told, func(o ItemView) bool { return o.ID == it.ID })
	})
}
