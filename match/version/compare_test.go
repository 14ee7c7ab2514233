package version

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// schemes are all that have rules of their own.
var schemes = []Scheme{Generic, SemVer, NPM, Golang, Cargo, NuGet, Maven, Deb, RPM, PEP440, Gem, Windows, CiscoIOS, CiscoIOSXE, CiscoASA, Fortinet, PaloAlto}

// pieces are what made-up versions are put together from.
var pieces = []string{
	"0", "1", "2", "10", "01", "2021", "20211210", ".", ".", ".", "-", "_", "~", "+", "(", ")", " ", "a", "b", "k", "rc", "beta", "alpha", "sp", "SP", "u",
	"p", "R", "final", "Final", "ga", "x", "build", "M", "E", "dev", "post", "snapshot", "1.0", "1.0.0", "v", ":", "^", "SPC", "h", "CU",
}

func madeUp(rng *rand.Rand) string {
	var b strings.Builder
	if rng.IntN(4) > 0 { // most begin as real ones do
		b.WriteString([]string{"1.0", "1", "1.2.3", "2.0.0", "1.0.0", "1.1"}[rng.IntN(6)])
	}
	if rng.IntN(3) == 0 {
		b.WriteString([]string{"-", ".", "", "(1)"}[rng.IntN(4)] + []string{"rc1", "beta.2", "a1", "sp1", "post1", "dev3", "E3", "final", "4"}[rng.IntN(9)])
	}
	for range rng.IntN(4) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// TestDotted holds the short cut for dotted numbers against the long way.
func TestDotted(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		a, b := madeUp(rng), madeUp(rng)
		if !isDotted(a) || !isDotted(b) {
			continue
		}
		c, ok := compareDotted(a, b)
		want, wantOK := compareParsed(parseVersion(a), parseVersion(b), comparableParts)
		if ok != wantOK || sign(c, ok) != sign(want, wantOK) {
			t.Fatalf("%s, %s: %s, the long way %s", a, b, sign(c, ok), sign(want, wantOK))
		}
	}
}

func FuzzCompare(f *testing.F) {
	for _, v := range []string{"1.0.2k", "15.2(7)E3", "V100R001C00", "1:2.0~rc1-1", "8u401", "2.0-beta9", "R80.40", "1.0.0-alpha.1+b"} {
		f.Add(v, "1.0", "2.0-rc1")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, s := range schemes {
			checkOrder(t, s, [3]string{a, b, c})
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	for _, bb := range []struct {
		s    Scheme
		x, y string
	}{{Generic, "10.2.4-h2", "10.2.9"}, {Windows, "10.0.19045.3803", "10.0.19045.3930"}, {SemVer, "1.2.3-rc.1", "1.2.3"}, {Maven, "2.0-beta9", "2.14.1"}, {Deb, "1:2.0~rc1-1", "1:2.0-1"}, {CiscoIOS, "15.2(7)E3", "15.2(7)E8"}} {
		b.Run(string(bb.s), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.s.Compare(bb.x, bb.y)
			}
		})
	}
}

// checkOrder checks one triple and returns 1 where all of it could be ordered.
func checkOrder(t *testing.T, s Scheme, v [3]string) int {
	t.Helper()
	ab, okAB := s.Compare(v[0], v[1])
	ba, okBA := s.Compare(v[1], v[0])
	if okAB != okBA || sign(ab, true) != mirror(sign(ba, true)) {
		t.Fatalf("%s: %q and %q are ordered %d %v and %d %v", s, v[0], v[1], ab, okAB, ba, okBA)
	}
	if c, ok := s.Compare(v[0], v[0]); ok && c != 0 {
		t.Fatalf("%s: %q isn't equal to itself", s, v[0])
	}
	bc, okBC := s.Compare(v[1], v[2])
	ac, okAC := s.Compare(v[0], v[2])
	if !okAB || !okBC || !okAC {
		return 0
	}
	if ab <= 0 && bc <= 0 && (ac > 0 || ac == 0 && (ab < 0 || bc < 0)) {
		t.Fatalf("%s: %q %s %q %s %q, but the ends are %s", s, v[0], sign(ab, true), v[1], sign(bc, true), v[2], sign(ac, true))
	}
	return 1
}
