package feeds

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/internal/realdata"
)

// The counts below are taken from the bytes by a plain regular expression, not
// by the readers under test.
var (
	itemTag    = regexp.MustCompile(`<(?:item|entry)[\s>]`)
	vulinfoTag = regexp.MustCompile(`<Vulinfo>`)
	aboutAttr  = regexp.MustCompile(`<item\s[^>]*rdf:about="([^"]+)"`)
	jvndbIDTag = regexp.MustCompile(`<sec:identifier>\s*(JVNDB-[\d-]+)|<VulinfoID>\s*(JVNDB-[\d-]+)`)
)

func distinct(matches [][][]byte) map[string]bool {
	out := map[string]bool{}
	for _, m := range matches {
		for _, g := range m[1:] {
			if len(g) > 0 {
				out[string(g)] = true
			}
		}
	}
	return out
}

func parseReal(t *testing.T, parse Parser, e Entry, name string) ([]advisory.Advisory, []error, []byte) {
	t.Helper()
	b := realdata.Read(t, name)
	got, errs := parse(bytes.NewReader(b), Meta{Entry: e})
	for _, a := range got {
		if a.ID == "" || a.Title == "" || a.Published.IsZero() || a.Updated.Before(a.Published) || len(a.Links) == 0 {
			t.Errorf("%s: %s is incomplete: %+v", name, a.ID, a)
		}
	}
	t.Logf("%-64s %5d advisories %3d errors", name, len(got), len(errs))
	return got, errs, b
}

func TestRealJPCERT(t *testing.T) {
	for _, name := range []string{"ja/feeds-2026-02/jpcert.rdf", "ja/feeds-2026-02/EDITED-jpcert-with-update.xml"} {
		got, errs, b := parseReal(t, ParseJPCERT, Entry{ID: "jpcert"}, name)
		if want := len(itemTag.FindAll(b, -1)); len(got) != want || len(errs) != 0 {
			t.Errorf("%s: %d of %d items, %v", name, len(got), want, errs)
		}
		for _, a := range got {
			if (a.Kind == advisory.KindRoundup) != strings.Contains(a.ID, ":wr") {
				t.Errorf("%s is a %s", a.ID, a.Kind)
			}
			if strings.Contains(a.Title, "公開)") || strings.Contains(a.Title, "更新)") {
				t.Errorf("mark left in %q", a.Title)
			}
		}
		marked := bytes.Count(b, []byte("(更新)</title>"))
		updated := 0
		for _, a := range got {
			if a.Updated.After(a.Published) {
				updated++
			}
		}
		if updated != marked {
			t.Errorf("%s: %d updated, %d marked so", name, updated, marked)
		}
	}
}

func TestRealJPCERTPage(t *testing.T) {
	got, errs, _ := parseReal(t, ParseJPCERT, Entry{ID: "jpcert"}, "ja/jpcert-html/at210050.html")
	if len(got) != 1 || len(errs) != 0 {
		t.Fatalf("%d, %v", len(got), errs)
	}
	a := got[0]
	if diff := cmp.Diff([]string{"CVE-2021-44228", "CVE-2021-45046", "CVE-2021-45105"}, a.CVEs); diff != "" {
		t.Errorf("cves: %s", diff)
	}
	day := func(tm time.Time) string { return tm.In(tokyo).Format(time.DateOnly) }
	if a.ID != "jpcert:at210050" || day(a.Published) != "2021-12-11" || day(a.Updated) != "2022-01-04" || !a.Exploited || len(a.History) != 6 {
		t.Errorf("%s %s %s exploited %v, %d revisions", a.ID, a.Published, a.Updated, a.Exploited, len(a.History))
	}
	if len(a.Products) != 1 || !strings.Contains(a.Products[0].Product, "Log4j") || !strings.HasPrefix(a.Products[0].Versions, "2.15.0") ||
		!strings.Contains(a.Products[0].Fixed, "2.17.1") || a.Products[0].Workaround == "" {
		t.Errorf("products: %+v", a.Products)
	}
}

