package vendors

import (
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
)

// claims are what a row says: one claim for each status and CVE, one of status
// unknown where it names a product and says nothing of it.
func (l *listRules) claims(r listRow) []advisory.ProductStatus {
	r = l.shifted(r)
	var claims []advisory.ProductStatus
	for _, s := range r.statuses {
		claims = append(claims, l.claimsOf(r, s)...)
	}
	if len(r.statuses) == 0 && (r.hasAffected || r.hasFixed || r.hasUnaffected) {
		claims = l.claimsOf(r, listStatus{})
	}
	if len(claims) == 0 {
		claims = []advisory.ProductStatus{l.claim(r, "", advisory.StatusUnknown, r.version)}
	}
	return claims
}

// shifted mends a row whose status stands in the column of the versions.
func (l *listRules) shifted(r listRow) listRow {
	said := slices.ContainsFunc(r.statuses, func(s listStatus) bool { return strings.TrimSpace(s.words) != "" })
	if said || len(r.statuses) == 0 || hasDigit(r.version) || l.status(r.version) == advisory.StatusUnknown {
		return r
	}
	r.statuses = slices.Clone(r.statuses)
	r.statuses[0].words, r.version = r.version, ""
	return r
}

// claimsOf reads one status cell, or the version lists in its place. An empty
// cell beside others says nothing of its CVE.
func (l *listRules) claimsOf(r listRow, s listStatus) []advisory.ProductStatus {
	v := listVersions{r.affected, r.fixed, r.unaffected, r.hasAffected, r.hasFixed, r.hasUnaffected}
	if s.versions != nil {
		v = *s.versions
	}
	cve := s.cve
	if cve == "" && len(l.cves) == 1 {
		cve = l.cves[0]
	}
	if strings.TrimSpace(s.words) == "" {
		return l.versionClaims(r, cve, v)
	}
	status := l.status(s.words)
	c := l.claim(r, cve, status, firstOf(v.affected, r.version))
	c.Fixed = v.fixed
	switch status {
	case advisory.StatusFixed:
		c = fixedClaim(c, v, r)
	case advisory.StatusNotAffected:
		c.Versions = firstOf(v.unaffected, v.affected, r.version)
	case advisory.StatusAffected:
		c.Fixed = firstOf(c.Fixed, fixedInNotes(s.words))
	}
	c.Versions = knownVersions(c.Versions)
	if c.Workaround == "" && workaroundWords.MatchString(s.words) {
		c.Workaround = advisory.WorkaroundStated
		if instructs.MatchString(r.notes) {
			c.Workaround = r.notes
		}
	}
	if saysMore(s.words, status) {
		c.Note = joined(s.words, c.Note)
	}
	return []advisory.ProductStatus{c}
}

// fixedClaim is a claim whose status says "fixed". That a fix exists makes nobody
// safe who runs what came before it: where the row says which versions were hit,
// the claim is about those, and they are.
func fixedClaim(c advisory.ProductStatus, v listVersions, r listRow) advisory.ProductStatus {
	hit := firstOf(v.affected, r.version)
	c.Fixed = firstOf(v.fixed, fixedIn(r.version), fixedInNotes(r.notes))
	switch {
	case hasDigit(v.affected) && (hasDigit(v.fixed) || manyVersions.MatchString(v.affected)), hasDigit(hit) && endsThere.MatchString(hit):
		c.Status, c.Versions = advisory.StatusAffected, hit
	case c.Fixed == "":
		c.Versions = hit
	default:
		c.Versions = ""
	}
	return c
}

// versionClaims are what lists of versions say where no word does: CISA's YAML
// gives affected, fixed and unaffected versions for each CVE.
func (l *listRules) versionClaims(r listRow, cve string, v listVersions) []advisory.ProductStatus {
	var claims []advisory.ProductStatus
	if v.hasAffected {
		c := l.claim(r, cve, advisory.StatusAffected, v.affected)
		c.Fixed = v.fixed
		claims = append(claims, c)
	}
	if v.hasFixed {
		c := l.claim(r, cve, advisory.StatusFixed, "")
		c.Fixed = v.fixed
		claims = append(claims, c)
	}
	if v.hasUnaffected {
		claims = append(claims, l.claim(r, cve, advisory.StatusNotAffected, v.unaffected))
	}
	return claims
}

