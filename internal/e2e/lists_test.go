package e2e

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
	"hansho/store/boltstore"
	"hansho/vendors"
)

// counter is a channel that keeps what it is told.
type counter struct{ told []notify.Notice }

func (c *counter) Deliver(_ context.Context, m notify.Message) (notify.Receipt, error) {
	c.told = append(c.told, m.Delivery.Notice)
	return notify.Receipt{ID: m.Delivery.Key}, nil
}

// reader is a company that follows one list: the real source over HTTP, the
// real store, matcher, router and dispatcher.
type reader struct {
	t          *testing.T
	now        time.Time
	page       http.Handler
	source     feeds.Source
	pipeline   *pipeline.Pipeline
	dispatcher *notify.Dispatcher
	channel    *counter
	store      *boltstore.Store
}

func newReader(t *testing.T, entry feeds.Entry, items []inventory.Item) *reader {
	t.Helper()
	r := &reader{t: t, channel: &counter{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.page.ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	clock := func() time.Time { return r.now }
	entry.URL = server.URL + "/README.md"
	client := feeds.NewClient(feeds.Options{HostSpacing: -1})
	sources, errs := vendors.Build([]feeds.Entry{entry}, client, clock)
	must(t, errors.Join(errs...))
	r.source = sources[0]
	var err error
	r.store, err = boltstore.Open(filepath.Join(t.TempDir(), "list.db"), boltstore.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, r.store.Close()) })
	to := notify.Address{Channel: "count", To: "all"}
	router, err := notify.NewRouter(notify.Rules{Routes: []notify.Route{{Name: "all", To: []notify.Address{to}, Lang: "ja"}}})
	must(t, err)
	m, errs := match.New(items, match.WithNames(dictionary.Builtin()))
	must(t, errors.Join(errs...))
	r.pipeline = pipeline.New(r.store, router, []feeds.Entry{entry}, items, m, pipeline.Options{Now: clock})
	r.dispatcher = notify.NewDispatcher(store.NewOutbox(r.store), notify.Dispatch{
		Channels: map[string]notify.Channel{"count": r.channel}, Now: clock, Log: slog.New(slog.DiscardHandler), Concurrency: 1,
	})
	return r
}

// poll has the list stand as in a revision, and gives what was told of it.
func (r *reader) poll(rev revision) (pipeline.Report, []notify.Notice) {
	r.t.Helper()
	at, err := time.Parse("20060102T150405Z", strings.SplitN(rev.name, "_", 2)[0])
	must(r.t, err)
	r.now, r.page = at, Document(rev.text)
	before := len(r.channel.told)
	rep, err := r.pipeline.Poll(r.t.Context(), r.source)
	if err != nil && rep.Failed == "" {
		r.t.Fatal(err)
	}
	_, err = r.dispatcher.Drain(r.t.Context())
	must(r.t, err)
	return rep, r.channel.told[before:]
}

func listEntry(t *testing.T) feeds.Entry {
	t.Helper()
	all, err := vendors.Catalogue()
	must(t, err)
	i := slices.IndexFunc(all, func(e feeds.Entry) bool { return e.ID == "ncsc-nl-log4shell" })
	e := all[i]
	e.Enabled, e.Mapping = true, map[string]string{"cve": "CVE-2021-44228"}
	return e
}

// itemsOf makes an inventory of products of the list.
func itemsOf(names []string, h history) []inventory.Item {
	var items []inventory.Item
	for i, name := range names {
		vendor, product, _ := strings.Cut(name, "|")
		items = append(items, inventory.Item{
			ID: fmt.Sprintf("%03d", i), Name: name, Vendor: vendor, Product: product, Version: h.version[name],
		})
	}
	return items
}

// drawn picks n names by the digest of each: the same ones every time, and
// nobody's choice.
func drawn(names []string, n int) []string {
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int {
		x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
		return slices.Compare(x[:], y[:])
	})
	return names[:min(n, len(names))]
}

// sampled is the list's history, one in a hundred of its states unless all are asked
// for.
func sampled(t *testing.T) []revision {
	t.Helper()
	all := revisions(t)
	if full() {
		return all
	}
	var some []revision
	for i := 0; i < len(all); i += 100 {
		some = append(some, all[i])
	}
	return some
}

// TestListForCompany is what a company with forty products of NCSC-NL's list
// would have been told through the crisis.
func TestListForCompany(t *testing.T) {
	t.Parallel()
	revs := sampled(t)
	h := readHistory(revs)
	items := itemsOf(drawn(h.names, 40), h)
	r := newReader(t, listEntry(t), items)
	for _, it := range items {
		t.Logf("item %s: %s %s", it.ID, it.Name, it.Version)
	}
	start := time.Now()
	var days []*listDay
	var failed int
	for _, rev := range revs {
		rep, told := r.poll(rev)
		if rep.Failed != "" {
			failed++
			t.Logf("%s: %s", rev.name, rep.Failed)
		}
		if len(days) == 0 || days[len(days)-1].name != rev.name[:8] {
			days = append(days, &listDay{name: rev.name[:8]})
		}
		days[len(days)-1].add(h, rev, rep, told)
		for _, n := range told {
			t.Logf("%s %s", rev.name[:15], inWords(n))
		}
	}
	printDays(t, days)
	t.Logf("%d revisions in %v, %d could not be read, %d notices", len(revs), time.Since(start).Round(time.Millisecond), failed, len(r.channel.told))
}

// listDay is what came of the revisions of one day.
type listDay struct {
	name                      string
	polls, failed             int
	rows, odd                 int // of the last revision, by eye
	changed                   int // advisories new, revised or withdrawn
	turned                    int // rows from safe to hit, by eye
	notices, reversals, lines int
}

