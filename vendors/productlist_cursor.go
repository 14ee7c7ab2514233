package vendors

import (
	"bytes"
	"encoding/gob"
	"encoding/json"

	"github.com/klauspost/compress/zstd"

	"hansho/advisory"
	"hansho/feeds"
)

// listReader is the version of the reader of lists. Raise it when the same text
// gives other advisories, so that all are given anew.
const listReader = 3

// listCursor is the last good state of a list: its files as they were. They say
// what was there better than digests could, and take less room.
type listCursor struct {
	Reader int
	Index  feeds.Validators // of a folder or gist
	Files  []*keptFile
	Held   []heldRow // products gone from the list, which is not told yet

	index *feeds.Validators // as answered by this poll
}

// keptFile is one file of a list in its last good state.
type keptFile struct {
	URL        string
	Validators feeds.Validators
	Version    string // as the folder names it; empty without one
	Text       []byte

	read       bool // what follows is of this poll
	advisories []advisory.Advisory
	errs       []error
}

// file gives the file of an address, nil where the state has none.
func (c listCursor) file(url string) *keptFile {
	for _, f := range c.Files {
		if f.URL == url {
			return f
		}
	}
	return nil
}

type storedCursor struct {
	Reader int              `json:"reader"`
	Index  feeds.Validators `json:"index,omitzero"`
	Files  []storedFile     `json:"files"`
	Held   []byte           `json:"held,omitempty"` // gob, which keeps all of an advisory, zstd
}

type storedFile struct {
	URL        string           `json:"url"`
	Validators feeds.Validators `json:"validators,omitzero"`
	Version    string           `json:"version,omitempty"`
	Zstd       []byte           `json:"zstd"`
}

func (c listCursor) encode() (feeds.Cursor, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer func() { _ = z.Close() }()
	s := storedCursor{Reader: c.Reader, Index: c.Index, Files: make([]storedFile, 0, len(c.Files))}
	for _, f := range c.Files {
		s.Files = append(s.Files, storedFile{f.URL, f.Validators, f.Version, z.EncodeAll(f.Text, nil)})
	}
	if len(c.Held) > 0 {
		var held bytes.Buffer
		if err := gob.NewEncoder(&held).Encode(c.Held); err != nil {
			return nil, err
		}
		s.Held = z.EncodeAll(held.Bytes(), nil)
	}
	return json.Marshal(s)
}

// decodeListCursor reads a cursor; what can't be read is no state at all, and
// the list is read as for the first time.
func decodeListCursor(cursor feeds.Cursor) listCursor {
	var s storedCursor
	if len(cursor) == 0 || json.Unmarshal(cursor, &s) != nil {
		return listCursor{Reader: listReader}
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxListBytes))
	if err != nil {
		return listCursor{Reader: listReader}
	}
	defer z.Close()
	c := listCursor{Reader: s.Reader, Index: s.Index}
	for _, f := range s.Files {
		text, err := z.DecodeAll(f.Zstd, nil)
		if err != nil {
			return listCursor{Reader: listReader}
		}
		c.Files = append(c.Files, &keptFile{URL: f.URL, Validators: f.Validators, Version: f.Version, Text: text})
	}
	if len(s.Held) > 0 {
		held, err := z.DecodeAll(s.Held, nil)
		if err != nil || gob.NewDecoder(bytes.NewReader(held)).Decode(&c.Held) != nil {
			return listCursor{Reader: listReader}
		}
	}
	return c
}
