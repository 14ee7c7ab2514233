package vendors

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"hansho/advisory"
	"hansho/feeds"
)

// Getter is the part of feeds.Client that lists and discovery need.
type Getter interface {
	Get(ctx context.Context, r feeds.Request) (*feeds.Document, error)
}

// BrokenListError is a state of a list that can't be right: nothing readable,
// or too much gone at once. The last good state is kept.
type BrokenListError struct {
	URL  string
	Had  int   // products in the last good state
	Gone int   // of them missing, or no longer with a status
	Err  error // why nothing could be read; nil where much is gone
}

func (e *BrokenListError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("vendors: %s: can't be read, the last good state (%d products) is kept: %v", feeds.Redact(e.URL), e.Had, e.Err)
	}
	return fmt.Sprintf("vendors: %s: %d of %d products are gone or lost their status, the last good state is kept", feeds.Redact(e.URL), e.Gone, e.Had)
}

// Unwrap gives why nothing could be read.
func (e *BrokenListError) Unwrap() error { return e.Err }

// maxLoss is how much of a list may go at once before it counts as broken,
// where the entry's mapping (max_loss, 0 to 1) says nothing else.
const maxLoss = 1.0 / 3

// minLoss is how many products may go at once whatever their share: a list of
// four may lose two.
const minLoss = 2

// ListSource polls a product list: one document, several (mapping "files"), a
// folder on GitHub or a gist. Its batches hold what differs from the last good
// state, which the cursor keeps: rows new and changed, and those gone as
// withdrawn, since a list, unlike a feed, takes back what it no longer says. That
// a row is gone is told when it has been gone for a while.
type ListSource struct {
	entry   feeds.Entry
	client  Getter
	now     func() time.Time
	maxLoss float64
	hold    time.Duration
}

// NewProductListSource makes the source of an entry of format product-list.
// Mapping keys beside ParseProductList's:
//
//	files     names below the entry's url, divided by blanks: "list_{a-z}.md
//	          list_0-9.md"; for a folder or gist, patterns of the names to read
//	max_loss  the share of products that may go at once, 0.33 where not given
//	hold      how long a product must be gone before that is told, 45m where not
//	          given
func NewProductListSource(e feeds.Entry, c *feeds.Client, now func() time.Time) (feeds.Source, error) {
	return newListSource(e, c, now)
}

func newListSource(e feeds.Entry, c Getter, now func() time.Time) (*ListSource, error) {
	s := &ListSource{entry: e, client: c, now: now, maxLoss: maxLoss}
	if said := e.Mapping["max_loss"]; said != "" {
		share, err := strconv.ParseFloat(said, 64)
		if err != nil || share < 0 || share > 1 {
			return nil, fmt.Errorf("mapping max_loss %q: write a number from 0 to 1", said)
		}
		s.maxLoss = share
	}
	var err error
	if s.hold, err = readHold(e.Mapping["hold"]); err != nil {
		return nil, err
	}
	if _, err := expandNames(e.Mapping["files"]); err != nil {
		return nil, fmt.Errorf("mapping files: %w", err)
	}
	return s, nil
}

// ID is the catalogue id.
func (s *ListSource) ID() string { return s.entry.ID }

// Fetch gets the list and gives what differs from the last good state. A broken
// state is a *BrokenListError with the cursor as it was; of a list of several
// files, a broken or missing one is a warning and the others are read.
func (s *ListSource) Fetch(ctx context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	old := decodeListCursor(since)
	p := listPoll{source: s, old: old}
	files, err := p.files(ctx)
	if err == nil {
		err = p.get(ctx, files)
	}
	if err != nil {
		return p.batch, since, fmt.Errorf("vendors: %s: %w", s.entry.ID, err)
	}
	if p.failed != nil && len(p.fresh) == 0 && len(files) == 1 {
		return p.batch, since, p.failed
	}
	if len(p.fresh) == 0 && old.Reader == listReader && p.waits() {
		p.next.Held = old.Held
	} else {
		p.compare()
	}
	cursor, err := p.next.encode()
	if err != nil {
		return p.batch, since, fmt.Errorf("vendors: %s: keep the list's state: %w", s.entry.ID, err)
	}
	if len(p.batch.Advisories) == 0 && len(p.batch.Errors) == 0 {
		return p.batch, cursor, feeds.ErrUnchanged
	}
	return p.batch, cursor, nil
}

