package cpe

import "strings"

// unbindFS reads the fields of a formatted string (NISTIR 7695, 6.2.3.2).
func unbindFS(s string) (Name, error) {
	var n Name
	for a := Part; a < numAttrs; a++ {
		field, rest, more := cutField(s)
		if more != (a < Other) {
			return Name{}, errFields
		}
		v, err := unbindField(field)
		if err != nil {
			return Name{}, err
		}
		n.set(a, v)
		s = rest
	}
	return n, checkPart(n.head[Part])
}

// cutField splits at the first colon that isn't escaped.
func cutField(s string) (field, rest string, more bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ':':
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// unbindField reads one field. A field of plain characters, as nearly all are,
// is its own value.
func unbindField(s string) (Value, error) {
	switch s {
	case "*":
		return ANY, nil
	case "-":
		return NA, nil
	case "":
		return ANY, errFields
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '\\' || c == '*' || c == '?' || c <= ' ' || c > '~' {
			return unquote(s)
		}
	}
	return Value(s), nil
}

// unquote reads a field with escapes or wildcards.
func unquote(s string) (Value, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= ' ' || c > '~':
			return ANY, errChar
		case c == '\\' && i+1 < len(s) && s[i+1] > ' ' && s[i+1] <= '~':
			i++
			b.WriteByte(s[i])
		case c == '\\':
			return ANY, errChar
		case c == '*':
			b.WriteByte(anyMany)
		case c == '?':
			b.WriteByte(anyOne)
		default:
			b.WriteByte(c)
		}
	}
	return checkWildcards(Value(b.String()))
}

// checkWildcards allows * once at either end, and runs of ? at either end. An
// asterisk by itself is no value of its own, it is ANY (NISTIR 7695, 5.3.2).
func checkWildcards(v Value) (Value, error) {
	if v == Value(anyMany) {
		return ANY, nil
	}
	inner := trimWild(string(v))
	if Value(inner).HasWildcard() || inner == "" && strings.Count(string(v), string(anyMany)) > 1 {
		return ANY, errWildcard
	}
	return v, nil
}

// trimWild takes the legal wildcards off both ends.
func trimWild(s string) string {
	if strings.HasPrefix(s, string(anyMany)) {
		s = s[1:]
	} else {
		s = strings.TrimLeft(s, string(anyOne))
	}
	if strings.HasSuffix(s, string(anyMany)) {
		return s[:len(s)-1]
	}
	return strings.TrimRight(s, string(anyOne))
}

// String binds the name to a formatted string (NISTIR 7695, 6.2.2).
func (n Name) String() string {
	var b strings.Builder
	b.WriteString("cpe:2.3")
	for a := Part; a < numAttrs; a++ {
		b.WriteByte(':')
		b.WriteString(bindFS(n.Get(a)))
	}
	return b.String()
}

// bindFS writes one value as a field.
func bindFS(v Value) string {
	switch v {
	case ANY:
		return "*"
	case NA:
		return "-"
	}
	if plainField(v) {
		return string(v)
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == anyMany:
			b.WriteByte('*')
		case c == anyOne:
			b.WriteByte('?')
		case isWord(c) || c == '.' || c == '-' && len(v) > 1:
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

func plainField(v Value) bool {
	for i := 0; i < len(v); i++ {
		if c := v[i]; !isWord(c) && c != '.' && (c != '-' || len(v) == 1) {
			return false
		}
	}
	return true
}

// isWord is the characters that no binding quotes.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_'
}

// WFN writes the name in the specification's own notation, such as
// wfn:[part="a",vendor="microsoft"], with what is ANY left out.
func (n Name) WFN() string {
	var pairs []string
	for a := Part; a < numAttrs; a++ {
		switch v := n.Get(a); v {
		case ANY:
		case NA:
			pairs = append(pairs, a.String()+"=NA")
		default:
			pairs = append(pairs, a.String()+`="`+quoteWFN(v)+`"`)
		}
	}
	return "wfn:[" + strings.Join(pairs, ",") + "]"
}

func quoteWFN(v Value) string {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == anyMany:
			b.WriteByte('*')
		case c == anyOne:
			b.WriteByte('?')
		case isWord(c):
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}
