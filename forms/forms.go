// Package forms serves the pages on which the readers of letters answer without
// an account: partners and suppliers whether they are hit, staff what they use.
// The address of a page is its only key. Looking at a page changes nothing,
// since mail scanners look at every link; only a form that is sent does.
package forms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
)

// Desk is where answers are kept.
type Desk interface {
	// Question gives what the page of a token asks, and changes nothing.
	Question(ctx context.Context, token string) (notify.Question, error)
	AnswerQuestion(ctx context.Context, token string, a cases.Answer) error
	ReportUse(ctx context.Context, token string, list []inventory.Report) error
}

// Options are what the pages need.
type Options struct {
	Desk Desk
	// Gone and Full tell errors of the desk: a token that opens no page, and a
	// page that was answered too often.
	Gone, Full error
	// URL is the address that letters link to, with https and a slash at its end.
	URL string
	// Proxies are the addresses of our own proxies, whose word on who calls is
	// taken (X-Forwarded-For). Without any, the caller is whoever connects.
	Proxies []netip.Prefix
	Zone    *time.Location
	Wake    func() // called when something may wait to be delivered
	Now     func() time.Time
	Log     *slog.Logger
}

// pages answers HTTP.
type pages struct {
	o      Options
	cross  *http.CrossOriginProtection
	mux    *http.ServeMux
	sheets *sheets
	limits *limits
	prefix string // of the path, which a proxy may leave in place
}

// New makes the handler of the pages. It is to be reached by TLS only, which a
// proxy before it ends.
func New(o Options) (http.Handler, error) {
	if o.Desk == nil || o.Gone == nil || o.Full == nil {
		return nil, errors.New("forms: a desk and its errors are needed")
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("forms: %q is no address", o.URL)
	}
	if o.Zone == nil {
		o.Zone = time.FixedZone("JST", 9*60*60)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &pages{o: o, cross: http.NewCrossOriginProtection(), mux: http.NewServeMux(), limits: newLimits(o.Now), prefix: strings.TrimSuffix(u.Path, "/")}
	if err := p.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("forms: %w", err)
	}
	if p.sheets, err = newSheets(); err != nil {
		return nil, fmt.Errorf("forms: %w", err)
	}
	p.mux.HandleFunc("GET /a/{token}", p.page(false, p.showAnswer))
	p.mux.HandleFunc("POST /a/{token}", p.page(false, p.takeAnswer))
	p.mux.HandleFunc("GET /r/{token}", p.page(true, p.showReport))
	p.mux.HandleFunc("POST /r/{token}", p.page(true, p.takeReport))
	p.mux.HandleFunc("GET /robots.txt", robots)
	p.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { p.gone(w) })
	return p, nil
}

func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "User-agent: *\nDisallow: /\n")
}
