package vendors

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hansho/feeds"
)

// maxDeltas bounds the records of one fetch.
const maxDeltas = 300

// cveDeltaSource reads cvelistV5 by its log of changes (cves/deltaLog.json, the
// last 30 days; or cves/delta.json, the last quarter of an hour), and fetches the
// records named there.
type cveDeltaSource struct {
	entry  feeds.Entry
	client *feeds.Client
	now    func() time.Time
	days   int
}

// newCVE5Source makes the source of an entry: a log of changes by its name, else
// a document or archive that is polled whole. The mapping's since_days says how
// far back the first contact reads the log (1).
func newCVE5Source(e feeds.Entry, c *feeds.Client, now func() time.Time) (feeds.Source, error) {
	u, err := webAddress(e.URL)
	if err != nil {
		return nil, fmt.Errorf("cve5: %s: address: %w", e.ID, err)
	}
	if !strings.HasSuffix(u.Path, "/deltaLog.json") && !strings.HasSuffix(u.Path, "/delta.json") {
		return feeds.NewPollSource(e, ParseCVE5, c, now)
	}
	days, err := positive(e.Mapping[keySinceDays], 1)
	if err != nil {
		return nil, fmt.Errorf("cve5: %s: mapping %s: %w", e.ID, keySinceDays, err)
	}
	return &cveDeltaSource{entry: e, client: c, now: now, days: days}, nil
}

func (s *cveDeltaSource) ID() string { return s.entry.ID }

// cveDelta is one set of changes.
type cveDelta struct {
	FetchTime string      `json:"fetchTime"`
	New       []cveChange `json:"new"`
	Updated   []cveChange `json:"updated"`
}

type cveChange struct {
	ID  string `json:"cveId"`
	URL string `json:"githubLink"`
}

// cveDeltaCursor is where the log was left. The changes since Since only grow at
// their end, so that Done of them says where to go on.
type cveDeltaCursor struct {
	Validators feeds.Validators `json:"validators"`
	Since      time.Time        `json:"since"`
	Done       int              `json:"done,omitzero"`
}

// Fetch gets the records that changed, oldest change first.
func (s *cveDeltaSource) Fetch(ctx context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	var cur cveDeltaCursor
	if len(since) == 0 || json.Unmarshal(since, &cur) != nil || cur.Since.IsZero() {
		cur = cveDeltaCursor{Since: s.now().UTC().AddDate(0, 0, -s.days)}
	}
	var batch feeds.Batch
	doc, err := s.get(ctx, s.entry.URL, cur.Validators, &batch)
	if err != nil {
		return batch, since, err
	}
	if doc.NotModified {
		return batch, since, feeds.ErrUnchanged
	}
	changes, newest, err := changesSince(doc.Body, cur.Since)
	if err != nil {
		return batch, since, fmt.Errorf("cve5: %s: %w", feeds.Redact(s.entry.URL), err)
	}
	done := s.take(ctx, changes[min(cur.Done, len(changes)):], &batch)
	cur.Done += done
	if cur.Done >= len(changes) {
		cur = cveDeltaCursor{Since: newest, Validators: doc.Validators}
	} else {
		cur.Validators = feeds.Validators{} // the rest must not be hidden by a 304
	}
	next, err := json.Marshal(cur)
	if err != nil {
		return batch, since, fmt.Errorf("cve5: cursor: %w", err)
	}
	if len(batch.Advisories)+len(batch.Errors) == 0 {
		return batch, next, feeds.ErrUnchanged
	}
	return batch, next, nil
}

// take fetches records until the bound, and says how many of the changes are
// dealt with. A record that changed again later in the list is passed over.
func (s *cveDeltaSource) take(ctx context.Context, changes []cveChange, batch *feeds.Batch) (done int) {
	last := map[string]int{}
	for i, c := range changes {
		last[c.ID] = i
	}
	fetched := 0
	for i, c := range changes {
		if last[c.ID] != i {
			continue
		}
		if fetched++; fetched > maxDeltas {
			return i
		}
		if err := s.record(ctx, c, batch); err != nil {
			batch.Errors = append(batch.Errors, fmt.Errorf("cve5: %s: %w", c.ID, err))
			if stop(ctx, err) {
				return i
			}
		}
	}
	return len(changes)
}

func (s *cveDeltaSource) record(ctx context.Context, c cveChange, batch *feeds.Batch) error {
	base, err := url.Parse(s.entry.URL)
	if err != nil {
		return err
	}
	address, err := linked(base, c.URL)
	if err != nil {
		return err
	}
	doc, err := s.get(ctx, address.String(), feeds.Validators{}, batch)
	if err != nil {
		return err
	}
	list, errs := ParseCVE5(bytes.NewReader(doc.Body), feeds.Meta{Entry: s.entry, URL: address.String(), Fetched: doc.Fetched})
	batch.Advisories = append(batch.Advisories, list...)
	return errors.Join(errs...)
}

func (s *cveDeltaSource) get(ctx context.Context, address string, v feeds.Validators, batch *feeds.Batch) (*feeds.Document, error) {
	doc, err := s.client.Get(ctx, feeds.Request{URL: address, Validators: v, MaxBytes: s.entry.MaxBytes, Headers: s.entry.Headers})
	batch.Requests++
	if err != nil {
		return nil, err
	}
	batch.Bytes += doc.Bytes
	if doc.NotModified {
		batch.NotChanged++
	}
	return doc, nil
}

// changesSince lists the changes after a time, oldest first, and the time of the
// newest.
func changesSince(body []byte, since time.Time) (changes []cveChange, newest time.Time, err error) {
	deltas, err := readDeltas(body)
	if err != nil {
		return nil, since, err
	}
	type dated struct {
		cveDelta
		at time.Time
	}
	var list []dated
	for _, d := range deltas {
		at, err := parseTime(d.FetchTime)
		if err != nil || at.IsZero() {
			return nil, since, fmt.Errorf("change without a time: %.40q", d.FetchTime)
		}
		if at.After(since) {
			list = append(list, dated{d, at})
		}
	}
	slices.SortStableFunc(list, func(a, b dated) int { return a.at.Compare(b.at) })
	newest = since
	for _, d := range list {
		changes = append(append(changes, d.New...), d.Updated...)
		newest = d.at
	}
	return changes, newest, nil
}

// readDeltas reads delta.json, which is one, or deltaLog.json, which is many.
func readDeltas(body []byte) ([]cveDelta, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, utf8BOM))
	if len(body) > 0 && body[0] == '[' {
		var list []cveDelta
		err := json.Unmarshal(body, &list)
		return list, err
	}
	var one cveDelta
	if err := json.Unmarshal(body, &one); err != nil {
		return nil, err
	}
	return []cveDelta{one}, nil
}
