package vendors

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"hansho/feeds"
)

func catalogue(t testing.TB) []feeds.Entry {
	t.Helper()
	entries, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestCatalogueEntries(t *testing.T) {
	checked := regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)
	seen := map[string]bool{}
	for _, e := range catalogue(t) {
		if seen[e.ID] {
			t.Errorf("%s is there twice", e.ID)
		}
		seen[e.ID] = true
		if e.Publisher == "" || e.PublisherJA == "" || e.Page == "" || e.Lang == "" || e.Covers == nil || e.Trust == 0 {
			t.Errorf("%s: publisher, page, lang, covers or trust is missing: %+v", e.ID, e)
		}
		if !checked.MatchString(e.Checked) {
			t.Errorf("%s: checked %q is no date", e.ID, e.Checked)
		}
		if _, err := time.Parse(time.DateOnly, e.Checked); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		if !strings.Contains("A B C", e.Confidence) || e.Confidence == "" {
			t.Errorf("%s: confidence %q", e.ID, e.Confidence)
		}
		if e.Enabled && e.Confidence != "A" {
			t.Errorf("%s is on by default with confidence %s", e.ID, e.Confidence)
		}
		if e.Format == FormatNone {
			if e.Note == "" {
				t.Errorf("%s has no feed and no note saying who covers it", e.ID)
			}
			continue
		}
		if e.Schedule == "" || e.Kind == "" {
			t.Errorf("%s: schedule or kind is missing", e.ID)
		}
	}
}

// The ids are stable: configurations and stores name them.
func TestCatalogueKnowsTheSourcesPromised(t *testing.T) {
	have := map[string]bool{}
	for _, e := range catalogue(t) {
		have[e.ID] = true
	}
	for _, id := range strings.Fields(`
		jpcert jpcert-weekly ipa jvn jvndb kev
		msrc msrc-rss cisco cisco-csaf fortinet paloalto juniper f5 citrix ivanti sonicwall checkpoint
		vmware oracle sap adobe apple chrome mozilla apache atlassian jenkins gitlab github-advisory
		wordpress php openssl redhat redhat-csaf suse ubuntu debian amazon-linux aws gcp
		siemens-csaf schneider cisa-csaf cisa cisa-ics cert-eu nvd cve osv epss ncsc-nl bsi
		hitachi fujitsu nec trendmicro cybozu buffalo yamaha allied-telesis iodata canon ricoh sky
		motex soliton justsystems
		swithak-log4shell ncsc-nl-log4shell cisa-log4j log4shell`) {
		if !have[id] {
			t.Errorf("the catalogue has no %s", id)
		}
	}
}

func TestCatalogueIsTheCallersOwn(t *testing.T) {
	first := catalogue(t)
	first[0].URL = "changed"
	if catalogue(t)[0].URL == "changed" {
		t.Error("a change of one caller's catalogue is seen by the next")
	}
}
