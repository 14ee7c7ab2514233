package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// check holds the blocks of a message against what Block Kit's reference says.
type check struct {
	problems []string
	pings    []string
	text     int // characters in all
}

type object = map[string]any

func validate(raw string) check { return validateUpTo(raw, 50) }

// validateUpTo checks blocks of a place that takes so many.
func validateUpTo(raw string, limit int) check {
	var c check
	var blocks []object
	if err := json.Unmarshal([]byte(raw), &blocks); err != nil {
		c.bad("/blocks", "must be an array of blocks")
		return c
	}
	if len(blocks) > limit {
		c.bad("/blocks", fmt.Sprintf("no more than %d items allowed", limit))
	}
	ids := map[string]bool{}
	for i, b := range blocks {
		at := fmt.Sprintf("/blocks/%d", i)
		if id := str(b, "block_id"); id != "" {
			if ids[id] || len(id) > 255 {
				c.bad(at+"/block_id", "must be unique and no more than 255 characters")
			}
			ids[id] = true
		}
		c.block(at, b)
	}
	return c
}

func (c *check) bad(at, what string) {
	c.problems = append(c.problems, what+" [json-pointer:"+at+"]")
}

func (c *check) block(at string, b object) {
	switch str(b, "type") {
	case "header":
		c.keys(at, b, "text", "block_id", "level")
		c.textObject(at+"/text", b["text"], 150, "plain_text")
	case "divider":
		c.keys(at, b, "block_id")
	case "section":
		c.section(at, b)
	case "context":
		c.keys(at, b, "elements", "block_id")
		for i, e := range c.array(at+"/elements", b["elements"], 1, 10) {
			c.textObject(fmt.Sprintf("%s/elements/%d", at, i), e, 2000, "plain_text", "mrkdwn")
		}
	case "actions":
		c.actions(at, b)
	case "input":
		c.input(at, b)
	case "rich_text":
		c.keys(at, b, "elements", "block_id")
		for i, e := range c.array(at+"/elements", b["elements"], 1, 1000) {
			c.rich(fmt.Sprintf("%s/elements/%d", at, i), obj(e))
		}
	default:
		c.bad(at+"/type", "unsupported type: "+str(b, "type"))
	}
}

func (c *check) section(at string, b object) {
	c.keys(at, b, "text", "fields", "accessory", "block_id", "expand")
	if b["text"] == nil && b["fields"] == nil {
		c.bad(at, "missing required field: text")
	}
	if b["text"] != nil {
		c.textObject(at+"/text", b["text"], 3000, "plain_text", "mrkdwn")
	}
	if b["fields"] != nil {
		for i, f := range c.array(at+"/fields", b["fields"], 1, 10) {
			c.textObject(fmt.Sprintf("%s/fields/%d", at, i), f, 2000, "plain_text", "mrkdwn")
		}
	}
}

func (c *check) actions(at string, b object) {
	c.keys(at, b, "elements", "block_id")
	ids := map[string]bool{}
	for i, e := range c.array(at+"/elements", b["elements"], 1, 25) {
		here, el := fmt.Sprintf("%s/elements/%d", at, i), obj(e)
		if id := str(el, "action_id"); ids[id] || len(id) > 255 {
			c.bad(here+"/action_id", "must be unique and no more than 255 characters")
		}
		ids[str(el, "action_id")] = true
		if str(el, "type") == "button" {
			c.textObject(here+"/text", el["text"], 75, "plain_text")
			if len(str(el, "value")) > 2000 || len(str(el, "url")) > 3000 {
				c.bad(here, "value or url too long")
			}
		}
	}
}

func (c *check) input(at string, b object) {
	c.keys(at, b, "label", "element", "hint", "optional", "block_id", "dispatch_action")
	c.textObject(at+"/label", b["label"], 2000, "plain_text")
	if b["hint"] != nil {
		c.textObject(at+"/hint", b["hint"], 2000, "plain_text")
	}
	el, here := obj(b["element"]), at+"/element"
	switch str(el, "type") {
	case "plain_text_input":
		c.keys(here, el, "action_id", "multiline", "min_length", "max_length", "initial_value", "placeholder", "dispatch_action_config", "focus_on_load")
		if n, ok := el["max_length"].(float64); ok && (n < 1 || n > 3000) {
			c.bad(here+"/max_length", "must be between 1 and 3000")
		}
	case "static_select", "multi_static_select":
		c.keys(here, el, "action_id", "options", "initial_option", "initial_options", "placeholder", "max_selected_items", "focus_on_load")
		for i, raw := range c.array(here+"/options", el["options"], 1, 100) {
			o, at := obj(raw), fmt.Sprintf("%s/options/%d", here, i)
			c.textObject(at+"/text", o["text"], 75, "plain_text")
			if v := str(o, "value"); v == "" || len(v) > 150 {
				c.bad(at+"/value", "must be between 1 and 150 characters")
			}
		}
	default:
		c.bad(here+"/type", "unsupported type: "+str(el, "type"))
	}
}

