package killtest_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// feed is a source whose items appear and are revised. The marker in a title
// names the item and its state, so that whoever reads a message knows what it
// tells: e2e7r2 is the second revision of item 7.
type feed struct {
	mu    sync.Mutex
	rand  *rand.Rand
	items []int // state of each, from 0
}

// change adds an item or revises one.
func (f *feed) change() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.items) == 0 || f.rand.IntN(2) == 0 {
		f.items = append(f.items, 0)
		return
	}
	f.items[f.rand.IntN(len(f.items))]++
}

// states gives the present state of each item.
func (f *feed) states() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]int{}, f.items...)
}

func (f *feed) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title><link>https://feed.e2e.example/</link><description/>`)
	for i, state := range f.items {
		fmt.Fprintf(&b, `<item><title>Example Gateway e2e%dr%d (CVE-2026-%d)</title><link>https://feed.e2e.example/%d</link><guid>%d</guid><pubDate>%s</pubDate></item>`,
			i, state, 10000+i, i, i, time.Now().Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = w.Write([]byte(b.String()))
}
