package feeds

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"hansho/advisory"
)

// fix is a fixed version that a page names.
type fix struct{ product, version string }

// pageFixes gives the fixed versions that a section lists. One that stands
// without a product is of the product above it.
func pageFixes(lines []string) []fix {
	var out []fix
	head := ""
	var columns []listColumn
	for _, l := range withoutSources(lines) {
		if cells := tableCells(l); cells != nil {
			if c := columnsOf(cells); c != nil {
				columns = c
			} else if f, ok := fixInRow(cells, columns); ok {
				out = append(out, f)
			}
			continue
		}
		l = oneLine(width.Fold.String(l))
		m := bullet.FindStringSubmatch(l)
		switch {
		case l == "":
		case m == nil:
			head = ""
			if isProse(l) {
				continue
			}
			if f, ok := fixIn(l, ""); ok && f.product != "" {
				out = append(out, f)
			} else if utf8.RuneCountInString(l) <= maxHead {
				head = strings.TrimRight(l, " :")
			}
		case isProse(m[1]):
		default:
			if f, ok := fixIn(m[1], head); ok {
				out = append(out, f)
			} else {
				head = m[1]
			}
		}
	}
	return out
}

var fixSeries = regexp.MustCompile(`(?:の\s*\d[\w.]*\s*系)?(?:の.{0,20}?バージョン)?$`)

// ofSeries is the branch before the version of it that has the fix.
var ofSeries = regexp.MustCompile(`^\d[\w.]*\s*系列?\s+`)

// fixIn reads "例示サーバー 2.15.0 以降" or a version alone, which is of head.
func fixIn(text, head string) (fix, bool) {
	text = fixSeries.ReplaceAllString(besideCVEs.ReplaceAllString(text, ""), "")
	if allVersion.MatchString(text) {
		return fix{product: head, version: text}, true
	}
	product, versions := splitVersions(text)
	if versions == "" {
		m := shortFix.FindStringSubmatch(text)
		if m == nil {
			return fix{}, false
		}
		product, versions = m[1], m[2]
	}
	versions = ofSeries.ReplaceAllString(versions, "")
	return fix{product: firstOf(product, head), version: versions}, strings.ContainsAny(versions, "0123456789")
}

// shortFix is a name with a version of two numbers: among fixes it is no name.
var shortFix = regexp.MustCompile(`^(.*\S)\s+(\d+\.\d+[\w.\-]*)(?:\s*\([^()]*\))?$`)

func fixInRow(cells []string, columns []listColumn) (fix, bool) {
	if len(columns) != len(cells) {
		return fix{}, false
	}
	var f fix
	for i, c := range cells {
		switch columns[i] {
		case columnProduct:
			f.product = c
		case columnFixed:
			f.version = c
		case columnVersions:
			f.version = firstOf(f.version, c)
		}
	}
	return f, f.product != "" && strings.ContainsAny(f.version, "0123456789")
}

// ownFixes leaves out the fixes that name another of the products exactly.
func ownFixes(fixes []fix, products []advisory.ProductStatus, product string) []fix {
	return slices.DeleteFunc(slices.Clone(fixes), func(f fix) bool {
		return f.product != product && slices.ContainsFunc(products, func(p advisory.ProductStatus) bool { return p.Product == f.product })
	})
}

// fixesFor gives the fixed versions that belong to a product, those of the
// nearest branch where they tell branches apart; none where all of several are of
// other branches.
func fixesFor(fixes []fix, product, versions string) string {
	var best []string
	depth := 0
	for _, f := range fixes {
		if !sameProduct(f.product, product) {
			continue
		}
		d := sharedBranch(f.version, versions)
		if d > depth {
			best, depth = nil, d
		}
		if d == depth && !slices.Contains(best, f.version) {
			best = append(best, f.version)
		}
	}
	if depth == 0 && len(best) > 1 && digitRuns.MatchString(versions) {
		return ""
	}
	return strings.Join(best, ", ")
}

var versionWithin = regexp.MustCompile(`\d+(?:[.\-RrPp]\d+| update \d+| r\.\d+)*`)

// sharedBranch is how many leading numbers a fixed version has in common with
// any version of a range, at most two: 7.4.3 is of 7.4.
func sharedBranch(fixed, versions string) int {
	most := 0
	for _, a := range versionWithin.FindAllString(strings.ToLower(fixed), 16) {
		for _, b := range versionWithin.FindAllString(strings.ToLower(versions), 16) {
			x, y := digitRuns.FindAllString(a, 2), digitRuns.FindAllString(b, 2)
			n := 0
			for n < min(len(x), len(y)) && x[n] == y[n] {
				n++
			}
			most = max(most, n)
		}
	}
	return most
}

var digitRuns = regexp.MustCompile(`\d+`)

var bracketed = regexp.MustCompile(`\([^()]*\)`)

// sameProduct compares names loosely: one may go on where the other ends
// (Apache Log4j, Apache Log4j-core), or leave out the maker.
func sameProduct(a, b string) bool {
	a, b = foldName(a), foldName(b)
	if a == "" || strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
		return true
	}
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	return len(short) >= 4 && strings.Contains(long, short)
}

var nameFiller = strings.NewReplacer(" ", "", "-", "", "_", "", "　", "")

func foldName(s string) string {
	return strings.ToLower(nameFiller.Replace(bracketed.ReplaceAllString(width.Fold.String(s), "")))
}

var (
	released  = regexp.MustCompile(`(?:公開|リリース|提供)(?:し|され)(?:まし|てい|てお)|(?:へ|に|への)(?:アップデート|更新|バージョンアップ|アップグレード)`)
	versionNo = regexp.MustCompile(`\d+(?:\.\d+)+[\w\-]*(?:\.\d[\w\-]*)*`)
)

// newestFix gives the fixed versions that the newest stretch of an alert names in
// a sentence ("バージョン2.16.0…を公開しました"): those of an update overtake the
// list above it. updated is false where they are the first text's own.
func newestFix(lines []string) (fixed string, updated bool) {
	var newest []string
	fresh, inUpdate := true, false
	for _, l := range lines {
		if newStretch.MatchString(l) {
			fresh, inUpdate = true, true
			continue
		}
		if bullet.MatchString(l) || !released.MatchString(l) {
			continue
		}
		versions := versionNo.FindAllString(width.Fold.String(l), -1)
		if len(versions) == 0 {
			continue
		}
		if fresh {
			newest, fresh, updated = nil, false, inUpdate
		}
		for _, v := range versions {
			if !slices.Contains(newest, v) {
				newest = append(newest, v)
			}
		}
	}
	return strings.Join(newest, ", "), updated
}