func (d *listDay) add(h history, rev revision, rep pipeline.Report, told []notify.Notice) {
	d.polls++
	if rep.Failed != "" {
		d.failed++
	}
	d.rows, d.odd = h.rows[rev.name], h.odd[rev.name]
	d.changed += rep.New + rep.Revised
	d.turned += len(h.turned[rev.name])
	d.notices += len(told)
	for _, n := range told {
		d.lines += len(n.News)
		if n.Kind == notify.KindReversal {
			d.reversals++
		}
	}
}

func printDays(t *testing.T, days []*listDay) {
	t.Helper()
	t.Logf("%-8s %5s %6s %6s %4s %8s %6s %8s %9s %6s", "day", "polls", "failed", "rows", "odd", "changes", "turned", "notices", "reversals", "lines")
	sum := listDay{name: "all"}
	for _, d := range days {
		t.Logf("%-8s %5d %6d %6d %4d %8d %6d %8d %9d %6d", d.name, d.polls, d.failed, d.rows, d.odd, d.changed, d.turned, d.notices, d.reversals, d.lines)
		sum.polls, sum.failed, sum.changed, sum.turned = sum.polls+d.polls, sum.failed+d.failed, sum.changed+d.changed, sum.turned+d.turned
		sum.notices, sum.reversals, sum.lines = sum.notices+d.notices, sum.reversals+d.reversals, sum.lines+d.lines
	}
	d := sum
	t.Logf("%-8s %5d %6d %6s %4s %8d %6d %8d %9d %6d", d.name, d.polls, d.failed, "", "", d.changed, d.turned, d.notices, d.reversals, d.lines)
}

// inWords is a notice in one line.
func inWords(n notify.Notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:", n.Kind)
	for _, one := range n.News {
		fmt.Fprintf(&b, " [%s", one.Title)
		for _, c := range one.Changes {
			fmt.Fprintf(&b, "; %s %.60q → %.60q", c.Field, c.Before, c.After)
		}
		b.WriteString("]")
	}
	for _, c := range n.Cases {
		fmt.Fprintf(&b, " (%s: %d items)", c.ID, len(c.Items))
	}
	return b.String()
}

// TestListReversals: every product that went from safe to hit rings at once in a
// company that runs it.
func TestListReversals(t *testing.T) {
	t.Parallel()
	revs := sampled(t)
	h := readHistory(revs)
	var ours []string
	for _, names := range h.turned {
		ours = append(ours, names...)
	}
	slices.Sort(ours)
	ours = slices.Compact(ours)
	if len(ours) == 0 {
		t.Skip("nothing turned in this sample")
	}
	items := itemsOf(ours, h)
	for i := range items {
		items[i].Version = "" // whatever the row's versions are, it is ours
	}
	r := newReader(t, listEntry(t), items)
	rang := 0
	for _, rev := range revs {
		rep, told := r.poll(rev)
		if rep.Failed != "" {
			t.Logf("%s: %s", rev.name, rep.Failed)
		}
		for _, name := range h.turned[rev.name] {
			if !rings(told, name) {
				t.Errorf("%s: %s turned from safe to hit, and nothing rang: %v", rev.name, name, wordsOf(told))
				continue
			}
			rang++
			t.Logf("%s: rang for %s", rev.name[:15], name)
		}
	}
	t.Logf("%d turns of our %d products rang", rang, len(ours))
}

// rings says whether a reversal among notices tells of a product.
func rings(told []notify.Notice, name string) bool {
	_, product, _ := strings.Cut(name, "|")
	return slices.ContainsFunc(told, func(n notify.Notice) bool {
		return n.Kind == notify.KindReversal && slices.ContainsFunc(n.News, func(one notify.News) bool {
			return strings.Contains(strings.ToLower(one.Title), strings.ToLower(product)) && slices.ContainsFunc(one.Changes, isReversal)
		})
	})
}

func isReversal(c advisory.Change) bool {
	return c.Field == "status" && c.Before == string(advisory.StatusNotAffected) && c.After == string(advisory.StatusAffected)
}

func wordsOf(told []notify.Notice) []string {
	var out []string
	for _, n := range told {
		out = append(out, inWords(n))
	}
	return out
}

// TestListRelabelled: a company that runs all that was ever relabelled hears
// nothing of a product in a revision that only words it otherwise.
func TestListRelabelled(t *testing.T) {
	t.Parallel()
	revs := sampled(t)
	h := readHistory(revs)
	var ours []string
	for _, names := range h.relabelled {
		ours = append(ours, names...)
	}
	slices.Sort(ours)
	ours = slices.Compact(ours)
	if len(ours) == 0 {
		t.Skip("nothing was only relabelled in this sample")
	}
	r := newReader(t, listEntry(t), itemsOf(ours, h))
	relabels := 0
	for _, rev := range revs {
		_, told := r.poll(rev)
		for _, name := range h.relabelled[rev.name] {
			relabels++
			if news, ok := toldOf(told, name); ok {
				t.Errorf("%s: %s was only relabelled: %+v", rev.name, name, news.Changes)
			}
		}
	}
	t.Logf("%d products, %d relabels", len(ours), relabels)
}

// toldOf finds what notices tell of a product.
func toldOf(told []notify.Notice, name string) (notify.News, bool) {
	vendor, product, _ := strings.Cut(name, "|")
	title := advisory.ClaimName(advisory.ProductStatus{Vendor: vendor, Product: product})
	for _, n := range told {
		for _, one := range n.News {
			if strings.EqualFold(one.Title, title) {
				return one, true
			}
		}
	}
	return notify.News{}, false
}
