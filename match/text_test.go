package match

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/inventory"
)

// officeItems are what a Japanese company runs, as its inventory writes it.
func officeItems() []inventory.Item {
	return []inventory.Item{
		{ID: "log4j", Vendor: "Apache Software Foundation", Product: "Apache Log4j"},
		{ID: "httpd", Vendor: "Apache", Product: "HTTP Server"},
		{ID: "tomcat", CPE: "cpe:2.3:a:apache:tomcat:9.0.1:*:*:*:*:*:*:*"},
		{ID: "windows", Vendor: "マイクロソフト", Product: "Microsoft Windows"},
		{ID: "windows10", Vendor: "Microsoft", Product: "Windows 10"},
		{ID: "office", Vendor: "Microsoft", Product: "Office"},
		{ID: "access", Vendor: "Microsoft", Product: "Access"},
		{ID: "teams", Vendor: "Microsoft", Product: "Teams"},
		{ID: "edge", Vendor: "Microsoft", Product: "Edge"},
		{ID: "acrobat", Vendor: "Adobe", Product: "Acrobat"},
		{ID: "reader", Vendor: "Adobe", Product: "Reader"},
		{ID: "firefox", Vendor: "Mozilla", Product: "Firefox"},
		{ID: "esr", Vendor: "Mozilla", Product: "Firefox ESR"},
		{ID: "wordpress", Vendor: "WordPress.org", Product: "WordPress"},
		{ID: "forms", Vendor: "Balbooa", Product: "Forms"},
		{ID: "garoon", Vendor: "サイボウズ", Product: "サイボウズ ガルーン"},
		{ID: "virus", Vendor: "トレンドマイクロ", Product: "ウイルスバスター コーポレートエディション"},
		{ID: "atol", Vendor: "", Product: "受発注サーバー Ver2"},
		{ID: "go", Vendor: "Golang", Product: "Go"},
		{ID: "wgr", Vendor: "株式会社コレガ", Product: "CG-WGR1200"},
		{ID: "vim", Vendor: "Vim", Product: "Vim"},
		{ID: "kernel", Vendor: "Linux", Product: "Linux Kernel"},
		{ID: "esxi", Vendor: "VMware", Product: "ESXi"},
		{ID: "anyconnect", Vendor: "Cisco", Product: "AnyConnect Secure Mobility Client"},
		{ID: "flash", Vendor: "Adobe", Product: "Flash Player (Plug-in)"},
		{ID: "embedded", Product: "帳票システム", Contains: []string{"Apache Log4j 2.14.1"}},
	}
}

