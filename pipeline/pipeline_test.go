package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/feeds"
	"hansho/inventory"
	"hansho/match"
	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

// source is a fake whose next answers are set by the test.
type source struct {
	id    string
	batch feeds.Batch
	err   error
}

func (s *source) ID() string { return s.id }

func (s *source) Fetch(_ context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	return s.batch, feeds.Cursor(fmt.Sprintf("%q", time.Now().String())), s.err
}

// names is a fake matcher: an item meets an advisory whose title or product
// names the item's product; a claim's Note gives the verdict.
type names []inventory.Item

func (n names) MatchWith(a *advisory.Advisory, others []advisory.Advisory) []match.Match {
	var out []match.Match
	for _, it := range n {
		if m, ok := meet(it, a); ok {
			out = append(out, m)
			continue
		}
		for i := range others {
			if m, ok := meet(it, &others[i]); ok {
				m.Evidence[0].Source, m.Advisory, m.Claim = others[i].ID, a.ID, -1
				out = append(out, m)
				break
			}
		}
	}
	return out
}

func meet(it inventory.Item, a *advisory.Advisory) (match.Match, bool) {
	m := match.Match{Item: it.ID, Advisory: a.ID, Claim: -1, Confidence: 1, Evidence: []match.Evidence{{Method: "name", Item: it.Product, Found: it.Product}}}
	for i, p := range a.Products {
		if p.Product == it.Product {
			m.Claim, m.Verdict = i, match.Verdict(p.Status)
			if p.Status == advisory.StatusUnknown {
				m.Verdict = match.Possible
			}
			m.Evidence[0].Where = fmt.Sprintf("products[%d]", i)
			return m, true
		}
	}
	if strings.Contains(a.Title, it.Product) {
		m.Verdict = match.Possible
		return m, true
	}
	return m, false
}

// all routes every notice to one address, keyed by what it says.
type all struct{ told []notify.Notice }

func (r *all) Route(_ time.Time, ns []notify.Notice) []notify.Delivery {
	var out []notify.Delivery
	for _, n := range ns {
		r.told = append(r.told, n)
		d := notify.Delivery{Key: fmt.Sprint(n.Kind, len(r.told)), Address: notify.Address{Channel: "test"}, Notice: n}
		out = append(out, d)
	}
	return out
}

type bench struct {
	t     *testing.T
	p     *Pipeline
	st    *boltstore.Store
	told  *all
	clock time.Time
}

func newBench(t *testing.T, items ...inventory.Item) *bench {
	t.Helper()
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "hansho.db"), boltstore.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, st.Close()) })
	b := &bench{t: t, st: st, told: &all{}, clock: time.Date(2021, 12, 11, 9, 0, 0, 0, time.UTC)}
	b.p = New(st, b.told, nil, items, names(items), Options{Now: func() time.Time { return b.clock }})
	return b
}

// poll has a source say something and gives what was told of it.
func (b *bench) poll(id string, advisories ...advisory.Advisory) (Report, []notify.Notice) {
	b.t.Helper()
	b.clock = b.clock.Add(time.Hour)
	before := len(b.told.told)
	rep, err := b.p.Poll(b.t.Context(), &source{id: id, batch: feeds.Batch{Advisories: advisories}})
	must(b.t, err)
	return rep, b.told.told[before:]
}

// first lets sources make their quiet first contact.
func (b *bench) first(ids ...string) {
	for _, id := range ids {
		b.poll(id)
	}
}

func log4j() inventory.Item {
	return inventory.Item{ID: "orders", Name: "受発注システム", Product: "Log4j", Version: "2.14.1"}
}

func adv(id string, set ...func(*advisory.Advisory)) advisory.Advisory {
	src, _, _ := strings.Cut(id, ":")
	at := time.Date(2021, 12, 11, 0, 0, 0, 0, time.UTC)
	a := advisory.Advisory{
		ID: id, Source: src, Kind: advisory.KindAlert, Title: "Log4j の脆弱性", CVEs: []string{"CVE-2021-44228"},
		Published: at, Updated: at, Trust: advisory.TrustCoordinator,
	}
	for _, f := range set {
		f(&a)
	}
	return a
}

func product(name string, s advisory.Status, fixed string) func(*advisory.Advisory) {
	return func(a *advisory.Advisory) {
		a.Title = "脆弱性"
		a.Products = append(a.Products, advisory.ProductStatus{Product: name, Status: s, Fixed: fixed})
	}
}

func kind(k advisory.Kind, trust advisory.Trust) func(*advisory.Advisory) {
	return func(a *advisory.Advisory) { a.Kind, a.Trust = k, trust }
}

