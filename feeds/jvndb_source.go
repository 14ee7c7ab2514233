package feeds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"hansho/advisory"
)

// The manners of the MyJVN API: a page holds at most 50 entries, and a gap is
// filled with at most so many pages at a time.
const (
	overviewPage = 50
	maxPages     = 40
	maxSeen      = 600
	maxBackfill  = 31 * 24 * time.Hour
)

// keyAPI is the key of Entry.Mapping with the address of the MyJVN API.
const keyAPI = "api"

// defaultAPI is where MyJVN answers.
const defaultAPI = "https://jvndb.jvn.jp/myjvn"

// jvndbSource polls JVN iPedia's feed of new entries, and asks the MyJVN API
// for what fell out of the feed between two polls: its 500 entries were seen to
// span about a day.
type jvndbSource struct {
	*pollSource
	api string
}

func newJVNDBSource(e Entry, c *Client, now func() time.Time) (Source, error) {
	p, err := newPollSource(e, ParseJVNDB, c, now)
	if err != nil {
		return nil, err
	}
	api := firstOf(e.Mapping[keyAPI], defaultAPI)
	if _, err := url.Parse(api); err != nil {
		return nil, fmt.Errorf("feeds: %s: mapping %s: %w", e.ID, keyAPI, err)
	}
	return jvndbSource{pollSource: p, api: api}, nil
}

// Fetch gives the feed's entries, and those of a gap where the feed holds none
// of what it held before. A gap that can't be filled is an error of the batch,
// told as a warning, and is tried again.
func (s jvndbSource) Fetch(ctx context.Context, since Cursor) (Batch, Cursor, error) {
	last := s.cursor(since)
	batch, next, err := s.poll(ctx, last)
	if err != nil || len(batch.Advisories) == 0 {
		return s.result(batch, since, next, err)
	}
	next.Seen = seenKeys(batch.Advisories)
	if gap, ok := gapBetween(last.Seen, batch.Advisories); ok {
		if err := s.fill(ctx, gap, &batch); err != nil {
			if ctx.Err() != nil {
				return batch, since, fmt.Errorf("feeds: %s: %w", s.entry.ID, ctx.Err())
			}
			batch.Errors = append(batch.Errors, fmt.Errorf("feeds: %s: fill the gap since %s: %w", s.entry.ID, gap.from.Format(time.DateOnly), err))
			batch.Alarm(AlarmGap, "")
			next.Seen, next.Validators, next.Body, next.Content = last.Seen, Validators{}, "", ""
		}
	}
	return s.result(batch, since, next, nil)
}

// gap is a time of which the feed shows nothing.
type gap struct{ from, to time.Time }

// gapBetween compares what the feed held with what it holds: with not one entry
// in common, entries may have come and gone between.
func gapBetween(seen []string, now []advisory.Advisory) (gap, bool) {
	if len(seen) == 0 {
		return gap{}, false
	}
	keys := seenKeys(now)
	for _, k := range keys {
		if slices.Contains(seen, k) {
			return gap{}, false
		}
	}
	g := gap{from: seenTime(seen[0]), to: seenTime(keys[len(keys)-1])}
	return g, !g.from.IsZero() && !g.to.Before(g.from)
}

// seenKeys name entries with their last change, newest first.
func seenKeys(all []advisory.Advisory) []string {
	keys := make([]string, 0, len(all))
	for _, a := range all {
		keys = append(keys, a.Updated.UTC().Format(time.RFC3339)+" "+a.ID)
	}
	slices.Sort(keys)
	slices.Reverse(keys)
	return keys[:min(len(keys), maxSeen)]
}

func seenTime(key string) time.Time {
	t, err := time.Parse(time.RFC3339, key[:min(len(key), len("2006-01-02T15:04:05Z"))])
	if err != nil {
		return time.Time{}
	}
	return t
}

// fill asks the API for the entries changed within a gap, page by page.
func (s jvndbSource) fill(ctx context.Context, g gap, b *Batch) error {
	if g.to.Sub(g.from) > maxBackfill {
		b.Warnings = append(b.Warnings, fmt.Sprintf("the gap since %s is longer than is filled: entries before %s are missing",
			g.from.In(tokyo).Format(time.DateOnly), g.to.Add(-maxBackfill).In(tokyo).Format(time.DateOnly)))
		g.from = g.to.Add(-maxBackfill)
	}
	have := make(map[string]bool, len(b.Advisories))
	for _, a := range b.Advisories {
		have[a.ID] = true
	}
	for page := range maxPages {
		n, err := s.fillPage(ctx, overviewURL(s.api, g, page*overviewPage+1), have, b)
		if err != nil {
			return err
		}
		if n < overviewPage {
			return nil
		}
	}
	b.Warnings = append(b.Warnings, fmt.Sprintf("the gap holds more than the %d entries that are asked for at a time", maxPages*overviewPage))
	return nil
}

// fillPage adds one page of the API's answer and gives how many entries it had.
func (s jvndbSource) fillPage(ctx context.Context, address string, have map[string]bool, b *Batch) (int, error) {
	doc, err := s.getTwice(ctx, address, b)
	if err != nil {
		return 0, err
	}
	page, errs := ParseJVNDB(bytes.NewReader(doc.Body), s.meta(doc))
	if len(page) == 0 && len(errs) > 0 {
		return 0, errors.Join(errs...)
	}
	for _, a := range page {
		if !have[a.ID] {
			have[a.ID] = true
			b.Advisories = append(b.Advisories, a)
		}
	}
	b.Errors = append(b.Errors, errs...)
	return len(page) + len(errs), nil
}

// getTwice tries a second time where an answer was cut short, as the API's
// sometimes are.
func (s jvndbSource) getTwice(ctx context.Context, address string, b *Batch) (*Document, error) {
	b.Requests++
	doc, err := s.get(ctx, address, Validators{})
	var failed *FetchError
	if errors.As(err, &failed) && failed.Problem == ProblemCutShort {
		b.Requests++
		doc, err = s.get(ctx, address, Validators{})
	}
	if err != nil {
		return nil, err
	}
	b.Bytes += doc.Bytes
	return doc, nil
}

// overviewURL asks for the entries last changed on the days of a gap. The
// other ranges are switched off: they default to the past week.
func overviewURL(api string, g gap, start int) string {
	from, to := g.from.In(tokyo), g.to.In(tokyo)
	q := url.Values{
		"method": {"getVulnOverviewList"}, "feed": {"hnd"}, "lang": {"ja"},
		"startItem": {strconv.Itoa(start)}, "maxCountItem": {strconv.Itoa(overviewPage)},
		"rangeDatePublic": {"n"}, "rangeDatePublished": {"n"}, "rangeDateFirstPublished": {"n"},
	}
	for name, t := range map[string]time.Time{"datePublishedStart": from, "datePublishedEnd": to} {
		q.Set(name+"Y", t.Format("2006"))
		q.Set(name+"M", t.Format("01"))
		q.Set(name+"D", t.Format("02"))
	}
	return api + "?" + q.Encode()
}
