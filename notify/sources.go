package notify

import (
	"fmt"
	"slices"
	"strings"
)

// maxTitles is how many statements at one address are named.
const maxTitles = 5

// sourcesIn gives the statements of a case for a list of sources: those of one
// publisher at one address, as the rows of a product list are, become one with
// all their titles and the newest date.
func sourcesIn(lang string) func([]SourceView) []SourceView {
	comma, more := commas(lang)
	return func(all []SourceView) []SourceView {
		var out []SourceView
		titles := map[int][]string{}
		for _, s := range all {
			i := slices.IndexFunc(out, func(o SourceView) bool {
				return s.Link != "" && o.Link == s.Link && o.Source == s.Source && o.Publisher == s.Publisher
			})
			if i < 0 {
				out = append(out, s)
				i = len(out) - 1
			}
			if !slices.Contains(titles[i], s.Title) {
				titles[i] = append(titles[i], s.Title)
			}
			if s.Updated.After(out[i].Updated) {
				out[i].Updated = s.Updated
			}
		}
		for i := range out {
			named := titles[i][:min(len(titles[i]), maxTitles)]
			out[i].Title = strings.Join(named, comma)
			if n := len(titles[i]) - len(named); n > 0 {
				out[i].Title += fmt.Sprintf(more, n)
			}
		}
		return out
	}
}
