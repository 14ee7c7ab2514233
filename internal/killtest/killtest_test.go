package killtest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hansho/internal/killtest"
	"hansho/store/boltstore"
)

// TestMain is the program under test where it was started as such.
func TestMain(m *testing.M) {
	if url := os.Getenv("KILLTEST_PEER"); url != "" {
		if err := work(os.Getenv("KILLTEST_STORE"), url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// defaultRounds are few enough for every run of the tests.
const defaultRounds = 20

// rounds is how often to kill: HANSHO_KILL_ROUNDS, else defaultRounds.
func rounds(t *testing.T) int {
	text := os.Getenv("HANSHO_KILL_ROUNDS")
	if text == "" {
		return defaultRounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("HANSHO_KILL_ROUNDS is %q, not a number of rounds", text)
	}
	return n
}

// TestKill: nothing is lost however often the program is killed, nothing comes
// twice to a peer that can be asked, and order is kept within a thread.
func TestKill(t *testing.T) {
	n := rounds(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d rounds, seed %d", n, seed)
	p := newPeer(seed)
	server := httptest.NewServer(p)
	defer server.Close()
	path := filepath.Join(t.TempDir(), "hansho.db")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := killtest.Plan{
		Command: []string{os.Args[0]},
		Env:     []string{"KILLTEST_PEER=" + server.URL, "KILLTEST_STORE=" + path},
		Rounds:  n,
		MaxLife: 300 * time.Millisecond,
		Each:    func(int) { p.publish(10) },
		Rand:    rand.New(rand.NewPCG(seed, 1)),
	}.Run(ctx, func() bool { return len(p.slack.Lost())+len(p.mail.Lost()) == 0 })
	if err != nil {
		t.Error(err)
	}
	report(t, p, n)
	check(t, path)
}

func report(t *testing.T, p *peer, n int) {
	t.Helper()
	t.Logf("%d items to each of two addresses; the peer's answers: %v", 10*(n+1), p.faults)
	if len(p.other) > 0 {
		t.Errorf("mail: %v came again under another key", p.other)
	}
	for name, l := range map[string]*killtest.Ledger{"slack": p.slack, "mail": p.mail} {
		lost, doubled := l.Lost(), l.Doubled()
		t.Logf("%s: %d lost, %d came twice", name, len(lost), len(doubled))
		if len(lost) > 0 || len(l.Unknown()) > 0 {
			t.Errorf("%s: lost %v, never to be told %v", name, lost, l.Unknown())
		}
		if name == "slack" && len(doubled) > 0 {
			t.Errorf("slack can be asked, and yet %v came twice", doubled)
		}
		inOrder(t, name, l.Order())
	}
}

// inOrder checks that the items of each thread first arrived in their order.
func inOrder(t *testing.T, name string, items []string) {
	t.Helper()
	last := map[int]int{}
	for _, id := range items {
		i, err := strconv.Atoi(strings.TrimPrefix(id, "item:"))
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := last[i%threads]; ok && i < before {
			t.Errorf("%s: item %d came after %d of its thread", name, i, before)
		}
		last[i%threads] = i
	}
}

// check reads every page of the store that the kills left.
func check(t *testing.T, path string) {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
