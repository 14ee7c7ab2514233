package match

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/inventory"
)

// family is the items of one line of a maker's: all Aterm, all Catalyst. A title that
// speaks of the line as a whole ("NEC Atermシリーズ") names none of its models.
type family struct {
	line  string // as in fold.Name, without the maker
	name  string // as the first item writes it
	known bool   // everybody knows whose line it is
	// standsAlone says that the name is no everyday word.
	standsAlone bool
	makers      []string
	members     []member
}

type member struct {
	item  string
	words string // what the item says of itself
	model string // what stands behind the line, folded
}

// familyConfidence: the line is named, not the model.
const familyConfidence = 0.3

// minLine is how long a line's name must be, in bytes.
const minLine = 4

// addFamily gathers an item under the line that its model belongs to.
func (w *VendorWide) addFamily(it *inventory.Item, makers []string, names Names) {
	product := cmp.Or(it.Product, it.Name)
	v := vendorNames(names, makers...)
	short, _, _ := withoutVendor(product, v)
	name, model := lineOf(short)
	line := fold.Name(name)
	if len(line) < minLine || v.calls(line) {
		return
	}
	key := makers[0] + "\x00" + line
	f := w.families[key]
	if f == nil {
		k, _ := names.(Kinship)
		f = &family{line: line, name: name, makers: v.names, standsAlone: distinctive(fold.Tokens(line)), known: k != nil && k.WellKnown(makers[0], line)}
		w.families[key] = f
		first := fold.Tokens(line)[0].Text
		w.lines[first] = append(w.lines[first], f)
	}
	f.members = append(f.members, member{it.ID, cmp.Or(fullName(it.Vendor, product), product), model})
}

// lineOf parts a model's name into its line and the rest, folded; the line is what
// stands before the first word with a number, or before シリーズ.
func lineOf(product string) (line, model string) {
	if at := seriesWord.FindStringIndex(product); at != nil && at[0] > 0 {
		return product[:at[0]], fold.Name(product[at[1]:])
	}
	tokens := fold.Tokens(product)
	digit := slices.IndexFunc(tokens, func(t fold.Token) bool { return t.Class == fold.Digit })
	if digit <= 0 {
		return "", ""
	}
	for digit > 0 && tokens[digit].Gap == fold.Glued {
		digit-- // HP4, 960X: the word that the number is part of
	}
	if digit == 0 {
		return "", ""
	}
	return product[:tokens[digit-1].End], fold.Name(product[tokens[digit].Start:])
}

var (
	seriesWord = regexp.MustCompile(`(?i)[\s　]*(?:シリーズ|\bseries\b)[\s　]*`)
	// wholeLine is what follows a line's name, folded, where a title means all of it: a
	// word for the line, or what is wrong.
	wholeLine = regexp.MustCompile(`^ ?(?:シリーズ|series\b|ファミリ|製品|products?\b|(?:無線lan)?ルータ|スイッチ|サーバ|複合機|プリンタ|カメラ|における|に|の|および|及び|$)`)
	// numbered is a line named by the round number of its models: Catalyst 9000 Series.
	numbered = regexp.MustCompile(`^ ?(\d*[1-9])(00+) ?(?:シリーズ|series\b|ファミリ)`)
)

// inFamilies gives, as possible, the items of each line that a title speaks of as a
// whole.
func (w *VendorWide) inFamilies(a *advisory.Advisory) []Match {
	raw := clip(a.Title, true)
	title := fold.Name(raw)
	subject := fold.Name(strings.TrimPrefix(raw, lead.FindString(raw)))
	var out []Match
	seen := map[string]bool{}
	for _, t := range fold.Tokens(raw) {
		if seen[t.Text] {
			continue
		}
		seen[t.Text] = true
		for _, f := range w.lines[t.Text] {
			if f.meant(title, subject) {
				out = append(out, f.matches(title, a.ID)...)
			}
		}
	}
	return out
}

// meant says that a title that has a line's name may mean that maker's: the name is
// nobody's everyday word, the maker stands there too, or the title is about a line
// that everybody knows.
func (f *family) meant(title, subject string) bool {
	return f.standsAlone || f.known && strings.HasPrefix(subject, f.line) ||
		slices.ContainsFunc(f.makers, func(name string) bool { return findWord(title, name) >= 0 })
}

// matches gives the members that a title means which speaks of the line as a whole.
func (f *family) matches(title, id string) []Match {
	rest, ok := f.after(title)
	if !ok {
		return nil
	}
	of := numbered.FindStringSubmatch(rest)
	if of == nil && !wholeLine.MatchString(rest) {
		return nil
	}
	var out []Match
	for _, m := range f.members {
		if of != nil && !m.isOf(of[1], len(of[1])+len(of[2])) {
			continue
		}
		out = append(out, Match{
			Item: m.item, Advisory: id, Verdict: Possible, Confidence: familyConfidence, Claim: -1,
			Evidence: []Evidence{{Method: "text", Item: m.words, Found: f.name, Where: "title"}},
		})
	}
	return out
}

// after is what follows the line's name where that begins a word of a folded title.
func (f *family) after(title string) (rest string, ok bool) {
	first, _ := utf8.DecodeRuneInString(f.line)
	for from := 0; ; {
		i := strings.Index(title[from:], f.line)
		if i < 0 {
			return "", false
		}
		before, _ := utf8.DecodeLastRuneInString(title[:from+i])
		from += i + len(f.line)
		if script(before) != script(first) {
			return title[from:], true
		}
	}
}

// isOf says that a model's number is of a round one: 9300 of 9000.
func (m *member) isOf(lead string, length int) bool {
	number := leadingDigits.FindString(m.model)
	return len(number) == length && strings.HasPrefix(number, lead)
}

var leadingDigits = regexp.MustCompile(`^\d+`)
