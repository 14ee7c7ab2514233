package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hansho/cases"
	"hansho/notify"
)

// Every key has both languages with the same verbs, is used, and is there.
func TestWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var src strings.Builder
	for _, f := range files {
		if f == "words.go" || strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		src.Write(b)
	}
	text := src.String()
	for _, m := range regexp.MustCompile(`say\((?:lang, |a\.o\.Lang, )?"([^"]+)"[,)]`).FindAllStringSubmatch(text, -1) {
		if _, ok := lines[m[1]]; !ok {
			t.Errorf("no words for %q", m[1])
		}
	}
	verb := regexp.MustCompile(`%(?:\[\d+\])?[sd]`)
	for key, pair := range lines {
		family, _, _ := strings.Cut(key, ".")
		if !strings.Contains(text, `"`+key+`"`) && !slices.Contains([]string{"snooze", "event"}, family) {
			t.Errorf("the words %q are never used", key)
		}
		if pair[0] == "" || pair[1] == "" || len(verb.FindAllString(pair[0], -1)) != len(verb.FindAllString(pair[1], -1)) {
			t.Errorf("%s: %q and %q don't say the same", key, pair[0], pair[1])
		}
	}
	for _, s := range snoozes {
		if _, ok := lines["snooze."+s]; !ok {
			t.Errorf("no words for %q", s)
		}
	}
}

// A timeline is read by people who read no English.
func TestEventLine(t *testing.T) {
	a := &App{o: Options{Lang: "ja", Zone: time.FixedZone("JST", 9*60*60)}}
	at := time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)
	for want, e := range map[string]cases.Event{
		"12-14 10:30　情報 Apache Log4j の脆弱性":        {Kind: "advisory", Ref: "jvn:1", Text: "Apache Log4j の脆弱性"},
		"12-14 10:30　後で 山田 12-15 09:00 まで 保守":     {Kind: "snooze", Who: "山田", Text: "保守", Ref: "2021-12-15T00:00:00Z"},
		"12-14 10:30　山田 山田 を担当者にした":               {Kind: "ack", Who: "山田", Text: "assigned to 山田"},
		"12-14 10:30　山田 佐藤 を担当者にした":               {Kind: "ack", Who: "山田", Text: "assigned to 佐藤"},
		"12-14 10:30　確認 山田":                       {Kind: "ack", Who: "山田"},
		"12-14 10:30　判断 山田 app 影響なし JNDI を使っていない": {Kind: "state", Who: "山田", Ref: "app", Text: "not_affected JNDI を使っていない"},
		"12-14 10:30　other 山田 x":                  {Kind: "other", Who: "山田", Text: "x"},
	} {
		e.At = at
		if got := a.eventLine(e); got != want {
			t.Errorf("%+v: %q, want %q", e, got, want)
		}
	}
}

func TestUntil(t *testing.T) {
	jst := time.FixedZone("JST", 9*60*60)
	a := &App{o: Options{Zone: jst, Now: func() time.Time { return time.Date(2021, 12, 30, 15, 30, 0, 0, time.UTC) }}} // 00:30 on the 31st
	for choice, want := range map[string]string{
		"1h": "2021-12-31T01:30:00+09:00", "4h": "2021-12-31T04:30:00+09:00", "day": "2022-01-01T09:00:00+09:00",
		"3d": "2022-01-03T09:00:00+09:00", "1w": "2022-01-07T09:00:00+09:00",
	} {
		if got, ok := a.until(choice); !ok || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, want %s", choice, got, want)
		}
	}
	if _, ok := a.until("forever"); ok {
		t.Error("any choice is taken")
	}
}

func TestTrusted(t *testing.T) {
	a := &App{o: Options{APIURL: "http://127.0.0.1:1/api/"}}
	for address, want := range map[string]bool{
		"https://hooks.slack.com/actions/T1/2/x": true, "https://hooks.slack-gov.com/x": true, "http://127.0.0.1:1/response/r1": true,
		"http://hooks.slack.com/x": false, "https://slack.com.example.org/x": false, "https://evilslack.com/x": false,
		"http://169.254.169.254/latest": false, "file:///etc/passwd": false, "": false, "::": false,
	} {
		if got := a.trusted(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestRecent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecent(time.Now)
		if !r.first("a") || r.first("a") || !r.first("") || !r.first("") {
			t.Error("a request is known once")
		}
		time.Sleep(remember)
		if !r.first("a") {
			t.Error("a request is remembered for ever")
		}
		for i := range 3 * maxRemember {
			r.first(strings.Repeat("x", i%7) + time.Duration(i).String())
		}
		if len(r.seen) > maxRemember {
			t.Errorf("%d are kept", len(r.seen))
		}
	})
}

func TestButtonsAreBounded(t *testing.T) {
	for name, id := range map[string]string{"none": "", "long": "case:" + strings.Repeat("x", 3000)} {
		if got := Buttons(notify.Notice{Case: &notify.CaseView{ID: id}}); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := Buttons(notify.Notice{Kind: notify.KindDigest}); got != nil {
		t.Errorf("buttons on a digest: %v", got)
	}
}

func TestErrorsAreExplained(t *testing.T) {
	a := &App{o: Options{Lang: "en"}}
	if got := a.explain(errors.Join(errDenied)); !strings.Contains(got, "operators") {
		t.Error(got)
	}
	if got := a.explain(context.DeadlineExceeded); !strings.Contains(got, "did not work") {
		t.Error(got)
	}
}

func TestMentions(t *testing.T) {
	v := notify.CaseView{ID: "case:CVE-2021-44228", Name: "Log4Shell", Items: []notify.ItemView{{Name: "受発注システム", State: string(cases.ItemAffected)}}}
	for word, want := range map[string]bool{"log4": true, "受発注": true, "44228": true, "nginx": false} {
		if mentions(v, word) != want {
			t.Errorf("%s: %v", word, !want)
		}
	}
}
