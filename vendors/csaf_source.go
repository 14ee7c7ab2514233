package vendors

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"

	"hansho/advisory"
	"hansho/feeds"
)

// The keys of Entry.Mapping that a CSAF source reads.
const (
	keySinceDays = "since_days" // how old documents may be at first contact; 30 where not given
	keyMetadata  = "metadata"   // provider-metadata.json, for the keys, where URL is a listing
	keyMaxDocs   = "max_docs"   // documents in one fetch; 100 where not given
)

// csafSource reads a CSAF provider: from provider-metadata.json, from a ROLIE
// feed, or from a folder by its changes.csv or index.txt; what the entry's
// address serves decides. It takes what is newer than at the last fetch, oldest
// first and a bounded number at a time, so that a long absence is caught up with
// over several fetches.
type csafSource struct {
	entry   feeds.Entry
	client  *feeds.Client
	now     func() time.Time
	days    int
	maxDocs int
}

// newCSAFSource makes the source of an entry.
func newCSAFSource(e feeds.Entry, c *feeds.Client, now func() time.Time) (feeds.Source, error) {
	if _, err := webAddress(e.URL); err != nil {
		return nil, fmt.Errorf("csaf: %s: address: %w", e.ID, err)
	}
	s := &csafSource{entry: e, client: c, now: now}
	for _, n := range []struct {
		key  string
		into *int
		def  int
	}{{keySinceDays, &s.days, 30}, {keyMaxDocs, &s.maxDocs, 100}} {
		var err error
		if *n.into, err = positive(e.Mapping[n.key], n.def); err != nil {
			return nil, fmt.Errorf("csaf: %s: mapping %s: %w", e.ID, n.key, err)
		}
	}
	return s, nil
}

// positive reads a positive number; empty is the default.
func positive(text string, def int) (int, error) {
	if text == "" {
		return def, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("want a positive number, not %.20q", text)
	}
	return n, nil
}

func (s *csafSource) ID() string { return s.entry.ID }

// Fetch gets the new documents. A document whose hash or signature is wrong is
// refused and told among the batch's errors; it is tried again some times, as
// providers replace document, hash and signature one after the other.
func (s *csafSource) Fetch(ctx context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	f := &csafFetch{csafSource: s, cur: readCSAFCursor(since)}
	err := f.run(ctx)
	if err != nil && len(f.batch.Advisories) == 0 {
		return f.batch, since, err
	}
	if err != nil { // keep what was got; the rest comes next time
		f.fail(err)
	}
	next, err := json.Marshal(f.cur)
	if err != nil {
		return f.batch, since, fmt.Errorf("csaf: %s: cursor: %w", s.entry.ID, err)
	}
	if len(f.batch.Advisories)+len(f.batch.Errors)+len(f.batch.Warnings) == 0 {
		return f.batch, next, feeds.ErrUnchanged
	}
	return f.batch, next, nil
}

// csafFetch is one run of Fetch.
type csafFetch struct {
	*csafSource
	cur      csafCursor
	batch    feeds.Batch
	keyring  openpgp.EntityList
	keysRead bool
	unhashed int // documents without a hash
	unsigned int // documents without a signature, of a provider with keys
	unproven int // documents with a signature and no key to check it with
	flaws    csafFlaws
	taken    int
}

func (f *csafFetch) run(ctx context.Context) error {
	direct, err := f.provider(ctx)
	if err != nil {
		return err
	}
	if err := f.retries(ctx); err != nil {
		return err
	}
	var failed error
	for _, l := range f.cur.Provider.Listings {
		if !f.readable(l) {
			continue
		}
		if err := f.listing(ctx, l, direct); err != nil {
			if stop(ctx, err) {
				return err
			}
			failed = err
			f.fail(err)
		}
	}
	f.notes()
	if failed != nil && len(f.cur.Provider.Listings) == 1 {
		f.batch.Errors = f.batch.Errors[:len(f.batch.Errors)-1] // it is the fetch's own
		return failed
	}
	return nil
}

// stop says that nothing more should be asked of the host now.
func stop(ctx context.Context, err error) bool {
	var later *feeds.RetryLater
	return ctx.Err() != nil || errors.As(err, &later)
}

func (f *csafFetch) fail(err error) {
	f.batch.Errors = append(f.batch.Errors, fmt.Errorf("csaf: %s: %w", f.entry.ID, err))
}

func (f *csafFetch) warn(format string, args ...any) {
	f.batch.Warnings = append(f.batch.Warnings, fmt.Sprintf(format, args...))
}

