package version

import "strings"

// render words all that was read from an expression, for tables.
func render(text string) string {
	r, info := Parse(text, "")
	var parts []string
	for _, iv := range r.In {
		parts = append(parts, iv.String())
	}
	for _, iv := range r.Not {
		parts = append(parts, "not "+iv.String())
	}
	for _, iv := range r.Maybe {
		parts = append(parts, "maybe "+iv.String())
	}
	for _, s := range info.Unread {
		parts = append(parts, "unread "+s.In(text))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, " or ")
}
