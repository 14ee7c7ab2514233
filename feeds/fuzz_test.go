package feeds

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"hansho/advisory"
)

// fuzzParser feeds a parser anything: it neither panics nor hangs, what it
// gives is whole, and what it can't read at all is an error.
func fuzzParser(f *testing.F, parse Parser, seeds ...string) {
	for _, name := range seeds {
		f.Add([]byte(testdata(f, name)))
	}
	f.Add([]byte(nil))
	f.Add([]byte("<rss><channel><item>"))
	f.Add([]byte(`{"vulnerabilities":[{}],"feed":{"entry":[{}]},"objects":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, errs := parse(bytes.NewReader(b), Meta{Entry: Entry{MaxBytes: 1 << 20}})
		if len(strings.TrimSpace(string(b))) == 0 && len(errs) == 0 {
			t.Error("nothing, and no error")
		}
		for _, a := range got {
			if _, id, ok := strings.Cut(a.ID, ":"); !ok || id == "" || a.Title == "" || !utf8.ValidString(a.Title+a.Summary) {
				t.Errorf("%+v", a)
			}
			if again := a; len(advisory.Diff(a, again)) != 0 {
				t.Errorf("%s differs from itself", a.ID)
			}
		}
	})
}

func FuzzParseJPCERT(f *testing.F) { fuzzParser(f, ParseJPCERT, "jpcert.rdf", "at300002.html") }
func FuzzParseIPA(f *testing.F)    { fuzzParser(f, ParseIPA, "ipa.rdf") }
func FuzzParseJVN(f *testing.F)    { fuzzParser(f, ParseJVN, "jvn.rdf") }
func FuzzParseJVNDB(f *testing.F)  { fuzzParser(f, ParseJVNDB, "jvndb.rdf", "vuldef.xml") }
func FuzzParseKEV(f *testing.F)    { fuzzParser(f, ParseKEV, "kev.json") }
func FuzzParseRSS(f *testing.F)    { fuzzParser(f, ParseRSS, "rss.xml", "jvn.rdf") }

func FuzzParseDictionary(f *testing.F) {
	f.Add([]byte(`<Result><VendorInfo><Vendor vname="例示社" cpe="cpe:/:example"><Product pname="例示" cpe="cpe:/a:example:x"/></Vendor></VendorInfo></Result>`))
	f.Add([]byte(`{"jvn-product-dictionary":{"vendors":[{"vname":"例示社","products":[{"pname":"x","product_ids":{"cpe":"y"}}]}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, errs := ParseDictionary(bytes.NewReader(b), 1<<20); len(got) == 0 && len(errs) == 0 && len(b) == 0 {
			t.Error("nothing, and no error")
		}
	})
}
