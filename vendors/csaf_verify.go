package vendors

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// checkHash compares a document with the content of its .sha256 or .sha512 file
// ("digest  filename").
func checkHash(doc, sum []byte) error {
	word, _, _ := strings.Cut(strings.TrimSpace(string(sum)), " ")
	want, err := hex.DecodeString(strings.TrimSpace(word))
	if err != nil {
		return errors.New("hash file holds no digest")
	}
	var got []byte
	switch len(want) {
	case sha256.Size:
		d := sha256.Sum256(doc)
		got = d[:]
	case sha512.Size:
		d := sha512.Sum512(doc)
		got = d[:]
	default:
		return fmt.Errorf("hash file holds a digest of %d bytes", len(want))
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("SHA-%d does not match", len(want)*8)
	}
	return nil
}

// readKeys reads a key file, armoured or not. Where the provider gives a
// fingerprint, only that key counts.
func readKeys(body []byte, fingerprint string) (openpgp.EntityList, error) {
	keys, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(body))
	if err != nil {
		keys, err = openpgp.ReadKeyRing(bytes.NewReader(body))
	}
	if err != nil {
		return nil, err
	}
	want := strings.ToLower(strings.ReplaceAll(fingerprint, " ", ""))
	if want == "" {
		return keys, nil
	}
	for _, k := range keys {
		if hex.EncodeToString(k.PrimaryKey.Fingerprint) == want {
			return openpgp.EntityList{k}, nil
		}
	}
	return nil, errors.New("no key with the provider's fingerprint in the file")
}

// checkSignature checks a detached signature, armoured or not. expired says that
// it is right, and its key no longer valid today.
func checkSignature(keys openpgp.EntityList, doc, signature []byte, now time.Time) (expired bool, err error) {
	config := &packet.Config{Time: func() time.Time { return now }}
	check := openpgp.CheckDetachedSignature
	if bytes.Contains(signature, []byte("-----BEGIN PGP")) {
		check = openpgp.CheckArmoredDetachedSignature
	}
	_, err = check(keys, bytes.NewReader(doc), bytes.NewReader(signature), config)
	if errors.Is(err, pgperrors.ErrKeyExpired) || errors.Is(err, pgperrors.ErrSignatureExpired) {
		return true, nil
	}
	return false, err
}
