package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// content is what makes a notice the one that it is.
type content struct {
	Kind    Kind
	To      Address
	Case    string
	Source  string
	Letter  string
	Since   time.Time
	At      time.Time
	News    []News
	Items   []string
	Cases   []string
	Text    string
	Subject string
	Alarms  []Alarm `json:",omitempty"`
}

// KeyOf makes the key of a delivery from what it says and to whom, so that the
// same thing is never queued twice. A notice whose news carry the revision or
// digest of what they tell is known by them; one that has no news of its own (a
// reminder, a digest, a change by hand) is known by its time as well, since it
// may be right to say it again.
func KeyOf(n Notice, to Address) string {
	c := content{Kind: n.Kind, To: to, Text: n.Text}
	if len(n.News) == 0 || slices.ContainsFunc(n.News, func(news News) bool { return news.Digest == "" || news.Revision == 0 }) {
		c.At = n.At.UTC()
	}
	for _, news := range n.News {
		news.SourceView = SourceView{Advisory: news.Advisory}
		c.News = append(c.News, news)
	}
	if n.Case != nil {
		c.Case, c.Items = n.Case.ID, states(n.Case.Items)
	}
	for _, v := range n.Cases {
		c.Cases = append(append(c.Cases, v.ID), states(v.Items)...)
	}
	if n.Source != nil {
		c.Source, c.Since, c.At = n.Source.ID, n.Source.FailedSince.UTC(), time.Time{}
		if n.Kind == KindSourceOdd {
			c.Alarms = n.Source.Alarms
		}
	}
	if n.Letter != nil {
		c.Letter, c.Subject, c.At = n.Letter.ID, n.Letter.Subject, time.Time{}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		panic("notify: content of a notice can't be written: " + err.Error()) // plain fields only
	}
	sum := sha256.Sum256(raw)
	return string(n.Kind) + "-" + hex.EncodeToString(sum[:16])
}

func states(items []ItemView) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.ID+" "+string(it.Verdict)+" "+it.State)
	}
	slices.Sort(out)
	return out
}
