package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"reflect"

	"github.com/klauspost/compress/s2"
)

// A stored value is one byte of codec, four of CRC-32C over the payload, and
// the payload.
const (
	codecJSON = 'j'
	codecS2   = 's' // JSON, compressed as one s2 block

	headLen     = 5
	compressMin = 256       // smaller ones hardly shrink
	maxDecoded  = 256 << 20 // what a damaged length may ask for
)

func encode(v any) ([]byte, error) {
	payload, err := appendValue(nil, reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	codec := byte(codecJSON)
	if len(payload) >= compressMin {
		codec, payload = codecS2, s2.Encode(nil, payload)
	}
	out := make([]byte, headLen, headLen+len(payload))
	out[0] = codec
	binary.BigEndian.PutUint32(out[1:], checksum(payload))
	return append(out, payload...), nil
}

// decode reads a stored value into what v points to. It keeps no part of data.
func decode(data []byte, v any) error {
	if err := checkValue(data); err != nil {
		return err
	}
	payload, err := expand(data[0], data[headLen:])
	if err == nil {
		err = readInto(payload, v)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// checkValue checks a stored value against its checksum.
func checkValue(data []byte) error {
	if len(data) < headLen {
		return fmt.Errorf("%w: a value of %d bytes", ErrDamaged, len(data))
	}
	if binary.BigEndian.Uint32(data[1:]) != checksum(data[headLen:]) {
		return fmt.Errorf("%w: a value's checksum differs", ErrDamaged)
	}
	return nil
}

func checksum(payload []byte) uint32 {
	return crc32.Checksum(payload, crc32.MakeTable(crc32.Castagnoli))
}

func expand(codec byte, payload []byte) ([]byte, error) {
	switch codec {
	case codecJSON:
		return payload, nil
	case codecS2:
		if n, err := s2.DecodedLen(payload); err != nil || n > maxDecoded {
			return nil, errors.Join(fmt.Errorf("a value of %d bytes", n), err)
		}
		return s2.Decode(nil, payload)
	}
	return nil, fmt.Errorf("unknown codec %q", codec)
}