func TestRealIPA(t *testing.T) {
	got, errs, b := parseReal(t, ParseIPA, Entry{}, "ja/feeds-2026-02/ipa-alert-rss.rdf")
	links := distinct(aboutAttr.FindAllSubmatch(b, -1))
	if len(got) != len(links) || len(errs) != 0 {
		t.Errorf("%d of %d distinct items, %v", len(got), len(links), errs)
	}
	for _, a := range got {
		if !links[a.Links[0]] || strings.HasPrefix(a.Title, "更新") {
			t.Errorf("%s: %q", a.Links[0], a.Title)
		}
		if a.Updated.After(a.Published) != bytes.Contains(b, []byte("<title>更新："+a.Title)) {
			t.Errorf("%s: published %s, updated %s", a.ID, a.Published, a.Updated)
		}
	}
	icat, errs, _ := parseReal(t, ParseIPA, Entry{}, "ja/ipa-icat/icatw-2016-02-10.json")
	if len(icat) != 7 || len(errs) != 0 {
		t.Errorf("icat: %d, %v", len(icat), errs)
	}
	if _, errs, _ := parseReal(t, ParseIPA, Entry{}, "ja/ipa-icat/icatw-error-IRSS-0103.json"); len(errs) != 1 || reasonOf(errs[0]) != ReasonAPI {
		t.Errorf("icat error: %v", errs)
	}
}

// Every XML document of JVN iPedia and MyJVN that holds advisories gives all of
// them; the one with a malformed status gives its items and one error.
func TestRealJVNDB(t *testing.T) {
	dir := realdata.Dir(t)
	var files []string
	for _, p := range []string{"ja/feeds-2026-10/*.rdf", "ja/jvn-rdf/rss-*.rdf", "ja/jvn-rdf/detail-*.rdf", "ja/myjvn/examples/hnd/*.xml", "ja/myjvn/responses/*.xml"} {
		m, err := filepath.Glob(filepath.Join(dir, p))
		if err != nil || len(m) == 0 {
			t.Fatalf("%s: %d files, %v", p, len(m), err)
		}
		files = append(files, m...)
	}
	for _, f := range files {
		name, _ := filepath.Rel(dir, f)
		got, errs, b := parseReal(t, ParseJVNDB, Entry{}, name)
		want := len(itemTag.FindAll(b, -1)) + len(vulinfoTag.FindAll(b, -1))
		if want == 0 {
			if len(got) != 0 || len(errs) == 0 && !bytes.Contains(b, []byte("<rdf:RDF")) {
				t.Errorf("%s holds no advisories: %d, %v", name, len(got), errs)
			}
			continue
		}
		malformed := 0
		if strings.HasSuffix(name, "dataFeed_jvndb_rss_hnd.xml") {
			malformed = 1
		}
		if len(got) != want || len(errs) != malformed {
			t.Errorf("%s: %d of %d, errors %v", name, len(got), want, errs)
		}
		byID := distinct(jvndbIDTag.FindAllSubmatch(b, -1))
		for _, a := range got {
			if id := strings.TrimPrefix(a.ID, "jvndb:"); a.Kind == advisory.KindVulnerability && !byID[id] {
				t.Errorf("%s: %s is not in it", name, id)
			}
		}
	}
}

func TestRealJVNDBContent(t *testing.T) {
	got, _, _ := parseReal(t, ParseJVNDB, Entry{}, "ja/jvn-rdf/rss-jvndb_2021.rdf")
	a := got[0]
	want := []string{"AV:N/AC:M/Au:N/C:C/I:C/A:C", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}
	if a.ID != "jvndb:JVNDB-2021-005429" || a.Severity.Score != 10 || a.Severity.Rating != "critical" || !cmp.Equal(want, a.Severity.Vectors) ||
		!cmp.Equal([]string{"CVE-2021-44228"}, a.CVEs) || a.Products[0].CPE != "cpe:/a:apache:log4j" ||
		!a.Published.Equal(time.Date(2021, 12, 14, 16, 37, 0, 0, tokyo)) || !a.Updated.Equal(time.Date(2022, 12, 15, 10, 24, 0, 0, tokyo)) {
		t.Errorf("%+v", a)
	}
	full, _, _ := parseReal(t, ParseJVNDB, Entry{}, "ja/jvn-detail/detail-JVNDB-2021-005429.json")
	if d := full[0]; d.ID != a.ID || len(d.History) != 23 || len(d.Links) < 35 || len(d.Products) < 10 || !strings.Contains(d.Products[0].Versions, "2.15.0 より前") {
		t.Errorf("detail: %s, %d revisions, %d links, %d products", d.ID, len(d.History), len(d.Links), len(d.Products))
	}
}

