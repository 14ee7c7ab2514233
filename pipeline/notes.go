package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"hansho/store"
)

// Kinds of note that this package keeps, each the beginning of its names.
const (
	silenceNotes    = "silence/"
	reportNotes     = "report/"
	escalationNotes = "escalation/"
)

// shortID makes an id of a few characters out of what a record says, so that the
// same thing said twice is one record.
func shortID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:5])
}

func putNote(tx store.Tx, name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("note %s: %w", name, err)
	}
	return tx.PutNote(name, raw)
}

// getNote reads a note into v and says whether there is one.
func getNote(tx store.Tx, name string, v any) (bool, error) {
	raw, err := tx.Note(name)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return false, fmt.Errorf("note %s: %w", name, err)
	}
	return true, nil
}

// listNotes reads every note of a kind.
func listNotes[T any](tx store.Tx, kind string) ([]T, error) {
	notes, err := tx.NotesAfter(kind, "", 0)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(notes))
	for i, n := range notes {
		if err := json.Unmarshal(n.Value, &out[i]); err != nil {
			return nil, fmt.Errorf("note %s: %w", n.Name, err)
		}
	}
	return out, nil
}
