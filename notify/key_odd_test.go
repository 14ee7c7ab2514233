package notify

import "testing"

func TestEachAlarmHasItsOwnKey(t *testing.T) {
	odd := func(alarm string) Notice {
		return Notice{Kind: KindSourceOdd, Source: &SourceHealth{ID: "jvndb", Alarms: []Alarm{{Kind: alarm}}}}
	}
	to := Address{Channel: "slack"}
	if KeyOf(odd("moved"), to) == KeyOf(odd("empty"), to) {
		t.Error("the second alarm about a source would never be told")
	}
	later := odd("moved")
	later.At = later.At.AddDate(0, 0, 1)
	if KeyOf(odd("moved"), to) != KeyOf(later, to) {
		t.Error("the same alarm would be told twice")
	}
}
