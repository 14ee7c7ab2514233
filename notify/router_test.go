package notify_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/match"
	"hansho/notify"
	"hansho/notify/notifytest"
)

var (
	jst  = time.FixedZone("JST", 9*60*60)
	it   = notify.Address{Channel: "slack", To: "#it"}
	boss = notify.Address{Channel: "mail", To: "boss@example.co.jp"}
)

// at reads a time of the week of Monday, 13 December 2021 in Tokyo.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	parsed, err := time.ParseInLocation("2006-01-02 15:04", "2021-12-"+s, jst)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func router(t testing.TB, rules notify.Rules) *notify.Router {
	t.Helper()
	r, err := notify.NewRouter(rules)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// calmCase is a notice that nothing makes urgent.
func calmCase(kind notify.Kind) notify.Notice {
	n := notifytest.Notice(kind, "")
	n.Urgent, n.Case.Exploited, n.Case.Severity = false, false, advisory.Severity{Rating: "high"}
	return n
}

// told says in one line who is told of which items.
func told(ds []notify.Delivery) []string {
	out := []string{}
	for _, d := range ds {
		var ids []string
		if d.Notice.Case != nil {
			for _, i := range d.Notice.Case.Items {
				ids = append(ids, i.ID)
			}
		}
		for _, c := range d.Notice.Cases {
			ids = append(ids, c.ID)
		}
		out = append(out, fmt.Sprintf("%s %s %s", d.Address, d.Notice.Kind, strings.Join(ids, ",")))
	}
	return out
}

func yes() *bool { b := true; return &b }

func no() *bool { b := false; return &b }

