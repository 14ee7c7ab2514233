package cpe

import "strings"

// unbindURI reads the components of a CPE 2.2 URI (NISTIR 7695, 6.1.3.2).
func unbindURI(s string) (Name, error) {
	var n Name
	for a, field := range strings.Split(s, ":") {
		a := Attr(a)
		var err error
		switch {
		case a > Language:
			return Name{}, errFields
		case a == Edition && strings.HasPrefix(field, "~"):
			err = n.unpackEdition(field)
		default:
			var v Value
			v, err = decodeURI(field)
			n.set(a, v)
		}
		if err != nil {
			return Name{}, err
		}
	}
	return n, checkPart(n.head[Part])
}

// unpackEdition reads the five attributes that CPE 2.3 packs into the edition:
// ~edition~sw_edition~target_sw~target_hw~other.
func (n *Name) unpackEdition(s string) error {
	fields := strings.Split(s[1:], "~")
	if len(fields) != len(packed) {
		return errFields
	}
	for i, field := range fields {
		v, err := decodeURI(field)
		if err != nil {
			return err
		}
		n.set(packed[i], v)
	}
	return nil
}

// packed are the attributes of a packed edition, in its order.
var packed = [...]Attr{Edition, SWEdition, TargetSW, TargetHW, Other}

func decodeURI(s string) (Value, error) {
	switch s {
	case "":
		return ANY, nil
	case "-":
		return NA, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c > '~' {
			return ANY, errChar
		}
		if c != '%' {
			b.WriteByte(c)
			continue
		}
		c, ok := decodePercent(s[i:])
		if !ok {
			return ANY, errEscape
		}
		b.WriteByte(c)
		i += 2
	}
	return checkWildcards(Value(b.String()))
}

// escapable are the characters that a URI writes with a percent escape.
const escapable = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"

// decodePercent reads the escapes of the specification's table and no others;
// %01 and %02 stand for the wildcards.
func decodePercent(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	hi, lo := unhex(s[1]), unhex(s[2])
	if hi < 0 || lo < 0 {
		return 0, false
	}
	c := byte(hi<<4 | lo)
	return c, c == anyOne || c == anyMany || strings.IndexByte(escapable, c) >= 0
}

func unhex(c byte) int { return strings.IndexByte("0123456789abcdef", c) }

// URI binds the name to a CPE 2.2 URI (NISTIR 7695, 6.1.2).
func (n Name) URI() string {
	fields := make([]string, 0, Language+1)
	for a := Part; a <= Language; a++ {
		if a == Edition {
			fields = append(fields, n.packEdition())
			continue
		}
		fields = append(fields, encodeURI(n.Get(a)))
	}
	return "cpe:/" + strings.TrimRight(strings.Join(fields, ":"), ":")
}

func (n Name) packEdition() string {
	var b strings.Builder
	for _, a := range packed {
		b.WriteByte('~')
		b.WriteString(encodeURI(n.Get(a)))
	}
	edition := encodeURI(n.Get(Edition))
	if b.String() == "~"+edition+"~~~~" {
		return edition
	}
	return b.String()
}

func encodeURI(v Value) string {
	switch v {
	case ANY:
		return ""
	case NA:
		return "-"
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case isWord(c) || c == '.' || c == '-':
			b.WriteByte(c)
		default:
			const hex = "0123456789abcdef"
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
