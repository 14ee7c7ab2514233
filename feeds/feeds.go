// Package feeds fetches what sources publish and reads the public sources'
// formats. Fetching, finding what changed and parsing are three things: a
// Client fetches, a Source keeps a cursor, a Parser is a pure function from one
// document to advisories.
package feeds

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"hansho/advisory"
)

// ErrUnchanged says that the source has nothing new since the cursor.
var ErrUnchanged = errors.New("unchanged")

// Cursor is where a source left off: validators, page digests, dates. Only the
// source that made it understands it; the store keeps it as it is.
type Cursor json.RawMessage

// Batch is what one fetch brought. Errors are of single entries that could not
// be read: they never drop the rest.
type Batch struct {
	Advisories []advisory.Advisory
	Errors     []error
	Warnings   []string // what an operator should know: moved address, sudden jump in items
	// Health are those of the warnings that say that the source itself may no
	// longer be what it was: people are told.
	Health     []Alarm
	Requests   int   // HTTP requests made
	Bytes      int64 // body bytes received
	NotChanged int   // documents answered 304
	// Products is a product dictionary, whole, from a source that is one.
	Products []DictProduct
}

// A Source gives what is new since a cursor that only it understands. Fetch
// returns ErrUnchanged (with the cursor to keep) where nothing is.
type Source interface {
	ID() string
	Fetch(ctx context.Context, since Cursor) (Batch, Cursor, error)
}

// Meta is what is known about a document beside its bytes.
type Meta struct {
	Entry       Entry     // the catalogue entry that it belongs to
	URL         string    // where it was served
	ContentType string    // as served; may be empty or wrong
	Fetched     time.Time // when it was served; zero for captured files
}

// A Parser reads one document. It is pure: bytes in, advisories and the errors
// of single entries out. A document that can't be read at all is no advisories
// and one error.
type Parser func(r io.Reader, doc Meta) ([]advisory.Advisory, []error)

// Format is one way in which sources publish. A format of one document needs
// only Parse; one that needs several requests builds its own Source.
type Format struct {
	Name  string
	Parse Parser
	// New builds the source for an entry; nil means one document, polled and
	// parsed.
	New func(e Entry, c *Client, now func() time.Time) (Source, error)
}

// Entry is one source in the catalogue: data, not code.
type Entry struct {
	ID          string            `yaml:"id" json:"id"`
	Publisher   string            `yaml:"publisher" json:"publisher"`       // in English
	PublisherJA string            `yaml:"publisher_ja" json:"publisher_ja"` // in Japanese
	Format      string            `yaml:"format" json:"format"`
	URL         string            `yaml:"url" json:"url"`
	Page        string            `yaml:"page" json:"page"` // for people
	Lang        string            `yaml:"lang" json:"lang"`
	Schedule    string            `yaml:"schedule" json:"schedule"` // cron spec or @every
	Covers      []string          `yaml:"covers" json:"covers"`     // vendors and products, for recommend and coverage
	Kind        advisory.Kind     `yaml:"kind" json:"kind"`
	Trust       advisory.Trust    `yaml:"trust" json:"trust"`
	Checked     string            `yaml:"checked" json:"checked"`       // date on which the entry was last checked
	Confidence  string            `yaml:"confidence" json:"confidence"` // A, B or C, as the catalogue explains
	Enabled     bool              `yaml:"enabled" json:"enabled"`       // polled where the configuration says nothing
	Note        string            `yaml:"note" json:"note"`
	Headers     map[string]string `yaml:"headers" json:"-"`           // sent with each request; may hold secrets
	Mapping     map[string]string `yaml:"mapping" json:"mapping"`     // where the format finds its fields; each format documents its keys
	MaxBytes    int64             `yaml:"max_bytes" json:"max_bytes"` // 0 is the client's limit
}
