package vendors

import "encoding/json"

// extensions finds what is no extension by the form that 2.1 gives them (6.1.60.1).
// Their own schemas (6.1.60.2, 6.1.60.3) are each its author's, somewhere on the web.
func (c *checker) extensions() {
	c.extended(c.d.Extensions)
	c.extended(c.d.Document.Extensions)
	c.d.ProductTree.each(func(n *csafProductName) { c.extended(n.Extensions) })
	for _, v := range c.d.Vulnerabilities {
		c.extended(v.Extensions)
		for _, m := range v.Metrics {
			c.extended(m.Content.Extensions)
		}
	}
}

func (c *checker) extended(raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		c.flaw("6.1.60.1", "extensions: %v", err)
		return
	}
	for _, extension := range list {
		if wrong := extensionForm(extension); wrong != "" {
			c.flaw("6.1.60.1", "an extension with %s %q", wrong, extension["$schema"])
		}
	}
}

// extensionForm says what of an extension isn't in order. Which categories there are
// is left alone: the drafts of the standard differ in it.
func extensionForm(extension map[string]json.RawMessage) string {
	var (
		text     string
		critical bool
		content  map[string]json.RawMessage
	)
	for _, part := range []struct {
		name string
		into any
	}{{"$schema", &text}, {"category", &text}, {"critical", &critical}, {"content", &content}} {
		if json.Unmarshal(extension[part.name], part.into) != nil {
			return "a wrong " + part.name
		}
	}
	switch {
	case len(content) == 0:
		return "no content"
	case len(extension) > 4:
		return "more than it may have"
	}
	return ""
}
