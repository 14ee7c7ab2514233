package killtest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// post is one message as a peer took it: its own name, and the states of items
// that it speaks of.
type post struct {
	key    string
	states map[int][2]int // by item: the oldest state in it and the newest
}

// told are the messages that one peer took.
type told struct {
	mu    sync.Mutex
	posts []post
}

var marker = regexp.MustCompile(`e2e(\d+)r(\d+)`)

func (l *told) take(key, text string) {
	p := post{key: key, states: map[int][2]int{}}
	for _, m := range marker.FindAllStringSubmatch(text, -1) {
		item, _ := strconv.Atoi(m[1])
		state, _ := strconv.Atoi(m[2])
		span, ok := p.states[item]
		if !ok {
			span = [2]int{state, state}
		}
		p.states[item] = [2]int{min(span[0], state), max(span[1], state)}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts = append(l.posts, p)
}

// all says whether the present state of every item has been told.
func (l *told) all(states []int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest := map[int]int{}
	for _, p := range l.posts {
		for item, span := range p.states {
			newest[item] = max(newest[item], span[1])
		}
	}
	for item, state := range states {
		if have, ok := newest[item]; !ok || have < state {
			return false
		}
	}
	return true
}

// audit follows each item from its first telling to its last. Between two polls
// an item may change more than once, and two changes may be told as one; but
// what was learned must be told, so that each message on an item begins at the
// state at which the last one ended. It gives what is missing, and what came
// twice: under the same name, and under another.
func (l *told) audit(states []int) (lost, doubled, again []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for item, final := range states {
		at, first := 0, true
		seen := map[int]string{}
		for _, p := range l.posts {
			span, ok := p.states[item]
			if !ok {
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

func (l *told) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.posts)
}
