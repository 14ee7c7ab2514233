package advisory

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() Advisory {
	return Advisory{
		ID: "jvndb:JVNDB-2021-000001", Title: "Example Server における脆弱性", Summary: "一行目\n\n二行目",
		CVEs:     []string{"CVE-2021-0001", "CVE-2021-0002"},
		Severity: SeverityFromVectors("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
		Products: []ProductStatus{
			{Vendor: "例", Product: "Example Server", Versions: "2.0 から 2.14.1 まで", Status: StatusAffected, Fixed: "2.15.0"},
			{Vendor: "例", Product: "Example Client", Versions: "1.x", Status: StatusNotAffected},
			{Vendor: "例", Product: "Example Client", Versions: "2.x", Status: StatusAffected},
		},
		Links:     []string{"https://example.com/a", "https://example.com/b"},
		Published: time.Date(2021, 12, 10, 0, 0, 0, 0, time.UTC),
		History:   []Revision{{Date: time.Date(2021, 12, 10, 0, 0, 0, 0, time.UTC), Text: "初版"}, {Date: time.Date(2021, 12, 11, 0, 0, 0, 0, time.UTC), Text: "対象を追記"}},
	}
}

func TestDiffOfWhatIsNoContent(t *testing.T) {
	tests := map[string]func(*Advisory){
		"nothing":           func(*Advisory) {},
		"re-dated":          func(a *Advisory) { a.Updated = a.Published.AddDate(0, 1, 0) },
		"products reorder":  func(a *Advisory) { a.Products[0], a.Products[2] = a.Products[2], a.Products[0] },
		"duplicate product": func(a *Advisory) { a.Products = append(a.Products, a.Products[0]) },
		"duplicate cve":     func(a *Advisory) { a.CVEs = []string{"cve-2021-0002", "CVE-2021-0001", "CVE-2021-0002"} },
		"white space":       func(a *Advisory) { a.Title = " Example  Server\nにおける脆弱性 " },
		"width":             func(a *Advisory) { a.Title = "Ｅｘａｍｐｌｅ Server における脆弱性" },
		"line ends":         func(a *Advisory) { a.Summary = "一行目\r\n\r\n\r\n二行目\r\n" },
		"tracking":          func(a *Advisory) { a.Links[0] += "?utm_source=rss&vs_f=x" },
		"links reorder":     func(a *Advisory) { a.Links[0], a.Links[1] = a.Links[1], a.Links[0] },
		"scheme and slash":  func(a *Advisory) { a.Links[0] = "http://EXAMPLE.com/a/" },
		"history re-dated":  func(a *Advisory) { a.History[0].Date = a.History[0].Date.Add(time.Hour) },
		"history reorder":   func(a *Advisory) { slices.Reverse(a.History) },
		"vendor case":       func(a *Advisory) { a.Products[0].Product = "EXAMPLE SERVER" },
	}
	for name, edit := range tests {
		before, after := sample(), sample()
		edit(&after)
		if changes := Diff(before, after); len(changes) != 0 {
			t.Errorf("%s: %v", name, changes)
		}
		if Digest(before) != Digest(after) {
			t.Errorf("%s: digests differ", name)
		}
	}
}

func TestDiffSaysWhatChanged(t *testing.T) {
	tests := map[string]struct {
		edit func(*Advisory)
		want []Change
	}{
		"fixed version": {
			func(a *Advisory) { a.Products[0].Fixed = "2.16.0" },
			[]Change{{"fixed", "例 Example Server", "2.15.0", "2.16.0", ""}},
		},
		"range": {
			func(a *Advisory) { a.Products[0].Versions = "2.0 から 2.15.0 まで" },
			[]Change{{"versions", "例 Example Server", "2.0 から 2.14.1 まで", "2.0 から 2.15.0 まで", ""}},
		},
		"status of one of two": {
			func(a *Advisory) { a.Products[1].Status = StatusAffected },
			[]Change{{"status", "例 Example Client", "not_affected", "affected", ""}},
		},
		"range of one of two": {
			func(a *Advisory) { a.Products[1].Versions = "1.0 - 1.9" },
			[]Change{{"versions", "例 Example Client", "1.x", "1.0 - 1.9", ""}},
		},
		"cpe given": {
			func(a *Advisory) { a.Products[0].CPE = "cpe:/a:example:server" },
			[]Change{{"products", "例 Example Server", "", "cpe:/a:example:server", ""}},
		},
		"product came": {
			func(a *Advisory) {
				a.Products = append(a.Products, ProductStatus{Product: "Other", Status: StatusFixed, Fixed: "3"})
			},
			[]Change{{"products", "Other", "", "Other fixed → 3", "fixed"}},
		},
		"product went": {
			func(a *Advisory) { a.Products = a.Products[1:] },
			[]Change{{"products", "例 Example Server", "例 Example Server 2.0 から 2.14.1 まで affected → 2.15.0", "", "affected"}},
		},
		"status for one CVE": {
			func(a *Advisory) {
				one, other := a.Products[0], a.Products[0]
				one.CVE, other.CVE, other.Status = "CVE-2021-0001", "CVE-2021-0002", StatusNotAffected
				a.Products = []ProductStatus{one, other}
			},
			[]Change{
				{"products", "例 Example Client", "例 Example Client 1.x not_affected", "", "not_affected"},
				{"products", "例 Example Client", "例 Example Client 2.x affected", "", "affected"},
				{"products", "例 Example Server", "例 Example Server 2.0 から 2.14.1 まで affected → 2.15.0", "", "affected"},
				{"products", "例 Example Server", "", "例 Example Server CVE-2021-0001 2.0 から 2.14.1 まで affected → 2.15.0", "affected"},
				{"products", "例 Example Server", "", "例 Example Server CVE-2021-0002 2.0 から 2.14.1 まで not_affected → 2.15.0", "not_affected"},
			},
		},
		"cves": {
			func(a *Advisory) { a.CVEs = []string{"CVE-2021-0002", "CVE-2021-0003"} },
			[]Change{{"cves", "", "CVE-2021-0001", "CVE-2021-0003", ""}},
		},
		"exploited and withdrawn": {
			func(a *Advisory) { a.Exploited, a.Withdrawn = true, true },
			[]Change{{"exploited", "", "", "true", ""}, {"withdrawn", "", "", "true", ""}},
		},
		"history": {
			func(a *Advisory) {
				a.History = append(a.History, Revision{Date: time.Date(2021, 12, 13, 15, 0, 0, 0, time.UTC), Text: "対象を追記"})
			},
			[]Change{{"history", "", "", "2021-12-14 対象を追記", ""}},
		},
		"severity": {
			func(a *Advisory) { a.Severity = Severity{Rating: "high"} },
			[]Change{{"severity", "", "critical 9.8 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "high", ""}},
		},
	}
	for name, tt := range tests {
		before, after := sample(), sample()
		tt.edit(&after)
		if diff := cmp.Diff(tt.want, Diff(before, after)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// TestDigestAgreesWithDiff takes random small edits: the digest changes exactly
// where Diff says something, and the order of products never matters.
func TestDigestAgreesWithDiff(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "1", "2.0", "２.0", " 2.0 ", "x"}
	pick := func() string { return words[r.IntN(len(words))] }
	random := func() Advisory {
		a := Advisory{Title: pick(), Due: pick(), Exploited: r.IntN(2) == 0}
		for range r.IntN(4) {
			a.Products = append(a.Products, ProductStatus{Product: pick(), CPE: pick(), Versions: pick(), Fixed: pick()})
		}
		return a
	}
	for i := range 20000 {
		a, b := random(), random()
		if i%2 == 0 {
			b = a
			b.Products = append([]ProductStatus(nil), a.Products...)
			r.Shuffle(len(b.Products), func(i, j int) { b.Products[i], b.Products[j] = b.Products[j], b.Products[i] })
		}
		same, none := Digest(a) == Digest(b), len(Diff(a, b)) == 0
		if same != none || (i%2 == 0 && !same) {
			t.Fatalf("same digest %v, no change %v:\n%+v\n%+v\n%v", same, none, a, b, Diff(a, b))
		}
	}
}

func TestCleanLink(t *testing.T) {
	tests := map[string]string{
		"https://Example.com/a?utm_source=x&id=3": "https://example.com/a?id=3",
		"https://example.com/cisco-sa-x?vs_f=Cisco%20Security%20Advisory%26vs_cat=Security%20Intelligence%26vs_type=RSS": "https://example.com/cisco-sa-x",
		"https://example.com/?b=2&a=1#frag": "https://example.com/?b=2&a=1#frag",
		" not a link ":                      "not a link",
		"https://example.com/%zz":           "https://example.com/%zz",
	}
	for in, want := range tests {
		if got := CleanLink(in); got != want {
			t.Errorf("CleanLink(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNormalize(t *testing.T) {
	day := time.Date(2021, 12, 10, 9, 0, 0, 0, time.FixedZone("JST", 9*3600))
	a := Advisory{
		Title: "a\u202eb\x00\n c", Summary: "x \x07y\r\n\r\n\r\nz", Updated: day,
		Links: []string{"", "https://e.example/", "https://e.example/"},
	}
	Normalize(&a)
	want := Advisory{
		Title: "ab c", Summary: "x y\n\nz", CVEs: []string{}, Links: []string{"https://e.example/"}, Refs: []string{},
		Products: []ProductStatus{}, Severity: Severity{Vectors: []string{}}, Published: day.UTC(), Updated: day.UTC(),
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add("Example  Server\n", "https://example.com/?utm_x=1", "1.0\u3000から")
	f.Add("\xff", "http://%zz", "か\u3099")
	f.Fuzz(func(t *testing.T, text, link, version string) {
		a := Advisory{Title: text, Summary: text, Links: []string{link}, Products: []ProductStatus{{Product: text, Versions: version}}}
		Normalize(&a)
		again := a
		Normalize(&again)
		if diff := cmp.Diff(a, again); diff != "" {
			t.Errorf("Normalize is not stable:\n%s", diff)
		}
		if len(Diff(a, again)) != 0 {
			t.Error("a change out of nothing")
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	a := sample()
	for b.Loop() {
		Digest(a)
	}
}
