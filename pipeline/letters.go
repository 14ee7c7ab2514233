package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/cases/calendar"
	"hansho/cases/vex"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

// Office is what letters are written with: who writes, to whom, on which days.
// The zero value writes none.
type Office struct {
	Templates *notify.Templates
	Partners  []inventory.Partner
	Sender    func(lang string) notify.Sender
	Publisher vex.Company // who states what machines read
	ReportTo  string      // where staff report what they use
	Lang      string      // of letters inside
	Zone      *time.Location
	Calendar  calendar.Calendar
	Channel   string           // the mail channel that letters to the outside leave by
	Everyone  []notify.Address // where letters inside go
	Automatic []string         // kinds that may leave the company unapproved
	Remind    []int            // working days after which an answer is reminded of
	ReplyDays int              // working days in which an answer is asked for
	NoNews    string           // say or skip: the weekly letter of a quiet week
	Weekly    Weekday
	Domain    string                    // of Message-IDs
	Token     func() string             // unguessable, for what expects an answer
	Blind     func() []string           // items that no source covers
	Forms     Forms                     // where readers answer without mail
	Release   func(ctx context.Context) // wakes what delivers; may be nil
}

// Weekday is a time of the week, in the office's zone.
type Weekday struct {
	Day          time.Weekday
	Hour, Minute int
	Set          bool // false: no weekly letters
}

// SetOffice takes what letters are written with into use.
func (p *Pipeline) SetOffice(o Office) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.office = o
}

func (p *Pipeline) currentOffice() Office {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.office
}

// Errors of the letters' desk.
var (
	ErrNoLetter   = errors.New("no such letter")
	ErrNoPartner  = errors.New("no such partner")
	ErrUnapproved = errors.New("a letter to the outside waits for approval")
	errUnwritten  = errors.New("the letter could not be written")
	ErrRestricted = errors.New("all that is known of the case is under a TLP label that forbids to pass it on")
)

// LetterKind is one kind of letter.
type LetterKind struct {
	Name    string
	Outside bool
	Answer  bool   // an answer is asked for
	Role    string // of the partners that it goes to where none is named
}

// LetterKinds are the kinds that can be drafted, but for supplier-request, which
// an enquiry carries, and reminder and correction, which follow a letter.
func LetterKinds() []LetterKind {
	return []LetterKind{
		{Name: "awareness"},
		{Name: "awareness-owners"},
		{Name: "awareness-management"},
		{Name: "guide"},
		{Name: "partner-request", Outside: true, Answer: true, Role: "customer"},
		{Name: "status", Outside: true, Role: "customer"},
	}
}

// Draft is a wish for letters.
type Draft struct {
	Kind         string
	Case         string   // a reference to the case
	To           []string // partner ids; for letters inside, addresses. Empty is all
	Lang         string   // ja or en; the partner's, or the office's, where empty
	WhatHappened string   // our own words for a letter inside
	Who          string
}

// Draft writes letters of a kind on a case, one a reader, and keeps them as
// queued. A letter of the same day that still waits, unedited, is written anew.
func (d *Desk) Draft(ctx context.Context, w Draft) ([]cases.Letter, error) {
	kinds := LetterKinds()
	i := slices.IndexFunc(kinds, func(k LetterKind) bool { return k.Name == w.Kind })
	if i < 0 {
		return nil, fmt.Errorf("no letter of kind %q can be drafted", w.Kind)
	}
	var out []cases.Letter
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		c, err := findCase(tx, w.Case)
		if err != nil {
			return err
		}
		s := d.secretary(tx)
		if kinds[i].Outside {
			out, err = s.draftOutside(c, kinds[i], w)
		} else {
			out, err = s.draftInside(c, w)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("letter %s: %w", w.Kind, err)
	}
	return out, nil
}

// secretary writes letters in one transaction.
type secretary struct {
	p   *Pipeline
	tx  store.Tx
	o   Office
	now time.Time
}

func (d *Desk) secretary(tx store.Tx) *secretary {
	return &secretary{p: d.p, tx: tx, o: d.p.currentOffice(), now: d.now()}
}

