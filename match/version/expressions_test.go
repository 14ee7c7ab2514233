package version

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"hansho/internal/realdata"
)

var (
	xmlVersion  = regexp.MustCompile(`<VersionNumber>([^<]+)</VersionNumber>`)
	listVersion = regexp.MustCompile(`(?m)^ {10,}- ['"]?(.*?)['"]?$`)
	lineBreak   = regexp.MustCompile(`<br ?/?>`)
	oneVersion  = regexp.MustCompile(`^v?\d+(\.\d+)*(\.x)?$`)
)

// TestRealExpressions reads the distinct version expressions of real documents
// and prints how many are read as the table says, and how many say themselves
// unread. Plain single versions are not counted.
func TestRealExpressions(t *testing.T) {
	table := expressions(t)
	sources := []struct {
		name  string
		texts []string
	}{
		{"JVN iPedia (ja)", append(jvnExpressions(t), xmlExpressions(t)...)},
		{"CISA Log4j list", submatches(listVersion, string(realdata.Read(t, "log4shell/cisagov.yml.zst")))},
		{"NCSC-NL Log4j list", ncscExpressions(t)},
	}
	for _, src := range sources {
		var distinct, read, unread, silent, labelled, right int
		seen := map[string]bool{}
		for _, text := range src.texts {
			text = strings.Join(strings.Fields(text), " ")
			if seen[text] || !hasDigit(text) || oneVersion.MatchString(text) || len(text) > 140 {
				continue
			}
			seen[text] = true
			distinct++
			r, info := Parse(text, "")
			switch {
			case len(info.Unread) > 0:
				unread++
			case r.IsZero():
				silent++
			default:
				read++
			}
			if want, ok := table[text]; ok {
				labelled++
				if render(text) == want {
					right++
				}
			}
		}
		t.Logf("%-20s distinct %4d  read %4d  declared unread %3d  no version %3d  labelled %4d  of these right %4d", src.name, distinct, read, unread, silent, labelled, right)
		if distinct == 0 || right < labelled {
			t.Errorf("%s: %d of %d labelled expressions are read right", src.name, right, labelled)
		}
	}
}

func submatches(re *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

func jvnExpressions(t *testing.T) []string {
	var out []string
	for line := range strings.Lines(string(realdata.Read(t, "ja/labelled-dev.jsonl"))) {
		var entry struct{ Products []struct{ Versions []string } }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		for _, p := range entry.Products {
			out = append(out, p.Versions...)
		}
	}
	return out
}

func xmlExpressions(t *testing.T) []string {
	var out []string
	for _, year := range []string{"2021", "2022", "2023"} {
		out = append(out, submatches(xmlVersion, string(realdata.Read(t, "ja/jvn-rdf/detail-jvndb_detail_"+year+".rdf")))...)
	}
	return out
}

// ncscExpressions takes the version cells of every 40th revision of the list.
func ncscExpressions(t *testing.T) []string {
	var out []string
	tr := tar.NewReader(realdata.Open(t, "log4shell/ncsc-nl-revisions.tar.zst"))
	for n := 0; ; n++ {
		if _, err := tr.Next(); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		if n%40 != 0 {
			continue
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"); strings.HasPrefix(line, "|") && len(cells) > 3 {
				out = append(out, lineBreak.Split(cells[2], -1)...)
			}
		}
	}
}
