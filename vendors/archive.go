package vendors

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The bounds of an archive. cvelistV5 has some 300,000 records in 3 GB; a daily
// delta some thousands.
const (
	maxArchiveBytes   = 512 << 20 // as served
	maxArchiveFiles   = 500_000
	maxArchivedBytes  = 16 << 20 // one file
	maxUnpackedBytes  = 4 << 30  // all files
	maxArchiveNesting = 1        // a zip in a zip, as cvelistV5 releases are
)

var errBomb = errors.New("unpacks to more than it may")

// isZip knows a zip by its first bytes.
func isZip(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

// eachJSON calls f for the JSON files of a zip, or for body itself where it is
// none. An error of f ends the walk. Sizes are counted as they unpack, whatever
// the archive says of itself.
func eachJSON(body []byte, f func(name string, content []byte) error) error {
	if !isZip(body) {
		return f("", body)
	}
	left := int64(maxUnpackedBytes)
	return walkZip(body, &left, maxArchiveNesting, f)
}

func walkZip(body []byte, left *int64, nesting int, f func(string, []byte) error) error {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	if len(z.File) > maxArchiveFiles {
		return fmt.Errorf("zip: %d files", len(z.File))
	}
	for _, file := range z.File {
		nested := nesting > 0 && strings.HasSuffix(file.Name, ".zip")
		if !nested && !strings.HasSuffix(file.Name, ".json") {
			continue
		}
		limit := int64(maxArchivedBytes)
		if nested {
			limit = maxArchiveBytes
		}
		content, err := unpack(file, min(limit, *left))
		if err != nil {
			return fmt.Errorf("zip: %.200s: %w", file.Name, err)
		}
		*left -= int64(len(content))
		if nested {
			err = walkZip(content, left, nesting-1, f)
		} else {
			err = f(file.Name, content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unpack(file *zip.File, limit int64) ([]byte, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = errBomb
	}
	return content, err
}
