// Package pipeline is the one place where sources, inventory, cases and store
// meet. A poll fetches without a transaction and commits in one: what was
// learned, what it means, and what is to be told are stored together or not at
// all.
package pipeline

import (
	"log/slog"
	"sync"
	"time"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/inventory"
	"hansho/match"
	"hansho/notify"
	"hansho/store"
)

// A Matcher finds what an advisory concerns. others are advisories of other
// sources on the same CVEs, whose claims a bare one gains.
type Matcher interface {
	MatchWith(a *advisory.Advisory, others []advisory.Advisory) []match.Match
}

// A Router turns the notices of one commit into deliveries.
type Router interface {
	Route(now time.Time, notices []notify.Notice) []notify.Delivery
}

// Options are the pipeline's settings. Zero values take the defaults named.
type Options struct {
	FirstContact time.Duration // how old a matter may be to be told at a source's first poll; 7 days
	Rematch      time.Duration // how old it may be when the inventory changed; 90 days
	DownAfter    time.Duration // how long a source may fail before that is told; 6 hours
	Retry        time.Duration // first wait after a failed poll, doubling up to MaxRetry; 1 minute
	MaxRetry     time.Duration // 2 hours
	// Defer is how many sources that say nothing new may wait to be stored, until
	// Flush or until something else is stored; none where it is 0.
	Defer int
	Now   func() time.Time
	Rand  func() float64 // in [0,1), for jitter
	Log   *slog.Logger
}

func (o *Options) defaults() {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.FirstContact, 7*24*time.Hour)
	def(&o.Rematch, 90*24*time.Hour)
	def(&o.DownAfter, 6*time.Hour)
	def(&o.Retry, time.Minute)
	def(&o.MaxRetry, 2*time.Hour)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = func() float64 { return 0.5 }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Pipeline polls sources and commits what they bring.
type Pipeline struct {
	store   store.Store
	router  Router
	entries map[string]feeds.Entry
	opts    Options

	mu       sync.RWMutex
	company  company
	office   Office
	turns    turns
	deferred deferred
	wishes   sync.Mutex // held while subscriptions and silences are read and set
}

// company is what is matched against: one inventory and the matcher built of
// it, replaced together.
type company struct {
	items   map[string]inventory.Item
	matcher Matcher
}

// New makes a pipeline over a store. entries name the publishers of the sources
// in what is told.
func New(st store.Store, r Router, entries []feeds.Entry, items []inventory.Item, m Matcher, opts Options) *Pipeline {
	opts.defaults()
	p := &Pipeline{store: st, router: r, entries: map[string]feeds.Entry{}, opts: opts}
	for _, e := range entries {
		p.entries[e.ID] = e
	}
	p.setCompany(items, m)
	return p
}

func (p *Pipeline) setCompany(items []inventory.Item, m Matcher) {
	byID := make(map[string]inventory.Item, len(items))
	for _, it := range items {
		byID[it.ID] = it
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.company = company{items: byID, matcher: m}
}

func (p *Pipeline) currentCompany() company {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.company
}

// Report is what one poll, or one re-match, came to.
type Report struct {
	Source    string   `json:"source"`
	Fetched   int      `json:"fetched"` // advisories read
	Unchanged bool     `json:"unchanged"`
	New       int      `json:"new"`
	Revised   int      `json:"revised"`
	Withdrawn int      `json:"withdrawn"`
	Matches   int      `json:"matches"` // item × advisory that concern us, of what is new or revised
	Cases     []string `json:"cases"`   // ids of the cases touched
	Notices   int      `json:"notices"`
	Queued    int      `json:"queued"` // deliveries put into the outbox
	Errors    []string `json:"errors"` // entries that could not be read
	Warnings  []string `json:"warnings"`
	First     bool     `json:"first"` // the first contact, which is quiet
	Bytes     int64    `json:"bytes"`
	Requests  int      `json:"requests"`
	Failed    string   `json:"failed"` // why the poll failed, empty where it did not
}
