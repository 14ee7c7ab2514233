package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/notify/markup"
	"hansho/store"
)

// Forms says where the pages are on which letters are answered. The zero value
// has none: letters carry no link then, and old links lead nowhere.
type Forms struct {
	URL    string        // the public address, with a slash at its end
	Token  func() string // of 128 bits of chance or more
	Expire time.Duration // how long after its letter left a page can be used; zero is for ever
}

// Errors of the pages. ErrNoForm says neither whether a link was ever right nor
// why it isn't now.
var (
	ErrNoForm   = errors.New("no such page")
	ErrFormFull = errors.New("the page has been answered too often")
)

// Bounds of what one link can bring in, whoever holds it.
const (
	maxPageAnswers = 50
	maxPageReports = 5000
	maxFormToken   = 64 // bytes
	minFormToken   = 16
)

// formNotes are the letters of pages by the digest of their token: a lookup
// takes the same time for any wrong token, and a reader of the notes learns none.
const formNotes = "form/"

func formNote(token string) string {
	sum := sha256.Sum256([]byte(token))
	return formNotes + hex.EncodeToString(sum[:])
}

// withForm gives a letter that asks for something the page where it is answered.
// A letter that is written anew keeps the address that it had.
func (s *secretary) withForm(kind string, l *cases.Letter, data *notify.LetterData, old *cases.Letter) error {
	staff := !l.Outside && asksStaff(kind)
	asks := l.Outside && l.Token != "" && kind != "reminder"
	if s.o.Forms.URL == "" || !staff && !asks {
		return nil
	}
	l.Form = &cases.Form{Staff: staff, Case: data.Case.Name, CVEs: data.Case.CVEs}
	if kind == "supplier-request" {
		for _, it := range data.Items {
			l.Form.Items = append(l.Form.Items, cases.FormItem{ID: it.ID, Title: titled(it)})
		}
	}
	if old != nil && old.Form != nil {
		l.Form.Token = old.Form.Token
	} else {
		l.Form.Token = s.o.Forms.Token()
	}
	data.FormURL = s.formURL(l.Form)
	return s.tx.PutNote(formNote(l.Form.Token), []byte(l.ID))
}

// asksStaff says whether a kind of letter asks our own people what they use.
func asksStaff(kind string) bool { return kind == "awareness" || kind == "awareness-owners" }

// titled names an item as a letter does.
func titled(it notify.ItemView) string {
	if it.Product == "" || it.Product == it.Title() {
		return it.Title()
	}
	return it.Title() + " (" + it.Product + ")"
}

// formURL is the address of a page; empty where there is none.
func (s *secretary) formURL(f *cases.Form) string {
	switch {
	case f == nil || s.o.Forms.URL == "":
		return ""
	case f.Staff:
		return s.o.Forms.URL + "r/" + f.Token
	}
	return s.o.Forms.URL + "a/" + f.Token
}

// linked finds the letter whose page a token opens: one that has left, not too
// long ago, on a case that is not closed.
func (s *secretary) linked(token string) (cases.Letter, error) {
	if s.o.Forms.URL == "" || len(token) < minFormToken || len(token) > maxFormToken {
		return cases.Letter{}, ErrNoForm
	}
	id, err := s.tx.Note(formNote(token))
	if errors.Is(err, store.ErrNotFound) {
		return cases.Letter{}, ErrNoForm
	}
	if err != nil {
		return cases.Letter{}, err
	}
	l, err := letter(s.tx, string(id))
	if err != nil {
		return l, err
	}
	if l.Form == nil || subtle.ConstantTimeCompare([]byte(l.Form.Token), []byte(token)) != 1 || s.expired(l) {
		return l, ErrNoForm
	}
	c, err := findCase(s.tx, l.Case)
	if errors.Is(err, ErrNoCase) || err == nil && c.State == cases.Closed {
		return l, ErrNoForm
	}
	return l, err
}

// expired says whether the page of a letter can't be used: not yet, or no more.
func (s *secretary) expired(l cases.Letter) bool {
	if l.State == cases.LetterQueued || l.State == cases.LetterRejected {
		return true
	}
	left := cmp.Or(l.Sent, l.Approved)
	return s.o.Forms.Expire > 0 && s.now.After(left.Add(s.o.Forms.Expire))
}

// Question gives what the page of a token asks: ErrNoForm where it opens none.
// It changes nothing.
func (d *Desk) Question(ctx context.Context, token string) (q notify.Question, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		s := d.secretary(tx)
		l, err := s.linked(token)
		if err != nil {
			return err
		}
		q = s.question(l)
		return nil
	})
	if err != nil || !q.Form.Staff {
		return q, err
	}
	q.Departments = d.Departments()
	return q, nil
}

func (s *secretary) question(l cases.Letter) notify.Question {
	q := notify.Question{
		Letter: l.ID, Kind: l.Kind, Lang: l.Lang, Date: l.Created, Due: l.Due, Reference: l.Token, Form: *l.Form,
		Subject: plainSubject(l),
	}
	if s.o.Sender != nil {
		q.From, q.Senders = s.o.Sender(l.Lang), map[string]notify.Sender{}
		for _, lang := range notify.Langs {
			q.Senders[lang] = s.o.Sender(lang)
		}
	}
	if !l.Form.Staff {
		q.To = s.company(l)
	}
	if i := lastByPage(l); i >= 0 {
		q.Last = &l.Answers[i]
	}
	return q
}

// company is what the reader of a letter is called.
func (s *secretary) company(l cases.Letter) string {
	if p, ok := s.partner(l.Audience); ok {
		return p.Company
	}
	return l.Audience
}