func TestTitles(t *testing.T) {
	m := build(t, officeItems(), WithNames(aliases{"マイクロソフト": {"Microsoft"}, "Microsoft": {"マイクロソフト"}}))
	for _, c := range []struct {
		title string
		want  string // item ids
	}{
		// two makers in one title: neither hides the other's
		{"Multiple vulnerabilities in Cisco AnyConnect Secure Mobility Client and Adobe Acrobat", "acrobat anyconnect"},
		{"Mozilla Firefox、Adobe Acrobat の脆弱性に関する注意喚起", "acrobat firefox"},
		{"Mozilla Firefox / VMware ESXi Security Update", "esxi firefox"},
		{"ESXi および WordPress における複数の脆弱性", "esxi wordpress"},
		{"VMware ESXi、WordPress、Firefox の脆弱性に関する注意喚起", "esxi firefox wordpress"},
		{"Adobe Acrobat および Reader における複数の脆弱性", "acrobat reader"},
		// how titles name a product
		{"Apache Log4j における任意のコードが実行可能な脆弱性", "embedded log4j"},
		{"Apache Log4jの脆弱性（CVE-2021-44228）に関する注意喚起", "embedded log4j"},
		{"Apache Software FoundationのApache Log4jにおける脆弱性", "embedded log4j"},
		{"ＡＰＡＣＨＥ　ＬＯＧ４Ｊの脆弱性", "embedded log4j"},
		{"Log4j2 に任意コード実行の脆弱性", "log4j"},
		{"Apache HTTP Server における複数の脆弱性", "httpd"},
		{"Apache Software FoundationのApache HTTP Serverにおける認証の欠如に関する脆弱性", "httpd"},
		{"ApacheのHTTP Serverにおける認証の欠如に関する脆弱性", "httpd"},
		{"サイボウズ ガルーンに複数の脆弱性", "garoon"},
		{"サイボウズガルーンに複数の脆弱性", "garoon"},
		{"ウイルスバスターコーポレートエディションの脆弱性", "virus"},
		{"受発注サーバ Ver2 の障害", "atol"},
		{"VimにおけるOS コマンドインジェクションの脆弱性", "vim"},
		{"CG-WGR1200 における複数の脆弱性", "wgr"},
		{"LinuxのLinux Kernelにおける脆弱性", "kernel"},
		{"Cisco AnyConnect Secure Mobility Client の脆弱性", "anyconnect"},
		{"Adobe Flash Player の脆弱性 (APSB16-25) に関する注意喚起", "flash"},
		{"Microsoft Windows の脆弱性に関する注意喚起", "windows windows10"},
		{"Microsoft Windows 10 の脆弱性", "windows10"},
		{"Microsoft Windows 7 の脆弱性", "windows"},
		{"Microsoft Edge における脆弱性", "edge"},
		{"マイクロソフトのMicrosoft Windows等の複数製品における脆弱性", "windows windows10"},

		// lists name the vendor once
		{"Adobe Acrobat および Reader の脆弱性 (APSB18-40) に関する注意喚起", "acrobat reader"},
		{"Adobe Reader および Acrobat の脆弱性", "acrobat reader"},
		{"Adobe Acrobat/Reader の脆弱性", "acrobat reader"},
		{"Firefox、Thunderbird の脆弱性", "firefox"},

		// everyday words need their vendor
		{"Microsoft Access における脆弱性", "access"},
		{"不正な Access に関する注意喚起", ""},
		{"Teams を騙るフィッシングに関する注意喚起", ""},
		{"Go を使う開発者の皆様へ", ""},
		{"Balbooa の Forms における脆弱性", "forms"},
		{"XYZ extensions の Forms における脆弱性", ""},
		{"Forms を悪用した詐欺", ""},

		// unless the title is about nothing else
		{"Go における脆弱性", "go"},
		{"Go 1.22 における脆弱性", "go"},
		{"[更新] Forms の脆弱性に関する注意喚起", "forms"},
		{"【重要】 Teams に複数の脆弱性", "teams"},
		{"Example CMS 用プラグイン Forms における脆弱性", "forms"},
		{"プラグイン「Forms」における脆弱性", "forms"},
		{"Go に SQL インジェクションの脆弱性", "go"},
		{"Go Fast における脆弱性", ""},
		{"Example の Go における脆弱性", ""},
		{"Go サーバ構築講座の脆弱性", ""},

		// a name inside a longer one
		{"LibreOffice における脆弱性", ""},
		{"Apache の脆弱性", ""},
		{"Mozilla Firefox ESR における脆弱性", "esr"},
		{"Microsoft Windows Server における脆弱性", ""},
		{"Microsoft Office Online Server における脆弱性", ""},
		{"Adobe Acrobat Sign の脆弱性", ""},
		{"WordPress 用プラグイン WP All Import における脆弱性", ""},
		{"resumebuilder の WordPress 用 resume builder における脆弱性", ""},
		{"WordPress における脆弱性", "wordpress"},
		{"CG-WGR12000 における脆弱性", ""},
		{"受発注サーバーント Ver2", ""},
		{"OpenESXi における脆弱性", ""},

		// a part of something, and on what it runs
		{"Example OS の Vim コンポーネントにおける脆弱性", ""},
		{"Example Agent (Windows) の脆弱性", ""},
		{"Example Cloud (vim, Firefox, Vim) の脆弱性", ""},

		// what stands after における is the weakness
		{"Example Viewer における Vim の設定を悪用される脆弱性", ""},

		// the number of an advisory, and what notices are called
		{"CVE-2024-1234 ESXi: Denial of Service Vulnerability", "esxi"},
		{"[SECURITY] [DSA 5678-1] firefox security update", "firefox"},
		{"USN-1234-1: Firefox vulnerabilities", "firefox"},
		{"Security update available for Firefox | APSB24-01", "firefox"},

		// English
		{"VMware ESXi Remote Code Execution Vulnerability", "esxi"},
		{"Mozilla Firefox Use-After-Free Vulnerability", "firefox"},
		{"Vulnerability in Example Connector for WordPress", ""},
		{"Security update for Firefox", "firefox"},
		{"Teams Remote Code Execution Vulnerability", "teams"},
		{"Teams up against crime", ""},
		{"Microsoft Windows Print Service Information Disclosure Vulnerability", "windows windows10"},
		{"VMware Edge Gateway Firefox Plugin Vulnerability", ""},
		{"Example Agent on Windows", ""},
	} {
		got := strings.Join(slices.Sorted(maps.Keys(verdicts(m.Match(&advisory.Advisory{Title: c.title})))), " ")
		if got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.title, got, c.want)
		}
	}
}

