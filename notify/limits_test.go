package notify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"hansho/notify"
	"hansho/notify/notifytest"
)

// What the makers document of one message, as servers that refuse what goes
// beyond it:
//   - Teams: 28 KB, an Adaptive Card in the envelope of a workflow's webhook
//     (learn.microsoft.com/connectors/teams).
//   - Chatwork: a form with body, 1 to 65,535 characters, and a token in its
//     header (developer.chatwork.com/reference/post-rooms-room_id-messages).
//
// LINE WORKS has a fake of its own, which logs in (channels_test.go).
func strictTeams(r *http.Request, body []byte) error {
	var m struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct{ Type, Version string }
		}
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	switch {
	case len(body) > 28<<10:
		return fmt.Errorf("%d bytes", len(body))
	case r.Header.Get("Content-Type") != "application/json", m.Type != "message", len(m.Attachments) != 1:
		return fmt.Errorf("envelope %s %+v", r.Header.Get("Content-Type"), m)
	case m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive", m.Attachments[0].Content.Type != "AdaptiveCard":
		return fmt.Errorf("card %+v", m.Attachments[0])
	}
	return nil
}

func strictChatwork(r *http.Request, body []byte) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return err
	}
	text := form.Get("body")
	switch {
	case r.Header.Get("Content-Type") != "application/x-www-form-urlencoded", r.Header.Get("X-ChatWorkToken") == "":
		return fmt.Errorf("headers %v", r.Header)
	case !utf8.ValidString(text), utf8.RuneCountInString(text) < 1, utf8.RuneCountInString(text) > 65535:
		return fmt.Errorf("%d characters", utf8.RuneCountInString(text))
	}
	for key := range form {
		if key != "body" && key != "self_unread" {
			return fmt.Errorf("a field %q", key)
		}
	}
	return nil
}

// huge is a notice of a kind with everything in it far too long.
func huge(kind notify.Kind, lang string) notify.Notice {
	n := notifytest.HostileNotice(kind, lang)
	long := strings.Repeat("長い説明 & <b> 👨‍👩‍👧‍👦 ", 1000)
	if n.Case != nil {
		n.Case.Summary, n.Case.Name = long, long
		for i := range 100 {
			it := n.Case.Items[0]
			it.ID, it.Name = fmt.Sprint("i", i), fmt.Sprint(long[:300], i)
			n.Case.Items = append(n.Case.Items, it)
		}
	}
	for range 100 {
		if len(n.Cases) > 0 {
			n.Cases = append(n.Cases, n.Cases[0])
		}
	}
	if n.Letter != nil {
		n.Letter.Text, n.Letter.Subject = long, long
	}
	n.Text = long
	return n
}

func TestEveryNoticeKeepsTheLimitsOfItsPlace(t *testing.T) {
	checks := map[string]func(*http.Request, []byte) error{"teams": strictTeams, "chatwork": strictChatwork}
	for name, check := range checks {
		for _, kind := range notify.Kinds {
			for _, lang := range notify.Langs {
				for size, n := range map[string]notify.Notice{"usual": notifytest.Notice(kind, lang), "huge": huge(kind, lang)} {
					what := strings.Join([]string{name, string(kind), lang, size}, " ")
					server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						body, _ := io.ReadAll(r.Body)
						if err := check(r, body); err != nil {
							t.Errorf("%s: %v", what, err)
							w.WriteHeader(http.StatusBadRequest)
						}
					}))
					c := overHTTP()[name]
					_, err := c.open(t, server.URL).Deliver(t.Context(), notifytest.Message(n, notify.Address{To: c.to}))
					server.Close()
					if err != nil {
						t.Errorf("%s: %v", what, err)
					}
				}
			}
		}
	}
}
