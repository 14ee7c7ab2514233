package feeds

import (
	"fmt"
	"regexp"
	"strings"
)

// mapping says where an entry's feed keeps its fields, from Entry.Mapping. A
// value is
//
//	FIELD…            the texts of the fields, the first that says something
//	FIELD… ~ REGEXP   what REGEXP finds in them: its first group, or the whole
//	=TEXT             the text itself
//
// where FIELD is one of title, link, guid, about, description, content, text
// (title, description and content together), categories, author, published,
// updated, or an extension element such as dc:subject or cap:severity.
type mapping map[string]rule

type rule struct {
	literal string
	fields  []string
	pattern *regexp.Regexp
}

// The keys of Entry.Mapping that the rss format knows. All formats of one
// document know keep and drop, which are plain regular expressions over the
// publisher's id: keep takes the advisories that match, drop leaves them out.
const (
	keyID        = "id"        // publisher's id of the item
	keyTitle     = "title"     // title, where it is not the item's own
	keyCVEs      = "cves"      // where CVE ids are looked for; text where not given
	keySeverity  = "severity"  // rating in words
	keyScore     = "score"     // CVSS base score
	keyVector    = "vector"    // CVSS vectors
	keyVendor    = "vendor"    // vendor of all products
	keyProducts  = "products"  // product names, every match one
	keyVersions  = "versions"  // affected versions
	keyFixed     = "fixed"     // fixed version
	keyStatus    = "status"    // status words of the products
	keyPublished = "published" // dates, where they are not the item's own
	keyUpdated   = "updated"   //
	keyExploited = "exploited" // any match says that the flaw is exploited
	keyKeep      = "keep"
	keyDrop      = "drop"
)

// CheckMapping says what is wrong with the mapping of an entry of the rss format.
func CheckMapping(m map[string]string) error {
	_, err := newMapping(m)
	return err
}

// newMapping compiles an entry's mapping and names what is wrong with it.
func newMapping(m map[string]string) (mapping, error) {
	out := mapping{}
	for key, value := range m {
		switch key {
		case keyID, keyTitle, keyCVEs, keySeverity, keyScore, keyVector, keyVendor, keyProducts,
			keyVersions, keyFixed, keyStatus, keyPublished, keyUpdated, keyExploited:
		case keyKeep, keyDrop:
			continue
		default:
			return nil, fmt.Errorf("mapping: unknown key %q: write one of id, title, cves, severity, score, vector, vendor, products, versions, fixed, status, published, updated, exploited, keep, drop", key)
		}
		r, err := newRule(value)
		if err != nil {
			return nil, fmt.Errorf("mapping: %s: %w", key, err)
		}
		out[key] = r
	}
	return out, nil
}

func newRule(value string) (rule, error) {
	if text, ok := strings.CutPrefix(value, "="); ok {
		return rule{literal: strings.TrimSpace(text)}, nil
	}
	fields, pattern, found := strings.Cut(value, "~")
	r := rule{fields: strings.Fields(fields)}
	if len(r.fields) == 0 {
		return rule{}, fmt.Errorf("%q names no field", value)
	}
	for _, f := range r.fields {
		if !knownField(f) {
			return rule{}, fmt.Errorf("%q is no field: want title, link, guid, description, content, text, categories or an extension such as dc:subject", f)
		}
	}
	if found {
		re, err := regexp.Compile(strings.TrimSpace(pattern))
		if err != nil {
			return rule{}, err
		}
		r.pattern = re
	}
	return r, nil
}

func knownField(f string) bool {
	switch f {
	case "title", "link", "guid", "about", "description", "content", "text", "categories", "author", "published", "updated":
		return true
	}
	return strings.Contains(f, ":")
}

// first gives the first text that the rule finds in an item.
func (m mapping) first(key string, i feedItem) string {
	if all := m.all(key, i); len(all) > 0 {
		return all[0]
	}
	return ""
}

// all gives every text that the rule finds in an item.
func (m mapping) all(key string, i feedItem) []string {
	r, ok := m[key]
	if !ok {
		return nil
	}
	if r.literal != "" {
		return []string{r.literal}
	}
	var out []string
	for _, f := range r.fields {
		out = append(out, r.find(i.field(f))...)
	}
	return out
}

func (r rule) find(text string) []string {
	if r.pattern == nil {
		if text = strings.TrimSpace(text); text != "" {
			return []string{text}
		}
		return nil
	}
	var out []string
	for _, m := range r.pattern.FindAllStringSubmatch(text, -1) {
		found := m[0]
		if len(m) > 1 {
			found = firstOf(m[1:]...)
		}
		if found = strings.TrimSpace(found); found != "" {
			out = append(out, found)
		}
	}
	return out
}

// field gives a field's text by its name in a mapping.
func (i feedItem) field(name string) string {
	switch name {
	case "title":
		return titleLine(i.Title)
	case "link":
		return firstOf(i.Link, i.About)
	case "guid":
		return i.GUID
	case "about":
		return i.About
	case "description":
		return plainText(i.Description)
	case "content":
		return plainText(i.Content)
	case "text":
		return i.field("title") + "\n" + i.field("description") + "\n" + i.field("content")
	case "categories":
		return strings.Join(i.Categories, "\n")
	case "author":
		if i.Author != nil {
			return i.Author.Name
		}
		return ""
	case "published":
		return i.Published
	case "updated":
		return i.Updated
	}
	prefix, local, _ := strings.Cut(name, ":")
	return i.ext(prefix, local)
}
