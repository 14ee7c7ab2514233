package boltstore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

func openBench(b *testing.B) *boltstore.Store {
	b.Helper()
	s, err := boltstore.Open(filepath.Join(b.TempDir(), "hansho.db"), boltstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func update(b *testing.B, s *boltstore.Store, fn func(store.Tx) error) {
	b.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		b.Fatal(err)
	}
}

// logged is an advisory of the usual size: a few products, a summary.
func logged(i, revision int) store.Record {
	a := advisory.Advisory{
		ID: fmt.Sprintf("jvndb:JVNDB-2021-%06d", i), Source: "jvndb", Kind: advisory.KindVulnerability, Lang: "ja",
		Title:   "Apache Log4j における任意のコードが実行可能な脆弱性",
		Summary: fmt.Sprintf("Apache Log4j には、信頼できないデータの扱いに起因する脆弱性が存在します。第 %d 版。", revision),
		CVEs:    []string{fmt.Sprintf("CVE-2021-%d", 10000+i)}, Refs: []string{fmt.Sprintf("JVNVU#%d", 90000000+i)},
		Severity:  advisory.Severity{Rating: "critical", Score: 10, Vectors: []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}},
		Links:     []string{"https://jvndb.example.jp/ja/contents/2021/JVNDB-2021-005429.html"},
		Published: at, Updated: at,
	}
	for p := range 4 {
		a.Products = append(a.Products, advisory.ProductStatus{
			Vendor: "apache", Product: fmt.Sprintf("log4j-%d", p), CPE: "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*",
			Versions: "vers:maven/>=2.0|<2.15.0", Status: advisory.StatusAffected, Fixed: "2.15.0",
		})
	}
	return store.Record{Advisory: a, First: at, Changed: at, Digest: "0123456789abcdef0123456789abcdef", Revision: revision}
}

// queued is a delivery of the usual size.
func queued(i int) notify.Delivery {
	r := logged(i, 1)
	d := notify.Delivery{
		Address: notify.Address{Channel: "slack", To: "#soc"},
		Thread:  fmt.Sprintf("case:CVE-2021-%d", i), Created: at, NotBefore: at,
		Notice: notify.Notice{
			Kind: notify.KindNew, Lang: "ja", At: at,
			Case: &notify.CaseView{ID: fmt.Sprintf("case:CVE-2021-%d", i), Name: r.Advisory.Title, CVEs: r.Advisory.CVEs, Summary: r.Advisory.Summary},
			News: []notify.News{{SourceView: notify.SourceView{Advisory: r.Advisory.ID, Title: r.Advisory.Title, Link: r.Advisory.Links[0]}}},
		},
	}
	d.Key = notify.KeyOf(d.Notice, d.Address) // a hash, as in life: it falls anywhere in the file
	return d
}

// written gives the bytes that this process has written, where Linux says so.
func written() int64 {
	raw, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	var read, wrote int64
	_, _ = fmt.Sscanf(string(raw), "rchar: %d\nwchar: %d", &read, &wrote)
	return wrote
}

// BenchmarkPutAdvisory is one record inside a transaction of 500.
func BenchmarkPutAdvisory(b *testing.B) {
	for _, name := range []string{"new", "revised"} {
		b.Run(name, func(b *testing.B) {
			s := openBench(b)
			revision := 1
			if name == "revised" {
				update(b, s, put(0, 5000, 1))
				revision = 2
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += 500 {
				from := i
				if name == "revised" {
					from = i % 5000
				}
				update(b, s, put(from, from+min(500, b.N-i), revision))
			}
		})
	}
}

func put(from, to, revision int) func(store.Tx) error {
	return func(tx store.Tx) error {
		for i := from; i < to; i++ {
			if err := tx.PutAdvisory(logged(i, revision)); err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkCommitPoll is a poll of 500 advisories, 50 of them told, and the
// source's cursor, with its sync to the disk.
func BenchmarkCommitPoll(b *testing.B) {
	s := openBench(b)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		update(b, s, func(tx store.Tx) error {
			if err := put(n, n+500, 1)(tx); err != nil {
				return err
			}
			for i := n; i < n+50; i++ {
				if _, err := tx.Enqueue(queued(i)); err != nil {
					return err
				}
			}
			return tx.PutSource(store.SourceState{ID: "jvndb", LastPoll: at})
		})
		n += 500
	}
}

func BenchmarkAdvisory(b *testing.B) {
	s := openBench(b)
	update(b, s, put(0, 1000, 1))
	b.ReportAllocs()
	err := s.View(b.Context(), func(tx store.Tx) error {
		i := 0
		for b.Loop() {
			if _, err := tx.Advisory(fmt.Sprintf("jvndb:JVNDB-2021-%06d", i%1000)); err != nil {
				return err
			}
			i++
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOutbox is one delivery from claim to receipt through the dispatcher,
// with a channel that takes no time and the disk's syncs, beside so many
// deliveries that were sent before.
func BenchmarkOutbox(b *testing.B) {
	for _, history := range []int{0, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("history=%d", history), func(b *testing.B) {
			if history > 100_000 && testing.Short() {
				b.Skip("takes a minute to fill")
			}
			s := openBench(b)
			remember(b, s, history)
			for i := 0; i < b.N; i += 5000 {
				update(b, s, enqueue(history+i, history+min(i+5000, b.N)))
			}
			var sent atomic.Int64
			d := notify.NewDispatcher(store.NewOutbox(s), notify.Dispatch{
				Channels:    map[string]notify.Channel{"slack": instant{&sent}},
				Concurrency: 64,
			})
			before := written()
			b.ResetTimer()
			if _, err := d.Drain(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if sent.Load() != int64(b.N) {
				b.Fatalf("%d sent, want %d", sent.Load(), b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
			b.ReportMetric(float64(written()-before)/float64(b.N), "disk-B/delivery")
		})
	}
}

type instant struct{ sent *atomic.Int64 }

func (c instant) Deliver(context.Context, notify.Message) (notify.Receipt, error) {
	c.sent.Add(1)
	return notify.Receipt{ID: "1639182600.000100", At: at}, nil
}

func enqueue(from, to int) func(store.Tx) error {
	return func(tx store.Tx) error {
		for i := from; i < to; i++ {
			if _, err := tx.Enqueue(queued(i)); err != nil {
				return err
			}
		}
		return nil
	}
}

// remember fills a store with deliveries that were sent.
func remember(b *testing.B, s *boltstore.Store, n int) {
	b.Helper()
	for from := 0; from < n; from += 5000 {
		update(b, s, func(tx store.Tx) error {
			if err := enqueue(from, from+5000)(tx); err != nil {
				return err
			}
			for i := from; i < from+5000; i++ {
				r := notify.Receipt{ID: "1639182600.000100", At: at.Add(time.Duration(i) * time.Second)}
				if err := tx.Settle(queued(i).Key, notify.Sent, r, ""); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
