package vendors

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/feeds"
)

// keyThreshold is the key of Entry.Mapping that says from which probability on
// a score is kept; 0.1 where not given. Of some 300,000 scored CVEs about 3,000
// are above that.
const keyThreshold = "threshold"

// ReadEPSS reads FIRST's daily scores (CSV) and calls yield for those that want
// asks for, as they come; nothing else is kept. Ids are epss:CVE-…, the date is
// the model's. Either the advisory or the error is set; yield's false ends the
// reading.
func ReadEPSS(r io.Reader, want func(cve string, probability float64) bool, yield func(advisory.Advisory, error) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), 64<<10)
	var date time.Time
	headed := false
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		switch {
		case strings.HasPrefix(line, "#"):
			date = scoreDate(line)
			continue
		case !headed:
			if !strings.HasPrefix(line, "cve,epss") {
				return fmt.Errorf("epss: line %d: want the heading cve,epss, not %.40q", n, line)
			}
			headed = true
			continue
		case line == "":
			continue
		}
		cve, p, err := scoreLine(line)
		if err != nil {
			if !yield(advisory.Advisory{}, fmt.Errorf("epss: line %d: %w", n, err)) {
				return nil
			}
			continue
		}
		if want(cve, p) && !yield(scoreAdvisory(cve, p, date), nil) {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("epss: %w", err)
	}
	if !headed {
		return fmt.Errorf("epss: no heading: empty document")
	}
	return nil
}

// scoreDate reads "#model_version:v2025.03.14,score_date:2026-01-02T00:00:00+0000".
func scoreDate(comment string) time.Time {
	_, date, _ := strings.Cut(comment, "score_date:")
	date, _, _ = strings.Cut(date, ",")
	t, err := parseTime(date)
	if err != nil {
		return time.Time{}
	}
	return t
}

// scoreLine reads "CVE-2021-44228,0.94358,0.99958". The percentile is new since
// 2021-09 and not needed.
func scoreLine(line string) (cve string, probability float64, err error) {
	cve, rest, _ := strings.Cut(line, ",")
	first, _, _ := strings.Cut(rest, ",")
	probability, err = strconv.ParseFloat(first, 64)
	if err != nil || !(probability >= 0 && probability <= 1) {
		return "", 0, fmt.Errorf("%.40q: no probability", line)
	}
	if found := advisory.FindCVEs(cve); len(found) != 1 {
		return "", 0, fmt.Errorf("%.40q: no CVE id", line)
	}
	return cve, probability, nil
}

func scoreAdvisory(cve string, p float64, date time.Time) advisory.Advisory {
	a := advisory.Advisory{
		ID: "epss:" + cve, Source: "epss", Kind: advisory.KindScore, Lang: "en",
		Title: cve + " EPSS", CVEs: []string{cve}, EPSS: p, Updated: date,
		Links: []string{"https://api.first.org/data/v1/epss?cve=" + cve}, Trust: advisory.TrustDatabase,
	}
	advisory.Normalize(&a)
	return a
}

// ParseEPSS is the epss format's parser: scores from the entry's threshold on,
// which is what the store can bear a day.
func ParseEPSS(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	threshold := 0.1
	if text := doc.Entry.Mapping[keyThreshold]; text != "" {
		var err error
		if threshold, err = strconv.ParseFloat(text, 64); err != nil {
			return refuse("epss", fmt.Errorf("mapping %s: %w", keyThreshold, err))
		}
	}
	var c collected
	err := ReadEPSS(r, func(_ string, p float64) bool { return p >= threshold }, c.add)
	return c.under(doc.Entry).result(err)
}
