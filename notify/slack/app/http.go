package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"
)

// maxBody bounds what Slack may send by HTTP.
const maxBody = 1 << 20

// Handler hears Slack by HTTP: commands, interactivity and events at whatever
// path it is mounted. A request without Slack's signature, made with the signing
// secret within the last five minutes, is refused.
func (a *App) Handler(signingSecret string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		if !signed(r.Header, body, signingSecret) {
			http.Error(w, "not signed by Slack", http.StatusUnauthorized)
			return
		}
		a.receive(w, r, body)
	})
}

func signed(h http.Header, body []byte, secret string) bool {
	v, err := slack.NewSecretsVerifier(h, secret)
	if err != nil || secret == "" {
		return false
	}
	_, _ = v.Write(body)
	return v.Ensure() == nil
}

// receive answers one signed request. Its form says which sort it is.
func (a *App) receive(w http.ResponseWriter, r *http.Request, body []byte) {
	ctx := r.Context()
	if len(body) > 0 && body[0] == '{' {
		var challenge struct {
			Type      string `json:"type"`
			Challenge string `json:"challenge"`
		}
		if json.Unmarshal(body, &challenge) == nil && challenge.Type == "url_verification" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, challenge.Challenge)
			return
		}
		answer(w, nil, a.apiEvent(ctx, body))
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return
	}
	if payload := form.Get("payload"); payload != "" {
		var cb slack.InteractionCallback
		if err := json.Unmarshal([]byte(payload), &cb); err != nil {
			http.Error(w, "payload can't be read", http.StatusBadRequest)
			return
		}
		body, err := a.interaction(ctx, cb)
		answer(w, body, err)
		return
	}
	answer(w, nil, a.command(ctx, slack.SlashCommand{
		ChannelID: form.Get("channel_id"), ChannelName: form.Get("channel_name"), UserID: form.Get("user_id"),
		Command: form.Get("command"), Text: form.Get("text"),
		ResponseURL: form.Get("response_url"), TriggerID: form.Get("trigger_id"),
	}))
}

// answer tells Slack that a request was taken, and what is wrong in a form.
func answer(w http.ResponseWriter, body any, err error) {
	switch {
	case err != nil:
		http.Error(w, "too much at once", http.StatusServiceUnavailable)
	case body != nil:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(body)
	}
}
