package match

import (
	"regexp"
	"strings"

	"hansho/match/cpe"
	"hansho/match/version"
)

// windowsName is Windows as ledgers and programs write it: Windows 10 Pro 22H2,
// Microsoft Windows Server 2019 Standard, Windows 11 Home (24H2).
var windowsName = regexp.MustCompile(`(?i)^(?:microsoft\s+)?(windows\s+(?:server\s+)?(?:vista|xp|7|8\.1|8|10|11|20\d\d)(?:\s+r2)?)` +
	`((?:\s+\(?(?:home|pro|professional|enterprise|education|ultimate|premium|business|standard|datacenter|essentials|foundation|ltsc|ltsb|iot|for|workstations?|single|language|n|edition|evaluation|x64|x86|(?:64|32)[ -]?bit)(?:\s*版)?\)?)*)` +
	`(?:\s*\(?(?:version|ver\.?|バージョン)?\s*(\d\dh[12]|1[5-9]\d\d|20(?:04|09))\)?)?(?:\s+\(?(?:os\s*)?(?:build|ビルド)\s*[\d.]+\)?)?$`)

// plainWindows takes the edition, which no advisory tells apart, off the name of
// Windows, and the release where no version is declared. The name as written
// stays as another.
func plainWindows(id identity) identity {
	m := windowsName.FindStringSubmatch(strings.TrimSpace(id.product))
	if m == nil || m[2] == "" && m[3] == "" {
		return id
	}
	if m[2] == "" {
		id.cpeName = m[1] // dictionaries have Windows 10 22H2 beside Windows 10
	} else {
		id.aliases = append(id.aliases[:len(id.aliases):len(id.aliases)], id.product)
		id.product = m[1]
	}
	if id.vendor == "" {
		id.vendor = "Microsoft"
	}
	if id.version == "" {
		id.version = m[3]
	}
	return id
}

var (
	windowsRelease = regexp.MustCompile(`(?i)^(?:\d\dh[12]|1[5-9]\d\d|20(?:04|09))$`)
	windowsProduct = regexp.MustCompile(`^(windows_(?:10|11|server))_(\d\dh[12]|\d{4})$`)
)

// windowsOf gives the system and the release that CPE names together
// (windows_10_22h2), or apart (windows_10 of version 22h2, windows_server_2012 of
// version r2).
func windowsOf(n cpe.Name) (system, release string) {
	product, v := string(n.Get(cpe.Product)), string(n.Get(cpe.Version))
	if m := windowsProduct.FindStringSubmatch(product); m != nil && m[1] != "windows_server" {
		return m[1], m[2]
	}
	if strings.HasPrefix(product, "windows_server_") && v == "r2" {
		return product + "_r2", ""
	}
	if strings.HasPrefix(product, "windows_") && windowsRelease.MatchString(v) {
		return product, v
	}
	return "", ""
}

// anotherRelease says that an item tells its release, and that it is not the one.
func anotherRelease(have, release string) bool {
	return release != "" && windowsRelease.MatchString(have) && version.Exactly(release).Contains(version.Windows, have) == version.Out
}

// testRelease tests what an item says of its Windows against a match that is
// about one release: one that says another is out; one that says the same is in,
// as far as nothing more is asked; a build goes by the bounds.
func testRelease(l leaf, n cpe.Name, release, have string) version.Result {
	switch {
	case anotherRelease(have, release):
		return version.Out
	case release != "" && windowsRelease.MatchString(have) && !bounded(l.match):
		return version.Exactly(release).Contains(version.Windows, have)
	case bounded(l.match):
		return boundsOf(l.match).Contains(schemeOf(n), have)
	case release == "":
		return version.In
	}
	return version.Unknown
}
