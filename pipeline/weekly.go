package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

// weeklyNote holds the day of the weekly letters and digest that were made last.
const (
	weeklyNote = "weekly/letters"
	digestNote = "weekly/digest"
)

// draftFrom is the hour of the day from which the day's weekly letters are
// drafted, so that there is time to approve them.
const draftFrom = 9

// Due gives the time of the weekly letters in the week of t: the configured one,
// or the same hour of the working day before where that day is none.
func (o Office) Due(t time.Time) time.Time {
	t = t.In(cmp.Or(o.Zone, time.UTC))
	ahead := (int(o.Weekly.Day) - int(t.Weekday()) + 7) % 7
	day := time.Date(t.Year(), t.Month(), t.Day()+ahead, o.Weekly.Hour, o.Weekly.Minute, 0, 0, t.Location())
	return o.Calendar.Previous(day)
}

// dueAfter gives the first weekly time on a later day than t's: closures may move
// several weeks' times to one day.
func (o Office) dueAfter(t time.Time) time.Time {
	for week := 0; ; week++ {
		if due := o.Due(t.AddDate(0, 0, 7*week)); due.Format(time.DateOnly) > t.Format(time.DateOnly) || week > maxClosedWeeks {
			return due
		}
	}
}

// maxClosedWeeks bounds the search for the next weekly day.
const maxClosedWeeks = 60

// lastDue gives the newest weekly time that is not after t's day.
func (o Office) lastDue(t time.Time) time.Time {
	due := o.Due(t)
	for due.Format(time.DateOnly) > t.Format(time.DateOnly) {
		due = o.Due(due.AddDate(0, 0, -7))
	}
	return due
}

// Ran is what one round of the office's work came to.
type Ran struct {
	Moved     []cases.Letter `json:"moved"`     // sent or bounced since the last round
	Reminders []cases.Letter `json:"reminders"` // drafted
	Weekly    []cases.Letter `json:"weekly"`    // drafted
	Digest    bool           `json:"digest"`    // told
}

// Round does what the office has to do by now: it brings letters in line with
// their deliveries, drafts the reminders that are due, and on the weekly day the
// letters to partners and the digest to our own people. Where nothing ran on that
// day, the next working day makes up for it. It may run as often as one likes, and
// again after a crash: each thing is done once.
func (d *Desk) Round(ctx context.Context) (Ran, error) {
	var out Ran
	var err error
	if out.Moved, err = d.Reconcile(ctx); err != nil {
		return out, fmt.Errorf("letters: reconcile: %w", err)
	}
	if out.Reminders, err = d.Remind(ctx); err != nil {
		return out, fmt.Errorf("letters: remind: %w", err)
	}
	o := d.p.currentOffice()
	if !o.Weekly.Set {
		return out, nil
	}
	now := d.now().In(cmp.Or(o.Zone, time.UTC))
	due := o.lastDue(now)
	late := due.Format(time.DateOnly) < now.Format(time.DateOnly)
	morning := now.Hour() >= min(draftFrom, due.Hour())
	if late && !(morning && o.Calendar.Working(now)) {
		return out, nil
	}
	if morning {
		if out.Weekly, err = d.Weekly(ctx, due); err != nil {
			return out, fmt.Errorf("letters: weekly: %w", err)
		}
	}
	if !now.Before(due) {
		if out.Digest, err = d.Digest(ctx, due); err != nil {
			return out, fmt.Errorf("letters: digest: %w", err)
		}
	}
	return out, nil
}

// once runs a step unless it was run for the day before. A day that is over is
// made up for only where the step was run before: an office that begins today has
// missed nothing.
func (s *secretary) once(name string, day time.Time, step func() error) (bool, error) {
	done, err := s.tx.Note(name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	key := day.Format(time.DateOnly)
	if string(done) >= key || len(done) == 0 && key < s.today().Format(time.DateOnly) {
		return false, nil
	}
	if err := step(); err != nil {
		return false, err
	}
	return true, s.tx.PutNote(name, []byte(key))
}

// Weekly drafts the weekly letters of a day: to each partner that was written to
// about a case which goes on, what changed since. They leave at due, when
// approved. A second call for the day writes none.
func (d *Desk) Weekly(ctx context.Context, due time.Time) ([]cases.Letter, error) {
	var out []cases.Letter
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		out = nil
		s := d.secretary(tx)
		_, err := s.once(weeklyNote, due, func() error {
			for _, p := range s.o.Partners {
				l, err := s.weekly(p, due)
				if err != nil {
					return fmt.Errorf("to %s: %w", p.ID, err)
				}
				if l != nil {
					out = append(out, *l)
				}
			}
			return nil
		})
		return err
	})
	return out, err
}

