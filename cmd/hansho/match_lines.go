package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"hansho/advisory"
)

// maxLine bounds one advisory in JSON Lines.
const maxLine = 64 << 20

// errNoForm says that a document is in no form that match reads.
var errNoForm = errors.New("in no form that match reads: hansho's JSON Lines, NVD JSON 1.1 or 2.0, CSAF, CISA KEV")

// readOwn reads our advisories: JSON Lines, or the same objects in a list or
// written over several lines. What doesn't begin with one is no such document.
func readOwn(r *bufio.Reader, head []byte, yield func(*advisory.Advisory, error) bool) error {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	line, _, whole := bytes.Cut(head, []byte("\n"))
	switch {
	case len(head) == 0 || head[0] != '{' && head[0] != '[':
		return errNoForm
	case head[0] == '{' && (json.Valid(line) || !whole && len(head) >= sniffLength/2):
		return readJSONLines(r, yield)
	}
	return readJSONValues(r, yield)
}

// readJSONLines reads one advisory a line; a line that can't be read leaves the
// others alone.
func readJSONLines(r io.Reader, yield func(*advisory.Advisory, error) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	read := 0
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		a, err := ownAdvisory([]byte(line))
		switch {
		case errors.Is(err, errNoForm) && read == 0:
			return err
		case err != nil:
			err = fmt.Errorf("line %d: %w", n, err)
		}
		read++
		if !yield(&a, err) {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	return nil
}

// readJSONValues reads advisories one after the other, or a list of them.
func readJSONValues(r *bufio.Reader, yield func(*advisory.Advisory, error) bool) error {
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = r.Discard(3) // as much as was there to see
	}
	dec := json.NewDecoder(r)
	if first, err := firstByte(r); err != nil || first == '[' {
		if _, err := dec.Token(); err != nil {
			return err
		}
	}
	for n := 1; dec.More(); n++ {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		a, err := ownAdvisory(raw)
		switch {
		case errors.Is(err, errNoForm) && n == 1:
			return err
		case err != nil:
			err = fmt.Errorf("entry %d: %w", n, err)
		}
		if !yield(&a, err) {
			return nil
		}
	}
	return nil
}

// firstByte is the first byte that is no space, without taking it.
func firstByte(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return b, r.UnreadByte()
		}
	}
}

// ownAdvisory reads one advisory. An object without an id of ours is none.
func ownAdvisory(b []byte) (advisory.Advisory, error) {
	var a advisory.Advisory
	if err := json.Unmarshal(b, &a); err != nil {
		return a, err
	}
	if !strings.Contains(a.ID, ":") {
		return a, fmt.Errorf("an object without an id such as jpcert:at210050: %w", errNoForm)
	}
	return a, nil
}
