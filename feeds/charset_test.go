package feeds

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

const japaneseFeed = `<?xml version="1.0"%s?><rss version="2.0"><channel><title>新着</title><item>` +
	`<title>例示サーバーにおける認証回避の脆弱性（CVE-2030-10001）～①㈱</title><link>http://example.jp/1</link></item></channel></rss>`

func encode(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeText(t *testing.T) {
	sets := map[string]encoding.Encoding{
		"utf-8": unicode.UTF8, "Shift_JIS": japanese.ShiftJIS, "EUC-JP": japanese.EUCJP, "ISO-2022-JP": japanese.ISO2022JP,
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be, no mark": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"utf-8 with mark": unicode.UTF8BOM,
	}
	for name, set := range sets {
		for _, declared := range []string{"", ` encoding="UTF-8"`, ` encoding="Shift_JIS"`, ` encoding="windows-31j"`, ` encoding="EUC-JP"`, ` encoding="nonsense"`} {
			text := strings.Replace(japaneseFeed, "%s", declared, 1)
			if got := DecodeText(encode(t, set, text), ""); got != text {
				t.Errorf("%s declared%s: got %q", name, declared, got)
			}
		}
		text := strings.Replace(japaneseFeed, "%s", "", 1)
		for _, contentType := range []string{"text/xml; charset=Shift_JIS", "application/rss+xml; charset=utf-8", "x/;;"} {
			if got := DecodeText(encode(t, set, text), contentType); got != text {
				t.Errorf("%s served as %s: got %q", name, contentType, got)
			}
		}
	}
}

func TestDecodeTextOfOtherPlaces(t *testing.T) {
	french := `<?xml version="1.0" encoding="ISO-8859-1"?><title>Vulnérabilité critique détectée à l'étranger</title>`
	if got := DecodeText(encode(t, charmap.ISO8859_1, french), ""); got != french {
		t.Errorf("declared: %q", got)
	}
	cut := "<title>脆弱性</title><p>情報"
	if got := DecodeText([]byte(cut[:len(cut)-1]), ""); !strings.HasPrefix(got, "<title>脆弱性</title><p>情") {
		t.Errorf("cut within a character: %q", got)
	}
	if got := DecodeText([]byte("a\x00b\x0bc\x1f\td\n"), ""); got != "abc\td\n" {
		t.Errorf("control characters: %q", got)
	}
}

func FuzzDecodeText(f *testing.F) {
	f.Add([]byte(japaneseFeed), "text/xml; charset=Shift_JIS")
	f.Add([]byte("\x1b$B@H\x1b(B"), "")
	f.Add([]byte("\xff\xfe<\x00"), "")
	f.Fuzz(func(t *testing.T, b []byte, contentType string) {
		if text := DecodeText(b, contentType); strings.ToValidUTF8(text, "") != text {
			t.Errorf("not UTF-8: %q", text)
		}
	})
}
