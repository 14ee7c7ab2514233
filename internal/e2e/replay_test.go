package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/internal/realdata"
)

// The addresses of the catalogue whose captured documents are replayed.
const (
	jpcertFeed = "https://www.jpcert.or.jp/rss/jpcert.rdf"
	log4jPage  = "https://www.jpcert.or.jp/at/2021/at210050.html"
	ipaFeed    = "https://www.ipa.go.jp/security/alert-rss.rdf"
	jvndbFeed  = "https://jvndb.jvn.jp/ja/rss/jvndb_new.rdf"
	kevFile    = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
	fortinet   = "https://filestore.fortinet.com/fortiguard/rss/ir.xml"
	ubuntu     = "https://ubuntu.com/security/notices/rss.xml"
	ncscList   = "https://raw.githubusercontent.com/NCSC-NL/log4shell/main/software/README.md"
)

const replayConfig = `
poll: {only_named: true, first_contact: 200000h, down_after: 1ms}
sources:
  - jpcert
  - jpcert-weekly
  - ipa
  - jvndb
  - kev
  - fortinet
  - ubuntu
  - id: ncsc-nl-log4shell
    url: ` + ncscList + `
    mapping: {files: "", cve: CVE-2021-44228}
`

const replayInventory = `items:
  - {id: filezen, name: ファイル転送, vendor: ソリトンシステムズ, product: FileZen, version: "5.0.8", owner: 情報システム部}
  - {id: pc, name: 社員PC, vendor: マイクロソフト, product: Windows 11, version: 24H2, owner: 全社}
  - {id: mdm, name: 端末管理, vendor: Ivanti, product: Endpoint Manager Mobile, owner: 情報システム部}
  - {id: fw, name: ファイアウォール, vendor: WatchGuard, product: Firebox, owner: 情報システム部}
  - {id: pdf, name: PDF閲覧, vendor: アドビ, product: Adobe Acrobat Reader, owner: 全社}
  - {id: browser, name: ブラウザ, vendor: Google, product: Google Chrome, version: 155.0.8000.1, owner: 全社}
  - {id: lanscope, name: 資産管理, vendor: MOTEX, product: LANSCOPE エンドポイントマネージャー オンプレミス版, owner: 情報システム部}
  - {id: orders, name: 受発注, vendor: 東都システム開発, product: 受発注Web, version: "3.2", owner: 営業部, contains: [Apache Log4j 2.14.1]}
  - {id: dns, name: 社内DNS, vendor: ISC, product: BIND 9, version: 9.18.40, owner: 情報システム部}
  - {id: vpn, name: VPN装置, vendor: フォーティネット, product: FortiOS, version: 7.2.5, owner: 情報システム部}
`

// replayed are the captured documents by address. JPCERT/CC's feed is given one
// more item, in our words, for the alert whose page was captured.
func replayed(t *testing.T) map[string][]byte {
	t.Helper()
	item := `<item rdf:about="` + log4jPage + `"><title>注意喚起: Log4j の件 (更新)</title><link>` + log4jPage +
		`</link><dc:identifier>at210050</dc:identifier><dc:date>2022-01-04T10:00+09:00</dc:date></item></rdf:RDF>`
	feed := string(realdata.Read(t, "ja/feeds-2026-02/jpcert.rdf"))
	pages := map[string][]byte{
		jpcertFeed: []byte(strings.Replace(feed, "</rdf:RDF>", item, 1)),
		log4jPage:  realdata.Read(t, "ja/jpcert-html/at210050.html"),
		ipaFeed:    realdata.Read(t, "ja/feeds-2026-02/ipa-alert-rss.rdf"),
		jvndbFeed:  realdata.Read(t, "ja/feeds-2026-10/jvndb_new.excerpt18.rdf"),
		kevFile:    realdata.Read(t, "kev/kev_2025-03-25_3b5a22ac.json.zst"),
		fortinet:   realdata.Read(t, "feeds/fortinet_ir_rss_20260910_two_items.xml"),
		ubuntu:     realdata.Read(t, "feeds/ubuntu_usn_rss_20200916_trimmed.xml"),
		ncscList:   longestRevision(t),
	}
	// The pages of the other alerts were not captured: any page that says
	// nothing more stands for them.
	for _, link := range regexp.MustCompile(`<link>(https://www\.jpcert\.or\.jp/at/[^<]+)</link>`).FindAllStringSubmatch(feed, -1) {
		title := regexp.MustCompile(`(?s)<title>([^<]*)</title>\s*<link>` + regexp.QuoteMeta(link[1])).FindStringSubmatch(feed)[1]
		pages[link[1]] = []byte(`<!DOCTYPE html><html lang="ja"><head><title>` + title + `</title></head><body><div id="main"><h1>` +
			title + `</h1><h2>I. 概要</h2><p>詳細は続報で。</p></div></body></html>`)
	}
	return pages
}

