package cpe

import (
	"errors"
	"fmt"
	"strings"
)

// maxName is the longest binding that is read, in bytes; NVD's longest are a
// few hundred.
const maxName = 2048

var (
	errPrefix   = errors.New("neither cpe:2.3: nor cpe:/")
	errTooLong  = fmt.Errorf("longer than %d bytes", maxName)
	errWildcard = errors.New("unquoted wildcard inside a value")
	errChar     = errors.New("character that no value may hold")
	errEscape   = errors.New("bad percent escape")
	errPart     = errors.New("part is none of a, o, h")
	errFields   = errors.New("formatted string needs 11 fields")
)

// Parse reads either binding of a CPE name. Letters are folded to lower case,
// as the specification's matching wants it.
func Parse(s string) (Name, error) {
	n, err := parse(s)
	if err != nil {
		return Name{}, fmt.Errorf("cpe: %.80q: %w", s, err)
	}
	return n, nil
}

func parse(s string) (Name, error) {
	if len(s) > maxName {
		return Name{}, errTooLong
	}
	s = lower(s)
	if rest, ok := strings.CutPrefix(s, "cpe:2.3:"); ok {
		return unbindFS(rest)
	}
	if rest, ok := strings.CutPrefix(s, "cpe:/"); ok {
		return unbindURI(rest)
	}
	return Name{}, errPrefix
}

// lower is strings.ToLower for ASCII, the only letters of a binding.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return strings.ToLower(s)
		}
	}
	return s
}

// checkPart holds a part to its three values; ANY and NA are logical values and
// stand for themselves.
func checkPart(v Value) error {
	switch v {
	case "a", "o", "h", ANY, NA:
		return nil
	}
	return errPart
}
