package vendors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxValueBytes bounds what one value of a streamed document may hold: an NVD
// entry with thousands of CPE matches stays below a few megabytes.
const maxValueBytes = 32 << 20

// errTooLarge says that one value of a document exceeds what any honest
// publisher writes.
var errTooLarge = errors.New("value exceeds 32 MiB")

// errTooDeep says that a recursive value nests deeper than any honest one.
var errTooDeep = errors.New("nested too deep")

// walker reads a JSON document from a stream, token by token, so that only the
// values asked for are ever held. Its methods consume exactly one value each.
type walker struct {
	dec *jsontext.Decoder
	in  *rationed
}

func newWalker(r io.Reader) *walker {
	in := &rationed{r: r, left: maxValueBytes}
	dec := jsontext.NewDecoder(in,
		// Both checks cost time and refuse documents that every other reader
		// takes; the last of two equal names wins, as elsewhere.
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return &walker{dec: dec, in: in}
}

// mismatch is a value of another type than the format promises: the entry is
// lost, the stream is not.
type mismatch struct {
	at   string // JSON pointer
	want string
	got  jsontext.Kind
}

func (m *mismatch) Error() string {
	return fmt.Sprintf("%s: want %s, got %v", m.at, m.want, m.got)
}

// object calls field for each member; field must consume the member's value.
// null counts as an empty object. name is valid until the next read.
func (w *walker) object(field func(name []byte) error) error {
	if ok, err := w.begin('{', "object"); !ok {
		return err
	}
	for w.dec.PeekKind() != '}' {
		raw, err := w.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := field(unquote(raw)); err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

// array calls elem for each element; elem must consume it. null counts as an
// empty array.
func (w *walker) array(elem func() error) error {
	if ok, err := w.begin('[', "array"); !ok {
		return err
	}
	for w.dec.PeekKind() != ']' {
		// At a syntax error PeekKind is invalid and elem's read reports it.
		if err := elem(); err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

// begin reads the opening token; ok is false at null and at an error.
func (w *walker) begin(kind jsontext.Kind, want string) (ok bool, err error) {
	switch got := w.dec.PeekKind(); got {
	case kind:
		_, err := w.dec.ReadToken()
		return err == nil, err
	case 'n', 0:
		_, err := w.dec.ReadToken()
		return false, err
	default:
		return false, w.mismatch(want, got)
	}
}

func (w *walker) mismatch(want string, got jsontext.Kind) error {
	return &mismatch{at: string(w.dec.StackPointer()), want: want, got: got}
}

// text reads a string into s; null leaves it as it is.
func (w *walker) text(s *string) error {
	switch got := w.dec.PeekKind(); got {
	case '"':
		raw, err := w.dec.ReadValue()
		if err == nil {
			*s = string(unquote(raw))
		}
		return err
	case 'n', 0:
		_, err := w.dec.ReadToken()
		return err
	default:
		return w.mismatch("string", got)
	}
}

// number reads a number; null leaves n as it is.
func (w *walker) number(n *float64) error {
	switch got := w.dec.PeekKind(); got {
	case '0':
		tok, err := w.dec.ReadToken()
		if err == nil {
			*n, err = tok.Float()
		}
		return err
	case 'n', 0:
		_, err := w.dec.ReadToken()
		return err
	default:
		return w.mismatch("number", got)
	}
}

// flag reads a boolean; null leaves b as it is.
func (w *walker) flag(b *bool) error {
	switch got := w.dec.PeekKind(); got {
	case 't', 'f', 'n', 0:
		tok, err := w.dec.ReadToken()
		if err == nil && got != 'n' {
			*b = tok.Bool()
		}
		return err
	default:
		return w.mismatch("boolean", got)
	}
}

// time reads a date in any of the ways of parseTime. An unreadable one leaves t
// as it is: no advisory is lost for its date.
func (w *walker) time(t *time.Time) error {
	var s string
	if err := w.text(&s); err != nil {
		return err
	}
	if read, err := parseTime(s); err == nil {
		*t = read
	}
	return nil
}

// field reads one string member of an object.
func (w *walker) field(want string, s *string) error {
	return w.inside(want, func() error { return w.text(s) })
}

// inside reads one member of an object with read and passes over the others.
func (w *walker) inside(want string, read func() error) error {
	return w.object(func(name []byte) error {
		if string(name) == want {
			return read()
		}
		return w.skip()
	})
}

// decode reads one value into v by v's JSON tags.
func (w *walker) decode(v any) error {
	at := string(w.dec.StackPointer())
	if err := json.UnmarshalDecode(w.dec, v); err != nil {
		var semantic *json.SemanticError
		if errors.As(err, &semantic) {
			return &mismatch{at: at, want: semantic.GoType.String(), got: semantic.JSONKind}
		}
		return err
	}
	return nil
}

// skip passes over one value.
func (w *walker) skip() error { return w.dec.SkipValue() }

// entry reads one element of a list with read. Where read stops inside it at a
// value of the wrong type, the rest of the element is passed over and the error
// comes back as entryErr; err is an error of the stream itself.
func (w *walker) entry(read func() error) (entryErr, err error) {
	w.in.left = maxValueBytes
	depth := w.dec.StackDepth()
	err = read()
	if err == nil || !recoverable(err) {
		return nil, err
	}
	if w.dec.StackDepth() == depth {
		// The element itself had the wrong type and is still unread.
		return err, w.skip()
	}
	for w.dec.StackDepth() > depth {
		if _, stream := w.dec.ReadToken(); stream != nil {
			return err, stream
		}
	}
	return err, nil
}

// recoverable says that the stream can be read on after err.
func recoverable(err error) bool {
	var m *mismatch
	return errors.As(err, &m) || errors.Is(err, errTooDeep)
}

// unquote gives the text of a JSON string as it stands in the document.
func unquote(raw []byte) []byte {
	if len(raw) < 2 {
		return raw
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return inner
	}
	// What is not UTF-8 becomes U+FFFD; the error says no more than that.
	text, _ := jsontext.AppendUnquote(nil, raw)
	return text
}

// rationed fails a reader that gives more than left bytes before left is set
// again.
type rationed struct {
	r    io.Reader
	left int
}

func (r *rationed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLarge
	}
	n, err := r.r.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}
