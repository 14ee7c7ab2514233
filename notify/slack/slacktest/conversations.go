package slacktest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

func (c call) list() (answer, *failure) {
	types := strings.Split(c.form("types"), ",")
	if c.form("types") == "" {
		types = []string{"public_channel"}
	}
	if slices.Contains(types, "public_channel") {
		if f := c.need("channels:read"); f != nil {
			return nil, f
		}
	}
	if slices.Contains(types, "private_channel") {
		if f := c.need("groups:read"); f != nil {
			return nil, f
		}
	}
	var all []answer
	for _, ch := range c.channels {
		kind := "public_channel"
		if ch.Private {
			kind = "private_channel"
		}
		hidden := ch.Private && !ch.Member || ch.Archived && c.form("exclude_archived") == "true" || strings.HasPrefix(ch.ID, "D")
		if slices.Contains(types, kind) && !hidden {
			all = append(all, answer{"id": ch.ID, "name": ch.Name, "is_channel": true, "is_private": ch.Private, "is_member": ch.Member, "is_archived": ch.Archived})
		}
	}
	rows, next, f := page(all, c.form("cursor"), c.form("limit"), 100, 1000)
	return answer{"channels": rows, "response_metadata": answer{"next_cursor": next}}, f
}

func (c call) history() (answer, *failure) {
	ch, f := c.readable()
	if f != nil {
		return nil, f
	}
	var all []answer
	for _, m := range slices.Backward(c.messages) {
		if m.Channel == ch.ID && (m.ThreadTS == "" || m.ThreadTS == m.TS || m.Reach) && c.inWindow(m.TS) {
			all = append(all, m.wire(c.form("include_all_metadata") != ""))
		}
	}
	rows, next, f := page(all, c.form("cursor"), c.form("limit"), 100, 999)
	return answer{"messages": rows, "has_more": next != "", "response_metadata": answer{"next_cursor": next}}, f
}

// replies gives a thread, oldest first; its first message is always there.
func (c call) replies() (answer, *failure) {
	ch, f := c.readable()
	if f != nil {
		return nil, f
	}
	root := c.message(ch.ID, c.form("ts"))
	if root == nil {
		return nil, fail("thread_not_found")
	}
	meta := c.form("include_all_metadata") != ""
	all := []answer{root.wire(meta)}
	for _, m := range c.messages {
		if m.Channel == ch.ID && m.ThreadTS == root.TS && m.TS != root.TS && c.inWindow(m.TS) {
			all = append(all, m.wire(meta))
		}
	}
	rows, next, f := page(all, c.form("cursor"), c.form("limit"), 1000, 1000)
	return answer{"messages": rows, "has_more": next != "", "response_metadata": answer{"next_cursor": next}}, f
}

func (c call) readable() (Channel, *failure) {
	for _, ch := range c.channels {
		if ch.ID != c.form("channel") {
			continue
		}
		scope := "channels:history"
		switch {
		case strings.HasPrefix(ch.ID, "D"):
			scope = "im:history"
		case ch.Private:
			scope = "groups:history"
		}
		if f := c.need(scope); f != nil {
			return ch, f
		}
		if !ch.Member {
			return ch, fail("not_in_channel")
		}
		return ch, nil
	}
	return Channel{}, fail("channel_not_found")
}

func (c call) inWindow(ts string) bool {
	oldest, latest, inclusive := c.form("oldest"), c.form("latest"), c.form("inclusive") == "1" || c.form("inclusive") == "true"
	t := seconds(ts)
	if oldest != "" && (t < seconds(oldest) || t == seconds(oldest) && !inclusive) {
		return false
	}
	return latest == "" || t < seconds(latest) || t == seconds(latest) && inclusive
}

func seconds(ts string) float64 {
	f, _ := strconv.ParseFloat(ts, 64)
	return f
}

// page gives the rows after a cursor, and the next one.
func page(all []answer, cursor, limit string, usual, most int) ([]answer, string, *failure) {
	n := usual
	if limit != "" {
		var err error
		if n, err = strconv.Atoi(limit); err != nil || n < 1 || n > most {
			return nil, "", fail("invalid_limit")
		}
	}
	from := 0
	if cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		at, ok := strings.CutPrefix(string(raw), "next:")
		if from, _ = strconv.Atoi(at); err != nil || !ok {
			return nil, "", fail("invalid_cursor")
		}
	}
	from = min(from, len(all))
	to := min(from+n, len(all))
	next := ""
	if to < len(all) {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(to)))
	}
	return append([]answer{}, all[from:to]...), next, nil
}
