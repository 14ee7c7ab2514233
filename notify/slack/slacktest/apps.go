package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// User is a person of the workspace.
type User struct {
	ID   string
	Name string // as people call them
}

// View is a modal or a home page that was shown to somebody.
type View struct {
	ID       string
	User     string
	Type     string // modal or home
	Callback string
	Metadata string
	Title    string
	Blocks   json.RawMessage
}

// Answer is what one person alone was told.
type Answer struct {
	User   string
	Text   string
	Blocks json.RawMessage
}

// trigger lets an app open one modal, for three seconds.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// triggerTime is how long an app has to open a modal.
const triggerTime = 3 * time.Second

// scopesOf are the scopes that a method needs, any one of a row's; a method that
// is not here needs none beyond a bot's.
var scopesOf = map[string][]string{
	"chat.postMessage":             {"chat:write"},
	"chat.postEphemeral":           {"chat:write"},
	"chat.update":                  {"chat:write"},
	"conversations.list":           {"channels:read", "groups:read"},
	"conversations.history":        {"channels:history", "groups:history", "im:history"},
	"conversations.replies":        {"channels:history", "groups:history", "im:history"},
	"files.getUploadURLExternal":   {"files:write"},
	"files.completeUploadExternal": {"files:write"},
	"users.info":                   {"users:read"},
}

// ScopesOf lists the bot scopes that a method can need: one for each sort of
// conversation that it is used on. ok is false for a method that this Slack does
// not have.
func ScopesOf(method string) (scopes []string, ok bool) {
	_, ok = methods[method]
	return slices.Clone(scopesOf[method]), ok
}

// trigger makes a trigger id for a person. The lock is held.
func (s *Server) trigger(user string) string {
	s.serial++
	id := fmt.Sprintf("%d.trigger", s.serial)
	s.triggers[id] = &trigger{user: user, at: s.opts.Now()}
	return id
}

// responseURL makes an address at which one person can be answered. The lock is
// held.
func (s *Server) responseURL(user string) string {
	s.serial++
	id := fmt.Sprintf("r%d", s.serial)
	s.responses[id] = user
	return "http://" + s.host + "/response/" + id
}

// Answers gives what a person alone was told, oldest first.
func (s *Server) Answers(user string) []Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Answer
	for _, a := range s.answers {
		if a.User == user {
			out = append(out, a)
		}
	}
	return out
}

// Views gives the modals that were opened for a person, oldest first.
func (s *Server) Views(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []View
	for _, v := range s.views {
		if v.User == user {
			out = append(out, v)
		}
	}
	return out
}

// Home gives a person's home page, as last shown.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.homes[user]
	return v, ok
}

// respond takes what is posted to a response_url.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, id string) {
	var msg struct {
		Text   string          `json:"text"`
		Type   string          `json:"response_type"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&msg); err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user, ok := s.responses[id]
	if !ok {
		http.Error(w, "expired_url", http.StatusNotFound)
		return
	}
	if f := fits(msg.Text, msg.Blocks); f != nil {
		s.refused = append(s.refused, f.code+" "+strings.Join(f.details, "; "))
		http.Error(w, f.code, http.StatusBadRequest)
		return
	}
	s.answers = append(s.answers, Answer{User: user, Text: msg.Text, Blocks: msg.Blocks})
	_, _ = w.Write([]byte("ok"))
}

// fits holds a message to one person against the limits.
func fits(text string, blocks json.RawMessage) *failure {
	if text == "" && len(blocks) == 0 {
		return fail("no_text")
	}
	if utf8.RuneCountInString(text) > maxPostText {
		return fail("msg_too_long")
	}
	if len(blocks) > 0 {
		if v := validate(string(blocks)); len(v.problems) > 0 {
			return fail("invalid_blocks", v.problems...)
		}
	}
	return nil
}

// Refused lists what was posted to response_urls and not taken, with the reasons.
func (s *Server) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

func (c call) postEphemeral() (answer, *failure) {
	if f := c.need("chat:write"); f != nil {
		return nil, f
	}
	if _, f := c.writable(c.form("channel")); f != nil {
		return nil, f
	}
	blocks := json.RawMessage(c.form("blocks"))
	if f := fits(c.form("text"), blocks); f != nil {
		return nil, f
	}
	c.answers = append(c.answers, Answer{User: c.form("user"), Text: c.form("text"), Blocks: blocks})
	return answer{"message_ts": c.nextTS()}, nil
}

func (c call) usersInfo() (answer, *failure) {
	if f := c.need("users:read"); f != nil {
		return nil, f
	}
	for _, u := range c.opts.Users {
		if u.ID == c.form("user") {
			return answer{"user": answer{"id": u.ID, "name": strings.ToLower(u.ID), "real_name": u.Name, "profile": answer{"display_name": u.Name}}}, nil
		}
	}
	return nil, fail("user_not_found")
}

// view is a view as an app sends it.
type view struct {
	Type            string          `json:"type"`
	Callback        string          `json:"callback_id"`
	PrivateMetadata string          `json:"private_metadata"`
	Title           object          `json:"title"`
	Submit          object          `json:"submit"`
	Close           object          `json:"close"`
	Blocks          json.RawMessage `json:"blocks"`
}

// read reads a view and holds it against the limits.
func (c call) readView(kind string) (view, *failure) {
	var v view
	if err := json.Unmarshal([]byte(c.form("view")), &v); err != nil || v.Type != kind {
		return v, fail("invalid_arguments", "view must be a "+kind)
	}
	k := validateUpTo(string(v.Blocks), 100)
	if kind == "modal" {
		k.textObject("/view/title", v.Title, 24, "plain_text")
		for at, t := range map[string]object{"/view/submit": v.Submit, "/view/close": v.Close} {
			if t != nil {
				k.textObject(at, t, 24, "plain_text")
			}
		}
		if v.Submit == nil && strings.Contains(string(v.Blocks), `"type":"input"`) {
			k.bad("/view", "submit is needed where there are inputs")
		}
	}
	if len(v.PrivateMetadata) > 3000 || len(v.Callback) > 255 {
		k.bad("/view", "private_metadata or callback_id too long")
	}
	if len(k.problems) > 0 {
		return v, fail("invalid_arguments", k.problems...)
	}
	return v, nil
}

func (c call) viewsOpen() (answer, *failure) {
	t, ok := c.triggers[c.form("trigger_id")]
	switch {
	case !ok:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case c.opts.Now().Sub(t.at) > triggerTime:
		return nil, fail("expired_trigger_id")
	}
	v, f := c.readView("modal")
	if f != nil {
		return nil, f
	}
	t.used = true
	shown := c.shown(v, t.user)
	c.views = append(c.views, shown)
	return answer{"view": answer{"id": shown.ID, "type": v.Type}}, nil
}

func (c call) viewsPublish() (answer, *failure) {
	v, f := c.readView("home")
	if f != nil {
		return nil, f
	}
	shown := c.shown(v, c.form("user_id"))
	c.homes[shown.User] = shown
	return answer{"view": answer{"id": shown.ID, "type": v.Type}}, nil
}

func (c call) shown(v view, user string) View {
	c.serial++
	return View{
		ID: fmt.Sprintf("V%08d", c.serial), User: user, Type: v.Type, Callback: v.Callback,
		Metadata: v.PrivateMetadata, Title: str(v.Title, "text"), Blocks: v.Blocks,
	}
}
