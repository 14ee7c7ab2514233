package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxDocument bounds one captured document after decompression.
const maxDocument = 4 << 30

// openDocument opens a file named on the command line, or standard input for
// "-". What is compressed with gzip or zstd reads as what it holds, whatever
// its name.
func openDocument(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		r, err := decompress(stdin)
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		return r, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := decompress(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &document{ReadCloser: r, file: f}, nil
}

// document closes the file below its decompressor.
type document struct {
	io.ReadCloser
	file *os.File
}

// Close closes both.
func (d *document) Close() error {
	_ = d.ReadCloser.Close()
	return d.file.Close()
}

func decompress(r io.Reader) (io.ReadCloser, error) {
	br := bufio.NewReaderSize(r, 1<<20)
	head, err := br.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	var out io.ReadCloser = io.NopCloser(br)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if out, err = gzip.NewReader(br); err != nil {
			return nil, err
		}
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		dec, err := zstd.NewReader(br, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		out = dec.IOReadCloser()
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(out, maxDocument), out}, nil
}