func TestSummaries(t *testing.T) {
	m := build(t, officeItems())
	for summary, want := range map[string]string{
		"Mozilla Firefox の旧版に脆弱性があります。":                                                      "firefox",
		"The Example plugin before 1.2 for WordPress allows remote attackers to read files.": "",
		"An issue was found where the vim mode of Example Editor crashes.":                   "",
		"A flaw in Apache Log4j allows remote attackers to execute code.":                    "embedded log4j",
		"Example Tool, when used with Windows, leaks memory.":                                "",
	} {
		got := strings.Join(slices.Sorted(maps.Keys(verdicts(m.Match(&advisory.Advisory{Summary: summary})))), " ")
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", summary, got, want)
		}
	}
}

func TestSummaryIsNotReadBesideClaims(t *testing.T) {
	m := build(t, officeItems())
	a := advisory.Advisory{
		Summary:  "Mozilla Firefox also ships the library.",
		Products: []advisory.ProductStatus{{Vendor: "Apache", Product: "Log4j", Status: advisory.StatusAffected}},
	}
	if got := verdicts(m.Match(&a)); got["firefox"] != "" || got["embedded"] != Possible {
		t.Errorf("got %v", got)
	}
}

func TestEvidenceQuotesTheOriginal(t *testing.T) {
	m := build(t, []inventory.Item{{ID: "garoon", Vendor: "サイボウズ", Product: "ガルーン"}})
	got := m.Match(&advisory.Advisory{ID: "jpcert:x", Title: "ｻｲﾎﾞｳｽﾞ・ガルーン の脆弱性"})
	want := []Match{{
		Item: "garoon", Advisory: "jpcert:x", Verdict: Possible, Confidence: 0.63, Claim: -1,
		Evidence: []Evidence{{Method: "text", Item: "サイボウズ ガルーン", Found: "ｻｲﾎﾞｳｽﾞ・ガルーン", Where: "title"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestShieldsHideShorterNames(t *testing.T) {
	title := &advisory.Advisory{Title: "Apache Tomcat Native の脆弱性"}
	items := []inventory.Item{{ID: "tomcat", Vendor: "Apache", Product: "Tomcat native loader"}, {ID: "t", Vendor: "Apache", Product: "tomcat"}}
	lower := &advisory.Advisory{Title: "apache tomcat native の脆弱性"}
	if got := build(t, items).Match(lower); len(got) != 1 {
		t.Fatalf("without a shield: %v, want the shorter name", got)
	}
	shields := WithShields(func(yield func(string, string) bool) { yield("Apache", "Tomcat Native") })
	for _, a := range []*advisory.Advisory{title, lower} {
		if got := build(t, items, shields).Match(a); len(got) != 0 {
			t.Errorf("%s: %v, want nothing", a.Title, got)
		}
	}
}

type aliases map[string][]string

func (a aliases) VendorAliases(name string) []string     { return a[name] }
func (a aliases) ProductAliases(_, name string) []string { return a[name] }

func TestNamesAreAliases(t *testing.T) {
	names := aliases{"Microsoft": {"マイクロソフト", "MS"}, "マイクロソフト": {"Microsoft"}, "Windows 10": {"Win10"}}
	m := build(t, []inventory.Item{{ID: "w", Vendor: "Microsoft", Product: "Windows 10"}}, WithNames(names))
	for _, a := range []advisory.Advisory{
		{Title: "マイクロソフト製 Windows 10 の脆弱性"},
		{Title: "Win10 の脆弱性"},
		{Products: []advisory.ProductStatus{{Vendor: "マイクロソフト株式会社", Product: "Windows 10", Status: advisory.StatusAffected}}},
		{Products: []advisory.ProductStatus{{CPE: "cpe:/o:microsoft:windows_10", Status: advisory.StatusAffected}}},
	} {
		if got := m.Match(&a); len(got) != 1 {
			t.Errorf("%+v: got %v", a, got)
		}
	}
}

// build makes a matcher whose inventory must be without fault.
func build(t testing.TB, items []inventory.Item, opts ...Option) *Matcher {
	t.Helper()
	m, errs := New(items, opts...)
	for _, err := range errs {
		t.Fatal(err)
	}
	return m
}