// TestReplay polls captured documents twice, and then in every way in which a
// source can change or break.
func TestReplay(t *testing.T) {
	b := newBed(t, replayed(t), replayConfig, replayInventory)
	for name, test := range map[string]func(*testing.T, *bed){
		"the same again":             sameAgain,
		"the same without ETags":     sameWithoutETags,
		"dates and order":            datesAndOrder,
		"an item left":               itemLeft,
		"a fixed version changed":    fixedVersionChanged,
		"a title changed":            titleChanged,
		"a new item beside a broken": newBesideBroken,
		"down and up":                downAndUp,
	} {
		t.Run(name, func(t *testing.T) {
			b.reset(t)
			test(t, b)
		})
	}
}

func sameAgain(t *testing.T, b *bed) {
	before := b.remember()
	p := b.poll()
	p.told(t, 0)
	b.same(before)
	var bytes int64
	for id, r := range p.reports {
		bytes += r.Bytes
		if !r.Unchanged {
			t.Errorf("%s is not unchanged: %+v", id, r)
		}
	}
	t.Logf("%d sources, %d body bytes", len(p.reports), bytes)
}

func sameWithoutETags(t *testing.T, b *bed) {
	before := b.remember()
	for address, body := range b.pages {
		b.c.Web.Handle(address, serve(nil, body))
	}
	b.poll().told(t, 0)
	b.same(before)
}

var dcDate = regexp.MustCompile(`<dc:date>(\d{4})([^<]*)</dc:date>`)

func datesAndOrder(t *testing.T, b *bed) {
	before := b.remember()
	for _, feed := range []string{jpcertFeed, ipaFeed, jvndbFeed} {
		b.edit(feed, func(s string) string {
			return reversedItems(dcDate.ReplaceAllStringFunc(s, yearBefore))
		})
	}
	b.poll().told(t, 0)
	b.same(before)
}

// yearBefore dates an item anew, and keeps the order of their dates.
func yearBefore(date string) string {
	m := dcDate.FindStringSubmatch(date)
	year, _ := strconv.Atoi(m[1])
	return fmt.Sprintf("<dc:date>%d%s</dc:date>", year-1, m[2])
}

var anItem = regexp.MustCompile(`(?s)<item [^>]*>.*?</item>`)

// reversedItems turns the items of a feed around.
func reversedItems(s string) string {
	items := anItem.FindAllString(s, -1)
	slices.Reverse(items)
	return anItem.ReplaceAllStringFunc(s, func(string) string {
		next := items[0]
		items = items[1:]
		return next
	})
}

func itemLeft(t *testing.T, b *bed) {
	before := b.remember()
	for _, feed := range []string{jpcertFeed, ipaFeed, jvndbFeed} {
		b.edit(feed, func(s string) string { return strings.Replace(s, anItem.FindString(s), "", 1) })
	}
	b.poll().told(t, 0)
	after := b.remember()
	for key := range before {
		if strings.HasPrefix(key, "source ") { // its number of items
			delete(before, key)
			delete(after, key)
		}
	}
	if d := before.differs(after); len(d) > 0 {
		t.Errorf("%v", d)
	}
}

func fixedVersionChanged(t *testing.T, b *bed) {
	b.edit(log4jPage, func(s string) string { return strings.ReplaceAll(s, "2.17.1", "2.17.9") })
	b.edit(jpcertFeed, func(s string) string { return strings.Replace(s, "2022-01-04T10:00", "2022-01-20T10:00", 1) })
	p := b.poll()
	p.told(t, 1)
	if r := p.reports["jpcert"]; r.Revised != 1 || r.New != 0 {
		t.Errorf("%+v", r)
	}
	for _, m := range p.slack {
		if w := words(m); !strings.Contains(w, "2.17.1") || !strings.Contains(w, "2.17.9") {
			t.Errorf("it doesn't say from what to what:\n%s", w)
		}
	}
}

