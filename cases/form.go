package cases

// Form is the web page that a letter links to, on which its reader answers
// without an account. What it asks about stands as it stood when the letter was
// written, so that an approval of the letter is one of the page.
type Form struct {
	Token string // in the page's address, unguessable; it is the only key to the page
	Staff bool   // asks our own people what they use, and not a partner for an answer
	Case  string // what the letter calls the case
	CVEs  []string
	Items []FormItem // what a supplier is asked about, one by one; empty asks about all
}

// FormItem is one thing that a page asks about.
type FormItem struct {
	ID    string
	Title string
}

// Choice is what the reader of a letter chose as an answer. The values are
// stored.
type Choice string

// The choices.
const (
	ChoiceAffected      Choice = "affected"
	ChoiceNotAffected   Choice = "not_affected"
	ChoiceInvestigating Choice = "investigating" // they don't know yet
	ChoiceOther         Choice = "other"         // as their words say
)

// Choices are all of them, in the order in which they are offered.
var Choices = []Choice{ChoiceAffected, ChoiceNotAffected, ChoiceInvestigating, ChoiceOther}
