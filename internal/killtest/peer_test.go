package killtest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"hansho/internal/killtest"
)

// message is what the worker sends.
type message struct {
	Key    string   `json:"key"`
	Thread string   `json:"thread"`
	Items  []string `json:"items"` // ids of the news in it
}

// peer is the world around the worker: a source that publishes items, and one
// place for each channel that fails at random. What it takes, it has taken
// before it answers; the answer may be late, wrong or missing.
type peer struct {
	published chan int // holds the number of items published
	slack     *killtest.Ledger
	mail      *killtest.Ledger

	mu     sync.Mutex
	rand   *rand.Rand
	taken  map[string]bool // slack's history, by key
	faults map[string]int
	mails  map[string]string // the key under which an item came by mail
	other  []string          // items that came under another key again
}

func newPeer(seed uint64) *peer {
	p := &peer{
		published: make(chan int, 1), slack: killtest.NewLedger(), mail: killtest.NewLedger(),
		rand: rand.New(rand.NewPCG(seed, 2)), taken: map[string]bool{}, faults: map[string]int{},
		mails: map[string]string{},
	}
	p.published <- 0
	return p
}

// publish adds items to the source.
func (p *peer) publish(n int) {
	have := <-p.published
	for i := have; i < have+n; i++ {
		p.slack.Expect(itemID(i))
		p.mail.Expect(itemID(i))
	}
	p.published <- have + n
}

func itemID(i int) string { return fmt.Sprintf("item:%06d", i) }

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/source":
		n := <-p.published
		p.published <- n
		json.NewEncoder(w).Encode(n)
	case "/history":
		p.mu.Lock()
		defer p.mu.Unlock()
		json.NewEncoder(w).Encode(p.taken[r.URL.Query().Get("key")])
	case "/slack", "/mail":
		p.take(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *peer) take(w http.ResponseWriter, r *http.Request) {
	var m message
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return // killed while it sent
	}
	fault := p.fault()
	switch fault {
	case "refuse":
		http.Error(w, "try later", http.StatusServiceUnavailable)
		return
	case "limit":
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	p.keep(r.URL.Path, m)
	switch fault {
	case "delay":
		time.Sleep(50 * time.Millisecond)
	case "lie":
		http.Error(w, "it was taken, though", http.StatusBadGateway)
	case "drop":
		panic(http.ErrAbortHandler)
	}
}

func (p *peer) keep(path string, m message) {
	if path == "/mail" {
		p.keepMail(m)
		return
	}
	p.mu.Lock()
	p.taken[m.Key] = true
	p.mu.Unlock()
	p.slack.Arrive(m.Items...)
}

// keepMail notes under which key each item comes: a mail that comes twice must
// have the same Message-ID, which is made of the key.
func (p *peer) keepMail(m message) {
	p.mu.Lock()
	for _, item := range m.Items {
		if before, ok := p.mails[item]; ok && before != m.Key {
			p.other = append(p.other, item)
		}
		p.mails[item] = m.Key
	}
	p.mu.Unlock()
	p.mail.Arrive(m.Items...)
}

// fault chooses what goes wrong: mostly nothing.
func (p *peer) fault() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	faults := []string{"refuse", "limit", "delay", "lie", "drop"}
	name := "none"
	if n := p.rand.IntN(20); n < len(faults) {
		name = faults[n]
	}
	p.faults[name]++
	return name
}