// lastByPage is the place of the newest answer that came by the letter's page.
func lastByPage(l cases.Letter) int {
	for i := len(l.Answers) - 1; i >= 0; i-- {
		if l.Answers[i].Choice != "" {
			return i
		}
	}
	return -1
}

// AnswerQuestion keeps what the reader of a letter answered on its page, as an
// answer by mail is kept: as evidence. Another answer comes beside the one before;
// the same one again is none.
func (d *Desk) AnswerQuestion(ctx context.Context, token string, a cases.Answer) error {
	return d.p.store.Update(ctx, func(tx store.Tx) error {
		s := d.secretary(tx)
		l, err := s.linked(token)
		if err != nil {
			return err
		}
		if l.Form.Staff || !slices.Contains(cases.Choices, a.Choice) {
			return ErrNoForm
		}
		a.At, a.From = s.now, signed(a.From, s.company(l))
		if i := lastByPage(l); i >= 0 && i == len(l.Answers)-1 && sameAnswer(l.Answers[i], a) {
			return nil
		}
		if n := len(l.Answers); n >= maxPageAnswers {
			return fmt.Errorf("letter %s: %w", l.ID, ErrFormFull)
		}
		if err := s.answer(l.ID, a); err != nil {
			return err
		}
		return s.tellAnswer(l, a)
	})
}

// maxToldAnswer is how much of an answer the case's readers are told, in
// characters; the rest is in the ledger.
const maxToldAnswer = 300

// tellAnswer tells the case's readers of an answer on which somebody has to act,
// since no mail comes with it: a supplier's, and that of a partner who is hit.
func (s *secretary) tellAnswer(l cases.Letter, a cases.Answer) error {
	if l.Kind != "supplier-request" && a.Choice != cases.ChoiceAffected && a.Choice != cases.ChoiceOther {
		return nil
	}
	c, err := findCase(s.tx, l.Case)
	if err != nil || !c.Told {
		return err
	}
	view := s.p.View(c)
	words := markup.Cut(strings.Join(strings.Fields(a.Text), " "), maxToldAnswer)
	_, err = s.p.enqueue(s.tx, s.now, []notify.Notice{{
		Kind: notify.KindUpdate, At: s.now, Case: &view, Step: &notify.Step{Kind: "enquiry", Who: a.From, Text: words, Ref: l.ID},
	}})
	return err
}

// signed names a person of a company.
func signed(name, company string) string {
	if name == "" {
		return company
	}
	return name + " (" + company + ")"
}

func sameAnswer(a, b cases.Answer) bool {
	return a.Choice == b.Choice && a.Pending == b.Pending && a.Text == b.Text && a.From == b.From
}

// ReportUse keeps what a member of staff wrote on the page of an awareness
// letter: one report a thing that is used, or one without a product where the
// department uses nothing more. Each needs a department and a name.
func (d *Desk) ReportUse(ctx context.Context, token string, list []inventory.Report) error {
	return d.p.store.Update(ctx, func(tx store.Tx) error {
		l, err := d.secretary(tx).linked(token)
		if err != nil {
			return err
		}
		if !l.Form.Staff {
			return ErrNoForm
		}
		known, err := listNotes[inventory.Report](tx, reportNotes)
		if err != nil {
			return err
		}
		known = slices.DeleteFunc(known, func(r inventory.Report) bool { return r.Letter != l.ID })
		if len(known)+len(list) > maxPageReports {
			return fmt.Errorf("letter %s: %w", l.ID, ErrFormFull)
		}
		for _, r := range list {
			if err := d.keepReport(tx, l.ID, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Desk) keepReport(tx store.Tx, letter string, r inventory.Report) error {
	if r.Department == "" || r.Who == "" {
		return errors.New("a report needs a department and a name")
	}
	r.ID, r.State, r.Letter, r.At = shortID(letter, r.Who, r.Department, r.Product, r.Version), inventory.ReportNew, letter, d.now()
	if r.Product == "" {
		r.State = inventory.ReportNothing
	}
	var before inventory.Report
	known, err := getNote(tx, reportNotes+r.ID, &before)
	if err != nil || known {
		return err
	}
	return putNote(tx, reportNotes+r.ID, r)
}

// ScopeReport puts what an accepted report became into the case of the letter
// that asked for it: unknown there until somebody says otherwise. A report that
// no letter asked for belongs to no case.
func (d *Desk) ScopeReport(ctx context.Context, r inventory.Report, who string) error {
	if r.Letter == "" || r.State != inventory.ReportAccepted {
		return nil
	}
	l, err := d.Letter(ctx, r.Letter)
	if errors.Is(err, ErrNoLetter) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = d.Scope(ctx, l.Case, []string{r.Item().ID}, who); errors.Is(err, ErrNoCase) {
		return nil
	}
	return err
}

// UnansweredOn lists the departments of the inventory that have reported nothing
// since staff were first asked on a case; all of them where nobody was asked.
func (d *Desk) UnansweredOn(ctx context.Context, ref string) ([]string, error) {
	c, err := d.Case(ctx, ref)
	if err != nil {
		return nil, err
	}
	letters, err := d.Letters(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var asked time.Time
	for _, l := range letters {
		of := l.Case == c.ID || slices.Contains(c.Merged, l.Case)
		if of && asksStaff(l.Kind) && !l.Approved.IsZero() && (asked.IsZero() || l.Approved.Before(asked)) {
			asked = l.Approved
		}
	}
	if asked.IsZero() {
		return d.Departments(), nil
	}
	reports, err := d.Reports(ctx, "")
	return inventory.Unanswered(d.items(), reports, asked), err
}
