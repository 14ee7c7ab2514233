package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const value = "xoxb-1234567890"
	s := New(value)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "token", s, "struct", struct{ Token Secret }{s})
	j, err := json.Marshal(map[string]any{"token": s, "list": []Secret{s}})
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", struct{ T Secret }{s}, &struct{ T Secret }{s}, []Secret{s}),
		log.String(), string(j), fmt.Errorf("send with %v: %w", s, os.ErrClosed).Error(),
	} {
		if strings.Contains(out, value) || strings.Contains(out, fmt.Sprintf("%x", value)) {
			t.Errorf("shown in %q", out)
		}
	}
	if s.Value() != value {
		t.Errorf("Value() = %q", s.Value())
	}
}

func TestUnmarshalText(t *testing.T) {
	t.Setenv("HANSHO_TEST_TOKEN", "from env")
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	if err := os.WriteFile(file, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ ref, want, err string }{
		{"env:HANSHO_TEST_TOKEN", "from env", ""},
		{"file:" + file, "from file", ""},
		{"", "", ""},
		{"env:HANSHO_TEST_NONE", "", "HANSHO_TEST_NONE is not set"},
		{"file:" + empty, "", "is empty"},
		{"xoxb-secret", "", "not the secret itself"},
	}
	for _, tt := range tests {
		var s Secret
		err := s.UnmarshalText([]byte(tt.ref))
		if tt.err == "" && (err != nil || s.Value() != tt.want) {
			t.Errorf("%q: %q, %v", tt.ref, s.Value(), err)
		}
		if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%q: error %v, want %q", tt.ref, err, tt.err)
		}
		if err != nil && strings.Contains(err.Error(), "xoxb") {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
}