func kinds(ns []notify.Notice) []notify.Kind {
	var out []notify.Kind
	for _, n := range ns {
		out = append(out, n.Kind)
	}
	return out
}

func wantKinds(t *testing.T, got []notify.Notice, want ...notify.Kind) {
	t.Helper()
	if !slices.Equal(kinds(got), want) {
		t.Fatalf("told %v, want %v", kinds(got), want)
	}
}

func (b *bench) cases() []cases.Case {
	b.t.Helper()
	list, err := b.p.Desk().Cases(b.t.Context(), "")
	must(b.t, err)
	return list
}

func TestFiveSourcesAreOneCase(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert", "ipa", "jvndb", "kev", "list")
	_, told := b.poll("jpcert", adv("jpcert:at210050"))
	wantKinds(t, told, notify.KindNew)
	_, told = b.poll("ipa", adv("ipa:alert20211213"))
	wantKinds(t, told, notify.KindUpdate)
	_, told = b.poll("jvndb", adv("jvndb:JVNDB-2021-005429", kind(advisory.KindVulnerability, advisory.TrustDatabase), product("Log4j", advisory.StatusAffected, "2.15.0")))
	wantKinds(t, told, notify.KindUpdate)
	_, told = b.poll("kev", adv("kev:CVE-2021-44228", kind(advisory.KindExploited, advisory.TrustCoordinator), product("Something else", advisory.StatusAffected, "")))
	wantKinds(t, told, notify.KindUpdate)
	_, told = b.poll("list",
		adv("list:log4j", kind(advisory.KindList, advisory.TrustCommunity), product("Log4j", advisory.StatusAffected, "")),
		adv("list:acme", kind(advisory.KindList, advisory.TrustCommunity), product("Acme", advisory.StatusAffected, "")))
	wantKinds(t, told, notify.KindUpdate)
	if len(told[0].News) != 1 {
		t.Errorf("the list's other rows were told: %v", told[0].News)
	}
	if cs := b.cases(); len(cs) != 1 || cs[0].ID != "case:CVE-2021-44228" || len(cs[0].Statements) != 5 {
		t.Errorf("cases: %+v", cs)
	}
}

// A feed whose titles are marked as updated says that something changed, and no
// more than that.
func TestATitleMarkedAsUpdated(t *testing.T) {
	b := newBench(t, log4j())
	b.first("nec")
	titled := func(title string) func(*advisory.Advisory) { return func(a *advisory.Advisory) { a.Title = title } }
	b.poll("nec", adv("nec:1", kind(advisory.KindAdvisory, advisory.TrustMaker), titled("Log4j の脆弱性について")))
	_, told := b.poll("nec", adv("nec:1", kind(advisory.KindAdvisory, advisory.TrustMaker), titled("【更新】Log4j の脆弱性について")))
	wantKinds(t, told, notify.KindUpdate)
	if got, want := told[0].News[0].Changes, []advisory.Change{{Field: "history", After: "更新"}}; !slices.Equal(got, want) {
		t.Errorf("changes %+v, want %+v", got, want)
	}
	if told[0].Case.Name != "Log4j の脆弱性について" {
		t.Errorf("the case is called %q", told[0].Case.Name)
	}
}

func TestSayingItAgainIsNoNews(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert")
	b.poll("jpcert", adv("jpcert:at210050"))
	redated := adv("jpcert:at210050", func(a *advisory.Advisory) { a.Updated = a.Updated.Add(48 * time.Hour) })
	rep, told := b.poll("jpcert", redated, redated)
	wantKinds(t, told)
	if rep.New != 0 || rep.Revised != 0 {
		t.Errorf("report %+v", rep)
	}
}

func TestARevisionSaysWhatChanged(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert")
	b.poll("jpcert", adv("jpcert:at210050", product("Log4j", advisory.StatusAffected, "2.15.0"), product("Acme", advisory.StatusAffected, "1")))
	_, told := b.poll("jpcert", adv("jpcert:at210050", product("Log4j", advisory.StatusAffected, "2.16.0"), product("Acme", advisory.StatusAffected, "2")))
	wantKinds(t, told, notify.KindUpdate)
	want := []advisory.Change{{Field: "fixed", About: "Log4j", Before: "2.15.0", After: "2.16.0"}}
	if got := told[0].News[0].Changes; !slices.Equal(got, want) {
		t.Errorf("changes %+v, want %+v", got, want)
	}
	if got := told[0].Case.Items[0].Fixed; got != "2.16.0" {
		t.Errorf("the case says fixed in %s", got)
	}
	_, told = b.poll("jpcert", adv("jpcert:at210050", product("Log4j", advisory.StatusAffected, "2.16.0"), product("Acme", advisory.StatusAffected, "3")))
	wantKinds(t, told)
}