// rich checks an element of a rich_text block.
func (c *check) rich(at string, e object) {
	switch str(e, "type") {
	case "rich_text_section":
		c.keys(at, e, "elements")
		c.inlines(at, e)
	case "rich_text_quote", "rich_text_preformatted":
		c.keys(at, e, "elements", "border", "language")
		c.inlines(at, e)
	case "rich_text_list":
		c.keys(at, e, "elements", "style", "indent", "border", "offset")
		if s := str(e, "style"); s != "bullet" && s != "ordered" {
			c.bad(at+"/style", "must be bullet or ordered")
		}
		if n, _ := e["indent"].(float64); n < 0 || n > 8 {
			c.bad(at+"/indent", "must be between 0 and 8")
		}
		for i, item := range c.array(at+"/elements", e["elements"], 1, 1000) {
			here := fmt.Sprintf("%s/elements/%d", at, i)
			if str(obj(item), "type") != "rich_text_section" {
				c.bad(here, "must be a rich_text_section")
			}
			c.rich(here, obj(item))
		}
	default:
		c.bad(at+"/type", "unsupported type: "+str(e, "type"))
	}
}

func (c *check) inlines(at string, e object) {
	for i, raw := range c.array(at+"/elements", e["elements"], 1, 10000) {
		c.inline(fmt.Sprintf("%s/elements/%d", at, i), obj(raw))
	}
}

func (c *check) inline(at string, e object) {
	switch t := str(e, "type"); t {
	case "text":
		c.keys(at, e, "text", "style")
		c.length(at+"/text", str(e, "text"), 12000)
	case "link":
		c.keys(at, e, "url", "text", "style", "unsafe")
		if u := str(e, "url"); u == "" || len(u) > 3000 || !linkForm.MatchString(u) {
			c.bad(at+"/url", "must be a valid URL")
		}
		c.text += utf8.RuneCountInString(str(e, "text"))
	case "user", "usergroup", "broadcast":
		c.pings = append(c.pings, t+" "+str(e, "user_id")+str(e, "usergroup_id")+str(e, "range"))
	case "emoji", "channel", "date", "color":
	default:
		c.bad(at+"/type", "unsupported type: "+t)
	}
}

var linkForm = regexp.MustCompile(`^(https?|mailto|tel):[^\s<>"]+$`)

func (c *check) textObject(at string, v any, limit int, types ...string) {
	t := obj(v)
	c.keys(at, t, "text", "emoji", "verbatim")
	if !slices.Contains(types, str(t, "type")) {
		c.bad(at+"/type", "must be one of "+strings.Join(types, ", "))
	}
	c.length(at+"/text", str(t, "text"), limit)
	if str(t, "type") == "mrkdwn" {
		c.pings = append(c.pings, pingsInText(str(t, "text"), false)...)
	}
}

func (c *check) length(at, s string, limit int) {
	n := utf8.RuneCountInString(s)
	c.text += n
	switch {
	case n == 0:
		c.bad(at, "must be more than 0 characters")
	case n > limit:
		c.bad(at, fmt.Sprintf("must be less than %d characters", limit+1))
	}
}

func (c *check) array(at string, v any, least, most int) []any {
	list, _ := v.([]any)
	if len(list) < least {
		c.bad(at, fmt.Sprintf("must have at least %d items", least))
	}
	if len(list) > most {
		c.bad(at, fmt.Sprintf("no more than %d items allowed", most))
	}
	return list
}

// keys refuses properties that a type doesn't have.
func (c *check) keys(at string, o object, allowed ...string) {
	for _, k := range slices.Sorted(maps.Keys(o)) {
		if k != "type" && !slices.Contains(allowed, k) {
			c.bad(at, "invalid additional property: "+k)
		}
	}
}

func obj(v any) object { o, _ := v.(object); return o }

func str(o object, key string) string { s, _ := o[key].(string); return s }

var (
	mention = regexp.MustCompile(`<(!channel|!here|!everyone|!group|!subteam\^[A-Z0-9]+|@[UW][A-Z0-9]+)(\|[^>]*)?>`)
	bare    = regexp.MustCompile(`@(channel|here|everyone|group)\b`)
)

// pingsInText gives whom a text in mrkdwn would call; names are looked for where
// the message asks for it.
func pingsInText(s string, names bool) []string {
	out := mention.FindAllString(s, -1)
	if names {
		out = append(out, bare.FindAllString(s, -1)...)
	}
	return out
}
