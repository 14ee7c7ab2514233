package notify

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"hansho/notify/markup"
)

//go:embed templates
var embedded embed.FS

// Form is which of a notice's two texts is wanted.
type Form string

// The forms.
const (
	Root  Form = "root"  // the present state: opens a thread, and is kept up to date
	Reply Form = "reply" // what this notice adds
)

// Langs are the languages in which hansho writes.
var Langs = []string{"ja", "en"}

// Templates are the words of every notice and letter, in each language. They are
// read-only after LoadTemplates and safe for concurrent use.
//
// A file templates/LANG/NAME.md.tmpl defines the texts NAME/subject, NAME/root
// and NAME/reply (letters: NAME/subject and NAME/body) and may use the words
// defined in words.md.tmpl. The output is Markdown. Whatever a template prints
// is escaped unless it comes from one of our own functions, so a template can't
// forget to.
type Templates struct {
	byLang map[string]*template.Template
}

// LoadTemplates reads the embedded templates and, over them, those of override
// (nil for none), a folder with ja and en in it: a file there replaces the texts
// that it defines. Each text is run with a full and with a minimal sample, so
// that a template that names what isn't there fails now; every mistake is in the
// error with its file and line. Dates are written in zone, nil is Tokyo.
func LoadTemplates(override fs.FS, zone *time.Location) (*Templates, error) {
	if zone == nil {
		zone = time.FixedZone("JST", 9*60*60)
	}
	base, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, fmt.Errorf("notify: templates: %w", err)
	}
	t := &Templates{byLang: map[string]*template.Template{}}
	var errs []error
	for _, lang := range Langs {
		set := template.New(lang).Option("missingkey=error").Funcs(funcs(lang, zone))
		errs = append(errs, parseDir(set, base, lang, nil))
		if override != nil {
			errs = append(errs, parseDir(set, override, lang, names(set)))
		}
		t.byLang[lang] = set
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	escapeAll(t)
	return t, t.check()
}

// parseDir adds the files of one language. known, where not nil, are the names
// that a file may define, beside new letters.
func parseDir(set *template.Template, fsys fs.FS, lang string, known []string) error {
	files, err := fs.Glob(fsys, path.Join(lang, "*.md.tmpl"))
	if err != nil {
		return fmt.Errorf("notify: templates: %w", err)
	}
	var errs []error
	for _, file := range files {
		src, err := fs.ReadFile(fsys, file)
		if err != nil {
			errs = append(errs, fmt.Errorf("notify: templates: %w", err))
			continue
		}
		errs = append(errs, parseFile(set, file, string(src), known))
	}
	return errors.Join(errs...)
}

func parseFile(set *template.Template, file, src string, known []string) error {
	parsed, err := template.New(file).Funcs(funcs("", nil)).Parse(src)
	if err != nil {
		return fmt.Errorf("notify: templates: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	for _, t := range parsed.Templates() {
		name := t.Name()
		if name == file {
			continue // the text between the definitions
		}
		if known != nil && !slices.Contains(known, name) && !strings.HasPrefix(name, letterPrefix) {
			return fmt.Errorf("notify: templates: %s:%d: no text is called %q; the names are in the file that this one replaces",
				file, lineOf(src, name), name)
		}
		if _, err := set.AddParseTree(name, t.Tree); err != nil {
			return fmt.Errorf("notify: templates: %s: %w", file, err)
		}
	}
	return nil
}

func lineOf(src, define string) int {
	before, _, _ := strings.Cut(src, `"`+define+`"`)
	return strings.Count(before, "\n") + 1
}

func names(set *template.Template) []string {
	var out []string
	for _, t := range set.Templates() {
		out = append(out, t.Name())
	}
	return out
}

// escapeAll ends every printing pipeline with the escaper, as html/template
// does.
func escapeAll(t *Templates) {
	for _, set := range t.byLang {
		for _, tmpl := range set.Templates() {
			if tmpl.Tree != nil {
				escapeList(tmpl.Tree, tmpl.Tree.Root)
			}
		}
	}
}

func escapeList(tree *parse.Tree, list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			escapePipe(tree, n.Pipe)
		case *parse.IfNode:
			escapeList(tree, n.List)
			escapeList(tree, n.ElseList)
		case *parse.RangeNode:
			escapeList(tree, n.List)
			escapeList(tree, n.ElseList)
		case *parse.WithNode:
			escapeList(tree, n.List)
			escapeList(tree, n.ElseList)
		}
	}
}

