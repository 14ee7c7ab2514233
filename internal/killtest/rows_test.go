package killtest_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

// rows are the whole outbox after the last round: what was to be told where, and
// in which message it was. Every row is kept, so that what was folded into
// another, or became a line of a summary, is followed to the message that the
// peer took and looked up in its words.
type rows struct {
	all       []notify.Delivery
	byKey     map[string]notify.Delivery
	revisions map[string]int // of each advisory in the store
}

func readRows(t *testing.T, path string) rows {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	r := rows{byKey: map[string]notify.Delivery{}, revisions: map[string]int{}}
	err = s.View(t.Context(), func(tx store.Tx) error {
		if r.all, err = tx.Deliveries("", "", 0); err != nil {
			return err
		}
		recs, err := tx.AdvisoriesAfter("", 0)
		for _, rec := range recs {
			r.revisions[rec.Advisory.ID] = rec.Revision
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.all {
		r.byKey[d.Key] = d
	}
	return r
}

// end follows a row to the one that it was told in.
func (r rows) end(d notify.Delivery) notify.Delivery {
	for range len(r.all) {
		if d.State != notify.Folded {
			break
		}
		d = r.byKey[d.Error]
	}
	return d
}

// audit gives what of the outbox was not told at an address, and what was told
// there twice under two names. want says which advisories the address is to
// hear of; name gives the name under which the peer knows a row.
func (r rows) audit(to notify.Address, want func(advisory string) bool, posts map[string]*post, name func(notify.Delivery) string) (lost, again []string, folded, summed int) {
	told, added := map[string]string{}, map[string]string{} // advisory and revision → key
	for _, d := range r.all {
		if d.Address != to {
			continue
		}
		end := r.end(d)
		p := posts[name(end)]
		if end.State != notify.Sent || p == nil {
			lost = append(lost, fmt.Sprintf("%s: %s in %s is %s, taken %v", to, d.Key, end.Key, end.State, p != nil))
			continue
		}
		if d.State == notify.Folded {
			folded++
		}
		if end.Notice.Kind == notify.KindSummary {
			summed++
		}
		for _, what := range missing(d, end, *p) {
			lost = append(lost, fmt.Sprintf("%s: %s of %s is not in %s", to, what, d.Key, end.Key))
		}
		for _, id := range shows(d) {
			told[id] = cmp.Or(told[id], d.Key)
		}
		for _, id := range adds(d) {
			if before, ok := added[id]; ok && r.end(r.byKey[before]).Key != end.Key {
				again = append(again, fmt.Sprintf("%s: %s as %s and %s", to, id, before, d.Key))
			}
			added[id], told[id] = d.Key, d.Key
		}
	}
	for id, revision := range r.revisions {
		for i := 1; want(id) && i <= revision; i++ {
			if what := fmt.Sprint(id, " ", i); told[what] == "" {
				lost = append(lost, fmt.Sprintf("%s: %s was never queued", to, what))
			}
		}
	}
	slices.Sort(lost)
	return lost, again, folded, summed
}

// adds lists the states of advisories that a row adds to what was told.
func adds(d notify.Delivery) []string {
	var out []string
	for _, n := range d.Notice.News {
		out = append(out, fmt.Sprint(n.Advisory, " ", n.Revision))
	}
	return out
}

// shows lists what the lines of a summary speak of, each as it was first, which
// may have been told before.
func shows(d notify.Delivery) []string {
	var out []string
	for _, c := range d.Notice.Cases {
		for _, s := range c.Sources {
			out = append(out, s.Advisory+" 1")
		}
	}
	return out
}

// missing lists what a row has to say and the message that it ended in doesn't:
// each item in its state, or, in a summary, a line that names its case.
func missing(d, end notify.Delivery, p post) []string {
	var out []string
	for _, n := range d.Notice.News {
		for item, state := range markers(n.Title) {
			if span, ok := p.states[item]; ok && span[1] >= state[1] {
				continue
			}
			if end.Notice.Kind != notify.KindSummary || !named(n.Title, p) {
				out = append(out, n.Title)
			}
		}
	}
	for _, c := range d.Notice.Cases {
		if !named(c.Name+" "+strings.Join(c.CVEs, " "), p) {
			out = append(out, c.Name)
		}
	}
	return out
}

// named says whether a message names any of the CVEs in a text.
func named(text string, p post) bool {
	return slices.ContainsFunc(cveForm.FindAllStringSubmatch(text, -1), func(m []string) bool {
		n, err := strconv.Atoi(m[1])
		return err == nil && p.cves[n]
	})
}
