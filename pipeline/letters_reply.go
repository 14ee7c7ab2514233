package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// Bounds of a reply.
const (
	maxReply  = 25 << 20 // bytes of the mail
	maxAnswer = 64 << 10 // bytes of the text that is kept
)

// ErrReplyTooLarge says that a mail is larger than hansho reads.
var ErrReplyTooLarge = errors.New("the mail is too large")

// TakeReply takes in a mail that reached our mailbox, as it is (RFC 5322). A
// reply to a letter, found by In-Reply-To, References or the token in its
// subject, is kept as an answer, as "we don't know yet" where it plainly says that
// and nothing else; a delivery failure (RFC 3464, or in a mail server's own
// words) marks the letter as bounced; an automatic reply is noted and answers nothing. matched is the id
// of the letter, empty where the mail belongs to none.
func (d *Desk) TakeReply(ctx context.Context, raw []byte) (matched string, err error) {
	if len(raw) > maxReply {
		return "", ErrReplyTooLarge
	}
	r, err := readReply(raw)
	if err != nil {
		return "", fmt.Errorf("read reply: %w", err)
	}
	err = d.p.store.Update(ctx, func(tx store.Tx) error {
		matched = ""
		s := d.secretary(tx)
		l, ok, err := s.answered(r)
		if err != nil || !ok {
			return err
		}
		matched = l.ID
		switch {
		case r.failed:
			return s.bounced(l, r)
		case r.automatic:
			return s.onCase(l.Case, func(c *cases.Case) { note(c, s.now, "letter", r.from, "automatic reply", l.ID) })
		}
		a := cases.Answer{At: r.at, From: r.from, Text: r.text, MessageID: r.id}
		if StillLooking(r.text) {
			a.Pending, a.By = true, self
		}
		return s.answer(l.ID, a)
	})
	return matched, err
}

// reply is what of a mail matters.
type reply struct {
	id, from, subject, text string
	at                      time.Time
	refs                    []string // Message-IDs that it refers to, the nearest first
	automatic               bool     // made by a machine (RFC 3834)
	failed                  bool     // a delivery that can't be made
	recipients              []string // to whom
	reason                  string
}

var messageID = regexp.MustCompile(`<([^<>\s]{3,250})>`)

func ids(text string) []string {
	var out []string
	for _, m := range messageID.FindAllStringSubmatch(text, 200) {
		out = append(out, m[1])
	}
	slices.Reverse(out)
	return out
}

func readReply(raw []byte) (reply, error) {
	env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return reply{}, err
	}
	r := reply{from: env.GetHeader("From"), subject: env.GetHeader("Subject"), text: cutText(env.Text)}
	if found := ids(env.GetHeader("Message-ID")); len(found) > 0 {
		r.id = found[0]
	}
	r.refs = append(ids(env.GetHeader("In-Reply-To")), ids(env.GetHeader("References"))...)
	if at, err := mail.ParseDate(env.GetHeader("Date")); err == nil {
		r.at = at.UTC()
	}
	if auto := strings.ToLower(env.GetHeader("Auto-Submitted")); auto != "" && auto != "no" {
		r.automatic = true
	}
	if byMachine(env) {
		r.automatic = true
	}
	switch kind := strings.ToLower(env.GetHeader("Content-Type")); {
	case strings.HasPrefix(kind, "multipart/report"):
		r.automatic = true
		r.readReport(env)
	case fromMailer(r.from):
		r.automatic = true
		r.readNotice(env)
	}
	return r, nil
}

// cutText bounds what is kept of an answer, between characters.
func cutText(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= maxAnswer {
		return text
	}
	cut := maxAnswer
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}

