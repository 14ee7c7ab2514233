package store

import (
	"errors"
	"fmt"
	"time"

	"hansho/notify"
)

// toldNotes prefixes the names of the notes that keep when a case was first
// told.
const toldNotes = "told/"

// FirstTold gives when the first notice of a case arrived anywhere, zero where
// none has.
func FirstTold(tx Notes, caseID string) (time.Time, error) {
	raw, err := tx.Note(toldNotes + caseID)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, string(raw))
	if err != nil {
		return time.Time{}, fmt.Errorf("when %s was first told: %w", caseID, err)
	}
	return at, nil
}

// noteTold keeps when the cases of a notice were first told.
func noteTold(tx Notes, n notify.Notice, at time.Time) error {
	var ids []string
	if n.Case != nil {
		ids = append(ids, n.Case.ID)
	}
	if n.Kind == notify.KindSummary {
		for _, c := range n.Cases {
			ids = append(ids, c.ID)
		}
	}
	for _, id := range ids {
		before, err := FirstTold(tx, id)
		if err != nil {
			return err
		}
		if !before.IsZero() {
			continue
		}
		if err := tx.PutNote(toldNotes+id, []byte(at.UTC().Format(time.RFC3339Nano))); err != nil {
			return err
		}
	}
	return nil
}
