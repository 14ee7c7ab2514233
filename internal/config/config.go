// Package config reads config.yaml: what to poll, what the company runs, where
// to tell it. Every mistake is found at once, each with its file, line and what
// to write instead.
package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a container may have no zone files

	"hansho/feeds"
	"hansho/internal/secret"
	"hansho/notify"
	"hansho/vendors"
)

// maxBytes bounds a configuration file.
const maxBytes = 4 << 20

// Config is config.yaml. Relative paths are relative to the file's folder.
type Config struct {
	Lang      string         `yaml:"lang"`      // ja or en
	Timezone  string         `yaml:"timezone"`  // Asia/Tokyo
	Store     string         `yaml:"store"`     // the bbolt file
	Inventory []string       `yaml:"inventory"` // files and folders
	Templates string         `yaml:"templates"` // folder with texts of one's own
	Company   Company        `yaml:"company"`
	Poll      Poll           `yaml:"poll"`
	Sources   []Raw          `yaml:"sources"`
	Channels  map[string]Raw `yaml:"channels"`
	Routes    []Raw          `yaml:"routes"`
	Delivery  Delivery       `yaml:"delivery"`
	Letters   Letters        `yaml:"letters"`
	Slack     SlackApp       `yaml:"slack_app"`
	Forms     Forms          `yaml:"forms"`
	Mailbox   Mailbox        `yaml:"mailbox"`
	Escalate  Escalate       `yaml:"escalate"`
}

// Company is who writes.
type Company struct {
	Name       string `yaml:"name"`
	NameEN     string `yaml:"name_en"`
	Department string `yaml:"department"`
	Person     string `yaml:"person"`
	Email      string `yaml:"email"`
	Phone      string `yaml:"phone"`
	Contact    string `yaml:"contact"` // where staff report, in one line
	Hours      string `yaml:"hours"`   // when the telephone is answered
	ReportURL  string `yaml:"report_url"`
	URL        string `yaml:"url"`
	// For letters in English; the Japanese ones stand where they are empty.
	DepartmentEN string `yaml:"department_en"`
	PersonEN     string `yaml:"person_en"`
	PhoneEN      string `yaml:"phone_en"`
	HoursEN      string `yaml:"hours_en"`
}

// Poll is how sources are asked.
type Poll struct {
	FirstContact time.Duration `yaml:"first_contact"`
	DownAfter    time.Duration `yaml:"down_after"`
	Timeout      time.Duration `yaml:"timeout"`
	Jitter       time.Duration `yaml:"jitter"`
	Concurrency  int           `yaml:"concurrency"`
	MaxBytes     int64         `yaml:"max_bytes"`
	UserAgent    string        `yaml:"user_agent"`
	// Only turns every source off that is not named under sources.
	Only bool `yaml:"only_named"`
}

// Delivery is how messages are sent.
type Delivery struct {
	Storm         int            `yaml:"storm"`          // more notices at once than this are one summary
	Fallback      notify.Address `yaml:"fallback"`       // channel:address for what is urgent and stuck
	FallbackAfter time.Duration  `yaml:"fallback_after"` // how long stuck
	GiveUp        time.Duration  `yaml:"give_up"`        // parked after trying for so long
	Keep          time.Duration  `yaml:"keep"`           // how long sent rows are kept
}

// Letters are the documents and their calendar.
type Letters struct {
	Weekly    string           `yaml:"weekly"`   // weekday and time: Friday 16:00
	Closures  []string         `yaml:"closures"` // 12-29..01-03, 2026-08-13..2026-08-15
	Everyone  []notify.Address `yaml:"everyone"` // where awareness notices go
	Approvers []string         `yaml:"approvers"`
	Channel   string           `yaml:"channel"`      // the mail channel that letters leave by
	Automatic []string         `yaml:"automatic"`    // kinds of letter that may leave unapproved
	NoNews    string           `yaml:"nothing_new"`  // say or skip, for the weekly partner notice
	Remind    []int            `yaml:"remind_after"` // working days after which an enquiry is reminded
}

