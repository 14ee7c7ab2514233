//go:build !race

package version

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"hansho/internal/realdata"
)

// nvdFeed is what of an NVD JSON 1.1 year the measurement needs.
type nvdFeed struct {
	Items []struct {
		CVE struct {
			Meta struct {
				ID string `json:"ID"`
			} `json:"CVE_data_meta"`
			Description struct {
				Data []struct{ Value string } `json:"description_data"`
			} `json:"description"`
		} `json:"cve"`
		Configurations struct{ Nodes []nvdNode } `json:"configurations"`
	} `json:"CVE_Items"`
}

type nvdNode struct {
	Operator string
	Children []nvdNode
	Matches  []struct {
		Vulnerable     bool
		URI            string `json:"cpe23Uri"`
		StartIncluding string `json:"versionStartIncluding"`
		StartExcluding string `json:"versionStartExcluding"`
		EndIncluding   string `json:"versionEndIncluding"`
		EndExcluding   string `json:"versionEndExcluding"`
	} `json:"cpe_match"`
}

// truth gathers the vulnerable versions by product.
func (n nvdNode) truth(into map[string]*Range) {
	for _, c := range n.Children {
		c.truth(into)
	}
	for _, m := range n.Matches {
		f := strings.Split(strings.NewReplacer(`\:`, "\x00").Replace(m.URI), ":")
		if !m.Vulnerable || len(f) < 7 {
			continue
		}
		r := into[f[3]+":"+f[4]]
		if r == nil {
			r = &Range{}
			into[f[3]+":"+f[4]] = r
		}
		iv := Interval{Lo: Bound{m.StartIncluding, true}, Hi: Bound{m.EndIncluding, true}}
		if m.StartExcluding != "" {
			iv.Lo = Bound{m.StartExcluding, false}
		}
		if m.EndExcluding != "" {
			iv.Hi = Bound{m.EndExcluding, false}
		}
		if iv.Lo.Version == "" {
			iv.Lo = Bound{}
		}
		if iv.Hi.Version == "" {
			iv.Hi = Bound{}
		}
		if v := strings.ReplaceAll(f[5], `\`, ""); v != "*" && v != "-" {
			if f[6] != "*" && f[6] != "-" {
				v += " " + strings.ReplaceAll(f[6], `\`, "")
			}
			iv = Exactly(v)
		}
		r.In = append(r.In, iv)
	}
}

// TestNVDProse reads the English descriptions of NVD and compares with the
// structured versions of the same CVE, for CVEs about one product. The gate takes
// one year of the six; HANSHO_FULL=1 takes all.
func TestNVDProse(t *testing.T) {
	if testing.Short() {
		t.Skip("six years of NVD")
	}
	var read, agree, unknown, contradict, silent, total int
	var wrong []string
	years := []int{2014}
	if os.Getenv("HANSHO_FULL") != "" {
		years = []int{2013, 2014, 2015, 2016, 2017, 2018}
	}
	for _, year := range years {
		var feed nvdFeed
		if err := json.NewDecoder(realdata.Open(t, fmt.Sprintf("nvd/nvdcve-1.1-%d.json.gz", year))).Decode(&feed); err != nil {
			t.Fatal(err)
		}
		for _, it := range feed.Items {
			truths := map[string]*Range{}
			for _, n := range it.Configurations.Nodes {
				n.truth(truths)
			}
			if len(truths) != 1 || len(it.CVE.Description.Data) == 0 {
				continue
			}
			for product, truth := range truths {
				total++
				text := it.CVE.Description.Data[0].Value
				r, info := Parse(text, "")
				if r.IsZero() {
					silent++
					continue
				}
				read++
				in, out, unk := score(r, *truth)
				switch {
				case in != "" || out != "":
					contradict++
					wrong = append(wrong, fmt.Sprintf("%s %s in-but-out=%s out-but-in=%s\n   %.400s\n   prose %s %v\n   truth %.300s", it.CVE.Meta.ID, product, in, out, text, r, spans(text, info.Unread), truth))
				case unk:
					unknown++
				default:
					agree++
				}
			}
		}
	}
	t.Logf("CVEs about one product: %d; with a range read: %d (%.3f); all probes agree: %d (%.3f of read); some unknown, none wrong: %d (%.3f); contradictions: %d (%.3f)",
		total, read, ratio(read, total), agree, ratio(agree, read), unknown, ratio(unknown, read), contradict, ratio(contradict, read))
	// What is left is mostly NVD's own: "before X" in the text, up to and with X in
	// its ranges.
	if ratio(contradict, read) > 0.065 || ratio(read, total) < 0.82 {
		t.Error("prose is read worse than it was")
	}
	sort.Strings(wrong)
	for i, w := range wrong {
		if i%(1+len(wrong)/20) == 0 {
			t.Log(w)
		}
	}
}

func spans(text string, ss []Span) []string {
	var out []string
	for _, s := range ss {
		out = append(out, s.In(text))
	}
	return out
}

func ratio(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

// score probes both ranges with the versions that the truth names. It gives a
// version that only the prose holds, one that only the truth holds, and whether
// the prose could not tell of some.
func score(r, truth Range) (in, out string, unknown bool) {
	for _, v := range probes(truth) {
		want, got := truth.Contains(Generic, v), r.Contains(Generic, v)
		switch {
		case want == Unknown:
		case got == Unknown:
			unknown = true
		case got == In && want == Out:
			in = v
		case got == Out && want == In:
			out = v
		}
	}
	return in, out, unknown
}

func probes(r Range) []string {
	var out []string
	for _, iv := range r.In {
		if iv.Lo.Version != "" {
			out = append(out, iv.Lo.Version)
		}
		if iv.Hi.Version != "" && iv.Hi != iv.Lo {
			out = append(out, iv.Hi.Version)
		}
	}
	return out
}
