package boltstore

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// bbolt's own check follows offsets that a damaged page holds, in a goroutine
// where a fault ends the process. So the pages are first read from the file as
// bytes, and every offset is held against the page that it is in.

// The layout of a page, in the byte order of the machine: a header, elements of
// 16 bytes, then keys and values at offsets from their element.
const (
	pageHeader  = 16 // id 8, flags 2, count 2, overflow 4
	pageElement = 16 // leaf: flags 4, pos 4, ksize 4, vsize 4; branch: pos 4, ksize 4, id 8
	pageBranch  = 0x01
	pageLeaf    = 0x02
	pageFree    = 0x10
	leafBucket  = 0x01 // flag of a leaf's element: the value is a bucket
	bucketHead  = 16   // root page 8, sequence 8; a root of 0 has its page behind
	noFreelist  = ^uint64(0)
	deepestTree = 64
)

var order = binary.NativeEndian

// pageWalk goes through all pages that the file uses.
type pageWalk struct {
	file io.ReaderAt
	size int    // of a page
	high uint64 // the first page that is not in use
	seen map[uint64]bool
}

// checkPages checks the pages of the state that t sees. Nobody may write
// meanwhile.
func checkPages(path string, t *bolt.Tx) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := &pageWalk{file: f, size: t.DB().Info().PageSize, seen: map[uint64]bool{}}
	w.high = uint64(t.Size()) / uint64(w.size)
	root, free, err := w.meta(uint64(t.ID()))
	if err != nil {
		return err
	}
	if free != noFreelist {
		if err := w.freelist(free); err != nil {
			return err
		}
	}
	return w.tree(root, 0)
}

// meta finds the root and the freelist of a transaction. bbolt has checked the
// meta pages' checksums.
func (w *pageWalk) meta(txid uint64) (root, free uint64, err error) {
	for id := range uint64(2) {
		page := make([]byte, w.size)
		if _, err := w.file.ReadAt(page, int64(id)*int64(w.size)); err != nil {
			return 0, 0, fmt.Errorf("%w: meta page %d: %w", ErrDamaged, id, err)
		}
		// magic 4, version 4, page size 4, flags 4, root 8, sequence 8,
		// freelist 8, high-water mark 8, transaction 8
		m := page[pageHeader:]
		if order.Uint64(m[48:]) == txid {
			return order.Uint64(m[16:]), order.Uint64(m[32:]), nil
		}
	}
	return 0, 0, fmt.Errorf("%w: no meta page is of transaction %d", ErrDamaged, txid)
}

// read gives a page with its overflow, once.
func (w *pageWalk) read(id uint64) ([]byte, error) {
	if id < 2 || id >= w.high || w.seen[id] {
		return nil, fmt.Errorf("%w: page %d of %d is out of range or used twice", ErrDamaged, id, w.high)
	}
	head := make([]byte, pageHeader)
	if _, err := w.file.ReadAt(head, int64(id)*int64(w.size)); err != nil {
		return nil, fmt.Errorf("%w: page %d: %w", ErrDamaged, id, err)
	}
	more := uint64(order.Uint32(head[12:]))
	if order.Uint64(head) != id || id+more >= w.high {
		return nil, fmt.Errorf("%w: page %d has a wrong header", ErrDamaged, id)
	}
	for i := range more + 1 {
		w.seen[id+i] = true
	}
	page := make([]byte, (more+1)*uint64(w.size))
	if _, err := w.file.ReadAt(page, int64(id)*int64(w.size)); err != nil {
		return nil, fmt.Errorf("%w: page %d: %w", ErrDamaged, id, err)
	}
	return page, nil
}

// freelist checks that the list of free pages fits its page.
func (w *pageWalk) freelist(id uint64) error {
	page, err := w.read(id)
	if err != nil {
		return err
	}
	n := uint64(order.Uint16(page[10:]))
	if n == 0xFFFF { // too many for the header: the first entry is the count
		n = order.Uint64(page[pageHeader:])
	}
	if order.Uint16(page[8:]) != pageFree || n > uint64(len(page)-pageHeader)/8 {
		return fmt.Errorf("%w: page %d is no list of free pages", ErrDamaged, id)
	}
	return nil
}

func (w *pageWalk) tree(id uint64, depth int) error {
	if depth > deepestTree {
		return fmt.Errorf("%w: page %d is too deep", ErrDamaged, id)
	}
	page, err := w.read(id)
	if err != nil {
		return err
	}
	if err := w.elements(page, depth); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

// elements checks those of a page, and the pages that they lead to.
func (w *pageWalk) elements(page []byte, depth int) error {
	if len(page) < pageHeader {
		return fmt.Errorf("%w: a page of %d bytes", ErrDamaged, len(page))
	}
	flags, count := order.Uint16(page[8:]), int(order.Uint16(page[10:]))
	if (flags != pageBranch && flags != pageLeaf) || pageHeader+count*pageElement > len(page) {
		return fmt.Errorf("%w: flags %#x, %d elements", ErrDamaged, flags, count)
	}
	for i := range count {
		at := pageHeader + i*pageElement
		var err error
		if flags == pageBranch {
			err = w.branch(page[at:], depth)
		} else {
			err = w.leaf(page[at:], depth)
		}
		if err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// branch checks the element at the start of rest, which ends with its page.
func (w *pageWalk) branch(rest []byte, depth int) error {
	pos, ksize := uint64(order.Uint32(rest)), uint64(order.Uint32(rest[4:]))
	if pos+ksize > uint64(len(rest)) {
		return fmt.Errorf("%w: its key is outside of the page", ErrDamaged)
	}
	return w.tree(order.Uint64(rest[8:]), depth+1)
}

// leaf is as branch.
func (w *pageWalk) leaf(rest []byte, depth int) error {
	pos, ksize, vsize := uint64(order.Uint32(rest[4:])), uint64(order.Uint32(rest[8:])), uint64(order.Uint32(rest[12:]))
	end := pos + ksize + vsize
	if end > uint64(len(rest)) {
		return fmt.Errorf("%w: its value is outside of the page", ErrDamaged)
	}
	if order.Uint32(rest)&leafBucket == 0 {
		return nil
	}
	value := rest[pos+ksize : end]
	if len(value) < bucketHead {
		return fmt.Errorf("%w: a bucket of %d bytes", ErrDamaged, len(value))
	}
	if root := order.Uint64(value); root != 0 {
		return w.tree(root, depth+1)
	}
	return w.elements(value[bucketHead:], depth+1)
}
