package storetest

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

func everyField(t *testing.T, s store.Store) {
	var (
		rec store.Record
		src store.SourceState
		c   cases.Case
		l   cases.Letter
		e   cases.Enquiry
		th  notify.Thread
		sub notify.Subscription
		d   notify.Delivery
	)
	for _, v := range []any{&rec, &src, &c, &l, &e, &th, &sub, &d} {
		fill(v)
	}
	update(t, s, func(tx store.Tx) error {
		_, err := tx.Enqueue(d)
		return errors.Join(err, tx.PutAdvisory(rec), tx.PutSource(src), tx.PutCase(c), tx.PutLetter(l),
			tx.PutEnquiry(e), tx.PutThread(th), tx.PutSubscription(sub))
	})
	// What Enqueue decides is not the caller's.
	d.State, d.Lease, d.Tries, d.Fails = notify.Due, time.Time{}, 0, 0
	view(t, s, func(tx store.Tx) error {
		return errors.Join(
			same(t, rec)(tx.Advisory(rec.Advisory.ID)),
			same(t, src)(tx.Source(src.ID)),
			same(t, c)(tx.Case(c.ID)),
			same(t, l)(tx.Letter(l.ID)),
			same(t, e)(tx.Enquiry(e.ID)),
			same(t, th)(tx.Thread(th.Key)),
			same(t, []notify.Subscription{sub})(tx.SubscriptionsAfter("", 0)),
			same(t, d)(tx.Delivery(d.Key)))
	})
}

// same compares what a lookup gives.
func same[T any](t *testing.T, want T) func(got T, err error) error {
	return func(got T, err error) error {
		t.Helper()
		equal(t, "record", got, want)
		return err
	}
}

func microseconds(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		if _, err := tx.Enqueue(notify.Delivery{
			Key: "d", Created: now(), NotBefore: now(),
			Notice: notify.Notice{At: now(), News: []notify.News{{SourceView: notify.SourceView{Updated: now()}}}},
		}); err != nil {
			return err
		}
		if _, err := tx.Claim(now(), 1, 1, nil); err != nil {
			return err
		}
		return tx.PutAdvisory(store.Record{First: now(), Advisory: advisory.Advisory{ID: "a:1", History: []advisory.Revision{{Date: now()}}}})
	})
	view(t, s, func(tx store.Tx) error {
		d, err := tx.Delivery("d")
		equal(t, "created", d.Created, micros())
		equal(t, "not before", d.NotBefore, micros())
		equal(t, "lease", d.Lease, micros())
		equal(t, "notice", d.Notice.At, micros())
		equal(t, "news", d.Notice.News[0].Updated, micros())
		r, err2 := tx.Advisory("a:1")
		equal(t, "first", r.First, micros())
		equal(t, "history", r.Advisory.History[0].Date, micros())
		equal(t, "unset", r.Changed.IsZero(), true)
		return errors.Join(err, err2)
	})
}

func large(t *testing.T, s store.Store) {
	value := strings.Repeat("注意喚起 Apache Log4j の任意のコード実行の脆弱性", 1<<20/64)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutNote("big", []byte(value)),
			tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: "a:1", Summary: value}}))
	})
	view(t, s, func(tx store.Tx) error {
		note, err := tx.Note("big")
		r, err2 := tx.Advisory("a:1")
		equal(t, "note is whole", string(note) == value, true)
		equal(t, "summary is whole", r.Advisory.Summary == value, true)
		return errors.Join(err, err2)
	})
}

