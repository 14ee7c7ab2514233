package main

import (
	"fmt"
	"io"
	"strings"

	"hansho/match"
)

// score counts one set: pairs of item and document found, how many of them are
// right, and in how many documents a labelled product was found.
type score struct {
	set, method  string
	stock        *stock
	docs, found  int
	pairs, right int
	// as labelled above, with twins as one product here
	foundOne, rightOne int
	wrong              []string
}

func newScore(set, method string, s *stock) *score {
	return &score{set: set, method: method, stock: s}
}

// count adds what the matcher found in one document.
func (s *score) count(title string, truth map[string]bool, matches []match.Match) {
	ids := make([]string, len(matches))
	for i, m := range matches {
		ids[i] = m.Item
	}
	s.tally(title, truth, ids)
}

func (s *score) tally(title string, truth map[string]bool, found []string) {
	s.docs++
	var right, extra []string
	twins := 0
	for _, id := range found {
		switch {
		case truth[id]:
			right = append(right, id)
			continue
		case s.stock.isTwin(id, truth):
			twins++
		}
		extra = append(extra, id)
	}
	s.pairs += len(found)
	s.right += len(right)
	s.rightOne += len(right) + twins
	if len(right)+twins > 0 {
		s.foundOne++
	}
	if len(right) > 0 {
		s.found++
	} else {
		s.wrong = append(s.wrong, "missed  "+title)
	}
	if len(extra) > 0 {
		s.wrong = append(s.wrong, fmt.Sprintf("extra   %s: %s", title, s.stock.names(extra)))
	}
}

func (s *score) precision() float64 { return ratio(s.right, s.pairs) }
func (s *score) recall() float64    { return ratio(s.found, s.docs) }

// asOne are precision and recall with twins as one product.
func (s *score) asOne() (precision, recall float64) {
	return ratio(s.rightOne, s.pairs), ratio(s.foundOne, s.docs)
}

// table prints scores.
type table struct {
	out    io.Writer
	only   string
	listed int
}

func (t *table) head() {
	fmt.Fprintf(t.out, "%-34s %-10s %6s %6s %7s %7s %9s %7s   %s\n", "set", "method", "docs", "found", "pairs", "right", "precision", "recall", "twins as one")
}

func (t *table) add(scores ...*score) {
	for _, s := range scores {
		t.row(s)
	}
}

func (t *table) row(s *score) {
	if !strings.Contains(s.set, t.only) {
		return
	}
	precision, recall := s.asOne()
	fmt.Fprintf(t.out, "%-34s %-10s %6d %6d %7d %7d %9.3f %7.3f   %.3f %.3f\n", s.set, s.method, s.docs, s.found, s.pairs, s.right, s.precision(), s.recall(), precision, recall)
	for _, w := range s.wrong[:min(t.listed, len(s.wrong))] {
		fmt.Fprintln(t.out, "   ", w)
	}
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}
