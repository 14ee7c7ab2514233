package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hansho/notify"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 10

// Client is an HTTP client for channels: 30 seconds, and no redirects, since the
// other end of one is not whom the secrets are for.
func Client() *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Send makes a request and reads its answer. The error says what a failure means
// for a delivery and never holds the address, which is often the secret: what is
// refused for its content is permanent, 429 and 503 wait as they are told, and
// any other refusal, which may be a proxy's, is blocked.
func Send(client *http.Client, req *http.Request, now time.Time) ([]byte, error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.URL.Host, harmless(err))
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s: read the answer: %w", req.URL.Host, harmless(err))
	}
	if res.StatusCode/100 == 2 {
		return body, nil
	}
	return body, classify(req.URL.Host, res, now)
}

func classify(host string, res *http.Response, now time.Time) error {
	err := fmt.Errorf("%s answered %d %s", host, res.StatusCode, http.StatusText(res.StatusCode))
	switch {
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusServiceUnavailable:
		if wait := retryAfter(res.Header, now); wait > 0 {
			return &notify.RetryAfter{Wait: wait, Err: err}
		}
		return err
	case res.StatusCode >= 500, res.StatusCode == http.StatusRequestTimeout, res.StatusCode == http.StatusTooEarly:
		return err
	case ofContent(res.StatusCode):
		return &notify.Permanent{Err: err}
	}
	return &notify.Blocked{Err: err}
}

// ofContent says that a status is about what was sent and not about who sent it
// where.
func ofContent(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// retryAfter reads Retry-After in both its forms, Chatwork's own (Unix seconds),
// and LINE WORKS's own (seconds from now).
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if s, err := strconv.Atoi(value); err == nil {
		return min(time.Duration(s)*time.Second, 24*time.Hour)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(min(at.Sub(now), 24*time.Hour), 0)
	}
	if unix, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		return max(min(time.Unix(unix, 0).Sub(now), 24*time.Hour), 0)
	}
	if s, err := strconv.Atoi(h.Get("RateLimit-Reset")); err == nil {
		return max(min(time.Duration(s)*time.Second, 24*time.Hour), 0)
	}
	return 0
}

// harmless is a transport error without the address that net/http puts into it.
func harmless(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// CheckURL says what is wrong with a configured address, without showing it: it is
// often the secret.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("url: not an address such as https://…")
	}
	return nil
}

// Request makes a POST with a body.
func Request(ctx context.Context, address, contentType, body string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, &notify.Permanent{Err: errors.New("the address is no URL")}
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "hansho")
	return req, nil
}
