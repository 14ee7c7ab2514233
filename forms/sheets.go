package forms

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"time"

	"hansho/notify"
)

//go:embed pages
var files embed.FS

// sheets are the pages' HTML and their one style sheet, which the pages hold
// themselves, so that they load nothing.
type sheets struct {
	html      *template.Template
	style     template.CSS
	styleHash string // for the Content-Security-Policy
}

func newSheets() (*sheets, error) {
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		return nil, err
	}
	html, err := template.ParseFS(files, "pages/*.html")
	sum := sha256.Sum256(css)
	return &sheets{html: html, style: template.CSS(css), styleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:])}, err
}

// view is what a page shows.
type view struct {
	Style   template.CSS
	Lang    string
	Page    string // answer, report, or the name of a message
	Q       notify.Question
	Zone    *time.Location
	Answer  answerForm
	Report  reportForm
	Wrong   map[string]string // by field
	Done    bool
	Known   bool // the departments are known
	Limits  map[string]int
	Other   string // the choice of a department that is not on the list
	OtherIn string // the language that the page can be read in besides
}

func (p *pages) view(a asked) view {
	v := view{
		Lang: a.lang, Q: a.q, Zone: p.o.Zone, Known: len(a.q.Departments) > 0, Other: other,
		OtherIn: "en",
		Limits: map[string]int{
			"name": maxName, "note": maxNote, "fixed": maxFixed, "workaround": maxWorkaround,
			"other": maxDepartment, "uses": maxUses, "remarks": maxRemarks,
		},
	}
	if a.lang == "en" {
		v.OtherIn = "ja"
	}
	return v
}

// show writes a page whole or, where that fails, none.
func (p *pages) show(w http.ResponseWriter, code int, name string, v view) {
	v.Style, v.Page = p.sheets.style, name
	var b bytes.Buffer
	if err := p.sheets.html.ExecuteTemplate(&b, "page.html", v); err != nil {
		p.o.Log.Error("forms: write a page", "page", name, "error", err)
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // a reader who has left is told nothing
}

// gone is the one answer to an address that opens no page.
func (p *pages) gone(w http.ResponseWriter) { p.message(w, http.StatusNotFound, "gone") }

// message says something in both languages, to a reader whose language isn't
// known.
func (p *pages) message(w http.ResponseWriter, code int, name string) {
	p.show(w, code, name, view{Lang: "ja"})
}
