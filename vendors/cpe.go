package vendors

import (
	"slices"
	"strings"

	"hansho/advisory"
)

// cpeProduct cuts a CPE name, 2.3 or 2.2, to part, vendor and product:
// "a:apache:log4j". Empty where it is neither.
func cpeProduct(cpe string) string {
	var rest string
	switch {
	case strings.HasPrefix(cpe, "cpe:2.3:"):
		rest = cpe[len("cpe:2.3:"):]
	case strings.HasPrefix(cpe, "cpe:/"):
		rest = cpe[len("cpe:/"):]
	default:
		return ""
	}
	colons := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case ':':
			if colons++; colons == 3 {
				return rest[:i]
			}
		}
	}
	return rest
}

// cpeNames gives vendor and product of a CPE name as words: underscores are
// blanks, quoting is gone.
func cpeNames(cpe string) (vendor, product string) {
	parts := splitCPE(cpeProduct(cpe))
	if len(parts) < 3 {
		return "", ""
	}
	return cpeWords(parts[1]), cpeWords(parts[2])
}

// splitCPE splits at the colons that are not quoted.
func splitCPE(s string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ':':
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func cpeWords(s string) string {
	return strings.TrimSpace(strings.NewReplacer(`\`, "", "_", " ").Replace(s))
}

// ConfigProducts names the products that applicability statements call
// vulnerable, each once, with its versions as a VERS range: for people and for
// `hansho parse`. The statements themselves decide, as they alone know on which
// platform a product is vulnerable.
func ConfigProducts(configs []advisory.Config) []advisory.ProductStatus {
	var names []string
	spans := map[string][]span{}
	var walk func(c advisory.Config)
	walk = func(c advisory.Config) {
		for _, m := range c.Matches {
			key := cpeProduct(m.CPE)
			if !m.Vulnerable || key == "" {
				continue
			}
			if spans[key] == nil {
				names = append(names, key)
			}
			spans[key] = append(spans[key], matchSpan(m))
		}
		for _, child := range c.Children {
			walk(child)
		}
	}
	for _, c := range configs {
		walk(c)
	}
	out := []advisory.ProductStatus{}
	for _, key := range names {
		out = append(out, configClaims(key, spans[key])...)
	}
	return out
}

func configClaims(key string, spans []span) []advisory.ProductStatus {
	p := advisory.ProductStatus{CPE: "cpe:2.3:" + key + ":*:*:*:*:*:*:*:*", Status: advisory.StatusAffected}
	p.Vendor, p.Product = cpeNames(p.CPE)
	p.Fixed = firstFixed(spans)
	return withVersions(p, "generic", stretches{spans: spans})
}

// matchSpan is what a CPE match says of versions: bounds, or the version and
// update in the name.
func matchSpan(m advisory.CPEMatch) span {
	s := span{from: m.StartIncluding, to: m.EndExcluding}
	if m.StartExcluding != "" {
		s.from, s.fromExclusive = m.StartExcluding, true
	}
	if m.EndIncluding != "" {
		s.to, s.toInclusive = m.EndIncluding, true
	}
	if s != (span{}) {
		return s
	}
	if version := cpeVersion(m.CPE); version != "" {
		return span{exact: version}
	}
	return span{}
}

// cpeVersion is the version in a CPE name with its update behind a blank-free
// dash; empty for any and none.
func cpeVersion(cpe string) string {
	parts := splitCPE(strings.TrimPrefix(strings.TrimPrefix(cpe, "cpe:2.3:"), "cpe:/"))
	if len(parts) < 4 || slices.Contains([]string{"", "*", "-"}, parts[3]) {
		return ""
	}
	version := strings.ReplaceAll(parts[3], `\`, "")
	if len(parts) > 4 && !slices.Contains([]string{"", "*", "-"}, parts[4]) {
		version += "-" + strings.ReplaceAll(parts[4], `\`, "")
	}
	return version
}
