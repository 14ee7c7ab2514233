package notifytest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hansho/notify"
)

// Message gives a message that carries a notice to an address.
func Message(n notify.Notice, to notify.Address) notify.Message {
	return notify.Message{Delivery: notify.Delivery{Key: "key-1", Address: to, Thread: "case:CVE-2021-44228", Notice: n, Created: At}}
}

// Statuses holds a channel over HTTP against every status that a server may
// answer with, and against a server that hangs up. No error may hold a secret.
// open makes the channel for a server at an address.
func Statuses(t *testing.T, to string, secrets []string, open func(t *testing.T, address string) notify.Channel) {
	t.Helper()
	for status := 200; status < 600; status++ {
		if http.StatusText(status) == "" {
			continue
		}
		err := deliver(t, to, open, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(status)
		})
		if got, want := meaning(err), expected(status); got != want {
			t.Errorf("status %d: %s, want %s: %v", status, got, want, err)
		}
		keepsSecrets(t, fmt.Sprint("status ", status), err, secrets)
	}
	err := deliver(t, to, open, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if meaning(err) != "again" {
		t.Errorf("a broken connection means %s: %v", meaning(err), err)
	}
	keepsSecrets(t, "broken connection", err, secrets)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = open(t, "http://127.0.0.1:1").Deliver(ctx, Message(Notice(notify.KindNew, "ja"), notify.Address{To: to}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled delivery gives %v", err)
	}
	keepsSecrets(t, "cancelled", err, secrets)
}

func deliver(t *testing.T, to string, open func(*testing.T, string) notify.Channel, answer http.HandlerFunc) error {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	_, err := open(t, server.URL).Deliver(t.Context(), Message(Notice(notify.KindNew, "ja"), notify.Address{To: to}))
	return err
}

func expected(status int) string {
	switch {
	case status < 300:
		return "sent"
	case status == 429, status == 503:
		return "wait"
	case status >= 500, status == 408, status == 425:
		return "again"
	case status == 400, status == 413, status == 415, status == 422:
		return "never"
	}
	return "blocked"
}

func meaning(err error) string {
	var never *notify.Permanent
	var blocked *notify.Blocked
	var wait *notify.RetryAfter
	switch {
	case err == nil:
		return "sent"
	case errors.As(err, &never):
		return "never"
	case errors.As(err, &blocked):
		return "blocked"
	case errors.As(err, &wait) && wait.Wait == 17*time.Second:
		return "wait"
	}
	return "again"
}

func keepsSecrets(t *testing.T, when string, err error, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		if err != nil && strings.Contains(err.Error(), s) {
			t.Errorf("%s: a secret is in %q", when, err)
		}
	}
}
