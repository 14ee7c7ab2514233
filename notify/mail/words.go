package mail

import (
	"mime"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"hansho/notify"
	"hansho/notify/markup"
)

// words are what a mail says.
type words struct {
	subject, text, html string
	attachments         []notify.Attachment
}

// words gives a notice the form of a mail. A mail is read by itself, so what is
// new comes first and the present state of the case follows.
func (c *Channel) words(m notify.Message) (words, error) {
	n := m.Delivery.Notice
	if l := n.Letter; n.Kind == notify.KindLetter && l != nil && l.Text != "" {
		return words{subject: header(l.Subject), text: l.Text, html: l.HTML, attachments: l.Attachments}, nil
	}
	doc, err := c.opts.Templates.Whole(n)
	if err != nil {
		return words{}, err
	}
	topic, err := c.opts.Templates.Topic(n)
	if err != nil {
		return words{}, err
	}
	return words{subject: subject(topic, m), text: doc.Text(), html: doc.HTML()}, nil
}

// subject is the topic of a thread, without which some readers show no thread. It
// follows the case: what was unrated and is critical now says so. A reversal has
// its own and is no reply, on purpose: it must not hide in an old conversation.
func subject(topic string, m notify.Message) string {
	if m.Thread == nil || m.Thread.Root.ID == "" || m.Delivery.Notice.Kind == notify.KindReversal {
		return header(topic)
	}
	return header("Re: " + topic)
}

// header makes text into one line of bounded length.
func header(s string) string {
	return markup.Cut(strings.Join(strings.Fields(markup.Clean(s)), " "), 200)
}

// attach adds a file under a name that RFC 2231 readers and older ones both
// understand.
func attach(msg *gomail.Msg, a notify.Attachment) {
	name := fileName(a.Name)
	msg.AttachReadSeeker(name, strings.NewReader(string(a.Data)), gomail.WithFileEncoding(gomail.EncodingB64))
	files := msg.GetAttachments()
	f := files[len(files)-1]
	f.ContentType = gomail.ContentType(mediaType(a.Type))
	f.Header.Set("Content-Disposition", disposition(name))
	f.Header.Set("Content-Type", mediaType(a.Type)+";\r\n name=\""+utf8Subject(name)+"\"")
}

func mediaType(t string) string {
	if parsed, _, err := mime.ParseMediaType(t); err == nil && strings.Contains(parsed, "/") {
		return parsed
	}
	return "application/octet-stream"
}

// fileName takes paths and control characters out of a name.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|;`, r) {
			return '_'
		}
		return r
	}, header(s))
	if s == "" {
		return "file"
	}
	return markup.Cut(s, 100)
}

// disposition writes the name in continuations of percent-encoded UTF-8, each
// short enough for its line, cut between characters.
func disposition(name string) string {
	var b strings.Builder
	b.WriteString("attachment")
	part, line := 0, ""
	flush := func() {
		lead := ""
		if part == 0 {
			lead = "utf-8''"
		}
		b.WriteString(";\r\n filename*" + itoa(part) + "*=" + lead + line)
		part, line = part+1, ""
	}
	for _, r := range name {
		e := percent(string(r))
		if len(line)+len(e) > 54 {
			flush()
		}
		line += e
	}
	flush()
	return b.String()
}
