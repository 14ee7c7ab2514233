package killtest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// post is one message as a peer took it: its own name and place, the states of
// items that it speaks of, and the CVEs that it names.
type post struct {
	key    string
	to     string
	states map[int][2]int // by item: the oldest state in it and the newest
	cves   map[int]bool
}

var (
	marker  = regexp.MustCompile(`e2e(\d+)r(\d+)`)
	cveForm = regexp.MustCompile(`CVE-2026-(\d+)`)
)

// read adds the words of a message, or of its file.
func (p *post) read(text string) {
	for item, state := range markers(text) {
		span, ok := p.states[item]
		if !ok {
			span = state
		}
		p.states[item] = [2]int{min(span[0], state[0]), max(span[1], state[1])}
	}
	for _, m := range cveForm.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		p.cves[n] = true
	}
}

func markers(text string) map[int][2]int {
	out := map[int][2]int{}
	for _, m := range marker.FindAllStringSubmatch(text, -1) {
		item, _ := strconv.Atoi(m[1])
		state, _ := strconv.Atoi(m[2])
		span, ok := out[item]
		if !ok {
			span = [2]int{state, state}
		}
		out[item] = [2]int{min(span[0], state), max(span[1], state)}
	}
	return out
}

// told are the messages that one peer took.
type told struct {
	mu    sync.Mutex
	posts []*post
}

func (l *told) take(key, to, text string) {
	p := &post{key: key, to: to, states: map[int][2]int{}, cves: map[int]bool{}}
	p.read(text)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts = append(l.posts, p)
}

// audit follows each item, at a place that is told each by itself, from its
// first telling to its last. Between two polls an item may change more than
// once, and two changes may be told as one; but what was learned must be told,
// so that each message on an item begins at the state at which the last one
// ended. It gives what is missing, and what came twice: under the same name, and
// under another.
func (l *told) audit(to string, states map[int]int) (lost, doubled, again []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for item, final := range states {
		at, first := 0, true
		seen := map[int]string{}
		for _, p := range l.posts {
			span, ok := p.states[item]
			if !ok || p.to != to {
				continue
			}
			if before, ok := seen[span[1]]; ok {
				what := fmt.Sprintf("e2e%dr%d", item, span[1])
				if before == p.key {
					doubled = append(doubled, what)
				} else {
					again = append(again, what+" as "+before+" and "+p.key)
				}
				continue
			}
			seen[span[1]] = p.key
			if !first && span[0] > at {
				lost = append(lost, fmt.Sprintf("e2e%d between r%d and r%d", item, at, span[0]))
			}
			at, first = span[1], false
		}
		if first || at != final {
			lost = append(lost, fmt.Sprintf("e2e%dr%d", item, final))
		}
	}
	slices.Sort(lost)
	return lost, doubled, again
}

// byKey gives the messages by their names, and the names that came twice.
func (l *told) byKey() (posts map[string]*post, doubled []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	posts = map[string]*post{}
	for _, p := range l.posts {
		if posts[p.key] != nil {
			doubled = append(doubled, p.key)
			continue
		}
		posts[p.key] = p
	}
	return posts, doubled
}

func (l *told) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.posts)
}
