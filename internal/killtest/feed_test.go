package killtest_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// world are the sources that the daemon polls. The marker in a title names the
// item and its state, so that whoever reads a message knows what it tells:
// e2e7r2 is the second revision of item 7.
//
// What single says is each a case of its own, of which the first contact finds
// some, which is told as a summary; echo speaks of single's cases, and so into the
// same threads, and later, so that single names the cases; burst publishes more at
// once than is told singly.
type world struct {
	rand                *rand.Rand
	single, echo, burst feed
}

func newWorld(r *rand.Rand) *world {
	w := &world{rand: r, single: feed{cve: 10000, age: time.Hour}, echo: feed{first: 100000, cve: 10000}, burst: feed{first: 200000, cve: 50000}}
	for range 3 {
		w.single.add()
	}
	return w
}

// burstSize is more than the daemon's configuration tells singly, and every
// burstRounds rounds comes one.
const (
	burstSize   = 51
	burstRounds = 40
)

// change is what happens in a round.
func (w *world) change(round int) {
	w.step(&w.single, w.single.add)
	if w.rand.IntN(2) == 0 {
		w.step(&w.echo, func() {
			if w.echo.len() < w.single.len() {
				w.echo.add()
			}
		})
	}
	if round%burstRounds == burstRounds/10 {
		for range burstSize {
			w.burst.add()
		}
	}
}

// step adds an item or revises one.
func (w *world) step(f *feed, add func()) {
	if n := f.len(); n > 0 && w.rand.IntN(2) == 0 {
		f.revise(w.rand.IntN(n))
		return
	}
	add()
}

// feed is a source whose items appear and are revised.
type feed struct {
	first, cve int           // numbers of the first item and of its CVE
	age        time.Duration // of an item that appears
	mu         sync.Mutex
	items      []int // state of each, from 0
	at         []time.Time
}

func (f *feed) len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.items)
}

func (f *feed) add() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items, f.at = append(f.items, 0), append(f.at, time.Now().Add(-f.age))
}

func (f *feed) revise(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items[i]++
}

// states gives the present state of each item, by its number.
func (f *feed) states() map[int]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[int]int{}
	for i, state := range f.items {
		out[f.first+i] = state
	}
	return out
}

func (f *feed) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title><link>https://feed.e2e.example/</link><description/>`)
	for i, state := range f.items {
		n := f.first + i
		fmt.Fprintf(&b, `<item><title>Example Gateway e2e%dr%d (CVE-2026-%d)</title><link>https://feed.e2e.example/%d</link><guid>%d</guid><pubDate>%s</pubDate></item>`,
			n, state, f.cve+i, n, n, f.at[i].Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = w.Write([]byte(b.String()))
}
