package feeds

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hansho/advisory"
)

// pollCursor is where a source of one document left off. Seen and Pages are
// for the sources that build on it.
type pollCursor struct {
	URL        string     `json:"url"` // the validators are for this address only
	Validators Validators `json:"validators"`
	Body       string     `json:"body"`    // digest of the last good bytes
	Content    string     `json:"content"` // digest of what was read from them
	Items      int        `json:"items"`
	Final      string     `json:"final,omitempty"`
	Moved      string     `json:"moved,omitempty"`
	// Seen are keys of the entries in the last document, newest first.
	Seen []string `json:"seen,omitempty"`
	// Pages are the states of items whose page has been read.
	Pages map[string]string `json:"pages,omitempty"`
}

// pollSource is a source of one document: conditional requests, a digest of
// bytes and of content, and a look at whether what came can be right.
type pollSource struct {
	entry  Entry
	parse  Parser
	client *Client
	now    func() time.Time
	keep   *regexp.Regexp
	drop   *regexp.Regexp
	dated  bool // an entry's new date alone is news: its page is to be read again
}

// NewPollSource makes a source of one document at the entry's address. The keys
// keep and drop of Entry.Mapping, regular expressions over the publisher's ids,
// pick a part of the document, so that two entries can share one address.
func NewPollSource(e Entry, parse Parser, c *Client, now func() time.Time) (Source, error) {
	return newPollSource(e, parse, c, now)
}

func newPollSource(e Entry, parse Parser, c *Client, now func() time.Time) (*pollSource, error) {
	s := &pollSource{entry: e, parse: parse, client: c, now: now}
	for key, into := range map[string]**regexp.Regexp{keyKeep: &s.keep, keyDrop: &s.drop} {
		if e.Mapping[key] == "" {
			continue
		}
		re, err := regexp.Compile(e.Mapping[key])
		if err != nil {
			return nil, fmt.Errorf("feeds: %s: mapping %s: %w", e.ID, key, err)
		}
		*into = re
	}
	return s, nil
}

// ID is the entry's id.
func (s *pollSource) ID() string { return s.entry.ID }

// Fetch gets the document and gives all that it says, where that is not what it
// said before. An unreadable document is an error, with the cursor as it was.
func (s *pollSource) Fetch(ctx context.Context, since Cursor) (Batch, Cursor, error) {
	batch, next, err := s.poll(ctx, s.cursor(since))
	return s.result(batch, since, next, err)
}

// result writes the cursor to keep: the next one where the poll could be read,
// else the one that it began with.
func (s *pollSource) result(b Batch, since Cursor, next pollCursor, err error) (Batch, Cursor, error) {
	if err != nil && !errors.Is(err, ErrUnchanged) {
		return b, since, err
	}
	c, merr := json.Marshal(next)
	if merr != nil {
		return b, since, fmt.Errorf("feeds: %s: cursor: %w", s.entry.ID, merr)
	}
	return b, c, err
}

// cursor reads a cursor; one of another address, or none, starts anew.
func (s *pollSource) cursor(since Cursor) pollCursor {
	var c pollCursor
	if len(since) == 0 || json.Unmarshal(since, &c) != nil {
		return pollCursor{}
	}
	if c.URL != s.entry.URL {
		return pollCursor{Items: c.Items}
	}
	return c
}

func (s *pollSource) poll(ctx context.Context, last pollCursor) (Batch, pollCursor, error) {
	doc, err := s.get(ctx, s.entry.URL, last.Validators)
	if err != nil {
		return Batch{Requests: 1}, last, fmt.Errorf("feeds: %s: %w", s.entry.ID, err)
	}
	batch := Batch{Requests: 1, Bytes: doc.Bytes}
	next := last
	next.URL, next.Validators = s.entry.URL, doc.Validators
	next.Final, next.Moved = doc.FinalURL, doc.Moved
	if doc.Moved != "" {
		batch.Alarm(AlarmMoved, Redact(doc.Moved))
	}
	if doc.NotModified {
		batch.NotChanged = 1
		return batch, next, ErrUnchanged
	}
	if next.Body = digest(doc.Body); next.Body == last.Body {
		return batch, next, ErrUnchanged
	}
	advisories, errs := s.parse(bytes.NewReader(doc.Body), s.meta(doc))
	batch.Advisories, batch.Errors = s.mine(advisories), errs
	if len(advisories) == 0 && len(errs) > 0 {
		return Batch{Requests: 1, Bytes: doc.Bytes}, last, errors.Join(errs...)
	}
	next.Items = len(advisories) + len(errs)
	return s.judge(batch, last, next)
}

// judge compares what was read with what was known.
func (s *pollSource) judge(batch Batch, last, next pollCursor) (Batch, pollCursor, error) {
	next.Content = contentDigest(batch, s.dated)
	if next.Items == 0 && last.Items > 0 {
		batch.Alarm(AlarmEmpty, strconv.Itoa(last.Items))
		return batch, last, nil // asked for again until it has something to say
	}
	if next.Content == last.Content {
		return batch.without(), next, ErrUnchanged
	}
	if last.Items > 0 && next.Items > 3*last.Items && next.Items > last.Items+50 {
		batch.Alarm(AlarmJump, fmt.Sprintf("%d → %d", last.Items, next.Items))
	}
	if ids := futureDates(batch.Advisories, s.now()); len(ids) > 0 {
		batch.Alarm(AlarmFuture, strings.Join(ids[:min(len(ids), 3)], ", "))
	}
	return batch, next, nil
}

// without is a batch that found nothing new, for its figures and warnings.
func (b Batch) without() Batch {
	return Batch{Requests: b.Requests, Bytes: b.Bytes, Warnings: b.Warnings, Health: b.Health, NotChanged: b.NotChanged}
}

func (s *pollSource) get(ctx context.Context, url string, v Validators) (*Document, error) {
	return s.client.Get(ctx, Request{URL: url, Validators: v, MaxBytes: s.entry.MaxBytes, Headers: s.entry.Headers})
}

func (s *pollSource) meta(doc *Document) Meta {
	return Meta{Entry: s.entry, URL: doc.FinalURL, ContentType: doc.ContentType, Fetched: doc.Fetched}
}

// mine keeps the advisories that the entry picks.
func (s *pollSource) mine(all []advisory.Advisory) []advisory.Advisory {
	if s.keep == nil && s.drop == nil {
		return all
	}
	return slices.DeleteFunc(all, func(a advisory.Advisory) bool {
		_, id, _ := strings.Cut(a.ID, ":")
		return s.keep != nil && !s.keep.MatchString(id) || s.drop != nil && s.drop.MatchString(id)
	})
}

// futureSlack is what clocks and zones may be apart.
const futureSlack = 48 * time.Hour

func futureDates(all []advisory.Advisory, now time.Time) []string {
	var ids []string
	for _, a := range all {
		if a.Published.After(now.Add(futureSlack)) || a.Updated.After(now.Add(futureSlack)) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// contentDigest names what a batch says, whatever the order. A date is content
// only where it says that a page behind the entry changed.
func contentDigest(b Batch, dated bool) string {
	lines := make([]string, 0, len(b.Advisories)+len(b.Errors))
	for _, a := range b.Advisories {
		lines = append(lines, a.ID+" "+advisory.Digest(a)+" "+strings.Join(a.Refs, " "))
		if dated {
			lines = append(lines, a.ID+a.Updated.Format(" 20060102T150405Z"))
		}
	}
	for _, err := range b.Errors {
		lines = append(lines, err.Error())
	}
	slices.Sort(lines)
	return digest([]byte(strings.Join(lines, "\n")))
}
