package pipeline

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hansho/feeds"
	"hansho/store"
	"hansho/store/boltstore"
)

// still is a source that says nothing new, and counts what it was asked.
type still struct {
	id    string
	since []string
}

func (s *still) ID() string { return s.id }

func (s *still) Fetch(_ context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	s.since = append(s.since, string(since))
	return feeds.Batch{}, feeds.Cursor(string(since) + "+"), feeds.ErrUnchanged
}

// counted is a store that counts its commits, and fails where it is told to.
type counted struct {
	*boltstore.Store
	commits int
	fail    error
}

func (c *counted) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.commits++
	if c.fail != nil {
		return c.fail
	}
	return c.Store.Update(ctx, fn)
}

func (c *counted) cursor(t *testing.T, id string) string {
	t.Helper()
	var out string
	must(t, c.View(t.Context(), func(tx store.Tx) error {
		s, err := loadSource(tx, id)
		out = string(s.Cursor)
		return err
	}))
	return out
}

func newDeferring(t *testing.T, n int) (*counted, *Pipeline) {
	t.Helper()
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "hansho.db"), boltstore.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, st.Close()) })
	c := &counted{Store: st}
	clock := time.Date(2021, 12, 11, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { clock = clock.Add(time.Minute); return clock }
	return c, New(c, &all{}, nil, nil, names(nil), Options{Now: now, Defer: n})
}

func TestUnchangedPollsAreStoredTogether(t *testing.T) {
	c, p := newDeferring(t, 2)
	one, two := &still{id: "one"}, &still{id: "two"}
	for _, s := range []*still{one, one, two} {
		_, err := p.Poll(t.Context(), s)
		must(t, err)
	}
	if c.commits != 0 || !slices.Equal(one.since, []string{"", "+"}) {
		t.Errorf("%d commits; the source was asked since %q", c.commits, one.since)
	}
	must(t, p.Flush(t.Context()))
	must(t, p.Flush(t.Context()))
	if c.commits != 1 || c.cursor(t, "one") != "++" || c.cursor(t, "two") != "+" {
		t.Errorf("%d commits; one %q, two %q", c.commits, c.cursor(t, "one"), c.cursor(t, "two"))
	}
	for _, id := range []string{"three", "four", "five"} {
		_, err := p.Poll(t.Context(), &still{id: id})
		must(t, err)
	}
	if c.commits != 2 || c.cursor(t, "three") != "+" {
		t.Errorf("more wait than may: %d commits", c.commits)
	}
}

func TestWhatWaitsGoesWithTheNextCommit(t *testing.T) {
	c, p := newDeferring(t, 10)
	_, err := p.Poll(t.Context(), &still{id: "one"})
	must(t, err)
	_, err = p.Poll(t.Context(), &source{id: "jpcert", batch: feeds.Batch{}})
	must(t, err)
	if c.commits != 1 || c.cursor(t, "one") != "+" {
		t.Errorf("%d commits; one %q", c.commits, c.cursor(t, "one"))
	}
}

func TestWhatCouldNotBeStoredWaits(t *testing.T) {
	c, p := newDeferring(t, 10)
	_, err := p.Poll(t.Context(), &still{id: "one"})
	must(t, err)
	c.fail = errors.New("no room")
	if err := p.Flush(t.Context()); !errors.Is(err, c.fail) {
		t.Errorf("got %v", err)
	}
	c.fail = nil
	must(t, p.Flush(t.Context()))
	if c.cursor(t, "one") != "+" {
		t.Error("it was lost")
	}
}

// What a commit stored meanwhile is newer than what waits.
func TestWhatWaitsNeverOverwritesTheNewer(t *testing.T) {
	c, p := newDeferring(t, 10)
	_, err := p.Poll(t.Context(), &still{id: "one"})
	must(t, err)
	must(t, c.Update(t.Context(), func(tx store.Tx) error {
		return tx.PutSource(store.SourceState{ID: "one", Cursor: feeds.Cursor("newer"), LastPoll: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)})
	}))
	must(t, p.Flush(t.Context()))
	if c.cursor(t, "one") != "newer" {
		t.Errorf("one %q", c.cursor(t, "one"))
	}
}
