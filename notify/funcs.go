package notify

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"hansho/advisory"
	"hansho/match"
	"hansho/notify/markup"
)

// testIn words version tests in the language.
func testIn(lang string) func(string) string {
	return func(test string) string { return match.TestIn(lang, test) }
}

// funcs are what templates may call.
func funcs(lang string, zone *time.Location) template.FuncMap {
	return template.FuncMap{
		"escape":   escape,                 // what every printing pipeline ends with
		"markdown": markdown,               // Markdown of ours: never of what came from outside
		"pair":     pair,                   // a field with one of its values
		"lines":    markup.EscapeLines,     // text of several lines
		"code":     markup.CodeSpan,        // as it stands, in a fixed font
		"link":     markup.Link,            // words, address
		"list":     joiner(lang),           // several values with the language's comma
		"few":      few(lang),              // the first of many values, and how many more
		"score":    score,                  // 9.8, 10.0
		"day":      dayIn(lang, zone),      // 2021年12月14日(火)
		"time":     timeIn(lang, zone),     // 2021年12月14日(火) 10:30 JST
		"month":    monthDayIn(lang, zone), // 12月14日(火)
		"items":    pick,                   // the items with one of the verdicts
		"todo":     todo,                   // what to do, grouped by what it is
		"sentence": isSentence,             // whether a fix is told in words, and is no version
		"standing": Standing,               // the verdict on an item, in the light of its state
		"who":      publisher(lang),        // the publisher of a statement or a source
		"reversed": reversedItems,          // the items that a reversal is about
		"moved":    moved,                  // the items that stand where they did not before
		"sources":  sourcesIn(lang),        // the statements of a case, those at one address as one
		"changes":  otherChanges,           // what changed, besides what the news says by itself
		"unsaid":   unsaid,                 // whether a change is a revision of which nothing is said
		"rewrote":  rewrote,                // whether a change is one of wording
		"added":    addedText,              // the sentences of a text that another one had not
		"names":    itemNames,              // the names of items
		"stated":   stated,                 // whether of a workaround only that there is one is known
		"rating":   rating,                 // the rating of a severity, from its score where none is stated
		"tally":    tally,                  // how many items stand where
		"progress": progressOf,             // a weekly letter as it speaks of one case
		"topic":    topic(lang),            // the case's name, for a heading
		"headline": headline(lang),         // and for a section, with its CVE ids
		"matter":   matter(lang),           // and for a sentence, with its CVE ids
		"test":     testIn(lang),           // a version test
		"address":  addressed(lang),        // the lines of a letter's address, with the honorific
		"japanese": isJapanese,             // whether text is in Japanese
		"plural":   plural,                 // a number with its English noun
		"shifts":   shifts,                 // how many items went from where to where
	}
}

// maxFixWords is how many words a version has at most: "8 Update 261 or later".
const maxFixWords = 6

// isSentence says whether what a maker gives as its fix is a sentence: such a one
// stands by itself, where a version stands within ours.
func isSentence(fix string) bool {
	return !strings.ContainsAny(fix, "0123456789") || len(strings.Fields(fix)) > maxFixWords && !strings.Contains(fix, ", ") || strings.ContainsAny(fix, "。\n") || strings.Contains(fix, "://")
}

func escape(v any) (markup.Safe, error) {
	switch v := v.(type) {
	case markup.Safe:
		return v, nil
	case string:
		return markup.Escape(v), nil
	case int, int64, float64, bool:
		return markup.Escape(fmt.Sprint(v)), nil
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return markup.Escape(r.String()), nil
	}
	return "", fmt.Errorf("a %T can't be printed as it is", v)
}

func markdown(ours string) markup.Safe { return markup.Safe(ours) }

type fieldValue struct{ Field, Value string }

func pair(field, value string) fieldValue { return fieldValue{field, value} }

// commas are what stands between several values, and the format of what follows
// those that are named where there are more.
func commas(lang string) (comma, more string) {
	if lang == "ja" {
		return "、", " ほか %d 件"
	}
	return ", ", " and %d more"
}

func joiner(lang string) func([]string) markup.Safe {
	comma, _ := commas(lang)
	return func(values []string) markup.Safe {
		var out []string
		for _, v := range values {
			out = append(out, string(markup.Escape(v)))
		}
		return markup.Safe(strings.Join(out, comma))
	}
}

// few gives the first so many of many values.
func few(lang string) func(int, []string) markup.Safe {
	list := joiner(lang)
	_, more := commas(lang)
	return func(most int, values []string) markup.Safe {
		out := list(values[:min(len(values), most)])
		if n := len(values) - most; n > 0 {
			out += markup.Safe(fmt.Sprintf(more, n))
		}
		return out
	}
}

