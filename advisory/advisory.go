// Package advisory holds what a source says of one matter, in one form whatever
// the source: the advisory, the claims it makes about products, its severity,
// and the difference between two states of it. It does no I/O and knows no
// source; parsers in feeds and vendors make its values, everything else reads
// them.
package advisory

import (
	"time"
)

// Kind says what sort of statement an advisory is. The values are stored and
// part of the JSON contract.
type Kind string

// The kinds of advisory.
const (
	KindAlert         Kind = "alert"         // 注意喚起: a CERT warns the public (JPCERT/CC, IPA, CISA)
	KindAdvisory      Kind = "advisory"      // a maker or coordinator on one matter
	KindVulnerability Kind = "vulnerability" // a database entry (JVN iPedia, NVD, CVE, OSV)
	KindExploited     Kind = "exploited"     // a list of what is attacked says so (CISA KEV)
	KindRoundup       Kind = "roundup"       // many matters in one document: weekly, monthly; refers to cases, never merges them
	KindList          Kind = "list"          // a row of a product list
	KindScore         Kind = "score"         // only a number about a CVE (EPSS)
)

// Status is what a claim says of a product. The values are stored and part of
// the JSON contract; ParseStatus normalises the publishers' own words to them.
type Status string

// The statuses of a product in an advisory.
const (
	StatusAffected           Status = "affected"
	StatusFixed              Status = "fixed"
	StatusNotAffected        Status = "not_affected"
	StatusUnderInvestigation Status = "under_investigation"
	StatusUnknown            Status = "unknown" // named, nothing said of its state
)

// Advisory is what one source says of one matter, normalised. The fields with a
// JSON name are the public contract of `hansho parse`; the others travel in the
// program and the store only.
type Advisory struct {
	ID        string          `json:"id"`      // source:publisher-id, such as jpcert:at210050
	Source    string          `json:"source"`  // the catalogue id of the source
	Kind      Kind            `json:"kind"`    //
	Lang      string          `json:"lang"`    // BCP 47 of title and summary: ja, en
	Title     string          `json:"title"`   // one line, without update marks
	Summary   string          `json:"summary"` // plain text, no markup
	CVEs      []string        `json:"cves"`    // CVE-YYYY-NNNN, sorted, unique
	Severity  Severity        `json:"severity"`
	Exploited bool            `json:"exploited"` // the source says that it is being attacked
	Products  []ProductStatus `json:"products"`
	Links     []string        `json:"links"` // the advisory's own page first
	Published time.Time       `json:"published"`
	Updated   time.Time       `json:"updated"` // equal to Published where never updated

	// Refs are the ids under which other sources know the same matter
	// (JVN#79096585, JVNVU#99196791, at210050), beside the CVE ids.
	Refs []string `json:"-"`
	// Configs are CPE applicability statements (NVD configurations); where
	// present they decide, and Products only name what they mention.
	Configs []Config `json:"-"`
	// History is the publisher's own revision history, oldest first.
	History []Revision `json:"-"`
	// TLP is the Traffic Light Protocol label as published: CLEAR (also for
	// WHITE), GREEN, AMBER, AMBER+STRICT, RED; empty where none is given.
	TLP string `json:"-"`
	// Withdrawn says that the publisher took the statement back.
	Withdrawn bool `json:"-"`
	// Trust ranks claims: the maker's own word over a database over a title.
	Trust Trust `json:"-"`
	// EPSS is the probability of exploitation within 30 days (0 where unknown),
	// and Due and Ransomware are CISA KEV's.
	EPSS       float64 `json:"-"`
	Due        string  `json:"-"`
	Ransomware bool    `json:"-"`
	// Indicators are traces of an attack that the source names (addresses,
	// hashes, file names, log patterns), in its words.
	Indicators []string `json:"-"`
}

// Trust ranks who speaks, lowest first. Zero is unset and counts as TrustPress.
type Trust int

// The ranks of trust.
const (
	TrustCommunity   Trust = 10 // a community list
	TrustDatabase    Trust = 20 // NVD, JVN iPedia, OSV
	TrustCoordinator Trust = 30 // JPCERT/CC, IPA, JVN, CISA, NCSC-NL
	TrustMaker       Trust = 40 // the vendor itself, the CNA's own record
)

// WorkaroundStated is the workaround of a claim that says that there is one, and not
// which.
const WorkaroundStated = "workaround available"

// ProductStatus is one claim inside an advisory about one product.
type ProductStatus struct {
	Vendor  string `json:"vendor"`
	Product string `json:"product"`
	CPE     string `json:"cpe"`  // CPE 2.2 URI or 2.3 formatted string, as published
	PURL    string `json:"purl"` // package URL, as published
	// Versions says which versions the claim is about: a VERS range
	// ("vers:maven/>=2.0|<2.15.0") where the source is structured, otherwise
	// the publisher's words ("2.0-beta9 から 2.14.1 まで"). Empty says nothing
	// of versions. match/version reads both.
	Versions   string `json:"versions"`
	Status     Status `json:"status"`
	Fixed      string `json:"fixed"`      // fixed version or patch, as published
	Workaround string `json:"workaround"` // 回避策, or WorkaroundStated
	Note       string `json:"note"`
	Link       string `json:"link"`
	// CVE is the one CVE that the claim is about, where the advisory has
	// several and the source says for each (a product list's column, a CSAF
	// vulnerability); empty is all of them.
	CVE string `json:"-"`
}

// Severity is how bad a source says it is.
type Severity struct {
	Rating  string   `json:"rating"`  // critical, high, medium, low, none; empty where unknown
	Score   float64  `json:"score"`   // highest base score, 0–10; of CVSS 2.0 only where nothing newer is stated
	Vectors []string `json:"vectors"` // CVSS vectors as published
}

// Config is one applicability statement in the sense of CPE Applicability
// Language (NISTIR 7698) as NVD writes it: a tree of AND/OR nodes over CPE
// matches.
type Config struct {
	Operator string     `json:"operator,omitempty"` // AND or OR; empty is OR
	Negate   bool       `json:"negate,omitempty"`
	Children []Config   `json:"children,omitempty"`
	Matches  []CPEMatch `json:"matches,omitempty"`
}

// CPEMatch is one CPE name pattern with NVD's version bounds.
type CPEMatch struct {
	CPE            string `json:"cpe"` // 2.3 formatted string or 2.2 URI
	Vulnerable     bool   `json:"vulnerable,omitempty"`
	StartIncluding string `json:"start_including,omitempty"`
	StartExcluding string `json:"start_excluding,omitempty"`
	EndIncluding   string `json:"end_including,omitempty"`
	EndExcluding   string `json:"end_excluding,omitempty"`
}

// Revision is one entry of a publisher's revision history.
type Revision struct {
	Date time.Time `json:"date"`
	Text string    `json:"text"`
}