// today is the civil day at the office.
func (s *secretary) today() time.Time { return s.now.In(cmp.Or(s.o.Zone, time.UTC)) }

func (s *secretary) draftInside(c cases.Case, w Draft) ([]cases.Letter, error) {
	lang := cmp.Or(w.Lang, s.o.Lang)
	data, err := s.data(c, nil, lang)
	if err != nil {
		return nil, err
	}
	data.WhatHappened = w.WhatHappened
	to := w.To
	if len(to) == 0 {
		for _, a := range s.o.Everyone {
			to = append(to, a.String())
		}
	}
	if len(to) == 0 {
		return nil, errors.New("nobody to send it to: name addresses, or set letters.everyone")
	}
	audience := map[string]string{"awareness-owners": "owners", "awareness-management": "management"}[w.Kind]
	l := cases.Letter{Kind: w.Kind, Lang: lang, Audience: cmp.Or(audience, "everyone"), To: to}
	if w.Kind != "guide" {
		if err := s.again(c, &l, &data); err != nil {
			return nil, err
		}
	}
	if asksStaff(w.Kind) {
		data.ReplyBy = s.replyBy(s.today())
	}
	l, err = s.write(c.ID, w.Kind, lang, data, l)
	return []cases.Letter{l}, err
}

func (s *secretary) draftOutside(c cases.Case, k LetterKind, w Draft) ([]cases.Letter, error) {
	readers, err := s.readers(k.Role, w.To)
	if err != nil {
		return nil, err
	}
	var out []cases.Letter
	for _, p := range readers {
		p.Lang = cmp.Or(w.Lang, p.Lang)
		l, err := s.toPartner(c, k.Name, p, k.Answer, nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.ID, err)
		}
		out = append(out, l)
	}
	return out, nil
}

// addresses are where letters to a partner go.
func (s *secretary) addresses(p inventory.Partner) []string {
	var out []string
	for _, to := range p.Email {
		out = append(out, notify.Address{Channel: cmp.Or(p.Channel, s.o.Channel), To: to}.String())
	}
	return out
}

// toPartner writes one letter to a partner. shape, where not nil, sets what the
// kind needs besides.
func (s *secretary) toPartner(c cases.Case, kind string, p inventory.Partner, answer bool, shape func(*notify.LetterData, *cases.Letter)) (cases.Letter, error) {
	if len(p.Email) == 0 {
		return cases.Letter{}, errors.New("has no mail address in the inventory")
	}
	lang := cmp.Or(p.Lang, "ja")
	data, err := s.data(c, &p, lang)
	if err != nil {
		return cases.Letter{}, err
	}
	l := cases.Letter{Audience: p.ID, Outside: true}
	l.To = s.addresses(p)
	if answer {
		data.ReplyBy = s.replyBy(s.today())
		data.Token, l.Due = s.o.Token(), data.ReplyBy.Format(time.DateOnly)
	}
	if shape != nil {
		shape(&data, &l)
	}
	if kind != "supplier-request" && kind != "reminder" {
		if err := s.attach(c, p, &l, &data); err != nil {
			return l, err
		}
	}
	l.Token = data.Token
	if l.Said == nil && kind != "supplier-request" && kind != "reminder" {
		l.Said = said(c.ID, data.Items)
	}
	return s.write(c.ID, kind, lang, data, l)
}

// defaultReplyDays is how many working days an answer may take.
const defaultReplyDays = 3

// replyBy is the day by which an answer to a letter of a day is asked for.
func (s *secretary) replyBy(day time.Time) time.Time {
	return s.o.Calendar.Add(day, cmp.Or(s.o.ReplyDays, defaultReplyDays))
}

func said(caseID string, items []notify.ItemView) map[string]cases.ItemState {
	out := map[string]cases.ItemState{}
	for _, it := range items {
		out[cases.SaidKey(caseID, it.ID)] = cases.ItemState(it.State)
	}
	return out
}

