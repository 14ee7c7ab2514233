//go:build !race

package version

import (
	"math/rand/v2"
	"testing"
)

// TestOrder checks that every scheme's answers are those of one order:
// reflexive, antisymmetric, transitive.
func TestOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	known := map[Scheme]int{}
	for range 10_000 {
		v := [3]string{madeUp(rng), madeUp(rng), madeUp(rng)}
		if rng.IntN(2) == 0 {
			v[1] = v[0] + pieces[rng.IntN(len(pieces))]
		}
		for _, s := range schemes {
			known[s] += checkOrder(t, s, v)
		}
	}
	for _, s := range schemes {
		if known[s] < 60 {
			t.Errorf("%s: only %d triples could be ordered", s, known[s])
		}
	}
}
