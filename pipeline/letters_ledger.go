package pipeline

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hansho/cases"
	"hansho/store"
)

// LedgerLine is how one letter stands with its reader.
type LedgerLine struct {
	Partner  string         `json:"partner"`
	Company  string         `json:"company"`
	Letter   string         `json:"letter"`
	Case     string         `json:"case"`
	Kind     string         `json:"kind"`
	Standing cases.Standing `json:"standing"`
	Created  time.Time      `json:"created"`
	Sent     time.Time      `json:"sent"`
	Due      string         `json:"due,omitempty"`  // YYYY-MM-DD
	Late     int            `json:"late,omitempty"` // working days past Due
	Reminded int            `json:"reminded"`
	Reason   string         `json:"reason,omitempty"`
	Answer   string         `json:"answer,omitempty"` // the newest one, as it was written
	By       string         `json:"by,omitempty"`     // who wrote it
}

// Ledger lists how every letter to the outside stands, by partner; a case id
// chooses.
func (d *Desk) Ledger(ctx context.Context, caseID string) ([]LedgerLine, error) {
	var out []LedgerLine
	err := d.p.store.View(ctx, func(tx store.Tx) error {
		out = nil
		s := d.secretary(tx)
		all, err := tx.LettersAfter("", 0)
		for _, l := range all {
			if l.Outside && (caseID == "" || l.Case == caseID) {
				out = append(out, s.line(l))
			}
		}
		return err
	})
	slices.SortFunc(out, func(a, b LedgerLine) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), a.Created.Compare(b.Created), cmp.Compare(a.Letter, b.Letter))
	})
	return out, err
}

func (s *secretary) line(l cases.Letter) LedgerLine {
	today := s.today()
	line := LedgerLine{
		Partner: l.Audience, Company: l.Audience, Letter: l.ID, Case: l.Case, Kind: l.Kind, Standing: l.Standing(today.Format(time.DateOnly)),
		Created: l.Created, Sent: l.Sent, Due: l.Due, Reminded: len(l.Reminded), Reason: l.Reason,
	}
	if p, ok := s.partner(l.Audience); ok {
		line.Company = p.Company
	}
	if n := len(l.Answers); n > 0 {
		line.Answer, line.By = l.Answers[n-1].Text, l.Answers[n-1].From
	}
	if due, err := time.ParseInLocation(time.DateOnly, l.Due, today.Location()); err == nil && line.Standing == cases.StandSilent {
		line.Late = s.o.Calendar.Between(due, s.now)
	}
	return line
}
