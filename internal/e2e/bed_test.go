package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"hansho/notify/mail/mailtest"
	"hansho/notify/slack/slacktest"
	"hansho/store"
	"hansho/store/boltstore"
)

// bed is a company whose sources have been polled once, to be polled again and
// again from that state with another web each time.
type bed struct {
	t     *testing.T
	c     *Company
	pages map[string][]byte // the web as it was at the first poll
	db    []byte            // the store after it
}

// newBed polls a web once. What it told then is not looked at: the first
// contact is quiet.
func newBed(t *testing.T, pages map[string][]byte, config, inventory string) *bed {
	t.Helper()
	dir := t.TempDir()
	web, err := StartWeb(dir)
	must(t, err)
	t.Cleanup(func() { _ = web.Close() })
	bin, err := Build(t.Context(), dir)
	must(t, err)
	c, err := NewCompany(dir, bin, web, Setup{Config: config, Inventory: inventory})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	b := &bed{t: t, c: c, pages: pages}
	b.publish(pages)
	first := b.poll()
	for id, r := range first.reports {
		if r.Failed != "" || !r.First {
			t.Fatalf("first poll of %s: %+v", id, r)
		}
		t.Logf("first poll: %-16s read %4d, new %4d, matches %3d", id, r.Fetched, r.New, r.Matches)
	}
	b.db, err = os.ReadFile(c.Store())
	must(t, err)
	return b
}

// full says that the long tests are to run whole: HANSHO_FULL=1. The gate runs
// all tests with the race detector, and would wait minutes for them.
func full() bool { return os.Getenv("HANSHO_FULL") != "" }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bed) publish(pages map[string][]byte) {
	for address, body := range pages {
		b.c.Web.Put(address, body)
	}
}

// reset goes back to the state after the first poll.
func (b *bed) reset(t *testing.T) {
	t.Helper()
	b.t = t
	b.publish(b.pages)
	must(t, os.WriteFile(b.c.Store(), b.db, 0o600))
}

// edit publishes a page otherwise than it was; the edit must change it.
func (b *bed) edit(address string, change func(string) string) {
	b.t.Helper()
	before := string(b.pages[address])
	after := change(before)
	if after == before {
		b.t.Fatalf("%s: the edit changes nothing", address)
	}
	b.c.Web.Put(address, []byte(after))
}

// report is what hansho poll --json prints of a source.
type report struct {
	Source    string
	Fetched   int
	Unchanged bool
	New       int
	Revised   int
	Matches   int
	Notices   int
	First     bool
	Failed    string
	Errors    []string
	Bytes     int64
}

// polled is what one pass came to: the reports, and what arrived.
type polled struct {
	reports map[string]report
	slack   []slacktest.Message
	mail    []mailtest.Message
	exit    int
}

func (b *bed) poll() polled {
	b.t.Helper()
	slackBefore, mailBefore := len(b.c.Slack.Messages("")), len(b.c.Mail.Messages())
	r, err := b.c.Run(b.t.Context(), "poll", "--json")
	must(b.t, err)
	p := polled{reports: map[string]report{}, exit: r.Exit}
	dec := json.NewDecoder(strings.NewReader(r.Stdout))
	for dec.More() {
		var line json.RawMessage
		must(b.t, dec.Decode(&line))
		var one report
		if err := json.Unmarshal(line, &one); err == nil { // the last line is the sum, whose fields are others
			p.reports[one.Source] = one
		}
	}
	if len(p.reports) == 0 {
		b.t.Fatalf("poll: exit %d: %s", r.Exit, r.Stderr)
	}
	p.slack, p.mail = b.c.Slack.Messages("")[slackBefore:], b.c.Mail.Messages()[mailBefore:]
	return p
}

// told fails unless so many messages arrived at each place.
func (p polled) told(t *testing.T, n int) {
	t.Helper()
	if len(p.slack) != n || len(p.mail) != n {
		t.Errorf("%d Slack messages and %d mails, want %d of each", len(p.slack), len(p.mail), n)
		for _, m := range p.slack {
			t.Logf("Slack: %.600s", words(m))
		}
	}
}

// words are all that a Slack message says.
func words(m slacktest.Message) string { return m.Text + "\n" + string(m.Blocks) }

// memory is all that a store holds, by kind and key, in one line each.
type memory map[string]string

// remember reads the store. Of the sources it leaves out what a poll that found
// nothing new may write: when it was, and the cursor.
func (b *bed) remember() memory {
	b.t.Helper()
	st, err := boltstore.Open(b.c.Store(), boltstore.Options{ReadOnly: true})
	must(b.t, err)
	defer st.Close()
	m := memory{}
	keep := func(kind, key string, v any) {
		line, err := json.Marshal(v)
		must(b.t, err)
		m[kind+" "+key] = string(line)
	}
	must(b.t, st.View(b.t.Context(), func(tx store.Tx) error { return readAll(tx, keep) }))
	return m
}

// cursors are where the sources left off.
func (b *bed) cursors() map[string]string {
	b.t.Helper()
	st, err := boltstore.Open(b.c.Store(), boltstore.Options{ReadOnly: true})
	must(b.t, err)
	defer st.Close()
	out := map[string]string{}
	must(b.t, st.View(b.t.Context(), func(tx store.Tx) error {
		states, err := tx.SourceStates()
		for _, s := range states {
			out[s.ID] = string(s.Cursor)
		}
		return err
	}))
	return out
}

func readAll(tx store.Tx, keep func(kind, key string, v any)) error {
	records, err := tx.AdvisoriesAfter("", 0)
	if err != nil {
		return err
	}
	for _, r := range records {
		keep("advisory", r.Advisory.ID, r)
	}
	list, err := tx.CasesAfter("", 0)
	if err != nil {
		return err
	}
	for _, c := range list {
		keep("case", c.ID, c)
	}
	deliveries, err := tx.Deliveries("", "", 0)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		keep("delivery", d.Key, d)
	}
	notes, err := tx.NotesAfter("", "", 0)
	if err != nil {
		return err
	}
	for _, n := range notes {
		keep("note", n.Name, n)
	}
	states, err := tx.SourceStates()
	for _, s := range states {
		keep("source", s.ID, []any{s.FirstPoll, s.Items, s.EntryErrors, s.Warnings, s.Failures, s.ToldDown})
	}
	return err
}

// differs lists what is not the same in two memories.
func (m memory) differs(after memory) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if after[key] != m[key] {
			out = append(out, fmt.Sprintf("%s: %.200s … %.200s", key, m[key], after[key]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, ok := m[key]; !ok {
			out = append(out, "new: "+key)
		}
	}
	return out
}

// same fails where the store's content is not what it was.
func (b *bed) same(before memory) {
	b.t.Helper()
	if d := before.differs(b.remember()); len(d) > 0 {
		b.t.Errorf("%d records differ:\n%s", len(d), strings.Join(d[:min(len(d), 10)], "\n"))
	}
}

// serve answers an address with a status, headers and bytes as they are.
func serve(header map[string]string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		_, _ = w.Write(body)
	})
}