// hostile: one bad entry of a feed must not fail the transaction of a poll.
func hostile(t *testing.T, s store.Store) {
	long := strings.Repeat("x", 100_000)
	a := advisory.Advisory{
		ID: "a:1", Source: "a", Title: "bad \xff UTF-8 \x00 \u2028", CVEs: []string{long, "CVE-2021-44228", ""},
		Refs: []string{"a\x00b"}, Severity: advisory.Severity{Score: math.NaN()}, Published: now().AddDate(90_000, 0, 0),
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutAdvisory(store.Record{Advisory: a}), tx.PutAdvisory(store.Record{Advisory: a}),
			tx.PutCase(cases.Case{ID: "c", CVEs: a.CVEs}))
	})
	view(t, s, func(tx store.Tx) error {
		r, err := tx.Advisory("a:1")
		equal(t, "title", r.Advisory.Title, "bad \uFFFD UTF-8 \x00 \u2028")
		equal(t, "CVEs", r.Advisory.CVEs, a.CVEs)
		equal(t, "a year that can't be", r.Advisory.Published.IsZero(), true)
		by, err2 := tx.AdvisoriesBy(long)
		equal(t, "found by too long a key", len(by), 0)
		return errors.Join(err, err2,
			same(t, []string{"a:1"})(tx.AdvisoriesBy("a\x00b")),
			same(t, []string{"a:1"})(tx.AdvisoriesBy("CVE-2021-44228")),
			same(t, "c")(tx.CaseBy("CVE-2021-44228")))
	})
}

// unordered are ids whose bytewise order is not that of any dictionary.
func unordered() []string {
	return []string{"ん", "a", "日本語", "B", "あ", "z-1", "z", "é", "本", "Z", "ア"}
}

func order(t *testing.T, s store.Store) {
	want := unordered()
	slices.Sort(want)
	update(t, s, func(tx store.Tx) error {
		var err error
		for _, id := range unordered() {
			_, e := tx.Enqueue(notify.Delivery{Key: id})
			err = errors.Join(err, e, tx.PutNote(id, nil), tx.PutSource(store.SourceState{ID: id}), tx.PutCase(cases.Case{ID: id}),
				tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: id, Source: "s", CVEs: []string{"C"}}}))
		}
		return err
	})
	view(t, s, func(tx store.Tx) error {
		notes, err := tx.NotesAfter("", "", 0)
		equal(t, "notes", ids(notes, func(n store.Note) string { return n.Name }), want)
		sources, err2 := tx.SourceStates()
		equal(t, "sources", ids(sources, func(s store.SourceState) string { return s.ID }), want)
		cs, err3 := tx.CasesAfter("", 0)
		equal(t, "cases", ids(cs, func(c cases.Case) string { return c.ID }), want)
		ds, err4 := tx.Deliveries(notify.Due, "", 0)
		equal(t, "deliveries", keys(ds), want)
		return errors.Join(err, err2, err3, err4,
			same(t, want)(tx.AdvisoriesOf("s", "", 0)), same(t, want)(tx.AdvisoriesBy("C")))
	})
}

func ids[T any](all []T, id func(T) string) []string {
	var out []string
	for _, v := range all {
		out = append(out, id(v))
	}
	return out
}

func paging(t *testing.T, s store.Store) {
	want := unordered()
	slices.Sort(want)
	update(t, s, func(tx store.Tx) error {
		for _, id := range want {
			if err := tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: id, Source: "s"}}); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx store.Tx) error {
		var records, ofSource []string
		for after := ""; ; {
			page, err := tx.AdvisoriesAfter(after, 3)
			if err != nil || len(page) == 0 {
				break
			}
			records = append(records, ids(page, func(r store.Record) string { return r.Advisory.ID })...)
			after = records[len(records)-1]
		}
		for after := ""; ; {
			page, err := tx.AdvisoriesOf("s", after, 3)
			if err != nil || len(page) == 0 {
				break
			}
			ofSource = append(ofSource, page...)
			after = ofSource[len(ofSource)-1]
		}
		equal(t, "records", records, want)
		equal(t, "ids of the source", ofSource, want)
		past, err := tx.AdvisoriesAfter("a-that-is-not-there", 1)
		equal(t, "after a missing key", past[0].Advisory.ID, "z")
		return err
	})
}

