package dictionary

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"hansho/internal/fold"
)

// meant gives the products that a ledger means by a name: those of that very name,
// else of the name without the versions and editions behind it (Windows Server 2019
// Standard, SKYSEA Client View Ver.17), else what the line of a model runs. The name
// that was found is empty for a line.
func (d *Dictionary) meant(vendorName, productName string) (found []int32, name string) {
	for name := range heads(productName) {
		if found = d.find(vendorName, name); len(found) == 0 {
			found = d.ofVendor(d.ledger[fold.Name(name)], vendorName)
		}
		if len(found) > 0 {
			return found, name
		}
	}
	for _, line := range lines(productName) {
		if found = d.runOn(vendorName, line); len(found) > 0 {
			return found, ""
		}
	}
	return nil, ""
}

// Knows says that a product of a maker is in the dictionary, as it is written or
// with an edition or a version behind. The maker may be empty.
func (d *Dictionary) Knows(vendorName, productName string) bool {
	if key := cpeKey(productName); key != "" {
		return len(d.cpes[key]) > 0
	}
	_, name := d.meant(vendorName, productName)
	return name != ""
}

// Maker gives the maker of a product that a ledger names without one: whose product
// the table has under that name, else with whose name it begins (ESET Endpoint
// Security); empty where neither tells.
func (d *Dictionary) Maker(productName string) string {
	found, _ := d.meant("", productName)
	var makers []int32
	for _, p := range found {
		if int(p) < d.builtin {
			makers = appendNew(makers, d.products[p].vendor)
		}
	}
	if len(makers) == 1 {
		return d.vendors[makers[0]].names[0]
	}
	if len(makers) > 1 {
		return ""
	}
	maker := ""
	for _, cut := range wordStarts(productName) {
		head := strings.TrimSpace(productName[:cut])
		if known := d.made[vendorKey(head)]; len([]rune(head)) >= minMaker && len(known) == 1 && int(known[0]) < d.makers {
			maker = d.vendors[known[0]].names[0]
		}
	}
	return maker
}

// minMaker is how long a maker's name must be to be told from the beginning of a
// product's, in characters.
const minMaker = 3

// find gives the products of that name and maker. The name may begin with the
// maker's.
func (d *Dictionary) find(vendorName, productName string) []int32 {
	found := d.ofVendor(d.named[fold.Name(productName)], vendorName)
	if len(found) > 0 {
		return found
	}
	for _, cut := range wordStarts(productName) {
		head, tail := productName[:cut], productName[cut:]
		if len(d.vendorsNamed(head)) == 0 {
			continue
		}
		if found := d.ofVendor(d.ofVendor(d.named[fold.Name(tail)], head), vendorName); len(found) > 0 {
			return found
		}
	}
	return nil
}

// ofVendor keeps the products of a maker or of one related to it; all where the
// maker isn't given.
func (d *Dictionary) ofVendor(products []int32, vendorName string) []int32 {
	if vendorName == "" {
		return products
	}
	makers := map[int32]bool{}
	for _, v := range d.vendorsNamed(vendorName) {
		makers[v] = true
		for _, r := range d.vendors[v].related {
			makers[r] = true
		}
	}
	var out []int32
	for _, p := range products {
		if makers[d.products[p].vendor] {
			out = append(out, p)
		}
	}
	return out
}

// wordStarts are the places where a second or later word of a name begins.
func wordStarts(name string) []int {
	var out []int
	for i, t := range fold.Tokens(name) {
		if i > 0 && i < 6 {
			out = append(out, t.Start)
		}
	}
	return out
}

// runOn gives the software that a line of hardware runs, which the table lists
// under the line's name: FortiOS for FortiGate, SonicOS for the TZ series. A line
// that is itself the product (Aterm, Windows) says nothing of one of its models.
func (d *Dictionary) runOn(vendorName, line string) []int32 {
	for _, name := range []string{line, line + " Series", line + "シリーズ"} {
		if found := d.find(vendorName, name); len(found) > 0 {
			return slices.DeleteFunc(slices.Clone(found), func(p int32) bool {
				return isKin(fold.Name(d.products[p].names[0]), fold.Name(line))
			})
		}
	}
	return nil
}

// isKin says that one of two folded names begins or ends with the other, as a line's
// own name does.
func isKin(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || strings.HasPrefix(b, a+" ") || strings.HasSuffix(b, " "+a)
}

// lines are what a model's name may have of its line: FortiGate of FortiGate 100F and
// FortiGate-60E, PA of PA-220, BIG-IP of BIG-IP i2600.
func lines(name string) []string {
	at := strings.IndexAny(name, "0123456789")
	if at <= 0 {
		return nil
	}
	out := []string{strings.TrimRight(name[:at], " 　-_")}
	if word := strings.LastIndexAny(name[:at], " 　"); word > 0 {
		out = append(out, strings.TrimRight(name[:word], " 　"))
	}
	return out
}

// heads are a name, then what is left of it without the versions and editions
// behind it, one after another.
func heads(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name = strings.TrimSpace(name); name != "" && yield(name); {
			name = withoutTail(name)
		}
	}
}

// withoutTail takes one word for a version or an edition off the end of a name;
// empty where none stands there.
func withoutTail(name string) string {
	if at := strings.LastIndexAny(name, " 　"); at > 0 {
		word := strings.ToLower(strings.Trim(strings.TrimSpace(name[at:]), "　()（）[]"))
		if editions[word] || tailVersion.MatchString(word) {
			return strings.TrimRight(name[:at], " 　-_(（[")
		}
	}
	if m := gluedRelease.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return ""
}

var (
	// tailVersion is a word that counts versions: 9.16, Ver.17, v4, 2019, 23H2, 19c,
	// 8u202. Other numbers are models (Catalyst 9300).
	tailVersion = regexp.MustCompile(`^(?:v|ver|version|バージョン|release|rel)?\.?(?:\d{1,2}(?:\.[\dx]+)*(?:[cgiu]\d*)?|\d{3}|(?:19|20)\d\d|\d\dh[12])$`)
	// gluedRelease is a release written onto the name: 一太郎2023, HULFT8. After few
	// letters it is a model's (GT27, RV340).
	gluedRelease = regexp.MustCompile(`^(.*(?:[\p{Hiragana}\p{Katakana}\p{Han}ー]|[A-Za-z]{4}))(?:\d{1,2}|(?:19|20)\d\d)$`)
)

// editions are words behind a product's name that leave it the same product.
var editions = map[string]bool{
	"pro": true, "professional": true, "enterprise": true, "standard": true, "premium": true, "home": true, "edition": true,
	"community": true, "datacenter": true, "ultimate": true, "education": true, "business": true, "for": true, "and": true,
	"lts": true, "ltsc": true, "ltsb": true, "version": true, "ver": true, "ver.": true, "v": true,
	"x64": true, "x86": true, "64bit": true, "32bit": true, "64-bit": true, "32-bit": true, "64ビット": true, "32ビット": true,
	"日本語版": true, "スタンダード": true, "プロフェッショナル": true, "プレミアム": true, "エンタープライズ": true, "ネットワーク": true, "スタンドアロン": true, "クラウド版": true, "オンプレミス版": true, "パッケージ版": true,
}