// SlackApp is the interactive side of Slack.
type SlackApp struct {
	Channel   string   `yaml:"channel"`   // the name of the Slack channel entry whose token it uses
	Approvers []string `yaml:"approvers"` // Slack user ids that may approve letters
	Operators []string `yaml:"operators"` // that may set states; empty is everyone
	// Departments are the 部署 of people, by Slack user id: whose items their
	// home page shows.
	Departments map[string]string `yaml:"departments"`
	AppToken    secret.Secret     `yaml:"app_token"`      // for Socket Mode
	Secret      secret.Secret     `yaml:"signing_secret"` // for HTTP
	Listen      string            `yaml:"listen"`         // address for HTTP instead of Socket Mode
}

// Forms are the pages on which the readers of letters answer without an account.
// Nothing is served, and letters link nowhere, where Listen is empty.
type Forms struct {
	Listen  string        `yaml:"listen"`          // 127.0.0.1:8090, behind a reverse proxy that ends TLS
	URL     string        `yaml:"url"`             // by which that shows them: https://hansho.example.co.jp/
	Expire  time.Duration `yaml:"expire"`          // so long after its letter left, a page can be used
	Proxies []string      `yaml:"trusted_proxies"` // whose X-Forwarded-For is believed
}

// Mailbox is the IMAP folder where replies and delivery failures arrive.
type Mailbox struct {
	Addr     string        `yaml:"addr"` // host:port
	TLS      string        `yaml:"tls"`  // tls, starttls or none
	Username string        `yaml:"username"`
	Password secret.Secret `yaml:"password"`
	Folder   string        `yaml:"folder"`
	Every    string        `yaml:"every"` // schedule: @every 5m, or a cron spec
}

// Escalate is what is done about a critical case that nobody acknowledges.
type Escalate struct {
	Repeat time.Duration    `yaml:"repeat"` // its readers are reminded so often
	After  time.Duration    `yaml:"after"`  // then To is told as well
	To     []notify.Address `yaml:"to"`
	Lang   string           `yaml:"lang"`
}

// File is a configuration as read, with what is wrong in it.
type File struct {
	Config
	Path     string
	Problems []Problem
	Zone     *time.Location
	Entries  []feeds.Entry // the catalogue with the file's own changes

	d *decoder
}

