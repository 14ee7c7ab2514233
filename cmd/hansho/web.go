package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// Bounds of what comes by HTTP.
const (
	maxConns   = 512
	maxHeaders = 16 << 10 // bytes
)

// web is what answers by HTTP: the address, by its path below. Two services may
// share one address.
type web map[string]*http.ServeMux

// handle has a handler answer at an address for a path and what is below it.
func (w web) handle(addr, path string, h http.Handler) {
	if w[addr] == nil {
		w[addr] = http.NewServeMux()
	}
	w[addr].Handle(path, h)
}

// serve answers at every address until ctx ends. An address that can't be had is
// logged, and the others go on: to be warned matters more than to be answered.
func (w web) serve(ctx context.Context, a *app) {
	var wg sync.WaitGroup
	for addr, mux := range w {
		wg.Go(func() {
			if err := listenHTTP(ctx, addr, mux); err != nil {
				a.log.Error("nobody answers by HTTP", "address", addr, "error", err)
			}
		})
	}
	wg.Wait()
}

func listenHTTP(ctx context.Context, addr string, h http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: maxHeaders,
		BaseContext:    func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	stop := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = srv.Shutdown(closing)
	})
	defer stop()
	if err := srv.Serve(netutil.LimitListener(l, maxConns)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", addr, err)
	}
	return nil
}
