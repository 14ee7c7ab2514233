package e2e

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/internal/realdata"
	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
	"hansho/store/boltstore"
	"hansho/vendors"
)

// nobody is told.
type nobody struct{}

func (nobody) Route(time.Time, []notify.Notice) []notify.Delivery { return nil }

// TestRematchOfManyAdvisories: a product declared today is matched against many
// advisories (a hundred thousand with HANSHO_FULL=1) in a time that a person waits, and in memory that
// doesn't grow with their number.
func TestRematchOfManyAdvisories(t *testing.T) {
	want := 10_000
	if full() {
		want = 100_000
	}
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "many.db"), boltstore.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, st.Close()) })
	start := time.Now()
	n := fill(t, st, want)
	t.Logf("%d advisories stored in %v", n, time.Since(start).Round(time.Millisecond))

	build := func(items []inventory.Item) pipeline.Matcher {
		m, errs := match.New(items, match.WithNames(dictionary.Builtin()))
		must(t, errors.Join(errs...))
		return m
	}
	p := pipeline.New(st, nobody{}, nil, nil, build(nil), pipeline.Options{Now: func() time.Time {
		return time.Date(2019, 1, 10, 0, 0, 0, 0, time.UTC)
	}})
	old := []inventory.Item{{ID: "a", Vendor: "Microsoft", Product: "Windows 10", Version: "1809"}}
	added := inventory.Item{ID: "b", Vendor: "Mozilla", Product: "Firefox", Version: "60.0"}
	for _, test := range []struct {
		name  string
		items []inventory.Item
		most  time.Duration
	}{
		{"the first item", old, 2 * time.Minute},
		{"one more item", append(old, added), 2 * time.Minute},
		{"nothing changed", append(old, added), time.Second},
	} {
		peak := heapPeak()
		start := time.Now()
		rep, err := p.Rematch(t.Context(), test.items, build)
		must(t, err)
		wall, mb := time.Since(start), peak()
		t.Logf("%s: %v, heap peak %d MB; %d advisories met, %d matches, %d cases", test.name, wall.Round(time.Millisecond), mb, rep.Fetched, rep.Matches, len(rep.Cases))
		if wall > test.most || mb > 300 {
			t.Errorf("%s: %v and %d MB are too much", test.name, wall, mb)
		}
	}
}

// fill stores real NVD entries, under further ids until there are enough.
func fill(t *testing.T, st store.Store, want int) int {
	t.Helper()
	n := 0
	var page []advisory.Advisory
	flush := func() {
		must(t, st.Update(t.Context(), func(tx store.Tx) error {
			for _, a := range page {
				if err := tx.PutAdvisory(store.Record{Advisory: a, First: a.Published, Changed: a.Published, Digest: a.ID, Revision: 1, Quiet: true}); err != nil {
					return err
				}
			}
			return nil
		}))
		n += len(page)
		page = page[:0]
	}
	for round := 0; n < want; round++ {
		for year := 2013; year <= 2018 && n < want; year++ {
			r := realdata.Open(t, fmt.Sprintf("nvd/nvdcve-1.1-%d.json.gz", year))
			must(t, vendors.ReadNVD(r, func(a advisory.Advisory, err error) bool {
				must(t, err)
				if round > 0 {
					a.ID += fmt.Sprintf("-copy%d", round)
					for i, cve := range a.CVEs {
						a.CVEs[i] = strings.Replace(cve, "CVE-20", fmt.Sprintf("CVE-2%d", round), 1)
					}
				}
				page = append(page, a)
				if len(page) == 2000 {
					flush()
				}
				return n < want
			}))
		}
	}
	flush()
	return n
}

// heapPeak watches the heap until it is asked, and gives the highest in MB.
func heapPeak() func() uint64 {
	runtime.GC()
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse>>20))
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return peak.Load()
	}
}
