package notify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/notify/markup"
)

func TestTheHonorificStandsOnce(t *testing.T) {
	tests := map[string]struct {
		to   Recipient
		want string
	}{
		"a person":                     {Recipient{Company: "甲社", Title: "購買部 部長", Person: "松本 隆"}, "甲社/購買部 部長/松本 隆　様"},
		"an office":                    {Recipient{Company: "甲社", Title: "サポート窓口"}, "甲社/サポート窓口　御中"},
		"a company":                    {Recipient{Company: "甲社"}, "甲社　御中"},
		"written with the names":       {Recipient{Company: "甲社 御中", Person: "松本様"}, "甲社/松本　様"},
		"御中 is not said of a person":   {Recipient{Company: "甲社", Person: "松本", Honorific: "御中"}, "甲社/松本　様"},
		"another title stays":          {Recipient{Company: "甲大学", Person: "松本", Honorific: "先生"}, "甲大学/松本　先生"},
		"a company that is called 様":   {Recipient{Company: "甲社", Honorific: "様"}, "甲社　様"},
		"a person without a company":   {Recipient{Person: "松本"}, "松本　様"},
		"a blank title takes no line":  {Recipient{Company: "甲社", Title: " ", Person: "松本"}, "甲社/松本　様"},
		"nobody":                       {Recipient{}, ""},
		"what is written is only text": {Recipient{Company: "甲*社*"}, `甲\*社\*　御中`},
	}
	for name, tt := range tests {
		if got := oneAddress(addressed("ja")(tt.to)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if got := oneAddress(addressed("en")(Recipient{Company: "Nordvik", Title: "Head", Person: "Ingrid Dahl", Honorific: "様"})); got != "Ingrid Dahl/Head/Nordvik" {
		t.Errorf("in English: %q", got)
	}
}

func oneAddress(lines []markup.Safe) string {
	var out []string
	for _, l := range lines {
		out = append(out, string(l))
	}
	return strings.Join(out, "/")
}

func TestHowALetterSpeaksOfACase(t *testing.T) {
	ids := func(n int) []string {
		return []string{"CVE-2021-1", "CVE-2021-2", "CVE-2021-3", "CVE-2021-4", "CVE-2021-5", "CVE-2021-6"}[:n]
	}
	tests := []struct {
		lang          string
		c             CaseView
		topic, matter string
	}{
		{"ja", CaseView{Name: "Log4Shell", CVEs: ids(2)}, "Log4Shell ", "Log4Shell（CVE-2021-1、CVE-2021-2）と呼ばれる脆弱性"},
		{"ja", CaseView{Name: "Apache Log4j の任意のコード実行の脆弱性", CVEs: ids(1)}, "Apache Log4j の任意のコード実行の脆弱性", "Apache Log4j の任意のコード実行の脆弱性（CVE-2021-1）"},
		{"ja", CaseView{Name: "製品の脆弱性対策について(2021年12月)", CVEs: ids(1)}, "「製品の脆弱性対策について(2021年12月)」", "「製品の脆弱性対策について(2021年12月)」に関する脆弱性（CVE-2021-1）"},
		{"ja", CaseView{Name: "CVE-2021-1", CVEs: ids(1)}, "CVE-2021-1 ", "脆弱性（CVE-2021-1）"},
		{"ja", CaseView{Name: "月例更新", CVEs: ids(6)}, "「月例更新」", "「月例更新」に関する脆弱性（CVE-2021-1、CVE-2021-2、CVE-2021-3、CVE-2021-4 ほか 2 件）"},
		{"ja", CaseView{}, "公表された脆弱性", "脆弱性"},
		{"en", CaseView{Name: "Log4Shell", CVEs: ids(2)}, "Log4Shell", "the vulnerability known as Log4Shell (CVE-2021-1, CVE-2021-2)"},
		{"en", CaseView{Name: "製品の脆弱性", CVEs: ids(1)}, "CVE-2021-1", "the vulnerability CVE-2021-1"},
		{"en", CaseView{Name: "Vulnerability in the X Library", CVEs: ids(1)}, "Vulnerability in the X Library", "the vulnerability published as “Vulnerability in the X Library” (CVE-2021-1)"},
		{"en", CaseView{Name: "製品の脆弱性"}, "a published vulnerability", "a vulnerability"},
	}
	plainly := func(s markup.Safe) string { return strings.NewReplacer(`\`, "").Replace(string(s)) }
	for _, tt := range tests {
		if got := plainly(topic(tt.lang)(tt.c)); got != tt.topic {
			t.Errorf("%s %q: topic %q, want %q", tt.lang, tt.c.Name, got, tt.topic)
		}
		if got := plainly(matter(tt.lang)(tt.c)); got != tt.matter {
			t.Errorf("%s %q: matter %q, want %q", tt.lang, tt.c.Name, got, tt.matter)
		}
	}
}

func TestShiftsCountWhatAReaderTellsApart(t *testing.T) {
	got := shifts([]Move{
		{From: "unknown", To: "asked"},
		{From: "unknown", To: "affected"},
		{From: "asked", To: "affected"},
		{From: "affected", To: "fixed"},
		{From: "not_affected", To: "fixed"},
		{To: "unknown"},
		{From: "affected", To: "mitigated"},
	})
	want := []Shift{{"open", "affected", 2}, {"", "open", 1}, {"affected", "mitigated", 1}, {"affected", "safe", 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
