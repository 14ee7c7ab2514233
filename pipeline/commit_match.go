package pipeline

import (
	"fmt"
	"slices"

	"hansho/advisory"
	"hansho/cases"
	"hansho/match"
)

// maxOthers bounds how many other advisories on the same CVEs are read for one.
const maxOthers = 200

// match finds what the advisory concerns, with the claims that other sources
// make about the same CVEs.
func (ps *pass) match(f *finding) error {
	a := &f.rec.Advisory
	others, err := ps.others(a)
	if err != nil {
		return err
	}
	f.matches = ps.company.matcher.MatchWith(a, others)
	return nil
}

// others are what else is known of the CVEs of an advisory that names no product
// itself. One that does speaks of those alone.
func (ps *pass) others(a *advisory.Advisory) ([]advisory.Advisory, error) {
	if len(a.Products) > 0 || len(a.Configs) > 0 || cases.IsRoundup(a) {
		return nil, nil
	}
	var others []advisory.Advisory
	seen := map[string]bool{a.ID: true}
	for _, key := range slices.Concat(a.CVEs, a.Refs) {
		ids, err := ps.tx.AdvisoriesBy(key)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if seen[id] || len(others) >= maxOthers {
				continue
			}
			seen[id] = true
			rec, err := ps.tx.Advisory(id)
			if err != nil {
				return nil, fmt.Errorf("advisory %s on %s: %w", id, key, err)
			}
			if o := rec.Advisory; o.Kind != advisory.KindList && !o.Withdrawn && !cases.IsRoundup(&o) {
				others = append(others, o)
			}
		}
	}
	return others, nil
}

func concerning(matches []match.Match) int {
	n := 0
	for _, m := range matches {
		if m.Verdict == match.Affected || m.Verdict == match.Possible {
			n++
		}
	}
	return n
}
