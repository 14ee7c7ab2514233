package main

import (
	"path/filepath"
	"testing"

	"hansho/notify/mail/mailbox"
	"hansho/store/boltstore"
)

func TestPlaceInTheMailboxIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hansho.db")
	want := mailbox.Place{Validity: 7, UID: 42, Tries: 1}
	for _, step := range []struct{ set, want mailbox.Place }{{set: want}, {set: want, want: want}} {
		st, err := boltstore.Open(path, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := mailPlace{st}.Place(t.Context())
		if err != nil || got != step.want {
			t.Errorf("place %+v, %v; want %+v", got, err, step.want)
		}
		if err := (mailPlace{st}).SetPlace(t.Context(), step.set); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
