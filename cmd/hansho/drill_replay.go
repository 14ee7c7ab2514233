package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"hansho/cmd/hansho/demo"
	"hansho/feeds"
)

// recording is what was recorded of sources: at each time, the documents that
// were different from then on. It answers HTTP requests from memory, and nothing
// else is ever asked.
type recording struct {
	fsys  fs.FS
	steps []recorded

	mu  sync.Mutex
	now map[string]string // by address, the file that is served
}

// recorded is one step: which addresses have which file from now on.
type recorded struct {
	at    time.Time
	files map[string]string
}

// listAddress is where the revisions of one list are served.
func listAddress(id string) string { return "https://drill.invalid/" + id }

var (
	datedFile   = regexp.MustCompile(`^(\d{8}T\d{6}Z)[_.-]`)
	datedFolder = regexp.MustCompile(`^(?:(\d{4}))?(\d{4}T\d{4})$`)
)

// readRecording reads a folder of TIME/HOST/PATH files, where TIME is
// [YYYY]MMDDTHHMM in Tokyo, or where source is set one of dated revisions of one
// document, named YYYYMMDDTHHMMSSZ_….
func readRecording(fsys fs.FS, source string, from, to time.Time) (*recording, error) {
	r := &recording{fsys: fsys, now: map[string]string{}}
	byTime := map[time.Time]map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		at, address, ok := recordedAs(name, source, from.Year())
		if !ok || at.Before(from) || at.After(to) {
			return nil
		}
		if byTime[at] == nil {
			byTime[at] = map[string]string{}
		}
		byTime[at][address] = name
		return nil
	})
	for at, files := range byTime {
		r.steps = append(r.steps, recorded{at, files})
	}
	slices.SortFunc(r.steps, func(a, b recorded) int { return a.at.Compare(b.at) })
	if err == nil && len(r.steps) == 0 {
		err = usagef("nothing was recorded between %s and %s: want folders TIME/HOST/PATH, or with --source files named 20211212T070326Z_…", from.Format(time.DateOnly), to.Format(time.DateOnly))
	}
	return r, err
}

// recordedAs says when a file was served, and at which address.
func recordedAs(name, source string, year int) (time.Time, string, bool) {
	if source != "" {
		m := datedFile.FindStringSubmatch(path.Base(name))
		if m == nil {
			return time.Time{}, "", false
		}
		at, err := time.Parse("20060102T150405Z", m[1])
		return at, listAddress(source), err == nil
	}
	folder, rest, _ := strings.Cut(name, "/")
	m := datedFolder.FindStringSubmatch(folder)
	if m == nil || rest == "" {
		return time.Time{}, "", false
	}
	if m[1] == "" {
		m[1] = fmt.Sprint(year)
	}
	at, err := time.ParseInLocation("20060102T1504", m[1]+m[2], demo.JST)
	return at, "https://" + rest, err == nil
}

// goTo moves the recording to a step and gives the addresses that changed.
func (r *recording) goTo(i int) map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for address, file := range r.steps[i].files {
		r.now[address] = file
	}
	return r.steps[i].files
}

// RoundTrip answers with the document as it stands, or 404.
func (r *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	u := *req.URL
	u.RawQuery, u.Fragment = "", ""
	r.mu.Lock()
	file, ok := r.now[u.String()]
	r.mu.Unlock()
	res := &http.Response{StatusCode: http.StatusNotFound, Status: "404 Not Found", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, Request: req}
	if !ok {
		return res, nil
	}
	body, err := fs.ReadFile(r.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("drill: %w", err)
	}
	res.StatusCode, res.Status, res.ContentLength = http.StatusOK, "200 OK", int64(len(body))
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// changed are the sources one of whose documents is different since a step.
func changed(sources []feeds.Source, entries func(string) (feeds.Entry, bool), files map[string]string) []feeds.Source {
	hosts := map[string]bool{}
	for address := range files {
		hosts[host(address)] = true
	}
	return slices.DeleteFunc(slices.Clone(sources), func(s feeds.Source) bool {
		e, ok := entries(s.ID())
		return !ok || !hosts[host(e.URL)]
	})
}

func host(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	h, _, _ := strings.Cut(rest, "/")
	return h
}