func TestRealMyJVNJSON(t *testing.T) {
	tests := map[string]int{
		"getVulnOverviewList_oka.json": 3, "getAlertList_oka.json": 2, "dataFeed_jvndb_rss_oka.json": 3,
		"getVulnDetailInfo_oka_JVNDB-2017-009608.json": 1, "getVulnDetailInfo_oka_JVNDB-2018-009328.json": 1,
		"getVulnDetailInfo_oka_JVNDB-2021-002774.json": 1, "getVulnDetailInfo_oka_JVNDB-2022-000097.json": 1,
		"getVulnDetailInfo_oka_jvncsaf.json": 1, "getVulnDetailInfo_oka_jvnstix.json": 1,
		"getVulnDetailInfo_oka_JVNDB-2017-009608_jvnstix.json": 1,
		"dataFeed_jvndb_detail_oka.json":                       0, "getStatistics_oka.json": 0,
	}
	for name, want := range tests {
		got, errs, _ := parseReal(t, ParseJVNDB, Entry{}, "ja/myjvn/examples/oka/"+name)
		if len(got) != want || (want == 0) != (len(errs) > 0) {
			t.Errorf("%s: %d, want %d, %v", name, len(got), want, errs)
		}
	}
	if got, errs, _ := parseReal(t, ParseJVNDB, Entry{}, "ja/myjvn/examples/hnd/getAlertList_hnd.json"); len(got) != 2 || len(errs) != 0 {
		t.Errorf("hnd alerts: %d, %v", len(got), errs)
	}
}

// The same entry in XML and in JSON says the same.
func TestRealJVNDBFormsAgree(t *testing.T) {
	for _, id := range []string{"JVNDB-2017-009608", "JVNDB-2018-009328", "JVNDB-2021-002774", "JVNDB-2022-000097"} {
		x, _, _ := parseReal(t, ParseJVNDB, Entry{}, "ja/myjvn/examples/hnd/getVulnDetailInfo_hnd_"+id+".xml")
		j, _, _ := parseReal(t, ParseJVNDB, Entry{}, "ja/myjvn/examples/oka/getVulnDetailInfo_oka_"+id+".json")
		for _, d := range advisory.Diff(x[0], j[0]) {
			if d.Field == "cves" || d.Field == "title" || d.Field == "severity" && x[0].Severity.Rating != j[0].Severity.Rating {
				t.Errorf("%s: %+v", id, d)
			}
		}
		if !x[0].Published.Equal(j[0].Published) {
			t.Errorf("%s: published %s and %s", id, x[0].Published, j[0].Published)
		}
	}
}

