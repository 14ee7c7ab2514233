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

	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// Letter gives a letter by its id.
func (d *Desk) Letter(ctx context.Context, id string) (l cases.Letter, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		l, err = letter(tx, id)
		return err
	})
	return l, err
}

func letter(tx store.Tx, id string) (cases.Letter, error) {
	l, err := tx.Letter(id)
	if errors.Is(err, store.ErrNotFound) {
		return l, fmt.Errorf("%w: %s", ErrNoLetter, id)
	}
	return l, err
}

// Letters lists the letters by id; caseID and state, where not empty, choose.
func (d *Desk) Letters(ctx context.Context, caseID string, state cases.LetterState) (list []cases.Letter, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		list, err = tx.LettersAfter("", 0)
		return err
	})
	return slices.DeleteFunc(list, func(l cases.Letter) bool {
		return caseID != "" && l.Case != caseID || state != "" && l.State != state
	}), err
}

// onLetter runs a step on one letter and stores it.
func (d *Desk) onLetter(ctx context.Context, id string, step func(s *secretary, l *cases.Letter) error) (cases.Letter, error) {
	var out cases.Letter
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		l, err := letter(tx, id)
		if err != nil {
			return err
		}
		if err := step(d.secretary(tx), &l); err != nil {
			return fmt.Errorf("letter %s: %w", id, err)
		}
		out = l
		return tx.PutLetter(l)
	})
	return out, err
}

// EditLetter gives a letter that still waits new words: Markdown, of which its
// text and HTML are made again. An empty subject leaves the subject; a new one
// keeps the reference by which an answer is found.
func (d *Desk) EditLetter(ctx context.Context, id, subject, markdown, who string) (cases.Letter, error) {
	return d.onLetter(ctx, id, func(s *secretary, l *cases.Letter) error {
		if l.State != cases.LetterQueued {
			return fmt.Errorf("it is %s: only what waits for approval can be changed", l.State)
		}
		if ref := "[" + l.Token + "]"; subject != "" && l.Token != "" && !strings.Contains(subject, ref) {
			subject += " " + ref
		}
		w := s.o.Templates.Rewrite(notify.Letter{}, l.Lang, cmp.Or(subject, l.Subject), markdown)
		l.Subject, l.Markdown, l.Text, l.HTML, l.Edited = w.Subject, w.Markdown, w.Text, w.HTML, who
		return nil
	})
}

// ApproveLetter lets a letter leave, as it stands, and puts it into the outbox.
// Who and when are kept. Approving again changes nothing.
func (d *Desk) ApproveLetter(ctx context.Context, id, who string) error {
	if who == "" {
		return errors.New("an approval needs a name")
	}
	_, err := d.onLetter(ctx, id, func(s *secretary, l *cases.Letter) error {
		switch l.State {
		case cases.LetterQueued:
		case cases.LetterRejected:
			return errors.New("it was rejected; draft it anew")
		default:
			return nil
		}
		out, err := s.release(*l, who)
		*l = out
		return err
	})
	return err
}

// LettersWaiting lists the letters that wait for approval.
func (d *Desk) LettersWaiting(ctx context.Context) ([]cases.Letter, error) {
	waiting, err := d.Letters(ctx, "", cases.LetterQueued)
	return slices.DeleteFunc(waiting, func(l cases.Letter) bool { return !l.Outside }), err
}

// RejectLetter keeps a letter from leaving.
func (d *Desk) RejectLetter(ctx context.Context, id, who, why string) error {
	_, err := d.onLetter(ctx, id, func(_ *secretary, l *cases.Letter) error {
		if l.State != cases.LetterQueued {
			return fmt.Errorf("it is %s already", l.State)
		}
		l.State, l.By, l.Reason = cases.LetterRejected, who, why
		return nil
	})
	return err
}

// SendLetter puts a letter inside the company into the outbox. One to the
// outside must have been approved: ErrUnapproved.
func (d *Desk) SendLetter(ctx context.Context, id, who string) (cases.Letter, error) {
	return d.onLetter(ctx, id, func(s *secretary, l *cases.Letter) error {
		switch {
		case l.State == cases.LetterQueued && l.Outside:
			return ErrUnapproved
		case l.State == cases.LetterRejected:
			return errors.New("it was rejected; draft it anew")
		case l.State != cases.LetterQueued:
			return nil
		}
		out, err := s.release(*l, who)
		*l = out
		return err
	})
}

