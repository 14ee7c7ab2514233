package version

import (
	"cmp"
	"regexp"
)

// windowsRelease is a feature update, as Windows 10, 11 and Server name them:
// 22H2, or the year and month 1809. Years of Windows Server (2019) look alike.
var windowsRelease = regexp.MustCompile(`^(\d\d)(?:[hH]([12])|(\d\d))$`)

// compareWindows orders builds (10.0.19045.3803) among themselves and feature
// updates among themselves. Which build a feature update is, and 2004 against
// 20H1, which are one, are in no number.
func compareWindows(a, b string) (int, bool) {
	x, y := windowsRelease.FindStringSubmatch(a), windowsRelease.FindStringSubmatch(b)
	if x == nil && y == nil || a == b {
		return compareGeneric(a, b)
	}
	if x == nil || y == nil {
		return 0, false
	}
	if c := cmp.Compare(x[1], y[1]); c != 0 {
		return c, true
	}
	if (x[2] == "") != (y[2] == "") {
		return 0, false
	}
	return cmp.Compare(x[2]+x[3], y[2]+y[3]), true
}
