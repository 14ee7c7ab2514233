package vendors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// listFile is one file of a list: where it lies, and its version or its text
// where a folder or gist gave them already.
type listFile struct {
	url     string
	version string
	text    []byte
}

var (
	gistPath   = regexp.MustCompile(`/gists/[0-9a-f]+$`)
	folderPath = regexp.MustCompile(`/repos/[^/]+/[^/]+/contents(?:/|$)`)
	listNames  = []string{"*.md", "*.markdown", "*.csv", "*.yml", "*.yaml"}
)

// files finds what the list is made of: the entry's address, names below it, or
// what GitHub's API says of a folder or gist at it.
func (p *listPoll) files(ctx context.Context) ([]listFile, error) {
	e := p.source.entry
	u, err := url.Parse(e.URL)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	if gistPath.MatchString(u.Path) || folderPath.MatchString(u.Path) {
		return p.indexed(ctx)
	}
	names, err := expandNames(e.Mapping["files"])
	if err != nil || len(names) == 0 {
		return []listFile{{url: e.URL}}, err
	}
	files := make([]listFile, len(names))
	for i, name := range names {
		files[i].url = u.ResolveReference(&url.URL{Path: name}).String()
	}
	return files, nil
}

// indexed asks GitHub what a folder or gist holds. Unchanged, it is the files of
// the last good state.
func (p *listPoll) indexed(ctx context.Context) ([]listFile, error) {
	doc, err := p.fetch(ctx, p.source.entry.URL, p.old.Index)
	if err != nil {
		return nil, err
	}
	if doc.NotModified {
		var same []listFile
		for _, f := range p.old.Files {
			same = append(same, listFile{url: f.URL, version: f.Version, text: f.Text})
		}
		return same, nil
	}
	p.next.index = &doc.Validators
	files, err := readIndex(doc.Body, strings.Fields(p.source.entry.Mapping["files"]))
	if err != nil {
		return nil, fmt.Errorf("read what GitHub says of %s: %w", p.source.entry.URL, err)
	}
	return files, nil
}

// indexFile is a file as GitHub's API names it, in a folder (download_url, sha)
// or in a gist (raw_url, content).
type indexFile struct {
	Name        string `json:"name"`
	Filename    string `json:"filename"`
	Type        string `json:"type"`
	SHA         string `json:"sha"`
	DownloadURL string `json:"download_url"`
	RawURL      string `json:"raw_url"`
	Truncated   bool   `json:"truncated"`
	Content     string `json:"content"`
}

// maxListFiles bounds the files of one list.
const maxListFiles = 200

func readIndex(body []byte, patterns []string) ([]listFile, error) {
	if len(patterns) == 0 {
		patterns = listNames
	}
	var found []indexFile
	if err := json.Unmarshal(body, &found); err != nil {
		var gist struct {
			Files map[string]indexFile `json:"files"`
		}
		if err := json.Unmarshal(body, &gist); err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(gist.Files)) {
			found = append(found, gist.Files[name])
		}
	}
	var files []listFile
	for _, f := range found {
		if f.Type == "dir" || !matches(f.Name+f.Filename, patterns) {
			continue
		}
		file := listFile{url: f.DownloadURL + withoutRevision(f.RawURL), version: f.SHA}
		switch {
		case f.RawURL == "":
		case f.Truncated: // the address with its revision: fetched at once
			file.version = f.RawURL
		default:
			file.text = []byte(f.Content)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, errors.New("no file of a list in it")
	}
	return files[:min(len(files), maxListFiles)], nil
}

// rawRevision is the revision in a gist's raw address.
var rawRevision = regexp.MustCompile(`(/raw/)[0-9a-f]{40}/`)

// withoutRevision gives the address of whatever is newest: one with a revision
// in it never changes again.
func withoutRevision(raw string) string { return rawRevision.ReplaceAllString(raw, "$1") }

func matches(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	})
}

var nameRange = regexp.MustCompile(`\{([^{}]*)\}`)

// expandNames writes out names with a range or choice in braces: "list_{a-z}.md
// list_{x,y}.md".
func expandNames(names string) ([]string, error) {
	var all []string
	for _, name := range strings.Fields(names) {
		m := nameRange.FindStringSubmatchIndex(name)
		if m == nil {
			all = append(all, name)
			continue
		}
		choices, err := expandRange(name[m[2]:m[3]])
		if err != nil {
			return nil, err
		}
		for _, c := range choices {
			all = append(all, name[:m[0]]+c+name[m[1]:])
		}
	}
	if len(all) > maxListFiles {
		return nil, fmt.Errorf("%d files, more than %d", len(all), maxListFiles)
	}
	return all, nil
}

func expandRange(s string) ([]string, error) {
	if strings.Contains(s, ",") {
		return strings.Split(s, ","), nil
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok || utf8.RuneCountInString(from) != 1 || utf8.RuneCountInString(to) != 1 || from > to {
		return nil, fmt.Errorf("{%s}: write a range such as {a-z} or a choice such as {a,b}", s)
	}
	first, _ := utf8.DecodeRuneInString(from)
	last, _ := utf8.DecodeRuneInString(to)
	var out []string
	for r := first; r <= last && len(out) <= maxListFiles; r++ {
		out = append(out, string(r))
	}
	return out, nil
}

func sameHost(a, b string) bool {
	x, errA := url.Parse(a)
	y, errB := url.Parse(b)
	return errA == nil && errB == nil && x.Host == y.Host
}