// readReport reads a delivery status notification: what failed, why, and the
// letter that it returns, whole or its header.
func (r *reply) readReport(env *enmime.Envelope) {
	parts := slices.Concat(env.Attachments, env.Inlines, env.OtherParts)
	for _, p := range parts {
		kind := strings.ToLower(p.ContentType)
		content := p.Content[:min(len(p.Content), maxAnswer)]
		switch kind {
		case "message/delivery-status":
			for _, block := range strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n\n") {
				h := headerOf(block)
				if strings.EqualFold(strings.TrimSpace(h.Get("Action")), "failed") {
					r.failed = true
					r.recipients = append(r.recipients, recipient(h.Get("Original-Recipient")), recipient(h.Get("Final-Recipient")))
					r.reason = strings.TrimSpace(h.Get("Final-Recipient") + " " + h.Get("Status") + " " + h.Get("Diagnostic-Code"))
				}
			}
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			head, _, _ := strings.Cut(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n\n")
			r.refs = append(r.refs, ids(headerOf(head).Get("Message-ID"))...)
		}
	}
}

// headerOf reads header fields as far as they can be read, with lines that were
// folded joined.
func headerOf(block string) textproto.MIMEHeader {
	h := textproto.MIMEHeader{}
	last := ""
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\r\n")
		if last != "" && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			h[last][0] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if last = ""; ok && len(h) < 100 {
			last = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
			h[last] = []string{strings.TrimSpace(value)}
		}
	}
	return h
}

// answered finds the letter that a mail is about. A reminder stands for the
// letter that it reminds of, unless it bounced itself.
func (s *secretary) answered(r reply) (cases.Letter, bool, error) {
	all, err := s.tx.LettersAfter("", 0)
	if err != nil {
		return cases.Letter{}, false, err
	}
	left := func(l cases.Letter) bool { return l.State != cases.LetterQueued && l.State != cases.LetterRejected }
	find := func(is func(cases.Letter) bool) int {
		return slices.IndexFunc(all, func(l cases.Letter) bool { return left(l) && is(l) })
	}
	i := -1
	for _, ref := range r.refs {
		if i = find(func(l cases.Letter) bool { return l.MessageID == ref }); i >= 0 {
			break
		}
	}
	if i < 0 {
		i = find(func(l cases.Letter) bool {
			return l.Token != "" && l.Kind != "reminder" && strings.Contains(strings.ToUpper(r.subject), "["+strings.ToUpper(l.Token)+"]")
		})
	}
	if i < 0 {
		return cases.Letter{}, false, nil
	}
	if l := all[i]; l.Kind != "reminder" || r.failed {
		return l, true, nil
	}
	l, err := letter(s.tx, all[i].Earlier)
	return l, err == nil, err
}

// recipient gives the address in a field such as "rfc822; a@example.com".
func recipient(field string) string {
	_, addr, ok := strings.Cut(field, ";")
	if !ok {
		return ""
	}
	return strings.Trim(strings.TrimSpace(addr), "<>")
}

// bounced keeps that a letter did not reach one of its addresses, and that it
// bounced where that leaves none.
func (s *secretary) bounced(l cases.Letter, r reply) error {
	if l.State == cases.LetterAnswered {
		return nil // one of its addresses reached somebody
	}
	l.Reason = cmp.Or(r.reason, "returned by the mail system")
	if l.Sent.IsZero() { // a report may be here before we have looked at the outbox
		l.Sent = s.now
	}
	for _, to := range l.To {
		var a notify.Address
		hit := len(l.To) == 1 || a.UnmarshalText([]byte(to)) == nil &&
			slices.ContainsFunc(r.recipients, func(failed string) bool { return failed != "" && strings.EqualFold(failed, a.To) })
		if hit && !slices.Contains(l.Failed, to) {
			l.Failed = append(l.Failed, to)
		}
	}
	if len(l.Failed) == len(l.To) {
		l.State = cases.LetterBounced
		if err := s.dropReminders(l.ID, "the letter bounced"); err != nil {
			return err
		}
	}
	if err := s.tx.PutLetter(l); err != nil {
		return err
	}
	return s.onCase(l.Case, func(c *cases.Case) { note(c, s.now, "letter", "", "bounced: "+l.Reason, l.ID) })
}