func score(s float64) string { return strconv.FormatFloat(s, 'f', 1, 64) }

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

func dayIn(lang string, zone *time.Location) func(time.Time) string {
	return func(t time.Time) string {
		t = t.In(zone)
		if lang == "ja" {
			return t.Format("2006年1月2日(") + weekdays[t.Weekday()] + ")"
		}
		return t.Format("Monday, 2 January 2006")
	}
}

func monthDayIn(lang string, zone *time.Location) func(time.Time) string {
	return func(t time.Time) string {
		t = t.In(zone)
		if lang == "ja" {
			return t.Format("1月2日(") + weekdays[t.Weekday()] + ")"
		}
		return t.Format("Mon 2 Jan")
	}
}

func timeIn(lang string, zone *time.Location) func(time.Time) string {
	day := dayIn(lang, zone)
	return func(t time.Time) string {
		if lang == "ja" {
			return day(t) + t.In(zone).Format(" 15:04 MST")
		}
		return t.In(zone).Format("Mon, 2 Jan 2006, 15:04 MST")
	}
}

// pick gives the items with one of the verdicts, in the order of the verdicts.
// Those that leave the case stand nowhere.
func pick(items []ItemView, verdicts ...match.Verdict) []ItemView {
	var out []ItemView
	for _, v := range verdicts {
		for _, it := range items {
			if !it.Gone && Standing(it) == v {
				out = append(out, it)
			}
		}
	}
	return out
}

// Standing is the verdict on an item in the light of what people found out.
func Standing(it ItemView) match.Verdict {
	switch v := match.Verdict(it.State); v {
	case match.Affected, match.Fixed, match.NotAffected:
		return v
	case "mitigated":
		return match.Affected
	}
	return it.Verdict
}

// Task is one thing to do for some of our items.
type Task struct {
	Fixed      string
	Workaround string
	Items      []ItemView
}

// todo groups the items that need something by what they need; those for which
// there is no fix and no workaround come last.
func todo(items []ItemView) []Task {
	var tasks []Task
	for _, it := range pick(items, match.Affected, match.Possible, match.UnderInvestigation) {
		i := slices.IndexFunc(tasks, func(t Task) bool { return t.Fixed == it.Fixed && t.Workaround == it.Workaround })
		if i < 0 {
			tasks = append(tasks, Task{Fixed: it.Fixed, Workaround: it.Workaround})
			i = len(tasks) - 1
		}
		tasks[i].Items = append(tasks[i].Items, it)
	}
	slices.SortStableFunc(tasks, func(a, b Task) int { return a.rank() - b.rank() })
	return tasks
}

func stated(workaround string) bool { return workaround == advisory.WorkaroundStated }

func (t Task) rank() int {
	switch {
	case t.Fixed != "":
		return 0
	case t.Workaround != "":
		return 1
	}
	return 2
}

// reversedItems gives the items that were safe before; all, where none is
// marked.
func reversedItems(items []ItemView) []ItemView {
	marked := slices.DeleteFunc(slices.Clone(items), func(it ItemView) bool { return !it.Reversed })
	if len(marked) == 0 {
		return items
	}
	return marked
}

// moved gives the items that stand where they did not before, those that need
// work first.
func moved(items []ItemView) []ItemView {
	changed := slices.DeleteFunc(slices.Clone(items), func(it ItemView) bool { return !it.Moved })
	out := pick(changed, match.Affected, match.Possible, match.UnderInvestigation, match.Fixed, match.NotAffected)
	for _, it := range changed {
		if it.Gone {
			out = append(out, it)
		}
	}
	return out
}

func itemNames(items []ItemView) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.Title())
	}
	return out
}

// Title is what the company calls the item: its name, else the product, else
// its id.
func (v ItemView) Title() string {
	for _, s := range []string{v.Name, v.Product} {
		if s != "" {
			return s
		}
	}
	return v.ID
}

// publisher names who speaks, in the language.
func publisher(lang string) func(any) (string, error) {
	return func(v any) (string, error) {
		var en, ja, id string
		switch v := v.(type) {
		case SourceView:
			en, ja, id = v.Publisher, v.PublisherJA, v.Source
		case News:
			en, ja, id = v.Publisher, v.PublisherJA, v.Source
		case *SourceHealth:
			en, ja, id = v.Publisher, v.PublisherJA, v.ID
		default:
			return "", fmt.Errorf("a %T has no publisher", v)
		}
		if lang == "ja" && ja != "" {
			en = ja
		}
		return cmp.Or(en, id), nil
	}
}