func advisoryKeys(t *testing.T, s store.Store) {
	put := func(id, source string, cves, refs []string) {
		update(t, s, func(tx store.Tx) error {
			return tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: id, Source: source, CVEs: cves, Refs: refs}})
		})
	}
	put("jvn:1", "jvn", []string{"CVE-1", "CVE-2"}, []string{"JVNVU#1"})
	put("jpcert:1", "jpcert", []string{"CVE-1"}, nil)
	put("jvn:1", "jvn", []string{"CVE-1", "CVE-3"}, nil) // revised
	view(t, s, func(tx store.Tx) error {
		return errors.Join(
			same(t, []string{"jpcert:1", "jvn:1"})(tx.AdvisoriesBy("CVE-1")),
			same(t, []string(nil))(tx.AdvisoriesBy("CVE-2")),
			same(t, []string{"jvn:1"})(tx.AdvisoriesBy("CVE-3")),
			same(t, []string(nil))(tx.AdvisoriesBy("JVNVU#1")),
			same(t, []string{"jvn:1"})(tx.AdvisoriesOf("jvn", "", 0)))
	})
}

func prefixes(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(
			tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: "a:1", Source: "jvn", CVEs: []string{"CVE-1"}}}),
			tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: "a:2", Source: "jvndb", CVEs: []string{"CVE-11"}}}))
	})
	view(t, s, func(tx store.Tx) error {
		return errors.Join(
			same(t, []string{"a:1"})(tx.AdvisoriesBy("CVE-1")),
			same(t, []string{"a:1"})(tx.AdvisoriesOf("jvn", "", 0)),
			same(t, []string(nil))(tx.AdvisoriesBy("")))
	})
}

func caseKeys(t *testing.T, s store.Store) {
	shell := cases.Case{ID: "case:CVE-1", CVEs: []string{"CVE-1"}, Refs: []string{"JVN#1"}, Statements: map[string]cases.Statement{
		"jvn:1":        {ID: "jvn:1"},
		"weekly:wr-49": {ID: "weekly:wr-49", Kind: advisory.KindRoundup},
	}}
	other := cases.Case{ID: "case:CVE-2", CVEs: []string{"CVE-2"}, Statements: map[string]cases.Statement{"jvn:2": {ID: "jvn:2"}}}
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutCase(shell), tx.PutCase(other)) })
	view(t, s, func(tx store.Tx) error {
		_, err := tx.CaseBy("weekly:wr-49")
		equal(t, "a round-up leads to no case", errors.Is(err, store.ErrNotFound), true)
		return errors.Join(same(t, shell.ID)(tx.CaseBy("CVE-1")), same(t, shell.ID)(tx.CaseBy("JVN#1")),
			same(t, shell.ID)(tx.CaseBy("jvn:1")), same(t, other.ID)(tx.CaseBy("CVE-2")))
	})
	// The second turns out to be the first.
	shell.CVEs, shell.Refs = []string{"CVE-1", "CVE-2"}, nil
	shell.Merged = []string{other.ID}
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutCase(shell), tx.DeleteCase(other.ID)) })
	view(t, s, func(tx store.Tx) error {
		for _, gone := range []string{"JVN#1", "jvn:2"} {
			_, err := tx.CaseBy(gone)
			equal(t, gone+" is gone", errors.Is(err, store.ErrNotFound), true)
		}
		return errors.Join(same(t, shell.ID)(tx.CaseBy("CVE-2")), same(t, shell.ID)(tx.CaseBy(other.ID)))
	})
}

func notes(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutNote("silence/a", []byte("1")), tx.PutNote("silence/b", nil), tx.PutNote("silence/c", []byte("3")),
			tx.PutNote("weekly", []byte("4")), tx.PutNote("a", []byte("5")), tx.DeleteNote("silence/c"))
	})
	view(t, s, func(tx store.Tx) error {
		all, err := tx.NotesAfter("silence/", "", 0)
		equal(t, "by prefix", ids(all, func(n store.Note) string { return n.Name }), []string{"silence/a", "silence/b"})
		rest, err2 := tx.NotesAfter("silence/", "silence/a", 0)
		equal(t, "after a name", ids(rest, func(n store.Note) string { return n.Name }), []string{"silence/b"})
		value, err3 := tx.Note("silence/b")
		equal(t, "an empty value", len(value), 0)
		return errors.Join(err, err2, err3)
	})
}
