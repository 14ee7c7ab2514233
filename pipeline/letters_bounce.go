package pipeline

import (
	"cmp"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// Mail servers of many makes write no report by RFC 3464: qmail, Exim and the
// gateways built on them say in plain words that a mail could not be delivered,
// with a copy of it below.

// byMachine says that a mail calls itself automatic in one of the ways from
// before RFC 3834.
func byMachine(env *enmime.Envelope) bool {
	switch strings.ToLower(strings.TrimSpace(env.GetHeader("Precedence"))) {
	case "auto_reply", "auto-reply", "junk":
		return true
	}
	return env.GetHeader("X-Autoreply") != "" || env.GetHeader("X-Autorespond") != ""
}

// fromMailer says that a mail is from a mail server and not from a person.
func fromMailer(from string) bool {
	address := from
	if a, err := mail.ParseAddress(from); err == nil {
		address = a.Address
	}
	user, _, _ := strings.Cut(strings.Trim(address, "<> "), "@")
	return strings.EqualFold(user, "mailer-daemon") || strings.EqualFold(user, "postmaster")
}

// What such notices say where a mail is lost, and where it is only late.
var (
	saysFailed = regexp.MustCompile(`(?i)failure notice|undeliver|not be delivered|delivery (has )?failed|returned mail|permanent (fatal )?error|配信不能|配送不能|配信できません|配送できません|送信できません|届けられません|配信に失敗|配送に失敗|エラーメール`)
	saysLate   = regexp.MustCompile(`(?i)delayed|warning|will (retry|keep trying)|still trying|遅延|再送を(続|試)`)
	copyOf     = regexp.MustCompile(`(?im)^[> \t]*message-id:\s*(<[^<>\s]{3,250}>)`)
	refusal    = regexp.MustCompile(`(?m)^.*\b5\d\d[ -]5?\.?[^\n]*$`)
)

// readNotice reads a notice in plain words: the mail that it is about, and
// whether that is lost.
func (r *reply) readNotice(env *enmime.Envelope) {
	text := env.Text
	for _, p := range slices.Concat(env.Attachments, env.Inlines, env.OtherParts) {
		if kind := strings.ToLower(p.ContentType); kind == "message/rfc822" || kind == "text/rfc822-headers" {
			text += "\n" + string(p.Content[:min(len(p.Content), maxAnswer)])
		}
	}
	text = text[:min(len(text), 4*maxAnswer)]
	for _, m := range copyOf.FindAllStringSubmatch(text, 20) {
		r.refs = append(r.refs, ids(m[1])...)
	}
	own, _, _ := strings.Cut(text, "\nMessage-I") // what follows is the copy
	about := r.subject + "\n" + own
	r.failed = env.GetHeader("X-Failed-Recipients") != "" || saysFailed.MatchString(about) && !saysLate.MatchString(r.subject)
	if r.failed {
		r.reason = strings.TrimSpace(env.GetHeader("X-Failed-Recipients") + " " + cmp.Or(strings.TrimSpace(refusal.FindString(own)), r.subject))
	}
}
