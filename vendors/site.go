package vendors

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// sameSite says whether two addresses belong to one publisher: the same
// registrable domain (cert-portal.siemens.com and www.siemens.com), by the same
// or a safer scheme. For bare IP addresses it is the same address.
func sameSite(from, to *url.URL) bool {
	if from.Scheme == "https" && to.Scheme != "https" {
		return false
	}
	a, b := strings.ToLower(from.Hostname()), strings.ToLower(to.Hostname())
	if a == b {
		return true
	}
	if net.ParseIP(a) != nil || net.ParseIP(b) != nil {
		return false
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(a)
	siteB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && siteA == siteB
}

// below resolves a relative path of a listing against the folder that holds the
// listing; what would lead out of the folder is refused.
func below(folder *url.URL, name string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimPrefix(name, "./"))
	if err != nil {
		return nil, fmt.Errorf("path %.80q: not an address", name)
	}
	if u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") || strings.ContainsRune(u.Path, '\\') {
		return nil, fmt.Errorf("path %.80q: not relative", name)
	}
	if clean := path.Clean(u.Path); clean == ".." || strings.HasPrefix(clean, "../") || clean == "." {
		return nil, fmt.Errorf("path %.80q: leads out of its folder", name)
	}
	return folder.ResolveReference(&url.URL{Path: path.Clean(u.Path)}), nil
}

// linked resolves a link of a document at base; other sites are refused.
func linked(base *url.URL, link string) (*url.URL, error) {
	u, err := base.Parse(strings.TrimSpace(link))
	switch {
	case err != nil:
		return nil, fmt.Errorf("link %.80q: not an address", link)
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "":
		return nil, fmt.Errorf("link %.80q: not a web address", link)
	case !sameSite(base, u):
		return nil, fmt.Errorf("link to %s: another site than %s", u.Hostname(), base.Hostname())
	}
	return u, nil
}

// folderOf is the folder of a document's address, or the address where it is a
// folder.
func folderOf(u *url.URL) *url.URL { return u.ResolveReference(&url.URL{Path: "./"}) }

var errNoHost = errors.New("want an http or https address")

// webAddress parses the address of an entry.
func webAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errNoHost
	}
	return u, nil
}
