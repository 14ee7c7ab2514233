package vendors

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

const epssFixture = `#model_version:v2025.03.14,score_date:2026-01-02T00:00:00+0000
cve,epss,percentile
CVE-2021-44228,0.94358,0.99958
CVE-2024-0001,0.00042,0.12
CVE-2024-0002,high,0.12
CVE-2024-0003,0.1
`

func TestParseEPSS(t *testing.T) {
	list, errs := ParseEPSS(strings.NewReader(epssFixture), feeds.Meta{})
	got := map[string]float64{}
	for _, a := range list {
		got[a.ID] = a.EPSS
		if a.Kind != advisory.KindScore || !a.Updated.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: kind %s, updated %v", a.ID, a.Kind, a.Updated)
		}
	}
	if diff := cmp.Diff(map[string]float64{"epss:CVE-2021-44228": 0.94358, "epss:CVE-2024-0003": 0.1}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`epss: line 5: "CVE-2024-0002,high,0.12": no probability`}, errorTexts(errs)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestReadEPSSWanted(t *testing.T) {
	var got []string
	err := ReadEPSS(strings.NewReader(epssFixture), func(cve string, _ float64) bool { return cve == "CVE-2024-0001" },
		func(a advisory.Advisory, err error) bool {
			if err == nil {
				got = append(got, a.ID)
			}
			return true
		})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"epss:CVE-2024-0001"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadEPSSRefuses(t *testing.T) {
	for _, doc := range []string{"", "<html>", "#only a comment\n", "cve,epss\n" + strings.Repeat("x", 1<<20)} {
		err := ReadEPSS(strings.NewReader(doc), func(string, float64) bool { return true }, func(advisory.Advisory, error) bool { return true })
		if err == nil {
			t.Errorf("%.20q was read", doc)
		}
	}
}

func FuzzReadEPSS(f *testing.F) {
	f.Add([]byte(epssFixture))
	f.Fuzz(func(t *testing.T, doc []byte) {
		_ = ReadEPSS(bytes.NewReader(doc), func(string, float64) bool { return true }, func(a advisory.Advisory, err error) bool {
			if err == nil && (a.EPSS < 0 || a.EPSS > 1) {
				t.Errorf("%s: probability %v", a.ID, a.EPSS)
			}
			return true
		})
	})
}
