package feeds

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Problem is what went wrong with a fetch, as an operator would sort it.
type Problem string

// The problems of a fetch.
const (
	ProblemAddress     Problem = "the address is not usable"
	ProblemDNS         Problem = "the host name could not be resolved"
	ProblemCertificate Problem = "the certificate of the server is not trusted"
	ProblemTimeout     Problem = "the server took too long to answer"
	ProblemConnection  Problem = "no connection to the server"
	ProblemRedirect    Problem = "too many or unsafe redirects"
	ProblemTooLarge    Problem = "the document is larger than allowed"
	ProblemCompressed  Problem = "the compressed document is broken"
	ProblemCutShort    Problem = "the document ended too early"
	ProblemStatus      Problem = "the server refused"
)

// FetchError is a document that could not be had. Its text holds neither
// credentials nor query parameters.
type FetchError struct {
	URL     string // without user and query
	Problem Problem
	Status  int   // HTTP status for ProblemStatus, else 0
	Err     error // the cause; may be nil
}

// Error says in plain words what happened to which document.
func (e *FetchError) Error() string {
	s := fmt.Sprintf("get %s: %s", e.URL, e.Problem)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP status %d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + scrub(e.Err.Error())
	}
	return s
}

// Unwrap gives the cause.
func (e *FetchError) Unwrap() error { return e.Err }

// RetryLater is a server that asks to be left alone for a while (HTTP 429, or
// 503 with Retry-After).
type RetryLater struct {
	URL    string // without user and query
	Status int
	After  time.Duration // as asked; 0 where the server didn't say how long
}

// Error says who asks for how long.
func (e *RetryLater) Error() string {
	if e.After == 0 {
		return fmt.Sprintf("get %s: the server asks to come back later (HTTP status %d)", e.URL, e.Status)
	}
	return fmt.Sprintf("get %s: the server asks to come back in %v (HTTP status %d)", e.URL, e.After, e.Status)
}

var (
	errTooLarge  = errors.New("more bytes than the limit")
	errRedirects = errors.New("redirect refused")
)

// problemOf sorts an error of the HTTP client or of reading a body.
func problemOf(err error) Problem {
	var (
		dns  *net.DNSError
		neta net.Error
	)
	switch {
	case errors.Is(err, errTooLarge):
		return ProblemTooLarge
	case errors.Is(err, errRedirects):
		return ProblemRedirect
	case isCertificate(err):
		return ProblemCertificate
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &neta) && neta.Timeout():
		return ProblemTimeout
	case errors.As(err, &dns):
		return ProblemDNS
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return ProblemCompressed
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return ProblemCutShort
	}
	return ProblemConnection
}

func isCertificate(err error) bool {
	var (
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid)
}

// cause takes the layer of net/http off an error: it repeats the URL, query
// and all.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// secretParts are the places of an address where secrets live.
var secretParts = regexp.MustCompile(`(://)[^/@\s"']+@|(\?)[^\s"'#]+`)

// scrub takes users, passwords and queries of addresses out of a text.
func scrub(s string) string { return secretParts.ReplaceAllString(s, "$1$2***") }

// Redact gives an address as it may be logged and shown: without user and
// query, which can hold secrets.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	return redactURL(u)
}

func redactURL(u *url.URL) string {
	c := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, Opaque: ""}
	return c.String()
}
