// Package secret holds values that must never be printed. A secret is named in
// the configuration by where it is kept, in the environment or a file, and
// read once at the start.
package secret

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// maxBytes bounds a secret file: a key or a token, never a document.
const maxBytes = 64 << 10

// Secret is a value that prints as *** everywhere. The zero value is no secret.
type Secret struct{ value string }

// New makes a secret of a value.
func New(value string) Secret { return Secret{value} }

// Value gives the secret itself, for the one place that sends it.
func (s Secret) Value() string { return s.value }

// IsZero says that there is no secret.
func (s Secret) IsZero() bool { return s.value == "" }

// String gives *** so that no log or error shows the value.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return "***"
}

// GoString is as String.
func (s Secret) GoString() string { return s.String() }

// Format writes *** for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is as String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is as String, so that JSON and YAML don't show the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a reference: env:NAME or file:PATH. A value written out
// in the configuration is refused, and not repeated in the error.
func (s *Secret) UnmarshalText(text []byte) error {
	ref := strings.TrimSpace(string(text))
	if ref == "" {
		*s = Secret{}
		return nil
	}
	kind, where, _ := strings.Cut(ref, ":")
	switch kind {
	case "env":
		v := os.Getenv(where)
		if v == "" {
			return fmt.Errorf("the environment variable %s is not set", where)
		}
		*s = Secret{v}
		return nil
	case "file":
		v, err := readFile(where)
		if err != nil {
			return err
		}
		*s = Secret{v}
		return nil
	}
	return errors.New("write env:NAME or file:PATH here, not the secret itself")
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("secret file: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("secret file %s: %w", path, err)
	case len(b) > maxBytes:
		return "", fmt.Errorf("secret file %s: larger than %d bytes", path, maxBytes)
	}
	v := strings.TrimSpace(string(b))
	if v == "" {
		return "", fmt.Errorf("secret file %s is empty", path)
	}
	return v, nil
}
