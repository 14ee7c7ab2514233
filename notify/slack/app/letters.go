package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"hansho/cases"
	"hansho/notify/markup"
)

// errChanged says that a letter is not what the person has read.
var errChanged = errors.New("the letter has changed")

// errGone says that a letter no longer waits.
var errGone = errors.New("no such letter waits")

// seenLetter names a letter in a button or a form, with a mark of the words that
// were shown: nobody approves what they have not read.
func seenLetter(l cases.Letter) string { return l.ID + " " + wordsOf(l) }

func wordsOf(l cases.Letter) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{l.Subject, l.Text, l.HTML}, l.To...), "\x00")))
	return hex.EncodeToString(sum[:6])
}

var seenForm = regexp.MustCompile(`^(.+) ([0-9a-f]{12})$`)

// letterOf takes a button's value apart; the mark is empty in a button from
// before there were marks.
func letterOf(value string) (id, mark string) {
	if m := seenForm.FindStringSubmatch(value); m != nil {
		return m[1], m[2]
	}
	return value, ""
}

// waitingLetter gives the letter that a button speaks of.
func (a *App) waitingLetter(ctx context.Context, value string) (cases.Letter, error) {
	list, err := a.o.Letters.LettersWaiting(ctx)
	if err != nil {
		return cases.Letter{}, err
	}
	id, mark := letterOf(value)
	i := slices.IndexFunc(list, func(l cases.Letter) bool { return l.ID == id })
	switch {
	case i < 0:
		return cases.Letter{}, errGone
	case mark != "" && mark != wordsOf(list[i]):
		return list[i], errChanged
	}
	return list[i], nil
}

func (a *App) approve(ctx context.Context, c click) error {
	return a.approveLetter(ctx, c.from, c.value)
}

func (a *App) approveLetter(ctx context.Context, from reply, value string) error {
	if !a.approver(from.user) {
		return errNotApprover
	}
	l, err := a.waitingLetter(ctx, value)
	if err != nil {
		return err
	}
	if err := a.o.Letters.ApproveLetter(ctx, l.ID, a.name(ctx, from.user)); err != nil {
		return err
	}
	a.o.Wake()
	a.tell(ctx, from, a.say("approve.done", oneLine(l.Subject, 120)))
	return nil
}

func (a *App) reject(from reply, value, why string) (func(context.Context) error, map[string]string) {
	return func(ctx context.Context) error {
		if !a.approver(from.user) {
			return errNotApprover
		}
		id, _ := letterOf(value)
		if err := a.o.Letters.RejectLetter(ctx, id, a.name(ctx, from.user), why); err != nil {
			return err
		}
		a.tell(ctx, from, a.say("reject.done"))
		return nil
	}, a.needReason(why)
}

// What is shown of letters: so many at once, each whole where it is short, and
// otherwise in a window of its own, which has the button that approves it.
const (
	maxLetters  = 5
	maxShown    = 1500
	maxSection  = 2900
	maxSections = maxViewBlocks - 2
	maxWindow   = 60000 // a view may have 250 kB, in which a letter of Japanese takes three bytes
)

// lettersWaiting are the letters that a person may decide on, from the one after
// the letter with the id after.
func (a *App) lettersWaiting(ctx context.Context, user, after string) ([]slack.Block, error) {
	if !a.approver(user) {
		return nil, nil
	}
	list, err := a.o.Letters.LettersWaiting(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	blocks := []slack.Block{header(a.say("letters.head", len(list)))}
	list = list[slices.IndexFunc(list, func(l cases.Letter) bool { return l.ID == after })+1:]
	for _, l := range list[:min(len(list), maxLetters)] {
		blocks = append(blocks, a.letterRow(l)...)
	}
	if rest := len(list) - maxLetters; rest > 0 {
		last := list[maxLetters-1].ID
		blocks = append(blocks, slack.NewActionBlock("", button(actMore, cutValue(last), a.say("letters.more", rest), slack.StyleDefault)))
	}
	return blocks, nil
}

// cutValue keeps a value within Slack's limit; a page that begins with an id cut
// short begins at the first letter.
func cutValue(s string) string { return s[:min(len(s), maxValue)] }

func (a *App) letterRow(l cases.Letter) []slack.Block {
	blocks := []slack.Block{a.letterHead(l)}
	whole := utf8.RuneCountInString(l.Text) <= maxShown
	if whole {
		blocks = append(blocks, textBlock(l.Text))
	} else {
		blocks = append(blocks, textBlock(cut(l.Text, 600)))
	}
	value := seenLetter(l)
	if len(value) > maxValue {
		return append(blocks, textBlock(a.say("letters.elsewhere", oneLine(l.ID, 200))))
	}
	first := button(actApprove, value, a.say("approve"), slack.StylePrimary)
	if !whole {
		first = button(actRead, value, a.say("read", utf8.RuneCountInString(l.Text)), slack.StylePrimary)
	}
	return append(blocks, slack.NewActionBlock("", first, button(actReject, value, a.say("reject"), slack.StyleDanger)))
}

func (a *App) letterHead(l cases.Letter) slack.Block {
	return textBlock(a.say("letters.row", oneLine(l.Subject, 200), l.Kind, oneLine(strings.Join(l.To, ", "), 200)))
}

// readLetter shows a whole letter, as it would be sent, in a window that
// approves it.
func (a *App) readLetter(ctx context.Context, c click) error {
	if !a.approver(c.from.user) {
		return errNotApprover
	}
	l, err := a.waitingLetter(ctx, c.value)
	if err != nil && !errors.Is(err, errChanged) {
		return err
	}
	parts := sections(markup.Clean(l.Text))
	if utf8.RuneCountInString(l.Text) > maxWindow || len(parts) > maxSections {
		a.tell(ctx, c.from, a.say("letters.elsewhere", oneLine(l.ID, 200)))
		return nil
	}
	blocks := []slack.Block{a.letterHead(l)}
	for _, part := range parts {
		blocks = append(blocks, slack.NewSectionBlock(plain(part), nil, nil))
	}
	v := a.modal(viewApprove, a.say("approve.title"), seenLetter(l), blocks...)
	v.Submit = plain(a.say("approve"))
	return a.open(ctx, c.trigger, v)
}

// moreLetters shows the next page of letters.
func (a *App) moreLetters(ctx context.Context, c click) error {
	return a.showLetters(ctx, c.from, c.value)
}

func (a *App) showLetters(ctx context.Context, from reply, after string) error {
	if !a.approver(from.user) {
		return errNotApprover
	}
	blocks, err := a.lettersWaiting(ctx, from.user, after)
	if err != nil {
		return err
	}
	if len(blocks) == 0 {
		a.tell(ctx, from, a.say("letters.none"))
		return nil
	}
	a.tell(ctx, from, a.say("letters.title"), blocks[:min(len(blocks), maxMessageBlocks)]...)
	return nil
}

// sections cuts a text into parts that each fit a block, at line ends where
// there are any, and loses nothing.
func sections(text string) []string {
	var out []string
	for rest := []rune(text); len(rest) > 0; {
		n := min(len(rest), maxSection)
		if n < len(rest) {
			if end := lastLineEnd(rest[:n]); end > maxSection/2 {
				n = end
			}
		}
		if part := strings.Trim(string(rest[:n]), "\n"); strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
		rest = rest[n:]
	}
	return out
}

func lastLineEnd(text []rune) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '\n' {
			return i + 1
		}
	}
	return 0
}
