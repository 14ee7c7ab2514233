// Package e2e runs the real program against the web, a Slack and a mail server
// of our own on this machine. The program is not told: it is given a proxy and
// a certificate authority by its environment, as in many a company, so that its
// sources keep their real addresses and no code of its knows of the test.
package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Web is the whole web as a proxy on loopback: it answers for every host what
// was put there, and 404 elsewhere.
type Web struct {
	proxy   *http.Server
	origin  *http.Server // what the proxy's tunnels lead to
	addr    string
	inside  string
	ca      string // file of the authority's certificate
	caCert  *x509.Certificate
	caKey   *ecdsa.PrivateKey
	certsMu sync.Mutex
	certs   map[string]*tls.Certificate

	mu    sync.Mutex
	pages map[string]http.Handler
	hits  map[string]int
}

// StartWeb starts a web without pages, whose certificates an authority in dir
// signs.
func StartWeb(dir string) (*Web, error) {
	w := &Web{ca: filepath.Join(dir, "authority.pem"), certs: map[string]*tls.Certificate{}, pages: map[string]http.Handler{}, hits: map[string]int{}}
	if err := w.makeAuthority(); err != nil {
		return nil, fmt.Errorf("e2e: web: %w", err)
	}
	outer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("e2e: web: %w", err)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("e2e: web: %w", err), outer.Close())
	}
	w.addr, w.inside = outer.Addr().String(), inner.Addr().String()
	quiet := log.New(io.Discard, "", 0)
	w.proxy = &http.Server{Handler: http.HandlerFunc(w.enter), ReadHeaderTimeout: time.Minute, ErrorLog: quiet}
	w.origin = &http.Server{
		Handler: w.answer("https"), ReadHeaderTimeout: time.Minute, ErrorLog: quiet,
		TLSConfig: &tls.Config{GetCertificate: w.certificate},
	}
	go func() { _ = w.proxy.Serve(outer) }()
	go func() { _ = w.origin.ServeTLS(inner, "", "") }()
	return w, nil
}

// Close ends the web.
func (w *Web) Close() error { return errors.Join(w.proxy.Close(), w.origin.Close()) }

// Env is the environment in which a program sees this web, and no other.
func (w *Web) Env() []string {
	proxy := "http://" + w.addr
	return []string{
		"HTTP_PROXY=" + proxy, "HTTPS_PROXY=" + proxy, "http_proxy=" + proxy, "https_proxy=" + proxy,
		"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "SSL_CERT_FILE=" + w.ca, "SSL_CERT_DIR=" + os.DevNull,
	}
}

// Handle has an address, with its query, answered by h.
func (w *Web) Handle(address string, h http.Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[address] = h
}

// Put has an address serve a document, with an ETag made of its bytes.
func (w *Web) Put(address string, body []byte) { w.Handle(address, Document(body)) }

// Document serves bytes with an ETag made of them.
func Document(body []byte) http.Handler {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = rw.Write(body)
	})
}

// Hits says how often an address was asked for.
func (w *Web) Hits(address string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hits[address]
}

// enter is the proxy's door: a plain request, or a tunnel.
func (w *Web) enter(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		w.answer("http").ServeHTTP(rw, r)
		return
	}
	there, err := net.Dial("tcp", w.inside)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	rw.WriteHeader(http.StatusOK)
	here, rest, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	done := make(chan struct{}, 2)
	pipe := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go pipe(there, rest)
	go pipe(here, there)
	<-done
}

func (w *Web) answer(scheme string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		address := scheme + "://" + r.Host + r.URL.RequestURI()
		if r.URL.IsAbs() {
			address = r.URL.String()
		}
		w.mu.Lock()
		w.hits[address]++
		h := w.pages[address]
		w.mu.Unlock()
		if h == nil {
			http.NotFound(rw, r)
			return
		}
		h.ServeHTTP(rw, r)
	})
}

func (w *Web) makeAuthority() (err error) {
	if w.caKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	t := template("hansho e2e authority")
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, &w.caKey.PublicKey, w.caKey)
	if err != nil {
		return err
	}
	if w.caCert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	return os.WriteFile(w.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}

// certificate makes one for whatever host is asked for.
func (w *Web) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	w.certsMu.Lock()
	defer w.certsMu.Unlock()
	if c := w.certs[hello.ServerName]; c != nil {
		return c, nil
	}
	t := template(hello.ServerName)
	t.DNSNames = []string{hello.ServerName}
	der, err := x509.CreateCertificate(rand.Reader, t, w.caCert, &w.caKey.PublicKey, w.caKey)
	if err != nil {
		return nil, err
	}
	c := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: w.caKey}
	w.certs[hello.ServerName] = c
	return c, nil
}

func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(30 * 24 * time.Hour),
	}
}
