package peers

import (
	"bufio"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hansho/notify/mail"
	"hansho/notify/mail/mailtest"
)

// maxSpam is the score under which every mail of ours has to be; SpamAssassin
// calls spam what reaches 5.
const maxSpam = 1.0

var spamScore = regexp.MustCompile(`score=(-?[\d.]+).*?tests=(.*?) autolearn`)

// SpamAssassin, by its local rules alone, finds nothing wrong with any notice or
// letter.
func TestSpamAssassin(t *testing.T) {
	bin := program(t, "spamassassin", "spamassassin")
	server, err := mailtest.Start(mailtest.Options{})
	must(t, err)
	defer server.Close()
	c := channel(t, server.Addr(), func(o *mail.Options) { o.Unsubscribe = "https://hansho.example.test/unsubscribe?to={to}" })
	var names []string
	var mbox strings.Builder
	for _, n := range everyNotice() {
		_, err := c.Deliver(t.Context(), message("spam-"+n.name, "it@example.test", n.notice))
		must(t, err)
		names = append(names, n.name)
	}
	for _, m := range server.Messages() {
		fmt.Fprintf(&mbox, "From hansho@example.test Tue Dec 14 10:30:00 2021\n%s\n", mboxed(string(m.Raw)))
	}
	dir := t.TempDir()
	write(t, dir+"/prefs", "clear_report_template\nreport_safe 0\nuse_bayes 0\nscore ALL_TRUSTED 0\n")
	out, err := run(t, []byte(mbox.String()), bin, "-L", "--mbox", "-p", dir+"/prefs")
	if err != nil {
		t.Fatalf("spamassassin: %v\n%.2000s", err, out)
	}
	judged := statuses(t, string(out))
	if len(judged) != len(names) {
		t.Fatalf("%d mails were judged, want %d", len(judged), len(names))
	}
	for i, j := range judged {
		t.Logf("%-32s %5.1f  %s", names[i], j.score, j.tests)
		if j.score >= maxSpam {
			t.Errorf("%s scores %.1f: %s", names[i], j.score, j.tests)
		}
	}
}

type judgement struct {
	score float64
	tests string
}

// statuses reads the verdict out of each mail of an mbox.
func statuses(t *testing.T, mbox string) []judgement {
	t.Helper()
	var out []judgement
	for _, raw := range regexp.MustCompile(`(?m)^From \S+ .*$`).Split(mbox, -1) {
		head, err := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.TrimLeft(raw, "\n")))).ReadMIMEHeader()
		if err != nil && err != io.EOF && len(head) == 0 {
			continue
		}
		m := spamScore.FindStringSubmatch(head.Get("X-Spam-Status"))
		if m == nil {
			continue
		}
		score, err := strconv.ParseFloat(m[1], 64)
		must(t, err)
		out = append(out, judgement{score, strings.ReplaceAll(m[2], " ", "")})
	}
	return out
}

// mboxed writes a mail as an mbox holds it, with the lines that a receiving
// server adds.
func mboxed(raw string) string {
	raw = strings.ReplaceAll(raw, "\r\n", "\n")
	raw = regexp.MustCompile(`(?m)^From `).ReplaceAllString(raw, ">From ")
	return "Received: from mail.example.test (mail.example.test [10.0.0.25])\n\tby mx.example.test (Postfix) with ESMTPS id 4ABCDEF123\n\tfor <it@example.test>; Tue, 14 Dec 2021 10:30:01 +0900 (JST)\n" + raw
}
