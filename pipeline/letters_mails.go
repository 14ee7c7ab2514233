package pipeline

import (
	"context"
	"strings"

	"hansho/notify"
	"hansho/store"
)

// SentMail is a letter as it reached one reader.
type SentMail struct {
	To  string // address
	Raw []byte // RFC 5322, byte for byte as it was handed to the relay
}

// SentMails gives the mails of a letter, by address. None is there before it has
// left.
func (d *Desk) SentMails(ctx context.Context, id string) ([]SentMail, error) {
	var out []SentMail
	err := d.p.store.View(ctx, func(tx store.Tx) error {
		out = nil
		l, err := letter(tx, id)
		if err != nil {
			return err
		}
		kept, err := tx.NotesAfter(notify.MailNote(letterKey(l.ID, "")), "", 0)
		for _, n := range kept {
			to := strings.TrimPrefix(n.Name, notify.MailNote(letterKey(l.ID, "")))
			var a notify.Address
			if a.UnmarshalText([]byte(to)) == nil {
				to = a.To
			}
			out = append(out, SentMail{To: to, Raw: n.Value})
		}
		return err
	})
	return out, err
}