// weekly writes one partner's letter, or none where nothing concerns it.
func (s *secretary) weekly(p inventory.Partner, due time.Time) (*cases.Letter, error) {
	if p.Role == "supplier" || len(p.Email) == 0 {
		return nil, nil
	}
	all, err := s.tx.LettersAfter("", 0)
	if err != nil {
		return nil, err
	}
	list, err := s.tx.CasesAfter("", 0)
	if err != nil {
		return nil, err
	}
	lang := cmp.Or(p.Lang, "ja")
	data := notify.LetterData{Date: s.today(), Detail: cmp.Or(p.Class, "summary"), NextReport: s.o.dueAfter(latest(due, s.today()))}
	data.To = notify.Recipient{Company: p.Company, Title: p.Title, Person: p.Person, Honorific: p.Honorific}
	if s.o.Sender != nil {
		data.From = s.o.Sender(lang)
	}
	var shape cases.Letter
	tells, news := map[string]cases.ItemState{}, false
	for _, c := range list {
		before := lastTold(all, p.ID, c)
		if before == nil || c.State == cases.Closed && c.Updated.Before(before.Created) {
			continue
		}
		pr, err := s.progress(c, p, *before, lang)
		if errors.Is(err, ErrRestricted) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := s.attach(c, p, &shape, &data); err != nil {
			return nil, err
		}
		data.Progress = append(data.Progress, pr)
		data.Since = earliest(data.Since, before.Created.In(s.today().Location()))
		news = news || len(pr.Moves)+len(pr.News) > 0 || pr.Did.Any()
		for k, st := range said(c.ID, pr.Items) {
			tells[k] = st
		}
	}
	if len(data.Progress) == 0 || !news && s.o.NoNews == "skip" {
		return nil, nil
	}
	shape.Audience, shape.Outside, shape.Said, shape.After = p.ID, true, tells, due.UTC()
	shape.To = s.addresses(p)
	l, err := s.write("", "weekly", lang, data, shape)
	return &l, err
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// lastTold is the newest letter to a partner that told where the items of a case
// stand, nil where there is none: the partner was never written to about it.
func lastTold(all []cases.Letter, partner string, c cases.Case) *cases.Letter {
	var last *cases.Letter
	for i, l := range all {
		told := l.State == cases.LetterApproved || l.State == cases.LetterSent || l.State == cases.LetterAnswered
		if !told || l.Audience != partner || l.Said == nil || !speaksOf(l, c) {
			continue
		}
		if last == nil || l.Created.After(last.Created) {
			last = &all[i]
		}
	}
	return last
}

func speaksOf(l cases.Letter, c cases.Case) bool {
	if l.Case == c.ID || slices.Contains(c.Merged, l.Case) {
		return true
	}
	for id := range c.Items {
		if _, ok := saidOf(l, c, id); ok {
			return true
		}
	}
	return false
}

// progress is what a case came to for a partner since a letter.
func (s *secretary) progress(c cases.Case, p inventory.Partner, before cases.Letter, lang string) (notify.Progress, error) {
	data, err := s.data(c, &p, lang)
	if err != nil {
		return notify.Progress{}, err
	}
	pr := notify.Progress{Case: data.Case, Items: data.Items, Since: before.Created.In(s.today().Location())}
	pr.Moves = movesSince(data.Items, before, c)
	for _, src := range data.Case.Sources {
		if newsSince(c, src.Advisory, before.Created) {
			pr.News = append(pr.News, src)
		}
	}
	pr.Did, err = s.deeds(c, data.Items, before.Created)
	return pr, err
}

// newsSince says whether a statement on the matter as a whole is new or was
// revised after a time.
func newsSince(c cases.Case, id string, since time.Time) bool {
	if k := c.Statements[id].Kind; k != advisory.KindAlert && k != advisory.KindAdvisory && k != advisory.KindExploited {
		return false
	}
	return slices.ContainsFunc(c.Timeline, func(e cases.Event) bool {
		return e.Ref == id && (e.Kind == "advisory" || e.Kind == "revision") && e.At.After(since)
	})
}

// Remind drafts the reminders that are due: to each reader whose answer is waited
// for, after as many working days as the office says.
func (d *Desk) Remind(ctx context.Context) ([]cases.Letter, error) {
	var out []cases.Letter
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		out = nil
		all, err := tx.LettersAfter("", 0)
		if err != nil {
			return err
		}
		s := d.secretary(tx)
		for _, l := range all {
			if l.Kind == "reminder" || !l.Awaited() || !s.remindNow(l) {
				continue
			}
			r, err := s.remind(l)
			if err != nil {
				return fmt.Errorf("of %s: %w", l.ID, err)
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

// remindNow says whether a letter's next reminder is due: never before the day by
// which it, or the reminder before, asked for an answer is over. Who answered that they don't know yet is
// asked again in as many working days from that answer.
func (s *secretary) remindNow(l cases.Letter) bool {
	from, reminded := l.Sent, l.Reminded
	if at, ok := l.PendingSince(); ok {
		from = at
		reminded = slices.DeleteFunc(slices.Clone(reminded), func(t time.Time) bool { return t.Before(at) })
	}
	n, until := len(reminded), l.Due
	if n > 0 {
		until = max(until, s.replyBy(reminded[n-1].In(s.today().Location())).Format(time.DateOnly))
	}
	if until >= s.today().Format(time.DateOnly) {
		return false
	}
	if l.Sent.IsZero() || n >= len(s.o.Remind) || !s.o.Calendar.Working(s.today()) {
		return false
	}
	return s.o.Calendar.Between(from.In(s.today().Location()), s.now) >= s.o.Remind[n]
}

// plainSubject is a letter's subject without its reference.
func plainSubject(l cases.Letter) string {
	return strings.TrimSpace(strings.Replace(l.Subject, "["+l.Token+"]", "", 1))
}

func (s *secretary) remind(l cases.Letter) (cases.Letter, error) {
	p, ok := s.partner(l.Audience)
	if !ok {
		return l, fmt.Errorf("%w: %s", ErrNoPartner, l.Audience)
	}
	c, err := findCase(s.tx, l.Case)
	if err != nil {
		return l, err
	}
	e, isEnquiry, err := s.enquiryOf(l.ID)
	if err != nil {
		return l, err
	}
	r, err := s.toPartner(c, "reminder", p, false, func(data *notify.LetterData, out *cases.Letter) {
		out.Earlier, data.Token, data.FormURL = l.ID, l.Token, s.formURL(l.Form)
		data.Earlier = &notify.EarlierLetter{Subject: plainSubject(l), Date: l.Sent.In(s.today().Location())}
		data.Earlier.Pending, _ = l.PendingSince()
		data.ReplyBy = s.replyBy(s.today())
		data.ReportTo = data.From.Email
		if data.Items = nil; isEnquiry {
			data.Items = only(data.Case.Items, unread(e))
		}
	})
	if err != nil {
		return r, err
	}
	l.Reminded = append(l.Reminded, s.now)
	if isEnquiry {
		e.Reminded = append(e.Reminded, s.now)
		if err := s.tx.PutEnquiry(e); err != nil {
			return r, err
		}
	}
	return r, s.tx.PutLetter(l)
}

// digestState is what the last digest counted, so that the next counts from
// there.
type digestState struct {
	At    time.Time
	Reads map[string]int // by source
}

func readDigestState(tx store.Tx) (digestState, error) {
	var st digestState
	raw, err := tx.Note(digestNote + "/state")
	if errors.Is(err, store.ErrNotFound) {
		return st, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &st)
	}
	return st, err
}