// Load reads a configuration. Mistakes are in Problems; the error is only that
// the file can't be read.
func Load(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	if info.Size() > maxBytes {
		return nil, fmt.Errorf("config: %s: larger than %d bytes", path, maxBytes)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return Parse(path, src), nil
}

// Parse reads a configuration from memory; path names it in problems, and its
// folder is what relative paths are relative to.
func Parse(path string, src []byte) *File {
	f := &File{Path: path, Config: defaults()}
	f.d = &decoder{file: path, lines: map[string]int{}}
	f.d.decode(src, &f.Config)
	f.Problems = f.d.problems
	f.d.problems = nil
	f.check()
	f.resolvePaths()
	f.readSources()
	return f
}

func defaults() Config {
	return Config{
		Lang: "ja", Timezone: "Asia/Tokyo", Store: "data/hansho.db",
		Poll: Poll{
			FirstContact: 7 * 24 * time.Hour, DownAfter: 6 * time.Hour,
			Timeout: time.Minute, Jitter: 30 * time.Second, Concurrency: 8,
		},
		Delivery: Delivery{
			Storm: 20, FallbackAfter: time.Hour, GiveUp: 7 * 24 * time.Hour, Keep: 400 * 24 * time.Hour,
		},
		Mailbox: Mailbox{Every: "@every 5m"},
		Forms:   Forms{Expire: 60 * 24 * time.Hour},
		Letters: Letters{Weekly: "Friday 16:00", NoNews: "say", Remind: []int{4, 7}},
	}
}

// Decode reads a part of the file into v, a pointer to a struct, and adds what
// is wrong in it to Problems.
func (f *File) Decode(r Raw, v any) {
	if r.node == nil {
		return
	}
	f.d.value(r.node, valueOf(v), r.path, 0)
	f.Problems = append(f.Problems, f.d.problems...)
	f.d.problems = nil
}

// Problem adds a mistake at a path of the file, found by whoever reads that
// part.
func (f *File) Problem(path, message, hint string) {
	f.Problems = append(f.Problems, Problem{File: f.Path, Line: f.lineOf(path), Path: path, Message: message, Hint: hint})
}

// lineOf gives the line of a path, or of the nearest thing around it.
func (f *File) lineOf(path string) int {
	for path != "" {
		if n, ok := f.d.lines[path]; ok {
			return n
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

func (f *File) check() {
	if f.Lang != "ja" && f.Lang != "en" {
		f.Problem("lang", fmt.Sprintf("%q is no language of hansho", f.Lang), "write ja or en")
	}
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil {
		f.Problem("timezone", fmt.Sprintf("%q is no time zone", f.Timezone), "write a name such as Asia/Tokyo")
		zone = time.FixedZone("JST", 9*60*60)
	}
	f.Zone = zone
	if f.Config.Poll.Concurrency < 1 {
		f.Problem("poll.concurrency", "at least 1 is wanted", "")
	}
	if f.Letters.NoNews != "say" && f.Letters.NoNews != "skip" {
		f.Problem("letters.nothing_new", fmt.Sprintf("%q is not known", f.Letters.NoNews), "write say or skip")
	}
}

// Abs gives a path as it is meant: relative to the configuration's folder. "-"
// and nothing stay as they are.
func (f *File) Abs(p string) string {
	if p == "" || p == "-" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(f.Path), p)
}

func (f *File) resolvePaths() {
	f.Store, f.Templates = f.Abs(f.Store), f.Abs(f.Templates)
	for i, p := range f.Inventory {
		f.Inventory[i] = f.Abs(p)
	}
}

// readSources applies what the file says of sources to the catalogue.
func (f *File) readSources() {
	catalogue, err := vendors.Catalogue()
	if err != nil {
		f.Problem("sources", err.Error(), "")
		return
	}
	var patches []vendors.Patch
	for i, raw := range f.Sources {
		patch := f.patch(raw)
		if patch.Format == "" && !slices.ContainsFunc(catalogue, func(e feeds.Entry) bool { return e.ID == patch.ID }) {
			f.Problem(fmt.Sprintf("sources[%d]", i), fmt.Sprintf("%q is not in the catalogue", patch.ID),
				"hansho sources list --all shows the ids; a source of your own needs format and url")
			continue
		}
		patches = append(patches, patch)
	}
	if f.Config.Poll.Only {
		for i := range catalogue {
			catalogue[i].Enabled = false
		}
	}
	merged, mistakes := vendors.Override(catalogue, patches)
	for _, err := range mistakes {
		path, message, _ := strings.Cut(err.Error(), ": ")
		f.Problem(strings.Fields(path)[0], cmp.Or(message, err.Error()), "")
	}
	f.Entries = merged
}

func (f *File) patch(raw Raw) vendors.Patch {
	if id, ok := raw.Scalar(); ok {
		return vendors.Patch{Entry: feeds.Entry{ID: id}}
	}
	var p vendors.Patch
	f.Decode(raw, &p.Entry)
	p.Off = raw.Has("enabled") && !p.Enabled
	return p
}

// Entry gives the source of an id.
func (f *File) Entry(id string) (feeds.Entry, bool) {
	i := slices.IndexFunc(f.Entries, func(e feeds.Entry) bool { return e.ID == id })
	if i < 0 {
		return feeds.Entry{}, false
	}
	return f.Entries[i], true
}