// get fetches one address and counts it.
func (f *csafFetch) get(ctx context.Context, address string, v feeds.Validators, limit int64) (*feeds.Document, error) {
	headers := f.entry.Headers
	if u, err := url.Parse(address); err != nil || !f.own(u) {
		headers = nil // may hold secrets, for the entry's own host
	}
	doc, err := f.client.Get(ctx, feeds.Request{URL: address, Validators: v, MaxBytes: limit, Headers: headers})
	f.batch.Requests++
	if err != nil {
		return nil, err
	}
	f.batch.Bytes += doc.Bytes
	if doc.NotModified {
		f.batch.NotChanged++
	}
	return doc, nil
}

// own says whether an address is on the entry's own host.
func (f *csafFetch) own(u *url.URL) bool {
	entry, err := url.Parse(f.entry.URL)
	return err == nil && strings.EqualFold(entry.Host, u.Host)
}

// provider finds the listings and keys. Where the entry's address serves a
// listing itself, that is the only one, and comes back as served.
func (f *csafFetch) provider(ctx context.Context) (direct *feeds.Document, err error) {
	address := cmp.Or(f.entry.Mapping[keyMetadata], f.entry.URL)
	known := f.cur.Provider.Listings
	validators := f.cur.Validators
	itself := len(known) == 1 && known[0].URL == address
	if itself {
		validators = f.state(known[0]).Validators
	}
	doc, err := f.get(ctx, address, validators, f.entry.MaxBytes)
	if err != nil {
		return nil, err
	}
	if doc.NotModified && len(known) > 0 {
		if itself {
			return doc, nil
		}
		return nil, nil
	}
	switch kindOfListing(doc.Body) {
	case notAListing:
		return nil, fmt.Errorf("%s: neither provider metadata nor a ROLIE feed nor changes.csv nor index.txt", feeds.Redact(address))
	case isProvider:
		return nil, f.metadata(address, doc)
	}
	f.cur.Provider = csafProvider{Listings: []csafListing{{URL: address}}}
	return doc, nil
}

// metadata takes the provider's metadata. Where the entry's own address is a
// listing, only the keys are of use.
func (f *csafFetch) metadata(address string, doc *feeds.Document) error {
	at, err := webAddress(doc.FinalURL)
	if err != nil {
		return fmt.Errorf("%s: %w", feeds.Redact(address), err)
	}
	p, err := readProvider(doc.Body, at)
	if err != nil {
		return fmt.Errorf("%s: %w", feeds.Redact(address), err)
	}
	f.cur.Provider, f.cur.Validators = p, doc.Validators
	if address != f.entry.URL {
		f.cur.Provider.Listings = []csafListing{{URL: f.entry.URL}}
	}
	return nil
}

// readable says whether documents of a label can be had: those for a closed
// group need credentials, which the entry's headers hold.
func (f *csafFetch) readable(l csafListing) bool {
	switch l.TLP {
	case "AMBER", "AMBER+STRICT", "RED":
		return len(f.entry.Headers) > 0
	}
	return true
}

// listing takes what is new in one listing, fetching it where it isn't the one
// already served.
func (f *csafFetch) listing(ctx context.Context, l csafListing, served *feeds.Document) error {
	if served != nil {
		return f.list(ctx, l, served)
	}
	doc, err := f.get(ctx, l.URL, f.state(l).Validators, f.entry.MaxBytes)
	if notFound(err) && strings.HasSuffix(l.URL, "/changes.csv") {
		doc, err = f.get(ctx, strings.TrimSuffix(l.URL, "changes.csv")+"index.txt", feeds.Validators{}, f.entry.MaxBytes)
	}
	if err != nil {
		return err
	}
	return f.list(ctx, l, doc)
}

func (f *csafFetch) state(l csafListing) *csafListingState {
	return f.cur.state(l.URL, f.now().AddDate(0, 0, -f.days).UTC())
}

func notFound(err error) bool {
	var fetch *feeds.FetchError
	return errors.As(err, &fetch) && (fetch.Status == http.StatusNotFound || fetch.Status == http.StatusGone)
}

// list takes what is new in a listing that was served.
func (f *csafFetch) list(ctx context.Context, l csafListing, doc *feeds.Document) error {
	state := f.state(l)
	if err := f.deletions(ctx, l, state); err != nil {
		return err
	}
	if doc.NotModified {
		return nil
	}
	at, err := webAddress(doc.FinalURL)
	if err != nil {
		return fmt.Errorf("%s: %w", feeds.Redact(l.URL), err)
	}
	list, errs := readListing(doc.Body, at)
	for _, err := range errs {
		f.fail(fmt.Errorf("%s: %w", feeds.Redact(l.URL), err))
	}
	picked, more := state.pick(list, max(0, f.maxDocs-f.taken))
	for _, d := range picked {
		if err := f.take(ctx, d, l.TLP, 0); err != nil {
			return err
		}
		state.took(d)
	}
	if state.Validators = doc.Validators; more {
		state.Validators = feeds.Validators{} // the rest must not be hidden by a 304
	}
	return nil
}

