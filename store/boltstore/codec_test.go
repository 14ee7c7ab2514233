package boltstore

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/cases"
	"hansho/match"
	"hansho/notify"
	"hansho/store"
)

var updateGolden = flag.Bool("update", false, "write the golden files")

var day = time.Date(2021, 12, 11, 0, 30, 0, 120_000, time.UTC)

// samples are one of each record that is stored, small.
func samples() []any {
	return []any{
		&store.Record{
			Advisory: advisory.Advisory{
				ID: "jvn:1", Source: "jvn", Title: "半鐘", CVEs: []string{"CVE-2021-44228"}, Refs: []string{"JVN#1"}, TLP: "CLEAR",
				Severity: advisory.Severity{Score: 10, Vectors: []string{}}, Trust: advisory.TrustMaker, Published: day, Withdrawn: true,
				Products: []advisory.ProductStatus{{Product: "log4j", CVE: "CVE-2021-44228"}},
				Configs:  []advisory.Config{{Children: []advisory.Config{{Matches: []advisory.CPEMatch{{CPE: "cpe:/a:b:c"}}}}}},
				EPSS:     0.97, Due: "2021-12-24", Ransomware: true,
			},
			First: day, Digest: "d", Revision: 2, Quiet: true,
		},
		&store.SourceState{ID: "jvn", Cursor: []byte(`{"etag":"x"}`), FirstPoll: day, Failures: 3, ToldDown: true},
		&cases.Case{
			ID: "case:1", State: cases.Open, CVEs: []string{"CVE-2021-44228"}, Opened: day,
			Statements: map[string]cases.Statement{"jvn:1": {ID: "jvn:1", Kind: advisory.KindAdvisory}},
			Items:      map[string]*cases.Item{"web": {ID: "web", State: cases.ItemAffected, Claims: map[string]cases.Claim{"jvn:1": {Match: match.Match{Claim: -1}}}}},
			Timeline:   []cases.Event{{At: day, Kind: "advisory"}}, Merged: []string{"case:2"},
		},
		&deliveryRow{Delivery: notify.Delivery{
			Key: "k", Address: notify.Address{Channel: "slack", To: "#soc"}, Thread: "case:1", Created: day,
			State: notify.Sent, NotBefore: day, Tries: 1, Receipt: notify.Receipt{ID: "ts", At: day}, Unsure: true,
		}, Ended: day},
		&notify.Notice{
			Kind: notify.KindNew, Lang: "ja", At: day, Case: &notify.CaseView{ID: "case:1"},
			News: []notify.News{{SourceView: notify.SourceView{Advisory: "jvn:1", Updated: day}}},
		},
		&notify.Thread{Key: "t", Root: notify.Receipt{ID: "a"}, RootKey: "k", Refs: []string{"a", "b"}, Updated: day},
		&cases.Letter{ID: "l", State: cases.LetterQueued, To: []string{"a@example.jp"}, Created: day},
		&cases.Enquiry{ID: "e", Items: []string{"web"}, Opened: day, Reminded: []time.Time{day}},
		&notify.Subscription{ID: "s", Field: "vendor", Value: "Apache", Created: day},
	}
}

// TestFormat reads records as a file of format 1 holds them: a field that was
// renamed would lose what is stored. Where it fails for a rename, write a
// migration; -update only for what was never released.
func TestFormat(t *testing.T) {
	golden := filepath.Join("testdata", "format1.txt")
	var now bytes.Buffer
	for _, v := range samples() {
		data, err := encode(v)
		if err != nil {
			t.Fatal(err)
		}
		payload, err := expand(data[0], data[headLen:])
		if err != nil {
			t.Fatal(err)
		}
		now.Write(append(payload, '\n'))
	}
	if *updateGolden {
		if err := os.WriteFile(golden, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(stored), []byte("\n"))
	for i, want := range samples() {
		got := zeroOf(want)
		if err := readInto(lines[i], got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T as stored (-want +got):\n%s", want, diff)
		}
	}
}

func zeroOf(v any) any {
	switch v.(type) {
	case *store.Record:
		return &store.Record{}
	case *store.SourceState:
		return &store.SourceState{}
	case *cases.Case:
		return &cases.Case{}
	case *deliveryRow:
		return &deliveryRow{}
	case *notify.Notice:
		return &notify.Notice{}
	case *notify.Thread:
		return &notify.Thread{}
	case *cases.Letter:
		return &cases.Letter{}
	case *cases.Enquiry:
		return &cases.Enquiry{}
	}
	return &notify.Subscription{}
}

// What a newer program added is skipped, what an older one did not know is zero.
func TestFieldsComeAndGo(t *testing.T) {
	type before struct {
		Name  string
		Gone  map[string][]int
		Gone2 *before
		Last  int
	}
	type after struct {
		New  []string
		Last int
		Name string
	}
	data, err := encode(before{Name: "半鐘", Gone: map[string][]int{"a": {1}}, Gone2: &before{}, Last: 7})
	if err != nil {
		t.Fatal(err)
	}
	var got after
	if err := decode(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after{Last: 7, Name: "半鐘"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEqualValuesAreEqualBytes(t *testing.T) {
	a := map[string]int{"b": 1, "a": 2, "日": 3, "c": 4}
	first, err := encode(a)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, _ := encode(a); !bytes.Equal(first, again) {
			t.Fatalf("%s, then %s", first, again)
		}
	}
}

func TestWhatCanNotBeStoredIsSaid(t *testing.T) {
	for _, v := range []any{struct{ F func() }{func() {}}, map[int]string{1: "a"}, struct{ C chan int }{make(chan int)}} {
		if data, err := encode(v); err == nil {
			t.Errorf("%T was stored as %q", v, data)
		}
	}
}

// FuzzRead: a damaged record gives an error or a value, never a panic, and what
// was read can be stored and read again.
func FuzzRead(f *testing.F) {
	for _, v := range samples() {
		data, err := encode(v)
		if err != nil {
			f.Fatal(err)
		}
		payload, err := expand(data[0], data[headLen:])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range samples() {
			got := zeroOf(v)
			if readInto(data, got) != nil {
				continue
			}
			again, err := encode(got)
			if err != nil {
				t.Fatal(err)
			}
			twin := zeroOf(v)
			if err := decode(again, twin); err != nil {
				t.Fatal(err)
			}
			third, err := encode(twin)
			if err != nil || !bytes.Equal(again, third) {
				t.Fatalf("%q was read, stored as %q and then as %q (%v)", data, again, third, err)
			}
		}
	})
}

// FuzzDecode: the frame around a record stands anything.
func FuzzDecode(f *testing.F) {
	for _, v := range samples() {
		data, err := encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r store.Record
		_ = decode(data, &r)
		if len(data) > headLen {
			_, _ = expand(data[0], data[headLen:])
		}
	})
}