func TestFilters(t *testing.T) {
	const all = "slack:#it update order,docs,vcenter,web"
	unrated := calmCase(notify.KindUpdate)
	unrated.Case.Severity = advisory.Severity{}
	scored := calmCase(notify.KindUpdate)
	scored.Case.Severity = advisory.Severity{Score: 9.8}
	tests := []struct {
		name   string
		filter notify.Filter
		notice notify.Notice
		want   string
	}{
		{"everything", notify.Filter{}, calmCase(notify.KindUpdate), all},
		{"severity enough", notify.Filter{Severity: "high"}, calmCase(notify.KindUpdate), all},
		{"severity too low", notify.Filter{Severity: "critical"}, calmCase(notify.KindUpdate), ""},
		{"severity by score", notify.Filter{Severity: "critical"}, scored, all},
		{"unrated passes", notify.Filter{Severity: "critical"}, unrated, all},
		{"reversal whatever its severity", notify.Filter{Severity: "critical"}, calmCase(notify.KindReversal), "slack:#it reversal docs"},
		{"exploited", notify.Filter{Exploited: yes()}, calmCase(notify.KindUpdate), ""},
		{"not exploited", notify.Filter{Exploited: no()}, calmCase(notify.KindUpdate), all},
		{"source", notify.Filter{Sources: []string{"IPA"}}, calmCase(notify.KindUpdate), all},
		{"other source", notify.Filter{Sources: []string{"kev"}}, calmCase(notify.KindUpdate), ""},
		{"kind of notice", notify.Filter{Notices: []notify.Kind{notify.KindNew}}, calmCase(notify.KindUpdate), ""},
		{"owner", notify.Filter{Owners: []string{"総務部"}}, calmCase(notify.KindUpdate), "slack:#it update docs"},
		{"nobody's", notify.Filter{Owners: []string{"法務部"}}, calmCase(notify.KindUpdate), ""},
		{"verdict in the light of the state", notify.Filter{Verdicts: []match.Verdict{match.Affected}}, calmCase(notify.KindUpdate), "slack:#it update order,vcenter"},
		{"exposure", notify.Filter{Exposure: []string{"internet"}}, calmCase(notify.KindUpdate), "slack:#it update order"},
		{"product", notify.Filter{Products: []string{"VCENTER"}}, calmCase(notify.KindUpdate), "slack:#it update vcenter"},
		{"both must hold", notify.Filter{Products: []string{"vcenter"}, Owners: []string{"総務部"}}, calmCase(notify.KindUpdate), ""},
		{"item", notify.Filter{Items: []string{"web"}}, calmCase(notify.KindUpdate), "slack:#it update web"},
		{"source failures need asking for", notify.Filter{Severity: "high"}, notifytest.Notice(notify.KindSourceDown, ""), ""},
		{"asked for", notify.Filter{Notices: []notify.Kind{notify.KindSourceDown}}, notifytest.Notice(notify.KindSourceDown, ""), "slack:#it sourcedown "},
		{"or everything", notify.Filter{}, notifytest.Notice(notify.KindSourceUp, ""), "slack:#it sourceup "},
		{"summary keeps its lines", notify.Filter{Severity: "critical"}, notifytest.Notice(notify.KindSummary, ""), "slack:#it summary case:CVE-2021-44228"},
		{"empty digest is told", notify.Filter{}, notifytest.Notice(notify.KindDigest, ""), "slack:#it digest "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := router(t, notify.Rules{Routes: []notify.Route{{When: tt.filter, To: []notify.Address{it}}}})
			if got := strings.Join(told(r.Route(notifytest.At, []notify.Notice{tt.notice})), "\n"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAddressIsToldOnce(t *testing.T) {
	r := router(t, notify.Rules{Routes: []notify.Route{
		{When: notify.Filter{Owners: []string{"総務部"}}, To: []notify.Address{it}, Digest: "daily 09:00"},
		{When: notify.Filter{Owners: []string{"情報システム部"}}, To: []notify.Address{it, boss}, Lang: "en"},
	}})
	ds := r.Route(at(t, "14 10:30"), []notify.Notice{calmCase(notify.KindUpdate)})
	if diff := cmp.Diff([]string{"slack:#it update docs,order,vcenter", "mail:boss@example.co.jp update order,vcenter"}, told(ds)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ds[0].Notice.Lang != "ja" || ds[1].Notice.Lang != "en" || ds[0].Group != "" || !ds[0].NotBefore.Equal(at(t, "14 10:30")) {
		t.Errorf("lang %s %s, group %q, not before %s", ds[0].Notice.Lang, ds[1].Notice.Lang, ds[0].Group, ds[0].NotBefore)
	}
}

func TestStopKeepsItemsFromLaterRoutes(t *testing.T) {
	r := router(t, notify.Rules{Routes: []notify.Route{
		{When: notify.Filter{Owners: []string{"総務部"}}, To: []notify.Address{it}, Stop: true},
		{To: []notify.Address{boss}},
	}})
	want := []string{"slack:#it update docs", "mail:boss@example.co.jp update order,vcenter,web"}
	if diff := cmp.Diff(want, told(r.Route(notifytest.At, []notify.Notice{calmCase(notify.KindUpdate)}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSubscriptionsAdd(t *testing.T) {
	r := router(t, notify.Rules{Routes: []notify.Route{{When: notify.Filter{Owners: []string{"広報部"}}, To: []notify.Address{it}}}})
	person := notify.Address{Channel: "slack", To: "U012345678"}
	r.SetSubscriptions([]notify.Subscription{
		{To: person, Field: "product", Value: "log4j", Lang: "en"},
		{To: it, Field: "owner", Value: "総務部"},
		{To: person, Field: "severity", Value: "critical"},
		{To: person, Field: "nonsense", Value: "x"},
	})
	want := []string{"slack:#it update web,docs", "slack:U012345678 update order"}
	if diff := cmp.Diff(want, told(r.Route(notifytest.At, []notify.Notice{calmCase(notify.KindUpdate)}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhenItIsTold(t *testing.T) {
	holiday := func(day time.Time) bool { return day.Format("01-02") == "12-16" }
	urgent := calmCase(notify.KindNew)
	urgent.Case.Exploited, urgent.Case.Severity = true, advisory.Severity{Rating: "critical"}
	calm := calmCase(notify.KindNew)
	tests := []struct {
		name   string
		route  notify.Route
		notice notify.Notice
		now    string
		want   string
	}{
		{"at once", notify.Route{}, calm, "14 03:00", "14 03:00"},
		{"in working hours", notify.Route{Hours: "mon-fri 09:00-18:00"}, calm, "14 10:30", "14 10:30"},
		{"in the evening", notify.Route{Hours: "mon-fri 09:00-18:00"}, calm, "14 18:00", "15 09:00"},
		{"before the holiday", notify.Route{Hours: "mon-fri 09:00-18:00"}, calm, "15 20:00", "17 09:00"},
		{"on the holiday", notify.Route{Hours: "mon-fri 09:00-18:00"}, calm, "16 10:00", "17 09:00"},
		{"on Friday night", notify.Route{Hours: "月-金 09:00-18:00"}, calm, "17 23:00", "20 09:00"},
		{"in the small hours", notify.Route{Hours: "09:00-18:00"}, calm, "14 00:10", "14 09:00"},
		{"critical and exploited", notify.Route{Hours: "mon-fri 09:00-18:00"}, urgent, "18 02:00", "18 02:00"},
		{"reversal", notify.Route{Quiet: "22:00-07:00", Digest: "daily 09:00"}, calmCase(notify.KindReversal), "18 02:00", "18 02:00"},
		{"quiet before midnight", notify.Route{Quiet: "22:00-07:00"}, calm, "14 22:00", "15 07:00"},
		{"quiet after midnight", notify.Route{Quiet: "22:00-07:00"}, calm, "14 06:59", "14 07:00"},
		{"not quiet", notify.Route{Quiet: "22:00-07:00"}, calm, "14 07:00", "14 07:00"},
		{"quiet week-end", notify.Route{Quiet: "sat,sun 00:00-24:00"}, calm, "18 12:00", "20 00:00"},
		{"daily digest", notify.Route{Digest: "daily 09:00"}, calm, "14 09:00", "15 09:00"},
		{"weekly digest", notify.Route{Digest: "weekly fri 16:00"}, calm, "14 09:00", "17 16:00"},
		{"grouped", notify.Route{Group: 15 * time.Minute}, calm, "14 10:31", "14 10:45"},
		{"grouped into the night", notify.Route{Group: time.Hour, Quiet: "22:00-07:00"}, calm, "14 21:30", "15 07:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.route.To = []notify.Address{it}
			r := router(t, notify.Rules{Routes: []notify.Route{tt.route}, Holiday: holiday})
			ds := r.Route(at(t, tt.now), []notify.Notice{tt.notice})
			if len(ds) != 1 || !ds[0].NotBefore.Equal(at(t, tt.want)) {
				t.Errorf("got %v, want %s", ds, tt.want)
			}
		})
	}
}

func TestWhatWaitsForOneDigestIsAGroup(t *testing.T) {
	r := router(t, notify.Rules{Routes: []notify.Route{{To: []notify.Address{it, boss}, Digest: "daily 09:00"}}})
	first := r.Route(at(t, "14 10:00"), []notify.Notice{calmCase(notify.KindNew)})
	second := r.Route(at(t, "14 20:00"), []notify.Notice{calmCase(notify.KindUpdate)})
	next := r.Route(at(t, "15 20:00"), []notify.Notice{calmCase(notify.KindUpdate)})
	if g := first[0].Group; g == "" || g != second[0].Group || g == next[0].Group || g == first[1].Group {
		t.Errorf("groups %q %q %q %q", g, second[0].Group, next[0].Group, first[1].Group)
	}
}

func storm(n int, kind notify.Kind) []notify.Notice {
	var out []notify.Notice
	for i := range n {
		notice := calmCase(kind)
		c := *notice.Case
		c.ID = fmt.Sprintf("case:%04d", i)
		notice.Case = &c
		out = append(out, notice)
	}
	return out
}

func TestStormBecomesASummary(t *testing.T) {
	r := router(t, notify.Rules{Routes: []notify.Route{{To: []notify.Address{it}}, {When: notify.Filter{Owners: []string{"総務部"}}, To: []notify.Address{boss}}}, Storm: 20})
	if got := r.Route(notifytest.At, storm(20, notify.KindNew)); len(got) != 40 {
		t.Errorf("20 cases are %d deliveries, want 40", len(got))
	}
	notices := append(storm(500, notify.KindNew), calmCase(notify.KindReversal), notifytest.Notice(notify.KindSourceDown, ""))
	got := r.Route(notifytest.At, notices)
	var kinds []string
	for _, d := range got {
		kinds = append(kinds, fmt.Sprintf("%s %s %d", d.Address, d.Notice.Kind, len(d.Notice.Cases)))
	}
	want := []string{
		"slack:#it summary 500", "mail:boss@example.co.jp summary 500", "slack:#it reversal 0", "mail:boss@example.co.jp reversal 0", "slack:#it sourcedown 0",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[0].Thread != "" || len(got[1].Notice.Cases[0].Items) != 1 {
		t.Errorf("thread %q, items %v", got[0].Thread, got[1].Notice.Cases[0].Items)
	}

	reversals := r.Route(notifytest.At, storm(30, notify.KindReversal))
	if len(reversals) != 2 || !reversals[0].Notice.Cases[7].Reversed {
		t.Fatalf("a storm of reversals is %v", told(reversals))
	}
	doc, err := templates(t).Render(reversals[0].Notice, notify.Root)
	if err != nil || strings.Count(doc.Text(), "「影響なし」の訂正") != 30 {
		t.Errorf("the summary hides that they are reversals: %v\n%s", err, doc.Text())
	}
}

func TestSilences(t *testing.T) {
	end := notifytest.At.Add(time.Hour)
	tests := []struct {
		name    string
		silence notify.Silence
		notice  notify.Notice
		want    []string
	}{
		{"case", notify.Silence{Case: "case:CVE-2021-44228", Until: end}, calmCase(notify.KindUpdate), []string{}},
		{"urgent too", notify.Silence{Case: "case:CVE-2021-44228", Until: end}, notifytest.Notice(notify.KindUpdate, ""), []string{}},
		{"reversal never", notify.Silence{Case: "case:CVE-2021-44228", Until: end}, calmCase(notify.KindReversal), []string{"slack:#it reversal docs"}},
		{"cve", notify.Silence{CVE: "cve-2021-45046", Until: end}, calmCase(notify.KindUpdate), []string{}},
		{"over", notify.Silence{Case: "case:CVE-2021-44228", Until: notifytest.At}, calmCase(notify.KindUpdate), []string{"slack:#it update order,docs,vcenter,web"}},
		{"item", notify.Silence{Item: "docs", Until: end}, calmCase(notify.KindUpdate), []string{"slack:#it update order,vcenter,web"}},
		{"item of another case", notify.Silence{Item: "docs", Case: "case:x", Until: end}, calmCase(notify.KindUpdate), []string{"slack:#it update order,docs,vcenter,web"}},
		{"elsewhere", notify.Silence{Case: "case:CVE-2021-44228", To: &boss, Until: end}, calmCase(notify.KindUpdate), []string{"slack:#it update order,docs,vcenter,web"}},
		{"nothing in particular", notify.Silence{Until: end}, calmCase(notify.KindUpdate), []string{"slack:#it update order,docs,vcenter,web"}},
		{"source", notify.Silence{Source: "jvndb", Until: end}, notifytest.Notice(notify.KindSourceDown, ""), []string{}},
		{"line of a summary", notify.Silence{CVE: "CVE-2021-44228", Until: end}, notifytest.Notice(notify.KindSummary, ""), []string{"slack:#it summary case:CVE-2021-4102"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := router(t, notify.Rules{Routes: []notify.Route{{To: []notify.Address{it}}}})
			r.SetSilences([]notify.Silence{tt.silence})
			if diff := cmp.Diff(tt.want, told(r.Route(notifytest.At, []notify.Notice{tt.notice}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeysAreMadeOfWhatIsSaid(t *testing.T) {
	base := notifytest.Notice(notify.KindUpdate, "ja")
	later := notifytest.Notice(notify.KindUpdate, "ja")
	later.At = later.At.Add(time.Minute)
	later.Case.Items[0], later.Case.Items[1] = later.Case.Items[1], later.Case.Items[0]
	if notify.KeyOf(base, it) != notify.KeyOf(later, it) {
		t.Error("the same news a minute later has another key")
	}
	different := map[string]func(n *notify.Notice) notify.Address{
		"address":  func(*notify.Notice) notify.Address { return boss },
		"kind":     func(n *notify.Notice) notify.Address { n.Kind = notify.KindReversal; return it },
		"case":     func(n *notify.Notice) notify.Address { n.Case.ID = "x"; return it },
		"digest":   func(n *notify.Notice) notify.Address { n.News[0].Digest = "x"; return it },
		"revision": func(n *notify.Notice) notify.Address { n.News[0].Revision++; return it },
		"change":   func(n *notify.Notice) notify.Address { n.News[0].Changes[0].After = "2.17.0"; return it },
		"verdict":  func(n *notify.Notice) notify.Address { n.Case.Items[0].Verdict = match.Fixed; return it },
		"items":    func(n *notify.Notice) notify.Address { n.Case.Items = n.Case.Items[1:]; return it },
	}
	seen := map[string]string{notify.KeyOf(base, it): "base"}
	for name, change := range different {
		n := notifytest.Notice(notify.KindUpdate, "ja")
		to := change(&n)
		key := notify.KeyOf(n, to)
		if other, ok := seen[key]; ok {
			t.Errorf("%s has the key of %s", name, other)
		}
		seen[key] = name
	}
	for _, kind := range []notify.Kind{notify.KindReminder, notify.KindDigest} {
		a, b := notifytest.Notice(kind, "ja"), notifytest.Notice(kind, "ja")
		b.At = b.At.Add(24 * time.Hour)
		if notify.KeyOf(a, it) == notify.KeyOf(b, it) {
			t.Errorf("tomorrow's %s has today's key", kind)
		}
	}
	down, up := notifytest.Notice(notify.KindSourceDown, "ja"), notifytest.Notice(notify.KindSourceUp, "ja")
	again := notifytest.Notice(notify.KindSourceDown, "ja")
	again.At = again.At.Add(time.Hour)
	if notify.KeyOf(down, it) == notify.KeyOf(up, it) || notify.KeyOf(down, it) != notify.KeyOf(again, it) {
		t.Error("a failure is told once, its end once")
	}
}

// TestRoutingLosesNothing holds, for random routes, that every item which a
// route chooses reaches the route's addresses, that no address gets a notice
// twice, and that what goes in stays as it was.
func TestRoutingLosesNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	owners := []string{"情報システム部", "総務部", "広報部", "法務部"}
	for range 300 {
		var routes []notify.Route
		for range 1 + rnd.IntN(5) {
			r := notify.Route{To: []notify.Address{{Channel: "c", To: fmt.Sprint(rnd.IntN(3))}}}
			for _, o := range owners {
				if rnd.IntN(3) == 0 {
					r.When.Owners = append(r.When.Owners, o)
				}
			}
			routes = append(routes, r)
		}
		n := calmCase(notify.KindUpdate)
		before := *n.Case
		before.Items = slices.Clone(n.Case.Items)
		got := map[string]bool{}
		keys := map[string]bool{}
		for _, d := range router(t, notify.Rules{Routes: routes}).Route(notifytest.At, []notify.Notice{n}) {
			if keys[d.Key] || keys[d.Address.To] {
				t.Fatalf("%s is told twice by %+v", d.Address, routes)
			}
			keys[d.Key], keys[d.Address.To] = true, true
			for _, i := range d.Notice.Case.Items {
				got[d.Address.To+" "+i.ID] = true
			}
		}
		want := map[string]bool{}
		for _, r := range routes {
			for _, i := range n.Case.Items {
				if len(r.When.Owners) == 0 || slices.Contains(r.When.Owners, i.Owner) {
					want[r.To[0].To+" "+i.ID] = true
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("routes %+v (-want +got):\n%s", routes, diff)
		}
		if diff := cmp.Diff(before, *n.Case); diff != "" {
			t.Fatalf("routing changed the notice:\n%s", diff)
		}
	}
}

func TestMistakesInRoutesAreNamed(t *testing.T) {
	good := notify.Route{Name: "r", To: []notify.Address{it}}
	for want, change := range map[string]func(*notify.Route){
		"no address":               func(r *notify.Route) { r.To = nil },
		`lang: "fr"`:               func(r *notify.Route) { r.Lang = "fr" },
		`severity: "severe"`:       func(r *notify.Route) { r.When.Severity = "severe" },
		`notices: "news"`:          func(r *notify.Route) { r.When.Notices = []notify.Kind{"news"} },
		`verdicts: "maybe"`:        func(r *notify.Route) { r.When.Verdicts = []match.Verdict{"maybe"} },
		`hours: "9" is not like`:   func(r *notify.Route) { r.Hours = "mon 9" },
		`hours: "foo" is no day`:   func(r *notify.Route) { r.Hours = "foo 09:00-10:00" },
		`hours: "25:00-26:00"`:     func(r *notify.Route) { r.Hours = "25:00-26:00" },
		`quiet: "07:00-07:00"`:     func(r *notify.Route) { r.Quiet = "07:00-07:00" },
		`digest: "hourly"`:         func(r *notify.Route) { r.Digest = "hourly" },
		`digest: "9:5" is no time`: func(r *notify.Route) { r.Digest = "daily 9:5" },
		"group: -1s is less than":  func(r *notify.Route) { r.Group = -time.Second },
	} {
		r := good
		change(&r)
		_, err := notify.NewRouter(notify.Rules{Routes: []notify.Route{good, r}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func FuzzHours(f *testing.F) {
	f.Add("mon-fri 09:00-18:00", "22:00-07:00", "weekly mon 09:00", int64(1639445400))
	f.Add("日,土 00:00-24:00", "00:00-23:59", "daily 00:00", int64(0))
	f.Fuzz(func(t *testing.T, hours, quiet, digest string, unix int64) {
		r, err := notify.NewRouter(notify.Rules{Routes: []notify.Route{{To: []notify.Address{it}, Hours: hours, Quiet: quiet, Digest: digest}}})
		if err != nil || unix < 0 || unix > 1<<35 {
			return
		}
		now := time.Unix(unix, 0)
		ds := r.Route(now, []notify.Notice{calmCase(notify.KindNew)})
		if len(ds) != 1 || ds[0].NotBefore.Before(now.Truncate(time.Second)) || ds[0].NotBefore.Sub(now) > 40*24*time.Hour {
			t.Fatalf("%q %q %q at %s: %+v", hours, quiet, digest, now, ds)
		}
	})
}

func BenchmarkRoute(b *testing.B) {
	var routes []notify.Route
	for i := range 50 {
		routes = append(routes, notify.Route{When: notify.Filter{Owners: []string{fmt.Sprint("部署", i)}, Severity: "high"}, To: []notify.Address{{Channel: "mail", To: fmt.Sprint(i)}}})
	}
	routes = append(routes, notify.Route{To: []notify.Address{it}})
	r := router(b, notify.Rules{Routes: routes})
	notices := storm(500, notify.KindNew)
	for b.Loop() {
		r.Route(notifytest.At, notices)
	}
}
