package checklist

import (
	"strings"
	"testing"
	"testing/fstest"

	"hansho/cases"
	"hansho/inventory"
)

func load(t *testing.T, override fstest.MapFS) Lists {
	t.Helper()
	ls, err := Load(override)
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

func TestBuiltInListsAreWhole(t *testing.T) {
	for name, l := range load(t, nil) {
		if len(l.Points) < 5 || l.Title.In("ja") == l.Title.In("en") {
			t.Errorf("%s: %+v", name, l)
		}
		for _, p := range l.Points {
			if p.JA == "" || p.EN == "" {
				t.Errorf("%s: %s lacks a language", name, p.ID)
			}
		}
	}
}

func TestWhichListAnItemGets(t *testing.T) {
	ls := load(t, nil)
	if _, ok := ls.For(inventory.KindServer, cases.Item{}, nil); ok {
		t.Error("an item that never ran a vulnerable version has a list")
	}
	l, ok := ls.For(inventory.KindServer, cases.Item{Ran: true}, []string{"198.51.100.7", "${jndi:"})
	base := len(ls[Intrusion].Points)
	if !ok || len(l.Points) != base+2 || !strings.Contains(l.Points[base].In("ja"), "198.51.100.7") || l.Points[base].ID == l.Points[base+1].ID {
		t.Errorf("%+v", l.Points[base:])
	}
	if again, _ := ls.For(inventory.KindServer, cases.Item{Ran: true}, []string{"x"}); len(again.Points) != base+1 || len(ls[Intrusion].Points) != base {
		t.Error("the list remembers another item's indicators")
	}
	if l, ok := ls.For(inventory.KindCloud, cases.Item{}, nil); !ok || l.Points[0].ID != "statement" {
		t.Errorf("%+v", l)
	}
}

func TestOwnLists(t *testing.T) {
	ls := load(t, fstest.MapFS{"intrusion.yaml": {Data: []byte("title: {ja: 当社の}\npoints: [{id: one, ja: 見る}]")}})
	if l := ls[Intrusion]; len(l.Points) != 1 || l.Points[0].In("en") != "見る" && l.Points[0].In("ja") != "見る" {
		t.Errorf("%+v", l)
	}
	for _, bad := range []string{"points: []", "points: [{id: A B, ja: x}]", "points: [{id: a, ja: x}, {id: a, ja: y}]", "pionts: []", "points: [{id: a}]", "\t"} {
		if _, err := Load(fstest.MapFS{"cloud.yaml": {Data: []byte(bad)}}); err == nil || !strings.Contains(err.Error(), "cloud.yaml") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
