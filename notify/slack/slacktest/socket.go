package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// Envelope is one thing that Slack tells an app.
type Envelope struct {
	Type    string // interactive, slash_commands or events_api
	Payload any
	Retry   int // how often it was sent before
}

// socket is an app's open connection.
type socket struct {
	conn *websocket.Conn
	acks chan ack
}

type ack struct {
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`
}

func (c call) connectionsOpen() (answer, *failure) {
	return answer{"url": "ws://" + c.Server.host + "/socket"}, nil
}

// connect serves an app's WebSocket.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	if err := conn.WriteJSON(map[string]any{"type": "hello", "num_connections": 1}); err != nil {
		return
	}
	sock := &socket{conn: conn, acks: make(chan ack, 64)}
	select {
	case s.sockets <- sock:
	case <-r.Context().Done():
		return
	}
	for {
		var a ack
		if err := conn.ReadJSON(&a); err != nil {
			close(sock.acks)
			return
		}
		sock.acks <- a
	}
}

// ackTime is how long Slack waits for an app's answer.
const ackTime = 3 * time.Second

// Send tells the connected app something and gives its answer; an error where it
// does not come within three seconds.
func (s *Server) Send(ctx context.Context, e Envelope) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.sock == nil {
		select {
		case s.sock = <-s.sockets:
		case <-ctx.Done():
			return nil, errors.New("slacktest: no app is connected")
		}
	}
	s.mu.Lock()
	s.serial++
	id := fmt.Sprintf("envelope-%d", s.serial)
	s.mu.Unlock()
	err := s.sock.conn.WriteJSON(map[string]any{
		"type": e.Type, "envelope_id": id, "payload": e.Payload, "accepts_response_payload": true, "retry_attempt": e.Retry,
	})
	if err != nil {
		return nil, fmt.Errorf("slacktest: send: %w", err)
	}
	for {
		select {
		case a, ok := <-s.sock.acks:
			switch {
			case !ok:
				s.sock = nil
				return nil, errors.New("slacktest: the app hung up")
			case a.Envelope == id:
				return a.Payload, nil
			}
		case <-ctx.Done():
			return nil, errors.New("slacktest: operation_timeout: no answer within three seconds")
		}
	}
}

// Disconnect has Slack ask the app to connect anew, as it does every few hours.
func (s *Server) Disconnect() error {
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.sock == nil {
		return errors.New("slacktest: no app is connected")
	}
	err := s.sock.conn.WriteJSON(map[string]any{"type": "disconnect", "reason": "refresh_requested"})
	s.sock = nil
	return err
}

// Click is a person pressing a button of a message, or of their home page where
// the message is empty.
func (s *Server) Click(user string, m Message, action, value string) Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	p := answer{
		"type": "block_actions", "user": answer{"id": user}, "trigger_id": s.trigger(user),
		"actions": []answer{{"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": s.nextTS()}},
	}
	if m.TS == "" {
		p["view"] = answer{"id": s.homes[user].ID, "type": "home"}
		p["container"] = answer{"type": "view"}
	} else {
		p["channel"] = answer{"id": m.Channel}
		p["message"] = answer{"ts": m.TS}
		p["response_url"] = s.responseURL(user)
	}
	return Envelope{Type: "interactive", Payload: p}
}

// Submit is a person sending a modal. values are by block; a string is written or
// chosen, a list chosen.
func (s *Server) Submit(v View, values map[string]any) Envelope {
	state := answer{}
	for block, val := range values {
		el := answer{}
		switch val := val.(type) {
		case []string:
			var opts []answer
			for _, o := range val {
				opts = append(opts, answer{"value": o})
			}
			el["selected_options"] = opts
		case string:
			el["value"], el["selected_option"] = val, answer{"value": val}
		}
		state[block] = answer{block: el}
	}
	return Envelope{Type: "interactive", Payload: answer{
		"type": "view_submission", "user": answer{"id": v.User},
		"view": answer{
			"id": v.ID, "type": "modal", "callback_id": v.Callback, "private_metadata": v.Metadata,
			"hash": "h" + v.ID, "state": answer{"values": state},
		},
	}}
}

// Command is a person writing a slash command in a channel.
func (s *Server) Command(user, channel, text string) Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Envelope{Type: "slash_commands", Payload: answer{
		"command": "/hansho", "text": text, "user_id": user, "channel_id": channel, "channel_name": s.nameOf(channel),
		"response_url": s.responseURL(user), "trigger_id": s.trigger(user),
	}}
}

// OpenHome is a person opening the app's home page.
func (s *Server) OpenHome(user string) Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return Envelope{Type: "events_api", Payload: answer{
		"type": "event_callback", "event_id": fmt.Sprintf("Ev%08d", s.serial),
		"event": answer{"type": "app_home_opened", "user": user, "tab": "home"},
	}}
}