// release is the only way by which a letter gets into the outbox: approved by
// somebody, and with the words that were approved.
func (s *secretary) release(l cases.Letter, by string) (cases.Letter, error) {
	l.State, l.By, l.Approved, l.Digest = cases.LetterApproved, by, s.now, wordsDigest(l)
	if err := s.tx.PutLetter(l); err != nil {
		return l, err
	}
	for _, to := range l.To {
		d, err := s.delivery(l, to)
		if err != nil {
			return l, err
		}
		if _, err := s.tx.Enqueue(d); err != nil {
			return l, fmt.Errorf("queue %s: %w", d.Key, err)
		}
	}
	if err := s.onCase(l.Case, func(c *cases.Case) { note(c, s.now, "letter", by, l.Kind+" → "+l.Audience, l.ID) }); err != nil {
		return l, err
	}
	return l, s.enquirySent(l)
}

// wordsDigest is of the words that readers get, and of the files with them.
func wordsDigest(l cases.Letter) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s", l.Subject, l.Text, l.HTML)
	for _, a := range l.Attachments {
		fmt.Fprintf(h, "\x00%s\x00%s\x00%d\x00%s", a.Name, a.Type, len(a.Data), a.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// delivery is a letter on its way to one address. A letter that follows another
// is in its thread.
func (s *secretary) delivery(l cases.Letter, to string) (notify.Delivery, error) {
	var address notify.Address
	if err := address.UnmarshalText([]byte(to)); err != nil {
		return notify.Delivery{}, err
	}
	leaves := latest(s.now, l.After) // the mail is dated so
	return notify.Delivery{
		Key: letterKey(l.ID, to), Address: address, Thread: "letter/" + cmp.Or(l.Earlier, l.ID),
		Created: leaves, NotBefore: leaves,
		Notice: notify.Notice{Kind: notify.KindLetter, Lang: l.Lang, At: s.now, Letter: &notify.Letter{
			ID: l.ID, Kind: l.Kind, Subject: l.Subject, Text: l.Text, HTML: l.HTML, Markdown: l.Markdown, MessageID: l.MessageID,
			Attachments: attached(l),
		}},
	}, nil
}

func letterKey(id, to string) string { return "letter/" + id + "/" + to }

// onCase changes a case, where there is one, and stores it.
func (s *secretary) onCase(id string, change func(*cases.Case)) error {
	if id == "" {
		return nil
	}
	c, err := findCase(s.tx, id)
	if errors.Is(err, ErrNoCase) {
		return nil // merged away by a hand; the letter keeps its own record
	}
	if err != nil {
		return err
	}
	change(&c)
	return s.tx.PutCase(c)
}

// Reconcile brings the letters in line with what became of their deliveries:
// sent where each is over and one arrived, bounced where none can. One that was
// put back into the outbox by hand counts as it then ends. It gives the letters that
// moved.
func (d *Desk) Reconcile(ctx context.Context) ([]cases.Letter, error) {
	var moved []cases.Letter
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		moved = nil
		all, err := tx.LettersAfter("", 0)
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.State != cases.LetterApproved && !(l.State == cases.LetterBounced && l.Sent.IsZero()) {
				continue
			}
			now, err := settled(tx, l)
			if err != nil {
				return fmt.Errorf("letter %s: %w", l.ID, err)
			}
			if now.State == l.State {
				continue
			}
			if err := tx.PutLetter(now); err != nil {
				return err
			}
			moved = append(moved, now)
		}
		return nil
	})
	return moved, err
}

// settled gives a letter the state that its deliveries have come to.
func settled(tx store.Tx, l cases.Letter) (cases.Letter, error) {
	arrived := 0
	var failed, reasons []string
	for _, to := range l.To {
		if !l.Sent.IsZero() && slices.Contains(l.Failed, to) { // it left, and came back
			failed, reasons = append(failed, to), append(reasons, l.Reason)
			continue
		}
		d, err := tx.Delivery(letterKey(l.ID, to))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return l, err
		}
		switch d.State {
		case notify.Sent:
			arrived++
			l.Sent = latest(l.Sent, d.Receipt.At)
		case notify.Parked:
			failed, reasons = append(failed, to), append(reasons, to+": "+d.Error)
		}
	}
	if arrived+len(failed) < len(l.To) {
		return l, nil
	}
	l.Failed, l.Reason = failed, strings.Join(slices.Compact(reasons), "; ")
	if l.State = cases.LetterSent; arrived == 0 {
		l.State = cases.LetterBounced
	}
	return l, nil
}
