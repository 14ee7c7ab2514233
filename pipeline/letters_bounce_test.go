package pipeline

import (
	"strings"
	"testing"

	"hansho/cases"
)

// Notices of mail servers that write no report by RFC 3464, and of people who are
// away, with ID for the letter's Message-ID.
var plainNotices = map[string]struct {
	mail   string
	state  cases.LetterState
	reason string
}{
	"qmail": {`From: MAILER-DAEMON@mail.toto.example
To: it@example
Subject: failure notice

Hi. This is the program at mail.toto.example.
I wasn't able to send your mail to these addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<s@toto.example>:
550 5.1.1 <s@toto.example>: User unknown

--- Below this line is a copy of the message.

From: it@example
Message-ID: <ID>
Subject: x
`, cases.LetterBounced, "User unknown"},
	"Exim": {`From: Mail Delivery System <Mailer-Daemon@mx.toto.example>
To: it@example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: s@toto.example

A message that you sent could not be delivered to all of its recipients.

------ This is a copy of the message, including all the headers. ------

Message-Id: <ID>
`, cases.LetterBounced, "s@toto.example"},
	"a gateway in Japanese": {`From: postmaster@gw.toto.example
To: it@example
Subject: =?UTF-8?B?44Oh44O844Or44KS6YWN5L+h44Gn44GN44G+44Gb44KT44Gn44GX44Gf?=
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

次の宛先に配信できませんでした。
s@toto.example

> From: it@example
> Message-ID: <ID>
`, cases.LetterBounced, "配信できませんでした"},
	"one that is late": {`From: Mail Delivery System <Mailer-Daemon@mx.toto.example>
To: it@example
Subject: Warning: message delayed 24 hours
Content-Type: text/plain

The message could not be delivered yet. It will be tried again.

Message-ID: <ID>
`, cases.LetterSent, ""},
	"somebody away": {`From: s@toto.example
To: it@example
Subject: Re: x
In-Reply-To: <ID>
Precedence: auto_reply
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

ただいま不在にしております。
`, cases.LetterSent, ""},
}

func TestNoticesInPlainWords(t *testing.T) {
	for name, tt := range plainNotices {
		b := newBureau(t)
		_, l := b.asked("toto")
		raw := strings.ReplaceAll(strings.ReplaceAll(tt.mail, "ID>", l.MessageID+">"), "\n", "\r\n")
		got, err := b.desk.TakeReply(t.Context(), []byte(raw))
		must(t, err)
		if l := b.letter(l.ID); got != l.ID || l.State != tt.state || !strings.Contains(l.Reason, tt.reason) {
			t.Errorf("%s: matched %q, letter %s %q; want %s %q", name, got, l.State, l.Reason, tt.state, tt.reason)
		}
	}
}
