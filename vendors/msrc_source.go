package vendors

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hansho/feeds"
)

// maxMonths bounds the documents of one fetch.
const maxMonths = 6

// msrcSource polls Microsoft's list of updates and fetches the months in it that
// changed.
type msrcSource struct {
	entry  feeds.Entry
	client *feeds.Client
	now    func() time.Time
	days   int
}

// newMSRCSource makes the source of an entry whose address is the API's
// /updates. Its mapping may say since_days, how old a month may be at first
// contact (45, which is the last one or two).
func newMSRCSource(e feeds.Entry, c *feeds.Client, now func() time.Time) (feeds.Source, error) {
	if _, err := webAddress(e.URL); err != nil {
		return nil, fmt.Errorf("msrc: %s: address: %w", e.ID, err)
	}
	days, err := positive(e.Mapping[keySinceDays], 45)
	if err != nil {
		return nil, fmt.Errorf("msrc: %s: mapping %s: %w", e.ID, keySinceDays, err)
	}
	return &msrcSource{entry: e, client: c, now: now, days: days}, nil
}

func (s *msrcSource) ID() string { return s.entry.ID }

type msrcCursor struct {
	Validators feeds.Validators     `json:"validators"`
	Months     map[string]time.Time `json:"months"` // current release date of what was read, by id
}

// msrcUpdate is a month in the list.
type msrcUpdate struct {
	ID      string    `json:"ID"`
	Current time.Time `json:"-"`
	Date    string    `json:"CurrentReleaseDate"`
	URL     string    `json:"CvrfUrl"`
}

// Fetch gets the months that are new or changed.
func (s *msrcSource) Fetch(ctx context.Context, since feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	var cur msrcCursor
	if len(since) > 0 && json.Unmarshal(since, &cur) != nil {
		cur = msrcCursor{} // a cursor that can't be read is a first contact
	}
	if cur.Months == nil {
		cur.Months = map[string]time.Time{}
	}
	var batch feeds.Batch
	list, validators, err := s.changed(ctx, cur, &batch)
	if err != nil {
		return batch, since, err
	}
	if list == nil {
		return batch, since, feeds.ErrUnchanged
	}
	cur.Validators = validators
	if s.months(ctx, list, cur.Months, &batch) {
		cur.Validators = feeds.Validators{} // what is left must not be hidden by a 304
	}
	next, err := json.Marshal(cur)
	if err != nil {
		return batch, since, fmt.Errorf("msrc: cursor: %w", err)
	}
	if len(batch.Advisories)+len(batch.Errors) == 0 {
		return batch, next, feeds.ErrUnchanged
	}
	return batch, next, nil
}

// months reads the listed months, at most maxMonths, and notes them in read;
// left says that some are still to be read.
func (s *msrcSource) months(ctx context.Context, list []msrcUpdate, read map[string]time.Time, batch *feeds.Batch) (left bool) {
	for i, u := range list {
		if i == maxMonths {
			return true
		}
		err := s.month(ctx, u, batch)
		if err == nil {
			read[u.ID] = u.Current
			continue
		}
		left = true
		batch.Errors = append(batch.Errors, fmt.Errorf("msrc: %s: %w", u.ID, err))
		if stop(ctx, err) {
			return true
		}
	}
	return left
}

// changed lists the months to read, newest first; nil where the list itself
// didn't change.
func (s *msrcSource) changed(ctx context.Context, cur msrcCursor, batch *feeds.Batch) ([]msrcUpdate, feeds.Validators, error) {
	doc, err := s.get(ctx, s.entry.URL, cur.Validators, batch)
	if err != nil {
		return nil, feeds.Validators{}, err
	}
	if doc.NotModified {
		return nil, cur.Validators, nil
	}
	var answer struct {
		Value []msrcUpdate `json:"value"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(doc.Body, utf8BOM), &answer); err != nil {
		return nil, feeds.Validators{}, fmt.Errorf("msrc: %s: list of updates: %w", feeds.Redact(s.entry.URL), err)
	}
	if len(answer.Value) == 0 {
		return nil, feeds.Validators{}, errors.New("msrc: the list of updates is empty")
	}
	oldest := s.now().AddDate(0, 0, -s.days)
	list := []msrcUpdate{}
	for _, u := range answer.Value {
		date, err := parseTime(u.Date)
		if err != nil || date.IsZero() || u.ID == "" {
			batch.Errors = append(batch.Errors, fmt.Errorf("msrc: update %.40q: no date", u.ID))
			continue
		}
		u.Current = date
		known, read := cur.Months[u.ID]
		if read && u.Current.After(known) || !read && u.Current.After(oldest) {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b msrcUpdate) int { return b.Current.Compare(a.Current) })
	return list, doc.Validators, nil
}

// month fetches and reads one month.
func (s *msrcSource) month(ctx context.Context, u msrcUpdate, batch *feeds.Batch) error {
	base, err := webAddress(s.entry.URL)
	if err != nil {
		return err
	}
	address, err := linked(base, u.URL)
	if err != nil {
		return err
	}
	doc, err := s.get(ctx, address.String(), feeds.Validators{}, batch)
	if err != nil {
		return err
	}
	list, errs := ParseMSRC(bytes.NewReader(doc.Body), feeds.Meta{
		Entry: s.entry, URL: address.String(), ContentType: doc.ContentType, Fetched: doc.Fetched,
	})
	batch.Advisories = append(batch.Advisories, list...)
	return errors.Join(errs...)
}

func (s *msrcSource) get(ctx context.Context, address string, v feeds.Validators, batch *feeds.Batch) (*feeds.Document, error) {
	doc, err := s.client.Get(ctx, feeds.Request{
		URL: address, Validators: v, MaxBytes: maxCSAFBytes, Headers: s.entry.Headers, Accept: "application/json, application/xml;q=0.9",
	})
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