func TestRealDictionary(t *testing.T) {
	tests := map[string]int{ // products, or vendors
		"ja/jvn-rdf/product-myjvn_product_202311.rdf": -1, "ja/myjvn/examples/hnd/dataFeed_myjvn_product_hnd.xml": 36 + 1, // a vendor without products
		"ja/myjvn/examples/hnd/getProductList_hnd.xml": 51, "ja/myjvn/examples/hnd/dataFeed_myjvn_vendor_hnd.xml": 28,
		"ja/myjvn/examples/hnd/getVendorList_hnd.xml": 51, "ja/myjvn/responses/kazukiigeta-2020-get_vendor_list-0.xml": 2,
		"ja/myjvn/examples/oka/dataFeed_myjvn_vendor_oka.json": 3,
	}
	for name, want := range tests {
		b := realdata.Read(t, name)
		if want < 0 {
			want = bytes.Count(b, []byte("<Product "))
		}
		got, errs := ParseDictionary(bytes.NewReader(b), 0)
		if len(got) != want || len(errs) != 0 {
			t.Errorf("%s: %d of %d, %v", name, len(got), want, errs)
		}
		for _, p := range got {
			if p.Vendor == "" || p.VendorCPE == "" || (p.Product == "") != (p.CPE == "") {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	for _, name := range []string{"ja/myjvn/examples/oka/dataFeed_myjvn_product_oka.json", "ja/jvn-rdf/rss-jvndb.rdf"} {
		if got, errs := ParseDictionary(realdata.Open(t, name), 0); len(got) != 0 || len(errs) != 1 {
			t.Errorf("%s: %d, %v", name, len(got), errs)
		}
	}
}

func TestRealKEV(t *testing.T) {
	row := regexp.MustCompile(`"cveID":\s*"(CVE-[\d-]+)"`)
	for _, name := range []string{"kev/kev_2023-04-12_1e81e9f6.json.zst", "kev/kev_2024-09-11_a7a14b15.json.zst", "kev/kev_2025-03-25_3b5a22ac.json.zst"} {
		got, errs, b := parseReal(t, ParseKEV, Entry{}, name)
		want := distinct(row.FindAllSubmatch(b, -1))
		if len(got) != len(want) || len(errs) != 0 {
			t.Errorf("%s: %d of %d, %v", name, len(got), len(want), errs)
		}
		known := 0
		for _, a := range got {
			if !want[a.CVEs[0]] || !a.Exploited || a.Due == "" || a.Products[0].Vendor == "" {
				t.Errorf("%+v", a)
			}
			if a.Ransomware {
				known++
			}
		}
		if n := bytes.Count(b, []byte(`"knownRansomwareCampaignUse": "Known"`)); known != n {
			t.Errorf("%s: ransomware %d of %d", name, known, n)
		}
	}
}

func TestRealVendorFeeds(t *testing.T) {
	tests := map[string]struct{ id, cve string }{
		"feeds/debian_dsa_rdf_20070409_two_items.rdf":     {"x:dsa-1278", ""},
		"feeds/fortinet_ir_rss_20260910_two_items.xml":    {"x:FG-IR-26-165", "CVE-2022-0778"},
		"feeds/ubuntu_usn_rss_20200916_trimmed.xml":       {"x:USN-4504-1", "CVE-2020-1968"},
		"torture/generated/rss_two_digit_year.xml":        {"", ""},
		"torture/generated/control_chars.xml":             {"", ""},
		"torture/generated/ja_bytes-cp932_undeclared.xml": {"x:1", "CVE-2021-44228"},
	}
	for name, tt := range tests {
		b, err := os.ReadFile(filepath.Join(realdata.Dir(t), name))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = readBody(bytes.NewReader(b), false, DefaultMaxBytes); err != nil {
			t.Fatal(err)
		}
		got, errs := ParseRSS(bytes.NewReader(b), Meta{Entry: Entry{ID: "x"}})
		if want := len(itemTag.FindAll(b, -1)); len(got) != want || len(errs) != 0 {
			t.Errorf("%s: %d of %d, %v", name, len(got), want, errs)
		}
		all := strings.Join(ids(got), " ")
		if !strings.Contains(all, tt.id) {
			t.Errorf("%s: %s has no %s", name, all, tt.id)
		}
		var cves []string
		for _, a := range got {
			cves = append(cves, a.CVEs...)
		}
		if !strings.Contains(strings.Join(cves, " "), tt.cve) {
			t.Errorf("%s: %v has no %s", name, cves, tt.cve)
		}
	}
}

// Each hostile document is refused with its reason or read without harm, and
// every Japanese one gives its text.
func TestTorture(t *testing.T) {
	refused := map[string]string{
		"billion_laughs.xml": string(ReasonHostile), "quadratic_blowup.xml": string(ReasonHostile), "xxe_file.xml": string(ReasonHostile),
		"xxe_param_http.xml": string(ReasonHostile), "deep_nesting.xml": string(ReasonHostile), "empty.xml": string(ReasonEmpty),
		"bom_only.xml": string(ReasonEmpty), "html_200.xml": string(ReasonChallenge), "truncated_mid_multibyte.xml": string(ReasonBroken),
		"truncated.xml.gz": string(ProblemCutShort), "gzip_bomb_64MiB.xml.gz": string(ProblemTooLarge),
	}
	counts := map[string]int{"huge_50000_items.xml.gz": 50000, "nul_bytes.xml": 0}
	files, err := filepath.Glob(filepath.Join(realdata.Dir(t), "torture/generated/*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		w := newFakeWeb()
		w.serve(feedURL, 200, string(b))
		e := pollEntry(nil)
		e.MaxBytes = 32 << 20
		s, _ := NewPollSource(e, ParseRSS, w.client(), testNow)
		start := time.Now()
		batch, _, err := s.Fetch(t.Context(), nil)
		t.Logf("%-52s %5d advisories %6.1f ms  %v", name, len(batch.Advisories), time.Since(start).Seconds()*1000, err)
		if want := refused[name]; (want != "") != (err != nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		if n, ok := counts[name]; ok && len(batch.Advisories) != n {
			t.Errorf("%s: %d advisories, want %d", name, len(batch.Advisories), n)
		}
		if strings.HasPrefix(name, "ja_") && (len(batch.Advisories) != 1 || batch.Advisories[0].Title != "【重要】○○製品における脆弱性（CVE-2021-44228）") {
			t.Errorf("%s: %+v", name, batch.Advisories)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("memory taken from the system: %.0f MiB", float64(m.Sys)/(1<<20))
}

// The real Japanese pages and feeds read as Japanese in any encoding, also
// where the declaration is taken off.
func TestRealJapaneseEncodings(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realdata.Dir(t), "torture/chardet_japanese_feeds/*/*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := DecodeText(b, "")
		kana, broken := 0, 0
		for _, r := range text {
			switch {
			case unicode.In(r, unicode.Hiragana, unicode.Katakana) && r < 0xff00:
				kana++
			case r == utf8.RuneError:
				broken++
			}
		}
		if kana < 4 || broken > kana/50 {
			t.Errorf("%s: %d kana, %d broken", f, kana, broken)
		}
		bare := declaration.ReplaceAll(b, []byte("x"))
		if undeclared := DecodeText(bare, ""); declaration.ReplaceAllString(text, "x") != undeclared {
			t.Errorf("%s reads otherwise without its declaration", f)
		}
	}
}
