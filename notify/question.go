package notify

import (
	"time"

	"hansho/cases"
)

// Question is what the page that a letter links to asks of its reader. All of it
// stood in the letter when that was approved, but for where the answers stand.
type Question struct {
	Letter      string // its id
	Kind        string // of the letter
	Lang        string
	Subject     string // without its reference
	Date        time.Time
	Due         string // YYYY-MM-DD; empty where no date is set
	Reference   string // the token in the letter's subject
	Form        cases.Form
	From        Sender
	Senders     map[string]Sender // the same by language: the page can be read in each
	To          string            // the reader's company; empty for our own people
	Last        *cases.Answer     // the newest answer by the page; nil where there is none
	Departments []string          // for our own people to choose from
}
