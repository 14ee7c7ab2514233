// Package checklist holds what to look at on an item of a case: for what ran a
// vulnerable version, the traces of intrusion; for a cloud service, the
// provider's statement and our own part. The lists are files, embedded, and may
// be replaced by a company's own.
package checklist

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/goccy/go-yaml"

	"hansho/cases"
	"hansho/inventory"
)

//go:embed lists/*.yaml
var embedded embed.FS

// The names of the lists: each is a file NAME.yaml.
const (
	Intrusion = "intrusion"
	Cloud     = "cloud"
)

// Text is in Japanese and English.
type Text struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
}

// In gives the text in a language: ja or en.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.JA == "" {
		return t.EN
	}
	return t.JA
}

// List is a checklist.
type List struct {
	Title  Text    `yaml:"title"`
	Intro  Text    `yaml:"intro"`
	Points []Point `yaml:"points"`
}

// Point is one thing to look at or to do.
type Point struct {
	ID   string `yaml:"id"`
	Text `yaml:",inline"`
}

// Lists are the checklists by name.
type Lists map[string]List

// Load reads the lists. Files NAME.yaml in override, which may be nil, replace
// those of the program. Every mistake is named.
func Load(override fs.FS) (Lists, error) {
	lists := Lists{}
	var errs []error
	for _, name := range []string{Intrusion, Cloud} {
		src, err := embedded.ReadFile("lists/" + name + ".yaml")
		if override != nil {
			if own, oerr := fs.ReadFile(override, name+".yaml"); oerr == nil {
				src = own
			} else if !errors.Is(oerr, fs.ErrNotExist) {
				err = oerr
			}
		}
		if err == nil {
			lists[name], err = parse(src)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("checklist: %s.yaml: %w", name, err))
		}
	}
	return lists, errors.Join(errs...)
}

var pointID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func parse(src []byte) (List, error) {
	var l List
	if err := yaml.UnmarshalWithOptions(src, &l, yaml.Strict()); err != nil {
		return l, err
	}
	seen := map[string]bool{}
	for _, p := range l.Points {
		switch {
		case !pointID.MatchString(p.ID):
			return l, fmt.Errorf("point %q: an id is made of a-z, 0-9 and hyphens", p.ID)
		case seen[p.ID]:
			return l, fmt.Errorf("point %q is there twice", p.ID)
		case p.JA == "" && p.EN == "":
			return l, fmt.Errorf("point %q says nothing", p.ID)
		}
		seen[p.ID] = true
	}
	if len(l.Points) == 0 {
		return l, errors.New("has no points")
	}
	return l, nil
}

// For gives the list for an item, with a point for each of the case's own
// indicators of an attack; false where there is nothing to look at.
func (ls Lists) For(kind inventory.Kind, it cases.Item, indicators []string) (List, bool) {
	if kind == inventory.KindCloud {
		l, ok := ls[Cloud]
		return l, ok
	}
	if !it.Ran {
		return List{}, false
	}
	l, ok := ls[Intrusion]
	l.Points = l.Points[:len(l.Points):len(l.Points)]
	for _, ind := range indicators {
		sum := sha256.Sum256([]byte(ind))
		l.Points = append(l.Points, Point{ID: "indicator-" + hex.EncodeToString(sum[:4]), Text: Text{JA: "情報源が示す痕跡を探す：" + ind, EN: "Look for the trace that a source names: " + ind}})
	}
	return l, ok
}