// listPoll is one poll of a list.
type listPoll struct {
	source *ListSource
	old    listCursor
	next   listCursor
	batch  feeds.Batch
	fresh  map[string]bool // addresses whose text differs and is good
	failed error           // the last broken file
}

// get fetches the files and puts the good ones into the next state.
func (p *listPoll) get(ctx context.Context, files []listFile) error {
	p.fresh = map[string]bool{}
	p.next.Reader, p.next.Index = listReader, p.old.Index
	if p.next.index != nil {
		p.next.Index = *p.next.index
	}
	var missing error
	for _, f := range files {
		had := p.old.file(f.url)
		kept, err := p.one(ctx, f, had)
		var broken *BrokenListError
		switch {
		case err == nil:
			p.next.Files = append(p.next.Files, kept)
			continue
		case ctx.Err() != nil:
			return err
		case errors.As(err, &broken):
			p.failed = err
			p.batch.Alarm(feeds.AlarmBroken, err.Error())
		default:
			missing = err
			if had != nil && len(files) > 1 {
				p.batch.Alarm(feeds.AlarmBroken, err.Error())
			}
		}
		if had != nil {
			p.next.Files = append(p.next.Files, had)
		}
	}
	if missing != nil && (len(files) == 1 || len(p.next.Files) == 0) {
		return missing
	}
	return nil
}

// one fetches a file, unless its folder says that it is the same, and judges
// it against the last good state.
func (p *listPoll) one(ctx context.Context, f listFile, had *keptFile) (*keptFile, error) {
	var known feeds.Validators
	if had != nil {
		known = had.Validators
		if f.version != "" && f.version == had.Version {
			p.batch.NotChanged++
			return had, nil
		}
	}
	now := &keptFile{URL: f.url, Version: f.version, Text: f.text}
	if f.text == nil {
		doc, err := p.fetch(ctx, f.url, known)
		if err != nil {
			return nil, err
		}
		now.Text, now.Validators = doc.Body, doc.Validators
		if doc.NotModified && had != nil {
			now.Text = had.Text
		}
	}
	if had != nil && bytes.Equal(now.Text, had.Text) {
		return now, nil
	}
	if err := p.judge(now, had); err != nil {
		return nil, err
	}
	p.fresh[f.url] = true
	return now, nil
}

func (p *listPoll) fetch(ctx context.Context, address string, v feeds.Validators) (*feeds.Document, error) {
	r := feeds.Request{URL: address, Validators: v, MaxBytes: p.source.entry.MaxBytes}
	if sameHost(address, p.source.entry.URL) {
		r.Headers = p.source.entry.Headers
	}
	p.batch.Requests++
	doc, err := p.source.client.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	p.batch.Bytes += doc.Bytes
	if doc.NotModified {
		p.batch.NotChanged++
	}
	if doc.Moved != "" {
		p.batch.Alarm(feeds.AlarmMoved, feeds.Redact(doc.Moved))
	}
	return doc, nil
}

// judge says whether a file's new state can be right.
func (p *listPoll) judge(now, had *keptFile) error {
	after, errs := p.parse(now)
	before, _ := p.parse(had)
	if len(after) == 0 {
		return &BrokenListError{URL: now.URL, Had: len(before), Err: errs[len(errs)-1]}
	}
	gone := lost(before, after)
	if gone > minLoss && float64(gone) > p.source.maxLoss*float64(len(before)) {
		return &BrokenListError{URL: now.URL, Had: len(before), Gone: gone}
	}
	return nil
}

