package slacktest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed page.html.tmpl
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

type pageChannel struct {
	Name    string
	Threads []pageThread
}

type pageThread struct {
	Root    pageMessage
	Replies []pageMessage
}

type pageMessage struct {
	When   string
	Edited bool
	Body   template.HTML
	Files  []File
}

// WritePage shows every channel in which something was posted as one page that
// loads nothing from anywhere.
func (s *Server) WritePage(w io.Writer, title string, zone *time.Location) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var channels []pageChannel
	for _, ch := range s.channels {
		if c := s.pageOf(ch, zone); len(c.Threads) > 0 {
			channels = append(channels, c)
		}
	}
	err := pageTemplate.Execute(w, map[string]any{"Title": title, "Channels": channels})
	if err != nil {
		return fmt.Errorf("slacktest: page: %w", err)
	}
	return nil
}

func (s *Server) pageOf(ch Channel, zone *time.Location) pageChannel {
	out := pageChannel{Name: ch.Name}
	at := map[string]int{}
	for _, m := range s.messages {
		if m.Channel != ch.ID {
			continue
		}
		shown := pageMessage{When: whenOf(m.TS, zone), Edited: m.Edits > 0, Body: htmlOf(m), Files: m.Files}
		if i, ok := at[m.ThreadTS]; ok && m.ThreadTS != "" {
			out.Threads[i].Replies = append(out.Threads[i].Replies, shown)
			continue
		}
		at[m.TS] = len(out.Threads)
		out.Threads = append(out.Threads, pageThread{Root: shown})
	}
	return out
}

func whenOf(ts string, zone *time.Location) string {
	return time.UnixMicro(int64(seconds(ts) * 1e6)).In(zone).Format("2006-01-02 15:04")
}

// htmlOf writes a message's blocks, or its text where it has none.
func htmlOf(m Message) template.HTML {
	var blocks []object
	if json.Unmarshal(m.Blocks, &blocks) != nil || len(blocks) == 0 {
		return template.HTML(mrkdwn(m.Text))
	}
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString(htmlBlock(block))
	}
	return template.HTML(b.String())
}

func htmlBlock(b object) string {
	switch str(b, "type") {
	case "header":
		return "<h3>" + html.EscapeString(str(obj(b["text"]), "text")) + "</h3>"
	case "divider":
		return "<hr>"
	case "section":
		out := "<p>" + htmlText(b["text"]) + "</p>"
		for _, f := range list(b["fields"]) {
			out += "<p>" + htmlText(f) + "</p>"
		}
		return out
	case "context":
		out := ""
		for _, e := range list(b["elements"]) {
			out += "<span>" + htmlText(e) + "</span> "
		}
		return `<p class="context">` + out + "</p>"
	case "actions":
		out := ""
		for _, e := range list(b["elements"]) {
			out += `<button class="` + html.EscapeString(str(obj(e), "style")) + `">` + htmlText(obj(e)["text"]) + "</button> "
		}
		return `<p class="actions">` + out + "</p>"
	case "rich_text":
		out := ""
		for _, e := range list(b["elements"]) {
			out += htmlRich(obj(e))
		}
		return `<div class="rich">` + out + "</div>"
	}
	return ""
}

func htmlRich(e object) string {
	inner := ""
	for _, c := range list(e["elements"]) {
		if str(obj(c), "type") == "rich_text_section" {
			inner += "<li>" + htmlRich(obj(c)) + "</li>"
			continue
		}
		inner += htmlInline(obj(c))
	}
	switch str(e, "type") {
	case "rich_text_list":
		tag := "ul"
		if str(e, "style") == "ordered" {
			tag = "ol"
		}
		indent, _ := e["indent"].(float64)
		offset, _ := e["offset"].(float64)
		return fmt.Sprintf(`<%s class="in%d" start="%d">%s</%s>`, tag, int(indent), int(offset)+1, inner, tag)
	case "rich_text_quote":
		return "<blockquote>" + inner + "</blockquote>"
	case "rich_text_preformatted":
		return "<pre>" + inner + "</pre>"
	}
	return `<div class="section">` + strings.TrimSuffix(inner, "<br>") + "</div>"
}

func htmlInline(e object) string {
	text := strings.ReplaceAll(html.EscapeString(str(e, "text")), "\n", "<br>")
	style := obj(e["style"])
	for _, s := range [][2]string{{"code", "code"}, {"bold", "b"}, {"italic", "i"}, {"strike", "s"}} {
		if on, _ := style[s[0]].(bool); on {
			text = "<" + s[1] + ">" + text + "</" + s[1] + ">"
		}
	}
	switch str(e, "type") {
	case "link":
		return `<a href="` + html.EscapeString(str(e, "url")) + `">` + text + "</a>"
	case "user", "broadcast", "usergroup":
		return `<mark>@` + html.EscapeString(str(e, "user_id")+str(e, "range")+str(e, "usergroup_id")) + "</mark>"
	}
	return text
}

func htmlText(v any) string {
	t := obj(v)
	if str(t, "type") == "mrkdwn" {
		return mrkdwn(str(t, "text"))
	}
	return strings.ReplaceAll(html.EscapeString(str(t, "text")), "\n", "<br>")
}

// mrkdwn shows text that Slack would read as markup: entities and mentions, which
// are marked so that a ping is seen.
func mrkdwn(s string) string {
	out := html.EscapeString(html.UnescapeString(s))
	for _, p := range pingsInText(s, false) {
		out = strings.ReplaceAll(out, html.EscapeString(p), "<mark>"+html.EscapeString(p)+"</mark>")
	}
	return strings.ReplaceAll(out, "\n", "<br>")
}

func list(v any) []any { l, _ := v.([]any); return l }
