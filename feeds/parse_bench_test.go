package feeds

import (
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	for _, bb := range []struct {
		file  string
		parse Parser
	}{
		{"jpcert.rdf", ParseJPCERT},
		{"at300002.html", ParseJPCERT},
		{"ipa.rdf", ParseIPA},
		{"jvn.rdf", ParseJVN},
		{"jvndb.rdf", ParseJVNDB},
		{"vuldef.xml", ParseJVNDB},
		{"kev.json", ParseKEV},
		{"rss.xml", ParseRSS},
	} {
		b.Run(bb.file, func(b *testing.B) {
			text := testdata(b, bb.file)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if got, _ := bb.parse(strings.NewReader(text), Meta{}); len(got) == 0 {
					b.Fatal("nothing read")
				}
			}
		})
	}
}
