package killtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

// work is the program under test: it polls the peer's source, queues what is new
// in the transaction that remembers it, and delivers, until it is ended.
func work(path, url string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		return err
	}
	w := worker{url: url, store: s, client: &http.Client{Timeout: 5 * time.Second}}
	d := notify.NewDispatcher(store.NewOutbox(s), notify.Dispatch{
		Channels: map[string]notify.Channel{"slack": channel{w, true}, "mail": channel{w, false}},
		Backoff:  notify.Backoff{First: 5 * time.Millisecond, Max: 100 * time.Millisecond},
		Log:      slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	polled := make(chan error, 1)
	go func() { polled <- w.poll(ctx, d) }()
	err = d.Run(ctx)
	return errors.Join(err, <-polled, s.Close())
}

type worker struct {
	url    string
	store  store.Store
	client *http.Client
}

func (w worker) poll(ctx context.Context, d *notify.Dispatcher) error {
	for ctx.Err() == nil {
		var published int
		if err := w.get(ctx, "/source", &published); err != nil {
			continue // the source is down, or we are to stop
		}
		if err := w.store.Update(ctx, func(tx store.Tx) error { return learn(tx, published) }); err != nil && ctx.Err() == nil {
			return err
		}
		d.Wake()
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return nil
}

// batch is how many items one poll takes.
const batch = 4

// learn is a poll's transaction: the cursor and the deliveries, or neither.
func learn(tx store.Tx, published int) error {
	seen := 0
	note, err := tx.Note("cursor")
	if err == nil {
		seen, err = strconv.Atoi(string(note))
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	until := min(published, seen+batch)
	for i := seen; i < until; i++ {
		if err := enqueue(tx, i); err != nil {
			return err
		}
	}
	return tx.PutNote("cursor", []byte(strconv.Itoa(until)))
}

// threads is how many threads the items share.
const threads = 7

func enqueue(tx store.Tx, i int) error {
	at := time.Now()
	for _, a := range []notify.Address{{Channel: "slack", To: "#soc"}, {Channel: "mail", To: "soc@example.jp"}} {
		queued, err := tx.Enqueue(notify.Delivery{
			Key: a.Channel + "|" + itemID(i), Address: a, Thread: fmt.Sprintf("case:%d", i%threads), Created: at, NotBefore: at,
			Notice: notify.Notice{Kind: notify.KindUpdate, News: []notify.News{{SourceView: notify.SourceView{Advisory: itemID(i)}}}},
		})
		if err != nil {
			return err
		}
		if !queued {
			return fmt.Errorf("item %d was queued before, and the cursor did not move", i)
		}
	}
	return nil
}

// channel sends to the peer. One that can ask does so before it sends again.
type channel struct {
	worker
	asks bool
}

func (c channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	key := m.Delivery.Key
	if m.Retry && c.asks {
		var taken bool
		if err := c.get(ctx, "/history?key="+key, &taken); err != nil {
			return notify.Receipt{}, err
		}
		if taken {
			return notify.Receipt{ID: key}, nil
		}
	}
	out := message{Key: key, Thread: m.Delivery.Thread}
	for _, n := range m.Delivery.Notice.News {
		out.Items = append(out.Items, n.Advisory)
	}
	return notify.Receipt{ID: key}, c.post(ctx, "/"+m.Delivery.Address.Channel, out)
}

func (w worker) get(ctx context.Context, path string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+path, nil)
	if err != nil {
		return err
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(v)
}

func (w worker) post(ctx context.Context, path string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusTooManyRequests:
		return &notify.RetryAfter{Wait: 20 * time.Millisecond, Err: errors.New(resp.Status)}
	}
	return errors.New(resp.Status)
}