// write renders a letter and stores it as queued. l says who reads it.
func (s *secretary) write(caseID, kind, lang string, data notify.LetterData, l cases.Letter) (cases.Letter, error) {
	if s.o.Templates == nil {
		return cases.Letter{}, fmt.Errorf("%w: no templates: letters are not set up", errUnwritten)
	}
	l.Case, l.Kind, l.Lang, l.State, l.Created = caseID, kind, lang, cases.LetterQueued, s.now
	old, err := s.slot(&l)
	if err != nil {
		return l, err
	}
	if old != nil && old.Token != "" && l.Token != "" {
		l.Token, data.Token = old.Token, old.Token
	}
	if err := s.withForm(kind, &l, &data, old); err != nil {
		return l, err
	}
	words, err := s.o.Templates.RenderLetter(kind, lang, data)
	if err != nil {
		return l, fmt.Errorf("%w: %w", errUnwritten, err)
	}
	l.Subject, l.Text, l.HTML, l.Markdown = words.Subject, words.Text, words.HTML, words.Markdown
	if l.MessageID == "" {
		l.MessageID = s.messageID(l)
	}
	if err := s.tx.PutLetter(l); err != nil {
		return l, err
	}
	if slices.Contains(s.o.Automatic, kind) {
		return s.release(l, "automatic")
	}
	return l, nil
}

// slot gives the letter its id: the same for the same thing on the same day,
// unless that has left or was edited by hand. It gives what stood there.
func (s *secretary) slot(l *cases.Letter) (*cases.Letter, error) {
	sum := sha256.Sum256([]byte(strings.Join([]string{l.Case, l.Kind, l.Audience, l.Lang, l.Earlier}, "\x00")))
	base := fmt.Sprintf("%s-%s-%s-%s", s.today().Format("20060102"), l.Kind, l.Audience, hex.EncodeToString(sum[:2]))
	for n := 1; ; n++ {
		l.ID = base
		if n > 1 {
			l.ID = fmt.Sprintf("%s-%d", base, n)
		}
		old, err := s.tx.Letter(l.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if old.State == cases.LetterQueued && old.Edited == "" {
			l.MessageID = old.MessageID
			return &old, nil
		}
	}
}

// messageID holds the token, or chance, so that nobody can answer a letter that
// they were not sent.
func (s *secretary) messageID(l cases.Letter) string {
	chance := l.Token
	if chance == "" && s.o.Token != nil {
		chance = s.o.Token()
	}
	sum := sha256.Sum256([]byte(l.ID + "\x00" + chance))
	return "hansho." + hex.EncodeToString(sum[:16]) + "@" + cmp.Or(s.o.Domain, "localhost")
}

// readers are the partners named, or all in a role that have a mail address.
func (s *secretary) readers(role string, ids []string) ([]inventory.Partner, error) {
	var out []inventory.Partner
	for _, id := range ids {
		p, ok := s.partner(id)
		if !ok {
			return nil, fmt.Errorf("%w: %s", ErrNoPartner, id)
		}
		out = append(out, p)
	}
	if len(ids) > 0 {
		return out, nil
	}
	for _, p := range s.o.Partners {
		if hasRole(p, role) && len(p.Email) > 0 {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w in the role of a %s has a mail address", ErrNoPartner, role)
	}
	return out, nil
}

func hasRole(p inventory.Partner, role string) bool { return p.Role == role || p.Role == "both" }

// Unreachable lists the partners in a role (supplier or customer) that have no mail
// address: letters to all in the role go without them.
func (d *Desk) Unreachable(role string) []inventory.Partner {
	return slices.DeleteFunc(slices.Clone(d.p.currentOffice().Partners), func(p inventory.Partner) bool {
		return !hasRole(p, role) || len(p.Email) > 0
	})
}

func (s *secretary) partner(id string) (inventory.Partner, bool) {
	i := slices.IndexFunc(s.o.Partners, func(p inventory.Partner) bool { return p.ID == id || p.Company == id })
	if i < 0 || id == "" {
		return inventory.Partner{}, false
	}
	return s.o.Partners[i], true
}