func escapePipe(tree *parse.Tree, pipe *parse.PipeNode) {
	if len(pipe.Decl) > 0 {
		return // prints nothing
	}
	escape := parse.NewIdentifier("escape").SetTree(tree).SetPos(pipe.Pos)
	pipe.Cmds = append(pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pipe.Pos, Args: []parse.Node{escape}})
}

// Doc is a rendered notice, before a channel gives it its form.
type Doc struct {
	Subject  string // plain, one line
	Markdown string
	Lang     string
	more     string // words for entries left out, {n} is how many
}

// Body reads the Markdown.
func (d Doc) Body() markup.Doc { return markup.Parse(d.Markdown) }

// More gives the words for n entries that were left out.
func (d Doc) More(n int) string { return strings.ReplaceAll(d.more, "{n}", fmt.Sprint(n)) }

// Render gives the words of a notice. The notice's Lang decides the language,
// Japanese where it names none that hansho writes. A reply says where it was
// meant for, if that is elsewhere.
func (t *Templates) Render(n Notice, form Form) (Doc, error) {
	if n.Kind == KindLetter && n.Letter != nil {
		return t.letterDoc(n)
	}
	if n.Step != nil {
		n.Step = n.Step.in(n.Lang)
	}
	doc, err := t.doc(n.Lang, string(n.Kind)+"/subject", string(n.Kind)+"/"+string(form), n)
	if form == Reply && err == nil {
		return t.instead(doc, n)
	}
	return doc, err
}

// Whole gives the words of a notice for a place that shows no thread: what is
// new, and then how it stands.
func (t *Templates) Whole(n Notice) (Doc, error) {
	doc, err := t.Render(n, Root)
	if err != nil || n.Kind == KindLetter {
		return doc, err
	}
	if n.Kind != KindUpdate && n.Kind != KindReversal && n.Kind != KindReminder {
		return t.instead(doc, n)
	}
	news, err := t.Render(n, Reply)
	doc.Markdown = news.Markdown + "\n\n---\n\n" + doc.Markdown
	return doc, err
}

// instead has a text begin with where it was meant for, if that is elsewhere.
func (t *Templates) instead(doc Doc, n Notice) (Doc, error) {
	if n.InsteadOf == nil {
		return doc, nil
	}
	note, err := t.text(n.Lang, "instead", n.InsteadOf.String())
	doc.Markdown = note + "\n\n" + doc.Markdown
	return doc, err
}

// Topic gives what a notice's conversation is about, on one line: the subject of
// its first message, without what changes from message to message.
func (t *Templates) Topic(n Notice) (string, error) {
	if n.Case == nil || n.Kind == KindReversal {
		doc, err := t.Render(n, Root)
		return doc.Subject, err
	}
	md, err := t.text(n.Lang, "case-subject", n)
	return plain(md), err
}

// letterDoc gives a letter's own words, as they were approved.
func (t *Templates) letterDoc(n Notice) (Doc, error) {
	more, err := t.text(n.Lang, "more", n)
	if err != nil {
		return Doc{}, err
	}
	md := n.Letter.Markdown
	if md == "" {
		md = paragraphs(n.Letter.Text)
	}
	return Doc{Subject: oneLine(n.Letter.Subject), Markdown: md, Lang: known(n.Lang), more: more}, nil
}

func paragraphs(text string) string {
	var out []string
	for p := range strings.SplitSeq(markup.Clean(text), "\n\n") {
		out = append(out, string(markup.EscapeLines(p)))
	}
	return strings.Join(out, "\n\n")
}

func (t *Templates) doc(lang, subject, body string, data any) (Doc, error) {
	d := Doc{Lang: known(lang)}
	var err, err2, err3 error
	var md string
	md, err = t.text(lang, subject, data)
	d.Subject = plain(md)
	d.Markdown, err2 = t.text(lang, body, data)
	d.more, err3 = t.text(lang, "more", data)
	d.more = plain(d.more)
	return d, errors.Join(err, err2, err3)
}

// text runs one template.
func (t *Templates) text(lang, name string, data any) (string, error) {
	var b strings.Builder
	if err := t.byLang[known(lang)].ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("notify: templates: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	return strings.Trim(b.String(), " \t\r\n"), nil
}

func known(lang string) string {
	if slices.Contains(Langs, lang) {
		return lang
	}
	return Langs[0]
}

// plain reads Markdown as one line of text.
func plain(md string) string {
	var parts []string
	for _, b := range markup.Parse(md) {
		parts = append(parts, markup.Plain(b.Spans))
	}
	return oneLine(strings.Join(parts, " "))
}

func oneLine(s string) string { return strings.Join(strings.Fields(markup.Clean(s)), " ") }
