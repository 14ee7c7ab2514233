package forms

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hansho/notify"
)

// Bounds of one request.
const (
	maxBody  = 512 << 10 // bytes; thirty items of a supplier, each at its limit, are 300 KB
	workTime = 10 * time.Second
)

// ServeHTTP answers one request, within bounds, with headers that keep what it
// answers from being stored, framed, indexed or passed on.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.protect(w.Header())
	if !p.limits.allow(p.remote(r), r.Method) {
		w.Header().Set("Retry-After", "60")
		p.message(w, http.StatusTooManyRequests, "busy")
		return
	}
	if err := p.cross.Check(r); err != nil {
		p.o.Log.Warn("forms: a form of another site", "remote", p.remote(r).String(), "origin", r.Header.Get("Origin"))
		p.message(w, http.StatusForbidden, "elsewhere")
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, p.prefix); ok && p.prefix != "" && strings.HasPrefix(rest, "/") {
		r = withPath(r, rest)
	}
	ctx, cancel := context.WithTimeout(r.Context(), workTime)
	defer cancel()
	r = r.WithContext(ctx)
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	p.mux.ServeHTTP(w, r)
}

func withPath(r *http.Request, path string) *http.Request {
	out := *r
	u := *r.URL
	u.Path, u.RawPath = path, ""
	out.URL = &u
	return &out
}

// protect sets the headers of every answer. The referrer stays on our own pages,
// whose address is a secret: "no-referrer" would do so, too, but has browsers
// send their own forms with "Origin: null", which looks like another site.
func (p *pages) protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src '"+p.sheets.styleHash+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

// asked is one request for the page of a letter.
type asked struct {
	token string
	q     notify.Question
	lang  string
	form  url.Values // what was sent; nil where the page is only looked at
}

// page opens the page of a token for a step. Whatever is wrong with a token, the
// answer is the same.
func (p *pages) page(staff bool, step func(http.ResponseWriter, *http.Request, asked)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := asked{token: r.PathValue("token")}
		var err error
		if a.q, err = p.o.Desk.Question(r.Context(), a.token); err != nil {
			p.refuse(w, err)
			return
		}
		if a.q.Form.Staff != staff {
			p.gone(w)
			return
		}
		if a.lang = r.URL.Query().Get("lang"); !slices.Contains(notify.Langs, a.lang) {
			a.lang = a.q.Lang
		}
		if from, ok := a.q.Senders[a.lang]; ok {
			a.q.From = from
		}
		if r.Method == http.MethodPost {
			if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
				p.message(w, http.StatusUnsupportedMediaType, "broken")
				return
			}
			if err := r.ParseForm(); err != nil {
				p.refuse(w, err)
				return
			}
			a.form = r.PostForm
		}
		step(w, r, a)
	}
}

// refuse says that something did not work, and to the log why.
func (p *pages) refuse(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, p.o.Gone):
		p.gone(w)
	case errors.Is(err, p.o.Full):
		p.message(w, http.StatusConflict, "full")
	case errors.As(err, &large):
		p.message(w, http.StatusRequestEntityTooLarge, "broken")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		p.message(w, http.StatusServiceUnavailable, "busy")
	default:
		var escape url.EscapeError
		if errors.As(err, &escape) || strings.Contains(err.Error(), "invalid semicolon separator") {
			p.message(w, http.StatusBadRequest, "broken")
			return
		}
		p.o.Log.Error("forms", "error", err)
		p.message(w, http.StatusInternalServerError, "failed")
	}
}

// done sends the browser back to the page to read it anew, so that reloading
// sends nothing twice.
func done(w http.ResponseWriter, r *http.Request) {
	to := "?done=1"
	if lang := r.URL.Query().Get("lang"); slices.Contains(notify.Langs, lang) {
		to += "&lang=" + lang
	}
	// Relative, since only the browser knows which path a proxy shows.
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}