func (l *listRules) claim(r listRow, cve string, status advisory.Status, versions string) advisory.ProductStatus {
	c := advisory.ProductStatus{
		Vendor: r.vendor, Product: r.product, Versions: versions, Status: status,
		Workaround: r.workaround, Note: r.notes, CVE: cve,
	}
	c.Versions = knownVersions(c.Versions)
	if len(r.links) > 0 {
		c.Link = r.links[0]
	}
	return c
}

// knownVersions is what a cell says of versions, empty where it says nothing.
func knownVersions(cell string) string {
	if noVersions[strings.ToLower(strings.TrimSpace(cell))] {
		return ""
	}
	return cell
}

var (
	instructs       = regexp.MustCompile(`(?i)\b(?:set|remov|disabl|delet|appl[yi]|restart|upgrad|updat|block|configur|follow|see|refer|script|switch|turn|unset|stop|restrict|isolat|mitigat|workaround|hotfix|patch|replac|chang|install|add|us[ei])(?:e?s|e?d|ing|e|ation|ations)?\b|=|https?:|削除|設定|無効|適用|変更|停止|更新|制限|参照|回避|緩和|遮断`)
	workaroundWords = regexp.MustCompile(`(?i)workaround|mitigat|回避|緩和`)
	endsThere       = regexp.MustCompile(`(?i)^\s*(?:<=|=<|≤)|(?:and|or) (?:earlier|below|older|prior|lower)|以前|以下|まで`)
	manyVersions    = regexp.MustCompile(`(?i)[<>≤~〜～]|\d\s*(?:-|–|—|to|through|until|thru)\s*v?\d|prior|before|earlier|below|older|up to|以前|以下|未満|より前|から|まで`)
	upperBound      = regexp.MustCompile(`^<[^=]`)
	lowerBound      = regexp.MustCompile(`^(?:>=|=>|≥|=)\s*`)
	// wildcards stand for many versions: none of them is the one with the fix.
	wildcards = regexp.MustCompile(`(?i)\d\.[x*](?:\W|$)|\ball\b|^\*|全`)
	notedFix  = regexp.MustCompile(`(?i)\bfixed in (?:version |release |v)?v?(\d[\w.+-]*\w|\d)`)
)

// fixedIn reads the version cell of a row whose status says "fixed": the version
// that has the fix, or, written "<2.1", the one before which there is none.
func fixedIn(version string) string {
	v := strings.TrimSpace(version)
	switch {
	case !hasDigit(v), wildcards.MatchString(v), strings.HasPrefix(v, "<="), strings.HasPrefix(v, "=<"), strings.HasPrefix(v, "≤"):
		return ""
	case upperBound.MatchString(v):
		return strings.TrimSpace(v[1:])
	}
	return lowerBound.ReplaceAllString(v, "")
}

// fixedInNotes finds the one version that remarks name as the fix.
func fixedInNotes(notes string) string {
	found := notedFix.FindAllStringSubmatch(notes, 2)
	if len(found) != 1 {
		return ""
	}
	return found[0][1]
}

// maxLabel is the length of a plain status label in words: what is longer says
// more than a status.
const maxLabel = 3

// saysMore says whether status words hold more than the status, so that a
// renamed label stays silent and a promised date doesn't get lost.
func saysMore(words string, status advisory.Status) bool {
	plain := strings.EqualFold(words, "unknown") || strings.EqualFold(words, "unkown")
	return hasDigit(words) || len(strings.Fields(words)) > maxLabel ||
		status == advisory.StatusUnknown && !plain
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// firstOf gives the first text that isn't blank.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}