// retries tries the documents again that could not be had.
func (f *csafFetch) retries(ctx context.Context) error {
	again := f.cur.Retry
	f.cur.Retry = nil
	for i, r := range again {
		if err := f.take(ctx, r.csafListed, "", r.Tries); err != nil {
			f.cur.Retry = append(f.cur.Retry, again[i:]...)
			return err
		}
	}
	return nil
}

// take fetches, checks and reads one document. Its own failures are told; the
// error that comes back ends the fetch.
func (f *csafFetch) take(ctx context.Context, d csafListed, label string, tries int) error {
	f.taken++
	doc, err := f.get(ctx, d.URL, feeds.Validators{}, maxCSAFBytes)
	if err == nil {
		err = f.verify(ctx, d, doc.Body)
	}
	if err != nil {
		if stop(ctx, err) {
			return err
		}
		again := "it is tried again"
		if !f.cur.retry(d, tries+1) {
			again = "it is given up"
		}
		f.fail(fmt.Errorf("%s: %w; %s", feeds.Redact(d.URL), err, again))
		return nil
	}
	list, errs := ParseCSAF(bytes.NewReader(doc.Body), feeds.Meta{
		Entry: f.entry, URL: d.URL, ContentType: doc.ContentType, Fetched: doc.Fetched,
	})
	f.told(errs)
	for _, a := range list {
		a.TLP = cmp.Or(a.TLP, label)
		f.batch.Advisories = append(f.batch.Advisories, a)
		f.cur.know(csafKnown{URL: d.URL, ID: a.ID, Title: a.Title})
	}
	return nil
}

// told parts the errors of a document: what was not read, and what the standard
// forbids in one that was.
func (f *csafFetch) told(errs []error) {
	flawed := false
	for _, err := range errs {
		var flaw *Flaw
		switch {
		case !errors.As(err, &flaw):
			f.batch.Errors = append(f.batch.Errors, err)
		case !slices.Contains(unread, flaw.Test):
			f.flaws.add(flaw)
			flawed = true
		}
	}
	if flawed {
		f.flaws.documents++
	}
}

// csafFlaws are the flaws of the documents of one fetch.
type csafFlaws struct {
	documents int
	tests     map[string]int
	first     *Flaw
}

func (f *csafFlaws) add(flaw *Flaw) {
	if f.tests == nil {
		f.tests, f.first = map[string]int{}, flaw
	}
	f.tests[flaw.Test]++
}

func (f *csafFlaws) String() string {
	var tests []string
	for _, test := range sortedKeys(f.tests) {
		tests = append(tests, fmt.Sprintf("%s ×%d", test, f.tests[test]))
	}
	return fmt.Sprintf("documents that don't keep the CSAF standard, read all the same: %d (%s; such as %v)", f.documents, strings.Join(tests, ", "), f.first)
}

// deletions reads the deletions.csv that some providers keep beside changes.csv,
// and withdraws what hansho had from them.
func (f *csafFetch) deletions(ctx context.Context, l csafListing, state *csafListingState) error {
	if !strings.HasSuffix(l.URL, "/changes.csv") || len(f.cur.Known) == 0 {
		return nil
	}
	address := strings.TrimSuffix(l.URL, "changes.csv") + "deletions.csv"
	doc, err := f.get(ctx, address, state.Deletions, f.entry.MaxBytes)
	switch {
	case notFound(err):
		return nil
	case err != nil:
		return err
	case doc.NotModified:
		return nil
	}
	state.Deletions = doc.Validators
	at, err := webAddress(address)
	if err != nil || kindOfListing(doc.Body) != isChanges {
		return nil // a page for people where there is no such file
	}
	gone, _ := readRows(doc.Body, at)
	for _, d := range gone {
		i := slices.IndexFunc(f.cur.Known, func(k csafKnown) bool { return k.URL == d.URL })
		if i < 0 {
			continue
		}
		f.batch.Advisories = append(f.batch.Advisories, f.withdrawn(f.cur.Known[i], d.Updated))
		f.cur.Known = slices.Delete(f.cur.Known, i, i+1)
	}
	return nil
}

// withdrawn is what remains of a deleted document.
func (f *csafFetch) withdrawn(k csafKnown, at time.Time) advisory.Advisory {
	a := advisory.Advisory{
		ID: k.ID, Source: f.entry.ID, Kind: advisory.KindAdvisory, Lang: cmp.Or(f.entry.Lang, "en"),
		Title: k.Title, Links: []string{k.URL}, Updated: at, Withdrawn: true, Trust: f.entry.Trust,
	}
	advisory.Normalize(&a)
	return a
}
