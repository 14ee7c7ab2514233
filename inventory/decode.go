package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

var errNoText = errors.New("the characters are in no encoding that is known here (UTF-8, UTF-16, Shift_JIS, EUC-JP)")

// decode gives a text file in UTF-8: as it is, from the UTF-16 of Excel's
// "Unicode text" and PowerShell's >, or from the Shift_JIS (CP932), EUC-JP or
// ISO-2022-JP of older tools.
func decode(raw []byte) (string, error) {
	if e := utf16Of(raw); e != nil {
		out, err := e.NewDecoder().Bytes(raw)
		if err != nil {
			return "", fmt.Errorf("as UTF-16: %w", err)
		}
		return string(out), nil
	}
	raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	if bytes.Contains(raw, []byte("\x1b$")) && !bytes.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return decodeAs(raw, japanese.ISO2022JP)
	}
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	return decodeJapanese(raw)
}

// utf16Of finds UTF-16 by its mark, or by the zero bytes of ASCII in it.
func utf16Of(raw []byte) encoding.Encoding {
	head := raw[:min(len(raw), 512)]
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case len(head) < 4 || bytes.HasPrefix(head, []byte("PK")):
		return nil
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case zeros[1] > len(head)/8 && zeros[0] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zeros[0] > len(head)/8 && zeros[1] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// decodeJapanese takes the encoding that leaves fewer characters which nobody
// writes: EUC-JP read as Shift_JIS gives half-width kana.
func decodeJapanese(raw []byte) (string, error) {
	best, least := "", -1
	for _, e := range []encoding.Encoding{japanese.ShiftJIS, japanese.EUCJP} {
		text, err := decodeAs(raw, e)
		if err != nil {
			continue
		}
		bad := 0
		for _, r := range text {
			switch {
			case r == utf8.RuneError:
				bad += 100
			case 0xFF61 <= r && r <= 0xFF9F:
				bad++
			}
		}
		if least < 0 || bad < least {
			best, least = text, bad
		}
	}
	if least < 0 || least > len(raw)*5 {
		return "", errNoText
	}
	return best, nil
}

func decodeAs(raw []byte, e encoding.Encoding) (string, error) {
	out, err := e.NewDecoder().Bytes(raw)
	return string(out), err
}
