package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"

	"hansho/notify"
)

// maxRefs bounds the References header: the first message and the newest ones.
const maxRefs = 20

// Message is a mail as it goes out.
type Message struct {
	ID      string // Message-ID, without brackets
	To      string // envelope recipient
	Subject string
	Raw     []byte // CRLF line ends, at most 998 bytes each, 7-bit
}

// Compose writes the mail of a delivery, signed where a key is configured.
func (c *Channel) Compose(m notify.Message) (Message, error) {
	to, err := mail.ParseAddress(m.Delivery.Address.To)
	if err != nil {
		return Message{}, fmt.Errorf("mail: recipient %q: %w", m.Delivery.Address.To, err)
	}
	if strings.ContainsFunc(to.Address, func(r rune) bool { return r > 0x7e || r <= ' ' }) {
		return Message{}, fmt.Errorf("mail: recipient %q: only ASCII addresses can be sent to", to.Address)
	}
	text, err := c.words(m)
	if err != nil {
		return Message{}, err
	}
	msg := c.build(m, to, text)
	raw, err := fixedBytes(msg, m.Delivery.Key)
	if err == nil {
		raw, err = c.sign(raw)
	}
	if err != nil {
		return Message{}, fmt.Errorf("mail: compose %s: %w", m.Delivery.Key, err)
	}
	return Message{ID: c.messageID(m.Delivery), To: to.Address, Subject: text.subject, Raw: raw}, nil
}

// build fills in the headers and parts.
func (c *Channel) build(m notify.Message, to *mail.Address, text words) *gomail.Msg {
	enc := c.encoding()
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(enc.charset), gomail.WithEncoding(gomail.EncodingB64))
	msg.SetGenHeader("From", enc.address(c.from))
	msg.SetGenHeader("To", enc.address(to))
	if c.reply != nil {
		msg.SetGenHeader("Reply-To", enc.address(c.reply))
	}
	msg.SetDateWithValue(date(m))
	msg.SetMessageIDWithValue(c.messageID(m.Delivery))
	msg.SetGenHeaderPreformatted(gomail.HeaderSubject, enc.subject(text.subject))
	c.thread(msg, m.Thread)
	c.manners(msg, m.Delivery, to.Address)
	msg.SetBodyString(gomail.TypeTextPlain, enc.text(text.text))
	if text.html != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, enc.text(text.html))
	}
	for _, a := range text.attachments {
		attach(msg, a)
	}
	return msg
}

// stale is how old a mail's Date may be. A mail that waited for its digest, for
// the morning or for a relay that was down would stand among those of yesterday
// in its reader's folder, and is spam to some filters.
const stale = time.Hour

// date is when the notice was made, or, where that is long ago or in the future,
// this try.
func date(m notify.Message) time.Time {
	made := m.Delivery.Created
	if !m.At.IsZero() && m.At.Sub(made).Abs() > stale {
		return m.At
	}
	return made
}

// messageID makes the Message-ID from the delivery's key, so that it is the
// same for every try.
func (c *Channel) messageID(d notify.Delivery) string {
	if l := d.Notice.Letter; l != nil && l.MessageID != "" {
		return oneToken(l.MessageID)
	}
	sum := sha256.Sum256([]byte(d.Key))
	domain := c.opts.Domain
	if domain == "" {
		_, domain, _ = strings.Cut(c.from.Address, "@")
	}
	return "hansho." + hex.EncodeToString(sum[:16]) + "@" + domain
}

func (c *Channel) thread(msg *gomail.Msg, t *notify.Thread) {
	if t == nil || len(t.Refs) == 0 {
		return
	}
	refs := t.Refs
	if len(refs) > maxRefs {
		refs = append([]string{refs[0]}, refs[len(refs)-maxRefs+1:]...)
	}
	var ids []string
	for _, id := range refs {
		ids = append(ids, "<"+oneToken(id)+">")
	}
	msg.SetGenHeader(gomail.HeaderInReplyTo, ids[len(ids)-1])
	msg.SetGenHeader(gomail.HeaderReferences, strings.Join(ids, " "))
}

// oneToken takes out of an id what could end it.
func oneToken(id string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > 0x7e || r == '<' || r == '>' {
			return -1
		}
		return r
	}, id)
}

// manners are the headers by which a machine says that it is one. A letter was
// approved by a person and may be answered by the other side's machines.
func (c *Channel) manners(msg *gomail.Msg, d notify.Delivery, to string) {
	if d.Notice.Kind == notify.KindLetter {
		return
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if d.Notice.Urgent {
		msg.SetImportance(gomail.ImportanceHigh)
	}
	if c.opts.Unsubscribe == "" || (d.Notice.Kind != notify.KindDigest && d.Notice.Kind != notify.KindSummary) {
		return
	}
	address := strings.ReplaceAll(c.opts.Unsubscribe, "{to}", url.QueryEscape(to))
	msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+oneToken(address)+">")
	if strings.HasPrefix(address, "https://") {
		msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058, section 3.1
	}
}

var boundary = regexp.MustCompile(`boundary=([0-9a-f]{60})`)

// fixedBytes writes the message with boundaries made from the key instead of
// random ones.
func fixedBytes(msg *gomail.Msg, key string) ([]byte, error) {
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, err
	}
	raw := b.Bytes()
	for i, found := range boundary.FindAllSubmatch(raw, -1) {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", key, i))
		raw = bytes.ReplaceAll(raw, found[1], []byte(hex.EncodeToString(sum[:])[:60]))
	}
	return raw, nil
}

func (c *Channel) sign(raw []byte) ([]byte, error) {
	if c.opts.DKIM == nil {
		return raw, nil
	}
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: c.opts.DKIM.Domain, Selector: c.opts.DKIM.Selector, Signer: c.opts.DKIM.Key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: signedHeaders,
	})
	return b.Bytes(), err
}

// signedHeaders are those that RFC 6376, section 5.4.1 recommends and RFC 8058
// requires.
var signedHeaders = []string{
	"From", "Reply-To", "Subject", "Date", "To", "Message-ID", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
}
