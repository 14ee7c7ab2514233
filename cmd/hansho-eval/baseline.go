package main

import (
	"fmt"
	"strings"

	"hansho/internal/fold"
)

// baselines are what simple rules would do with the same titles, for scale.
func baselines(s *stock, docs []document) []*score {
	substring, both := newScore("JVN titles", "substring", s), newScore("JVN titles", "both in it", s)
	for _, d := range docs {
		truth := s.truth(d.Products)
		if len(truth) == 0 {
			continue
		}
		title := fold.Name(d.Title)
		var named, made []string
		for _, it := range s.items {
			if product := fold.Name(it.Product); product == "" || !strings.Contains(title, product) {
				continue
			}
			named = append(named, it.ID)
			if strings.Contains(title, fold.Name(it.Vendor)) {
				made = append(made, it.ID)
			}
		}
		substring.tally(d.Title, truth, named)
		both.tally(d.Title, truth, made)
	}
	return []*score{substring, both}
}

// names lists a few items for people.
func (s *stock) names(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, fmt.Sprintf("%s / %s", s.products[id].Vendor, s.products[id].Product))
	}
	return strings.Join(out, "; ")
}
