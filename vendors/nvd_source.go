package vendors

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/feeds"
)

// The API's rules: windows of at most 120 days, pages of at most 2,000 entries,
// 5 requests in 30 seconds without a key and 50 with one.
const (
	nvdWindow    = 119 * 24 * time.Hour
	nvdPageSize  = 2000
	nvdPages     = 20 // in one fetch; what is left comes with the next
	nvdPageBytes = 256 << 20
	nvdKeyName   = "apiKey"
)

// nvdSource reads NVD incrementally: from the API 2.0 what was modified since
// the last fetch, page by page. A file (year, recent, modified) is polled whole.
type nvdSource struct {
	entry  feeds.Entry
	client *feeds.Client
	now    func() time.Time
	wait   func(context.Context, time.Duration) error
	days   int
}

// newNVDSource makes the source of an entry: of the API where the address has
// /rest/, else of a file. A key for the API goes into the entry's headers as
// apiKey. The mapping's since_days says how far back the first contact asks (7).
func newNVDSource(e feeds.Entry, c *feeds.Client, now func() time.Time) (feeds.Source, error) {
	u, err := webAddress(e.URL)
	if err != nil {
		return nil, fmt.Errorf("nvd: %s: address: %w", e.ID, err)
	}
	if !strings.Contains(u.Path, "/rest/") {
		return feeds.NewPollSource(e, ParseNVD, c, now)
	}
	days, err := positive(e.Mapping[keySinceDays], 7)
	if err != nil {
		return nil, fmt.Errorf("nvd: %s: mapping %s: %w", e.ID, keySinceDays, err)
	}
	return &nvdSource{entry: e, client: c, now: now, wait: pause, days: days}, nil
}

// pause waits d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (s *nvdSource) ID() string { return s.entry.ID }

// nvdCursor is where the API was left. Between fetches of one window, End and
// Start say which page comes next.
type nvdCursor struct {
	Since time.Time `json:"since"`          // everything modified before is read
	End   time.Time `json:"end,omitzero"`   // of the window being read
	Start int       `json:"start,omitzero"` // index of the next entry in it
}

// Fetch reads the pages of what was modified since the cursor.
func (s *nvdSource) Fetch(ctx context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	var cur nvdCursor
	if len(since) == 0 || json.Unmarshal(since, &cur) != nil || cur.Since.IsZero() {
		cur = nvdCursor{Since: s.now().UTC().AddDate(0, 0, -s.days)}
	}
	var batch feeds.Batch
	for n := 0; n < nvdPages && cur.Since.Before(s.now()); n++ {
		if n > 0 {
			if err := s.wait(ctx, s.spacing()); err != nil {
				break
			}
		}
		done, err := s.page(ctx, &cur, &batch)
		if err != nil {
			if len(batch.Advisories) == 0 {
				return batch, since, err
			}
			batch.Errors = append(batch.Errors, err) // what was read is kept; the rest comes next time
			break
		}
		if done {
			break
		}
	}
	next, err := json.Marshal(cur)
	if err != nil {
		return batch, since, fmt.Errorf("nvd: cursor: %w", err)
	}
	if len(batch.Advisories)+len(batch.Errors) == 0 {
		return batch, next, feeds.ErrUnchanged
	}
	return batch, next, nil
}

// spacing keeps to the API's rate.
func (s *nvdSource) spacing() time.Duration {
	for name := range s.entry.Headers {
		if strings.EqualFold(name, nvdKeyName) {
			return 700 * time.Millisecond
		}
	}
	return 6100 * time.Millisecond
}

// page reads one page and moves the cursor on; done says that all windows up to
// now are read.
func (s *nvdSource) page(ctx context.Context, cur *nvdCursor, batch *feeds.Batch) (done bool, err error) {
	if cur.End.IsZero() {
		cur.End, cur.Start = s.now().UTC().Truncate(time.Second), 0
		if limit := cur.Since.Add(nvdWindow); cur.End.After(limit) {
			cur.End = limit
		}
	}
	address, err := s.query(*cur)
	if err != nil {
		return false, err
	}
	doc, err := s.client.Get(ctx, feeds.Request{URL: address, MaxBytes: cmp.Or(s.entry.MaxBytes, nvdPageBytes), Headers: s.entry.Headers, Accept: "application/json"})
	batch.Requests++
	if err != nil {
		return false, err
	}
	batch.Bytes += doc.Bytes
	var c collected
	page, err := readNVD(bytes.NewReader(doc.Body), func(a advisory.Advisory, err error) bool {
		if err == nil {
			a.Products = append(a.Products, ConfigProducts(a.Configs)...)
		}
		return c.add(a, err)
	})
	if err != nil {
		return false, fmt.Errorf("%s: %w", feeds.Redact(address), err)
	}
	c.under(s.entry)
	batch.Advisories, batch.Errors = append(batch.Advisories, c.list...), append(batch.Errors, c.errs...)
	cur.Start += page.entries
	if page.entries > 0 && float64(cur.Start) < page.total {
		return false, nil
	}
	*cur = nvdCursor{Since: cur.End}
	return !cur.Since.Before(s.now().UTC().Truncate(time.Second)), nil
}

// query is the address of the next page.
func (s *nvdSource) query(cur nvdCursor) (string, error) {
	u, err := url.Parse(s.entry.URL)
	if err != nil {
		return "", err
	}
	const layout = "2006-01-02T15:04:05.000Z"
	q := u.Query()
	q.Set("lastModStartDate", cur.Since.UTC().Format(layout))
	q.Set("lastModEndDate", cur.End.UTC().Format(layout))
	q.Set("startIndex", strconv.Itoa(cur.Start))
	q.Set("resultsPerPage", strconv.Itoa(nvdPageSize))
	u.RawQuery = q.Encode()
	return u.String(), nil
}