func TestFirstContactIsQuiet(t *testing.T) {
	b := newBench(t, log4j(), inventory.Item{ID: "mail", Product: "Exchange"})
	old := func(a *advisory.Advisory) { a.Published = a.Published.AddDate(-1, 0, 0); a.Updated = a.Published }
	cve := func(id string) func(*advisory.Advisory) { return func(a *advisory.Advisory) { a.CVEs = []string{id} } }
	rep, told := b.poll("jpcert",
		adv("jpcert:at1", old, cve("CVE-2020-0001")),
		adv("jpcert:at2"),
		adv("jpcert:at3", cve("CVE-2021-0003"), func(a *advisory.Advisory) { a.Title = "Exchange の脆弱性" }))
	wantKinds(t, told, notify.KindSummary)
	if len(told[0].Cases) != 2 || rep.New != 3 || !rep.First {
		t.Errorf("summary of %d cases, report %+v", len(told[0].Cases), rep)
	}
}

// A source's first contact speaks of a case that was told before: its line says
// whose word is new, by which a route chooses; a case that is new is all news.
func TestAFirstContactSaysWhatIsNewInAToldCase(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert")
	b.poll("jpcert", adv("jpcert:at210050"))
	_, told := b.poll("ipa", adv("ipa:alert20211213"), adv("ipa:alert20211218", func(a *advisory.Advisory) { a.CVEs = []string{"CVE-2021-45105"} }))
	wantKinds(t, told, notify.KindSummary)
	news := map[string]int{}
	for _, c := range told[0].Cases {
		for _, s := range c.News {
			news[c.ID+" "+s.Source]++
		}
	}
	if want := map[string]int{"case:CVE-2021-44228 ipa": 1}; !maps.Equal(news, want) {
		t.Errorf("new are %v, want %v", news, want)
	}
}

func TestWhatIsNotOursIsNotTold(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert", "cisco", "weekly")
	_, told := b.poll("jpcert", adv("jpcert:at1", func(a *advisory.Advisory) { a.Title, a.CVEs = "Acme の脆弱性", []string{"CVE-2021-0001"} }))
	wantKinds(t, told)
	b.poll("jpcert", adv("jpcert:at210050"))
	_, told = b.poll("cisco", adv("cisco:sa-1", kind(advisory.KindAdvisory, advisory.TrustMaker), product("Webex", advisory.StatusAffected, "1")))
	wantKinds(t, told)
	_, told = b.poll("weekly", adv("weekly:wr1#1", kind(advisory.KindRoundup, advisory.TrustCoordinator)))
	if len(b.cases()) != 2 {
		t.Errorf("a round-up joined a case: %d cases", len(b.cases()))
	}
	_ = told
}

func TestSafeThatTurnsUnsafeRings(t *testing.T) {
	b := newBench(t, log4j())
	b.first("list")
	row := func(s advisory.Status) advisory.Advisory {
		return adv("list:log4j", kind(advisory.KindList, advisory.TrustCommunity), product("Log4j", s, ""))
	}
	_, told := b.poll("list", row(advisory.StatusNotAffected))
	wantKinds(t, told)
	_, told = b.poll("list", row(advisory.StatusAffected))
	wantKinds(t, told, notify.KindReversal)
	if !told[0].Urgent || !told[0].Case.Items[0].Reversed {
		t.Errorf("a reversal must not wait, and names its item: %+v", told[0])
	}
}

func TestABareTitleGainsProducts(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert", "jvndb")
	bare := adv("jpcert:at210050", func(a *advisory.Advisory) { a.Title = "ロギングライブラリの脆弱性" })
	_, told := b.poll("jpcert", bare)
	wantKinds(t, told)
	_, told = b.poll("jvndb", adv("jvndb:JVNDB-2021-005429", kind(advisory.KindVulnerability, advisory.TrustDatabase), product("Log4j", advisory.StatusAffected, "")))
	wantKinds(t, told, notify.KindNew)
	if c := b.cases()[0]; len(c.Statements) != 2 {
		t.Errorf("the alert that came before is not in the case: %v", c.Statements)
	}
}

