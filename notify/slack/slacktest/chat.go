package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a message as documented.
const (
	maxPostText   = 40000
	maxUpdateText = 4000
	maxMetadata   = 16 << 10
)

func (c call) postMessage() (answer, *failure) {
	if f := c.need("chat:write"); f != nil {
		return nil, f
	}
	ch, f := c.writable(c.form("channel"))
	if f != nil {
		return nil, f
	}
	m := Message{Channel: ch.ID, ThreadTS: c.form("thread_ts"), Reach: c.form("reply_broadcast") == "true"}
	if f := c.fill(&m, maxPostText); f != nil {
		return nil, f
	}
	if m.ThreadTS != "" && c.message(ch.ID, m.ThreadTS) == nil {
		return nil, fail("thread_not_found")
	}
	m.TS = c.nextTS()
	c.messages = append(c.messages, m)
	return answer{"channel": ch.ID, "ts": m.TS, "message": m.wire(true)}, nil
}

func (c call) update() (answer, *failure) {
	if f := c.need("chat:write"); f != nil {
		return nil, f
	}
	ch, f := c.writable(c.form("channel"))
	if f != nil {
		return nil, f
	}
	old := c.message(ch.ID, c.form("ts"))
	if old == nil {
		return nil, fail("message_not_found")
	}
	m := *old
	m.Blocks = nil
	if f := c.fill(&m, maxUpdateText); f != nil {
		return nil, f
	}
	m.Edits++
	*old = m
	return answer{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": m.wire(true)}, nil
}

// fill reads the words of a message and holds them against the limits.
func (c call) fill(m *Message, maxText int) *failure {
	m.Text = c.form("text")
	blocks := c.form("blocks")
	if m.Text == "" && blocks == "" {
		return fail("no_text")
	}
	if utf8.RuneCountInString(m.Text) > maxText {
		return fail("msg_too_long")
	}
	m.Pings = pingsInText(m.Text, c.form("parse") == "full" || c.form("link_names") == "true" || c.form("link_names") == "1")
	if blocks != "" {
		v := validate(blocks)
		switch {
		case len(v.problems) > 0:
			return fail("invalid_blocks", v.problems...)
		case v.text > c.opts.MaxText:
			return fail("msg_blocks_too_long")
		}
		m.Blocks = json.RawMessage(blocks)
		m.Pings = append(m.Pings, v.pings...)
	}
	return c.metadata(m)
}

// metadata replaces what travels with a message; where none is given, what was
// there stays.
func (c call) metadata(m *Message) *failure {
	raw := c.form("metadata")
	if raw == "" {
		return nil
	}
	if len(raw) > maxMetadata {
		return fail("metadata_too_large")
	}
	var meta Metadata
	if err := json.Unmarshal([]byte(raw), &meta); err != nil || meta.EventType == "" || meta.EventPayload == nil {
		return fail("invalid_metadata_format")
	}
	m.Metadata = meta
	return nil
}

// writable finds a channel that the bot may post to. A person's id stands for
// the conversation with that person.
func (c call) writable(id string) (Channel, *failure) {
	if strings.HasPrefix(id, "U") {
		return c.conversation(id), nil
	}
	for _, ch := range c.channels {
		switch {
		case ch.ID != id:
		case ch.Archived:
			return ch, fail("is_archived")
		case ch.Private && !ch.Member:
			return ch, fail("channel_not_found")
		case !ch.Member && !slices.Contains(c.opts.Scopes, "chat:write.public"):
			return ch, fail("not_in_channel")
		default:
			return ch, nil
		}
	}
	return Channel{}, fail("channel_not_found")
}

func (c call) conversation(user string) Channel {
	id := "D" + user[1:]
	for _, ch := range c.channels {
		if ch.ID == id {
			return ch
		}
	}
	ch := Channel{ID: id, Name: user, Private: true, Member: true}
	c.channels = append(c.channels, ch)
	return ch
}

func (s *Server) message(channel, ts string) *Message {
	for i := range s.messages {
		if s.messages[i].Channel == channel && s.messages[i].TS == ts {
			return &s.messages[i]
		}
	}
	return nil
}

// nextTS gives the time as Slack writes it, never twice the same.
func (s *Server) nextTS() string {
	now := s.opts.Now().Truncate(time.Microsecond)
	if !now.After(s.last) {
		now = s.last.Add(time.Microsecond)
	}
	s.last = now
	return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
}

// wire gives a message the form of an answer.
func (m Message) wire(metadata bool) answer {
	out := answer{"type": "message", "user": "U00000BOT", "bot_id": "B00000001", "text": m.Text, "ts": m.TS}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if len(m.Files) > 0 {
		files := make([]answer, len(m.Files))
		for i, f := range m.Files {
			files[i] = answer{"id": f.ID, "name": f.Name, "title": f.Title}
		}
		out["files"] = files
	}
	if metadata && m.Metadata.EventType != "" {
		out["metadata"] = m.Metadata
	}
	return out
}
