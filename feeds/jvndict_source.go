package feeds

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// The MyJVN API gives 10,000 products an answer at most, and wants short bursts.
const (
	dictionaryPage  = 10_000
	dictionaryPages = 40 // more than JVN iPedia will have for long
)

// dictionarySource reads the MyJVN product dictionary page by page by the API's
// getProductList. It brings products, no advisories.
type dictionarySource struct {
	entry  Entry
	client *Client
}

// dictionaryCursor is what the dictionary was at the last good reading.
type dictionaryCursor struct {
	URL      string `json:"url"`
	Products int    `json:"products"`
	Digest   string `json:"digest"`
}

func newDictionarySource(e Entry, c *Client, _ func() time.Time) (Source, error) {
	if _, err := url.Parse(e.URL); err != nil {
		return nil, fmt.Errorf("feeds: %s: %w", e.ID, err)
	}
	return &dictionarySource{entry: e, client: c}, nil
}

// ID gives the catalogue id.
func (s *dictionarySource) ID() string { return s.entry.ID }

// Fetch gives the whole dictionary where it differs from the last one. One that
// has lost a third of its products is a broken answer: the last one stays.
func (s *dictionarySource) Fetch(ctx context.Context, since Cursor) (Batch, Cursor, error) {
	var last dictionaryCursor
	if len(since) > 0 && (json.Unmarshal(since, &last) != nil || last.URL != s.entry.URL) {
		last = dictionaryCursor{}
	}
	batch, sum, err := s.pages(ctx)
	if err != nil {
		return batch, since, err
	}
	n := len(batch.Products)
	if n*3 < last.Products*2 || n == 0 {
		return Batch{Requests: batch.Requests, Bytes: batch.Bytes}, since,
			fmt.Errorf("feeds: %s: %d products where there were %d: the last dictionary is kept", s.entry.ID, n, last.Products)
	}
	next, err := json.Marshal(dictionaryCursor{URL: s.entry.URL, Products: n, Digest: sum})
	if err != nil {
		return batch, since, fmt.Errorf("feeds: %s: cursor: %w", s.entry.ID, err)
	}
	if sum == last.Digest {
		return batch.without(), next, ErrUnchanged
	}
	return batch, next, nil
}

// pages reads every page, and a digest of their bytes. The addresses ask for the
// rows from startItem on.
func (s *dictionarySource) pages(ctx context.Context) (Batch, string, error) {
	var b Batch
	var sums bytes.Buffer
	for page := range dictionaryPages {
		address, err := pageAddress(s.entry.URL, page*dictionaryPage+1)
		if err != nil {
			return b, "", fmt.Errorf("feeds: %s: %w", s.entry.ID, err)
		}
		doc, err := s.client.Get(ctx, Request{URL: address, MaxBytes: s.entry.MaxBytes, Headers: s.entry.Headers})
		b.Requests++
		if err != nil {
			return b, "", fmt.Errorf("feeds: %s: page %d: %w", s.entry.ID, page+1, err)
		}
		b.Bytes += doc.Bytes
		products, errs := ParseDictionary(bytes.NewReader(doc.Body), s.entry.MaxBytes)
		if len(products) == 0 && len(errs) > 0 {
			return b, "", fmt.Errorf("feeds: %s: page %d: %w", s.entry.ID, page+1, errors.Join(errs...))
		}
		b.Errors = append(b.Errors, errs...)
		b.Products = append(b.Products, products...)
		for _, p := range products {
			fmt.Fprintln(&sums, p)
		}
		if len(products) < dictionaryPage {
			break
		}
	}
	return b, digest(sums.Bytes()), nil
}

func pageAddress(base string, start int) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("startItem", strconv.Itoa(start))
	q.Set("maxCountItem", strconv.Itoa(dictionaryPage))
	u.RawQuery = q.Encode()
	return u.String(), nil
}