func TestASourceThatFailsIsToldOnce(t *testing.T) {
	b := newBench(t, log4j())
	bad := &source{id: "jpcert", err: errors.New("Access Denied")}
	for i := range 10 {
		b.clock = b.clock.Add(time.Hour)
		if _, err := b.p.Poll(t.Context(), bad); err == nil {
			t.Fatalf("poll %d: no error", i)
		}
	}
	wantKinds(t, b.told.told, notify.KindSourceDown)
	_, told := b.poll("jpcert")
	wantKinds(t, told, notify.KindSourceUp)
	_, told = b.poll("jpcert")
	wantKinds(t, told)
}

func TestAnOddSourceIsToldOnce(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert")
	before := len(b.told.told)
	src := &source{id: "jpcert", err: feeds.ErrUnchanged}
	src.batch.Alarm(feeds.AlarmMoved, "https://new.example/")
	for range 3 {
		_, err := b.p.Poll(t.Context(), src)
		must(t, err)
	}
	src.batch.Alarm(feeds.AlarmJump, "10 → 400")
	_, err := b.p.Poll(t.Context(), src)
	must(t, err)
	told := b.told.told[before:]
	wantKinds(t, told, notify.KindSourceOdd, notify.KindSourceOdd)
	if got := told[1].Source.Alarms; !slices.Equal(got, []notify.Alarm{{Kind: "jump", Detail: "10 → 400"}}) {
		t.Errorf("told again: %v", got)
	}
}

func TestAnUnchangedPollWritesNothingElse(t *testing.T) {
	b := newBench(t, log4j())
	b.poll("jpcert", adv("jpcert:at210050"))
	rep, err := b.p.Poll(t.Context(), &source{id: "jpcert", err: feeds.ErrUnchanged})
	must(t, err)
	if !rep.Unchanged || rep.Queued != 0 {
		t.Errorf("report %+v", rep)
	}
}

func TestABrowserReleaseIsOneEvent(t *testing.T) {
	b := newBench(t, inventory.Item{ID: "chrome", Product: "Chrome"})
	b.first("jvndb")
	var release []advisory.Advisory
	for i := range 30 {
		release = append(release, adv(fmt.Sprintf("jvndb:JVNDB-2021-%d", i), kind(advisory.KindVulnerability, advisory.TrustDatabase),
			func(a *advisory.Advisory) { a.CVEs = []string{fmt.Sprintf("CVE-2021-10%02d", i)} }, product("Chrome", advisory.StatusAffected, "96")))
	}
	_, told := b.poll("jvndb", release...)
	wantKinds(t, told, notify.KindNew)
	if got := b.cases(); len(got) != 1 || len(got[0].CVEs) != 30 {
		t.Errorf("%d cases", len(got))
	}
}

func TestANewItemIsToldOfYesterday(t *testing.T) {
	b := newBench(t)
	b.first("jpcert")
	_, told := b.poll("jpcert", adv("jpcert:at210050"))
	wantKinds(t, told)
	build := func(items []inventory.Item) Matcher { return names(items) }
	before := len(b.told.told)
	rep, err := b.p.Rematch(t.Context(), []inventory.Item{log4j()}, build)
	must(t, err)
	wantKinds(t, b.told.told[before:], notify.KindNew)
	if rep.Matches != 1 {
		t.Errorf("report %+v", rep)
	}
	rep, err = b.p.Rematch(t.Context(), []inventory.Item{log4j()}, build)
	must(t, err)
	if !rep.Unchanged || len(b.told.told) != before+1 {
		t.Errorf("the same inventory again: %+v, %d told", rep, len(b.told.told)-before)
	}
	renamed := log4j()
	renamed.Name = "受発注システム（新）"
	rep, err = b.p.Rematch(t.Context(), []inventory.Item{renamed}, build)
	must(t, err)
	if rep.Unchanged || len(b.told.told) != before+1 {
		t.Errorf("another name for it: %+v, %d told", rep, len(b.told.told)-before)
	}
}

func TestHandBeatsMachine(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert", "vendor")
	b.poll("jpcert", adv("jpcert:at210050"))
	_, err := b.p.Desk().SetItem(t.Context(), "CVE-2021-44228", "orders", cases.Hand{State: cases.ItemNotAffected, Who: "山田"})
	must(t, err)
	_, told := b.poll("vendor", adv("vendor:1", kind(advisory.KindAdvisory, advisory.TrustMaker), product("Log4j", advisory.StatusAffected, "")))
	wantKinds(t, told, notify.KindReversal)
	it := b.cases()[0].Items["orders"]
	if it.State != cases.ItemNotAffected || it.Conflict == "" {
		t.Errorf("item %+v", it)
	}
}

var _ store.Store = (*boltstore.Store)(nil)
