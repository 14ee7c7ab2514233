// Package slacktest is a Slack of one's own for tests and for the demo: a strict
// local server that keeps the limits which Slack documents, pages its lists,
// loses, delays or repeats answers on command, and shows its channels as a page.
package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what kind of workspace it is. The zero value is one without
// channels whose token is "xoxb-test".
type Options struct {
	Token    string
	AppToken string // for Socket Mode; "xapp-test" where empty
	Users    []User
	Bot      string // name of the bot; hansho where empty
	Channels []Channel
	// Scopes are what the token may do; nil is all that hansho asks for.
	Scopes []string
	// Limits turns the documented rate limits on, by Now.
	Limits bool
	Now    func() time.Time
	// MaxText is how many characters all blocks of a message may hold; 12,000
	// where zero.
	MaxText int
}

// Channel is a place in the workspace.
type Channel struct {
	ID       string
	Name     string
	Private  bool
	Archived bool
	Member   bool // the bot is in it
}

// Message is what was posted.
type Message struct {
	Channel  string // id
	TS       string
	ThreadTS string // of the first message; empty outside of threads
	Text     string
	Blocks   json.RawMessage
	Metadata Metadata
	Edits    int
	Reach    bool     // also shown in the channel: reply_broadcast
	Pings    []string // whom it would call: <!channel>, @here, U123
	Files    []File
}

// Metadata is what travels with a message unseen.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// File is what was uploaded.
type File struct {
	ID    string
	Name  string
	Title string
	Data  []byte
}

// Server is a local Slack. Its Handler answers below /api/ and /upload/.
type Server struct {
	opts Options

	mu       sync.Mutex
	channels []Channel
	messages []Message
	files    map[string]*File
	faults   []Fault
	calls    []string
	buckets  map[string]*bucket
	last     time.Time // of the newest ts

	host      string // as it was last called
	serial    int
	triggers  map[string]*trigger
	responses map[string]string // response_url → user
	answers   []Answer
	refused   []string
	views     []View
	homes     map[string]View

	sending sync.Mutex
	sock    *socket
	sockets chan *socket
}

// New makes a server.
func New(o Options) *Server {
	if o.Token == "" {
		o.Token = "xoxb-test"
	}
	if o.AppToken == "" {
		o.AppToken = "xapp-test"
	}
	if o.Bot == "" {
		o.Bot = "hansho"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxText == 0 {
		o.MaxText = 12000
	}
	if o.Scopes == nil {
		o.Scopes = []string{"chat:write", "channels:read", "groups:read", "channels:history", "groups:history", "im:history", "files:write", "users:read"}
	}
	return &Server{
		opts: o, channels: slices.Clone(o.Channels), files: map[string]*File{}, buckets: map[string]*bucket{},
		triggers: map[string]*trigger{}, responses: map[string]string{}, homes: map[string]View{}, sockets: make(chan *socket, 4),
	}
}

// Messages gives what stands in a channel (by id or #name), oldest first; all
// channels where it is empty.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.messages {
		if channel == "" || m.Channel == channel || s.nameOf(m.Channel) == strings.TrimPrefix(channel, "#") {
			out = append(out, m)
		}
	}
	return out
}

// Calls gives the methods called so far, in order.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Delete takes a message away, as a person would.
func (s *Server) Delete(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m Message) bool { return m.Channel == channel && m.TS == ts })
}

func (s *Server) nameOf(id string) string {
	for _, c := range s.channels {
		if c.ID == id {
			return c.Name
		}
	}
	return id
}

// answer is what a method gives back: fields beside ok, or an error.
type answer map[string]any

// failure is an error that Slack names.
type failure struct {
	code    string
	details []string
	needed  string
}

func fail(code string, details ...string) *failure { return &failure{code: code, details: details} }

// call is one request, with its fields and the state of the workspace locked.
type call struct {
	*Server
	host string // of the server, as it was called
	form func(string) string
}

var methods = map[string]func(call) (answer, *failure){
	"auth.test":                    call.authTest,
	"chat.postMessage":             call.postMessage,
	"chat.update":                  call.update,
	"conversations.list":           call.list,
	"conversations.history":        call.history,
	"conversations.replies":        call.replies,
	"files.getUploadURLExternal":   call.uploadURL,
	"files.completeUploadExternal": call.completeUpload,
	"apps.connections.open":        call.connectionsOpen,
	"chat.postEphemeral":           call.postEphemeral,
	"users.info":                   call.usersInfo,
	"views.open":                   call.viewsOpen,
	"views.publish":                call.viewsPublish,
}

// ServeHTTP answers the Web API below /api/ and uploads below /upload/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, ok := strings.CutPrefix(r.URL.Path, "/upload/"); ok {
		s.receive(w, r, id)
		return
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/response/"); ok {
		s.respond(w, r, id)
		return
	}
	if r.URL.Path == "/socket" {
		s.connect(w, r)
		return
	}
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	if err := r.ParseMultipartForm(8 << 20); err != nil && err != http.ErrNotMultipart {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fault := s.begin(method)
	if fault.before(w) {
		return
	}
	form := fields(r)
	body, status := s.run(method, r, form)
	if fault.Repeat {
		body, status = s.run(method, r, form)
	}
	fault.after()
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", fmt.Sprint(body["retry_after"]))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// fields gives the arguments of a request, which come as a form or as JSON.
func fields(r *http.Request) func(string) string {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return r.FormValue
	}
	var args map[string]json.RawMessage
	if err := json.NewDecoder(io.LimitReader(r.Body, 8<<20)).Decode(&args); err != nil {
		return func(string) string { return "" }
	}
	return func(key string) string {
		var s string
		if json.Unmarshal(args[key], &s) == nil {
			return s
		}
		return string(args[key])
	}
}

// run calls a method once.
func (s *Server) run(method string, r *http.Request, form func(string) string) (answer, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.host = r.Host
	do, ok := methods[method]
	if !ok {
		return errorBody(fail("unknown_method")), http.StatusOK
	}
	token := r.FormValue("token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	wanted := s.opts.Token
	if method == "apps.connections.open" {
		wanted = s.opts.AppToken
	}
	if token != wanted {
		return errorBody(fail("invalid_auth")), http.StatusOK
	}
	if wait := s.limited(method, form("channel")); wait > 0 {
		return answer{"ok": false, "error": "ratelimited", "retry_after": wait}, http.StatusTooManyRequests
	}
	out, bad := do(call{Server: s, host: "http://" + r.Host, form: form})
	if bad != nil {
		return s.withScopes(bad), http.StatusOK
	}
	out["ok"] = true
	return out, http.StatusOK
}

func (s *Server) withScopes(f *failure) answer {
	out := errorBody(f)
	if f.needed != "" {
		out["needed"], out["provided"] = f.needed, strings.Join(s.opts.Scopes, ",")
	}
	return out
}

func errorBody(f *failure) answer {
	out := answer{"ok": false, "error": f.code}
	if len(f.details) > 0 {
		out["errors"] = f.details
		out["response_metadata"] = map[string]any{"messages": f.details}
	}
	return out
}

func (c call) need(scopes ...string) *failure {
	for _, s := range scopes {
		if slices.Contains(c.opts.Scopes, s) {
			return nil
		}
	}
	f := fail("missing_scope")
	f.needed = strings.Join(scopes, ",")
	return f
}

func (c call) authTest() (answer, *failure) {
	return answer{"url": "https://example.slack.com/", "team": "例", "user": c.opts.Bot, "team_id": "T00000001", "user_id": "U00000BOT", "bot_id": "B00000001"}, nil
}