// lost counts the products that are no longer there, or of which nothing is
// said any more where something was.
func lost(before, after []advisory.Advisory) int {
	known := make(map[string]bool, len(after))
	for _, a := range after {
		known[a.ID] = told(a)
	}
	n := 0
	for _, b := range before {
		if still, there := known[b.ID]; !there || told(b) && !still {
			n++
		}
	}
	return n
}

func told(a advisory.Advisory) bool {
	return slices.ContainsFunc(a.Products, func(c advisory.ProductStatus) bool { return c.Status != advisory.StatusUnknown })
}

// parse reads a file once a poll.
func (p *listPoll) parse(f *keptFile) ([]advisory.Advisory, []error) {
	if f == nil {
		return nil, nil
	}
	if !f.read {
		f.advisories, f.errs = parseList(bytes.NewReader(f.Text), feeds.Meta{Entry: p.source.entry, URL: f.URL, Fetched: p.source.now()})
		f.read = true
	}
	return f.advisories, f.errs
}

// compare fills the batch with what differs between the last good state and
// the next. A newer reader gives all, since it may read more in the same text.
func (p *listPoll) compare() {
	before, beforeErrs := p.parseAll(p.old)
	after, afterErrs := p.parseAll(p.next)
	known := make(map[string]heldRow, len(before)+len(p.old.Held))
	for _, h := range p.old.Held {
		known[h.Advisory.ID] = h
	}
	for _, b := range before {
		known[b.ID] = heldRow{Since: p.source.now().UTC(), Advisory: b}
	}
	for _, a := range after {
		b, ok := known[a.ID]
		delete(known, a.ID)
		if ok && p.old.Reader == listReader && sameContent(a, b.Advisory) {
			continue
		}
		p.batch.Advisories = append(p.batch.Advisories, a)
	}
	gone := slices.SortedFunc(maps.Values(known), func(a, b heldRow) int { return cmp.Compare(a.Advisory.ID, b.Advisory.ID) })
	p.batch.Advisories = append(p.batch.Advisories, p.remove(gone)...)
	for i := range p.batch.Advisories {
		advisory.Normalize(&p.batch.Advisories[i])
	}
	p.batch.Errors = newErrors(beforeErrs, afterErrs)
}

// parseAll reads a state's files as one list: a product that stands in two of
// them is one advisory.
func (p *listPoll) parseAll(c listCursor) ([]advisory.Advisory, []error) {
	var all []advisory.Advisory
	var errs []error
	at := map[string]int{}
	for _, f := range c.Files {
		some, bad := p.parse(f)
		errs = append(errs, bad...)
		for _, a := range some {
			if i, ok := at[a.ID]; ok {
				all[i] = merged(all[i], a)
				continue
			}
			at[a.ID] = len(all)
			all = append(all, a)
		}
	}
	return all, errs
}

func merged(a, b advisory.Advisory) advisory.Advisory {
	for _, c := range b.Products {
		if !slices.Contains(a.Products, c) {
			a.Products = append(a.Products, c)
		}
	}
	a.CVEs = advisory.SortCVEs(append(slices.Clone(a.CVEs), b.CVEs...))
	a.Links = unique(append(slices.Clone(a.Links), b.Links...))
	if b.Updated.After(a.Updated) {
		a.Updated = b.Updated
	}
	return a
}

// sameContent compares what a list says, not when.
func sameContent(a, b advisory.Advisory) bool {
	return a.Title == b.Title && slices.Equal(a.CVEs, b.CVEs) &&
		slices.Equal(a.Products, b.Products) && slices.Equal(a.Links, b.Links)
}

// newErrors are the errors of rows that the last state didn't have: a bad row
// is told once, not at each edit of another.
func newErrors(before, after []error) []error {
	known := map[RowError]bool{}
	for _, err := range before {
		var row *RowError
		if errors.As(err, &row) {
			known[RowError{Row: row.Row, Reason: row.Reason}] = true
		}
	}
	var fresh []error
	for _, err := range after {
		var row *RowError
		if errors.As(err, &row) && known[RowError{Row: row.Row, Reason: row.Reason}] {
			continue
		}
		fresh = append(fresh, err)
	}
	return fresh
}