func titleChanged(t *testing.T, b *bed) {
	b.edit(jpcertFeed, func(s string) string {
		return strings.Replace(s, "注意喚起: FileZenにおける", "注意喚起: FileZen V5.1.0以前における", 1)
	})
	p := b.poll()
	p.told(t, 1)
	if r := p.reports["jpcert"]; r.Revised != 1 || r.New != 0 {
		t.Errorf("%+v", r)
	}
	for _, m := range p.slack {
		if !strings.Contains(words(m), "V5.1.0以前") {
			t.Errorf("it doesn't say what changed:\n%s", words(m))
		}
	}
}

func newBesideBroken(t *testing.T, b *bed) {
	const fresh = `<item rdf:about="https://www.ipa.go.jp/security/security-alert/2026/e2e.html"><title>FileZen の別の脆弱性について（CVE-2026-99999）</title>` +
		`<link>https://www.ipa.go.jp/security/security-alert/2026/e2e.html</link><dc:date>2026-11-20T00:00:00+09:00</dc:date></item>`
	b.edit(ipaFeed, func(s string) string {
		return strings.Replace(s, "<item ", fresh+`<item rdf:about=""><link></link><dc:date>?</dc:date></item><item `, 1)
	})
	p := b.poll()
	p.told(t, 1)
	r := p.reports["ipa"]
	if r.New != 1 || len(r.Errors) != 1 || r.Failed != "" {
		t.Errorf("%+v", r)
	}
	t.Logf("named: %v", r.Errors)
}

func downAndUp(t *testing.T, b *bed) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write(bytes.Repeat(b.pages[ipaFeed], 20))
	must(t, err)
	must(t, z.Close())
	some, all := []string{ipaFeed, kevFile}, []string{ipaFeed, jpcertFeed, jvndbFeed, kevFile, fortinet, ubuntu, ncscList}
	for name, page := range map[string]struct {
		header map[string]string
		body   string
		feeds  []string
	}{
		"access denied":   {feeds: all, body: `<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission</BODY></HTML>`},
		"challenge":       {body: `<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script src="/cdn-cgi/challenge-platform/x"></script></body></html>`},
		"maintenance":     {body: `<!DOCTYPE html><html><head><title>メンテナンス中</title></head><body>しばらくお待ちください。</body></html>`},
		"empty":           {body: ""},
		"truncated gzip":  {header: map[string]string{"Content-Encoding": "gzip"}, body: zipped.String()[:zipped.Len()/2]},
		"cut in the body": {header: map[string]string{"Content-Length": "99999"}, body: "<rdf:RDF>"},
	} {
		t.Run(name, func(t *testing.T) {
			b.reset(t)
			before := b.remember()
			if !full() && name != "challenge" {
				t.Skip("only with HANSHO_FULL=1")
			}
			feeds, sources := some, len(some)
			if page.feeds != nil {
				feeds, sources = page.feeds, len(page.feeds)+1 // jpcert-weekly shares jpcert's address
			}
			for _, feed := range feeds {
				b.c.Web.Handle(feed, serve(page.header, []byte(page.body)))
			}
			b.downOnce(before, sources)
		})
	}
}

// downOnce polls the broken web three times and the mended one twice: every
// broken source is told of once, and once again when it is back.
func (b *bed) downOnce(before memory, broken int) {
	t := b.t
	t.Helper()
	cursors := b.cursors()
	for i, want := range []int{0, broken, 0} {
		p := b.poll()
		p.told(t, want)
		failed := 0
		for id, r := range p.reports {
			if r.Failed != "" {
				failed++
				if i == 0 {
					t.Logf("%s: %s", id, r.Failed)
				}
			}
		}
		if failed != broken || p.exit != 1 {
			t.Errorf("poll %d: %d sources failed, exit %d", i, failed, p.exit)
		}
	}
	if diff := cmp.Diff(cursors, b.cursors()); diff != "" {
		t.Errorf("cursors moved: %s", diff)
	}
	b.publish(b.pages)
	for _, want := range []int{broken, 0} {
		b.poll().told(t, want)
	}
	after := b.remember()
	for key := range after {
		if strings.HasPrefix(key, "delivery sourcedown-") || strings.HasPrefix(key, "delivery sourceup-") {
			delete(after, key)
		}
	}
	if d := before.differs(after); len(d) > 0 {
		t.Errorf("%d records differ: %s", len(d), strings.Join(d[:min(len(d), 10)], "\n"))
	}
}
