package main

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"hansho/forms"
	"hansho/pipeline"
)

// checkForms reads where the pages are on which readers of letters answer.
func (s *settings) checkForms() {
	f := &s.file.Forms
	if f.Listen == "" && f.URL == "" {
		return
	}
	s.checkFormsListen(f.Listen)
	s.checkFormsURL()
	if f.Expire < 24*time.Hour {
		s.file.Problem("forms.expire", "less than a day gives nobody time to answer", "write a number of days, such as 60d")
	}
	for i, p := range f.Proxies {
		prefix, err := parsePrefix(p)
		if err != nil {
			s.file.Problem(fmt.Sprintf("forms.trusted_proxies[%d]", i), fmt.Sprintf("%q is no address", p), "write an address or a network, such as 127.0.0.1 or 10.0.0.0/8")
			continue
		}
		if prefix.Bits() == 0 {
			s.file.Problem(fmt.Sprintf("forms.trusted_proxies[%d]", i), "trusts everybody's word on who they are", "name only your own proxy")
		}
		s.proxies = append(s.proxies, prefix)
	}
}

func (s *settings) checkFormsListen(addr string) {
	if addr == "" {
		s.file.Problem("forms.listen", "is missing: letters would link to pages that nobody serves", "write listen: 127.0.0.1:8090")
		return
	}
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		s.file.Problem("forms.listen", fmt.Sprintf("%q is no address to listen on", addr), "write an address and a port, such as 127.0.0.1:8090")
	}
}

// checkFormsURL reads the public address, which ends with a slash from here on.
func (s *settings) checkFormsURL() {
	f := &s.file.Forms
	if f.URL == "" {
		s.file.Problem("forms.url", "is missing: letters can't link to the pages", "write the address by which a reverse proxy shows them, such as https://hansho.example.co.jp/")
		return
	}
	u, err := url.Parse(f.URL)
	switch {
	case err != nil || u.Host == "":
		s.file.Problem("forms.url", fmt.Sprintf("%q is no address", f.URL), "write https://hansho.example.co.jp/")
		return
	case u.Scheme != "https":
		s.file.Problem("forms.url", "is not https: what is answered, and the link that is the only key to it, could be read on the way", "let a reverse proxy with a certificate stand before forms.listen")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Path, "{} "):
		s.file.Problem("forms.url", "holds more than a host and a plain path", "write https://hansho.example.co.jp/")
	}
	f.URL = strings.TrimSuffix(f.URL, "/") + "/"
}

func parsePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(text)
	return netip.PrefixFrom(a, a.BitLen()), err
}

// formsOffice is what letters need to know of the pages.
func (a *app) formsOffice() pipeline.Forms {
	f := a.file.Forms
	return pipeline.Forms{URL: f.URL, Token: rand.Text, Expire: f.Expire}
}

// servePages has the pages of letters answered, where they are set up.
func (a *app) servePages(w web) error {
	f := a.file.Forms
	if f.Listen == "" {
		return nil
	}
	h, err := forms.New(forms.Options{
		Desk: a.pipeline.Desk(), Gone: pipeline.ErrNoForm, Full: pipeline.ErrFormFull,
		URL: f.URL, Proxies: a.proxies, Zone: a.file.Zone, Wake: a.dispatcher.Wake, Now: a.now, Log: a.log,
	})
	if err != nil {
		return err
	}
	for _, path := range formsPaths(f.URL, f.Listen == a.file.Slack.Listen) {
		w.handle(f.Listen, path, h)
	}
	return nil
}

// formsPaths are those that the pages answer at: all, or, where Slack is heard at
// the same address, their own. A proxy may leave the path of the public address in
// place or take it away.
func formsPaths(address string, shared bool) []string {
	if !shared {
		return []string{"/"}
	}
	paths := []string{"/a/", "/r/"}
	if u, err := url.Parse(address); err == nil && u.Path != "/" {
		paths = append(paths, u.Path)
	}
	return paths
}
