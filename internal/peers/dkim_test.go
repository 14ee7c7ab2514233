package peers

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hansho/notify"
	"hansho/notify/mail"
	"hansho/notify/mail/mailtest"
	"hansho/notify/notifytest"
)

// What we sign, opendkim finds good; what somebody changed on the way, it does
// not.
func TestOpenDKIM(t *testing.T) {
	bin := program(t, "opendkim", "opendkim")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	public, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	must(t, err)
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for name, key := range map[string]struct {
		signer crypto.Signer
		record string
	}{
		"rsa":     {rsaKey, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)},
		"ed25519": {edKey, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edPublic)},
	} {
		t.Run(name, func(t *testing.T) {
			raw := signed(t, key.signer)
			dir := t.TempDir()
			write(t, filepath.Join(dir, "keys"), "hansho._domainkey.example.test "+key.record+"\n")
			write(t, filepath.Join(dir, "conf"), fmt.Sprintf("Mode v\nTestPublicKeys %s/keys\nFixCRLF yes\n", dir))
			verdict := func(raw string) string {
				path := filepath.Join(dir, "mail")
				must(t, os.WriteFile(path, []byte(strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")), 0o600))
				out, _ := run(t, nil, bin, "-x", filepath.Join(dir, "conf"), "-t", path, "-vvvv")
				return string(out)
			}
			if got := verdict(raw); !strings.Contains(got, "dkim=pass") && !strings.Contains(got, "verification succeeded") {
				t.Errorf("not verified: %s\n%s", got, raw)
			}
			changed := strings.Replace(raw, "Subject: ", "Subject: x", 1)
			if got := verdict(changed); strings.Contains(got, "dkim=pass") || strings.Contains(got, "verification succeeded") {
				t.Errorf("a changed mail is verified: %s", got)
			}
		})
	}
}

// signed gives a notice as it leaves us.
func signed(t *testing.T, key crypto.Signer) string {
	t.Helper()
	server, err := mailtest.Start(mailtest.Options{})
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	c := channel(t, server.Addr(), func(o *mail.Options) {
		o.DKIM = &mail.DKIM{Domain: "example.test", Selector: "hansho", Key: key}
	})
	_, err = c.Deliver(t.Context(), message("dkim-1", "it@example.test", notifytest.Notice(notify.KindNew, "ja")))
	must(t, err)
	got := server.Messages()
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	return string(got[0].Raw)
}
