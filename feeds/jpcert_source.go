package feeds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hansho/advisory"
)

// jpcertSource polls JPCERT/CC's feed and reads the page of an alert once for
// each change of its item.
type jpcertSource struct{ *pollSource }

func newJPCERTSource(e Entry, c *Client, now func() time.Time) (Source, error) {
	p, err := newPollSource(e, ParseJPCERT, c, now)
	if err != nil {
		return nil, err
	}
	p.dated = true
	return jpcertSource{p}, nil
}

// Fetch gives the items that changed, each alert with what its page says. An
// alert whose page can't be read is given as the feed has it where it is new;
// an update of a known one waits for its page, so that a page which is away for
// an hour doesn't look like claims taken back. Either is tried again with the
// next poll.
func (s jpcertSource) Fetch(ctx context.Context, since Cursor) (Batch, Cursor, error) {
	last := s.cursor(since)
	batch, next, err := s.poll(ctx, last)
	if err != nil || len(batch.Advisories) == 0 {
		return s.result(batch, since, next, err)
	}
	missing, err := s.addPages(ctx, &batch, last.Pages, &next)
	if err != nil {
		return batch, since, err
	}
	if missing { // read the whole again next time, to come back to the pages
		next.Validators, next.Body, next.Content = Validators{}, "", ""
	}
	if len(batch.Advisories) == 0 && len(batch.Errors) == 0 {
		return s.result(batch.without(), since, next, ErrUnchanged)
	}
	return s.result(batch, since, next, nil)
}

// addPages leaves in the batch what is to be given: the items that changed,
// with their pages. It says whether a page is missing.
func (s jpcertSource) addPages(ctx context.Context, b *Batch, known map[string]string, next *pollCursor) (missing bool, err error) {
	items := b.Advisories
	b.Advisories, next.Pages = nil, make(map[string]string, len(items))
	for _, a := range items {
		state, before := itemState(a), known[a.ID]
		if before == state {
			next.Pages[a.ID] = state
			continue
		}
		merged, err := s.withPage(ctx, a, b)
		if ctx.Err() != nil {
			return false, fmt.Errorf("feeds: %s: %w", s.entry.ID, ctx.Err())
		}
		if err == nil {
			next.Pages[a.ID] = state
			b.Advisories = append(b.Advisories, merged)
			continue
		}
		missing = true
		b.Errors = append(b.Errors, fmt.Errorf("feeds: %s: %s: page: %w", s.entry.ID, a.ID, err))
		next.Pages[a.ID] = before
		if hadPage := before != "" && !strings.HasPrefix(before, pageless); !hadPage {
			next.Pages[a.ID] = pageless + state
			if before != pageless+state {
				b.Advisories = append(b.Advisories, a)
			}
		}
	}
	return missing, nil
}

// pageless marks the state of an item that was given without its page.
const pageless = "-"

// itemState names what the feed says of an item.
func itemState(a advisory.Advisory) string {
	return advisory.Digest(a)[:16] + a.Updated.Format("@20060102T1504Z")
}

// withPage adds the page of an alert. Items of other kinds, and links that lead
// off the feed's own site, are given as they are.
func (s jpcertSource) withPage(ctx context.Context, a advisory.Advisory, b *Batch) (advisory.Advisory, error) {
	if a.Kind == advisory.KindRoundup || len(a.Links) == 0 || !sameSite(a.Links[0], s.entry.URL) {
		return a, nil
	}
	b.Requests++
	doc, err := s.get(ctx, a.Links[0], Validators{})
	if err != nil {
		return a, err
	}
	b.Bytes += doc.Bytes
	meta := s.meta(doc)
	meta.URL = a.Links[0]
	pages, errs := ParseJPCERT(bytes.NewReader(doc.Body), meta)
	if len(pages) != 1 {
		return a, errors.Join(errs...)
	}
	return mergePage(a, pages[0]), nil
}

// sameSite says whether two addresses are on one host.
func sameSite(a, b string) bool {
	u, err := url.Parse(a)
	if err != nil {
		return false
	}
	v, err := url.Parse(b)
	return err == nil && u.Host == v.Host && u.Host != ""
}
