package peers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const dovecotConf = `protocols = imap
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/dovecot.log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 100
mail_location = maildir:%[2]s/mail/%%u
default_internal_user = dovecot
default_login_user = dovenull
service imap-login {
  chroot =
  inet_listener imap {
    port = %[3]s
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
passdb {
  driver = static
  args = password=geheim-1
}
userdb {
  driver = static
  args = uid=%[4]d gid=%[4]d home=%[2]s/mail/%%u
}
`

// startDovecot serves a Postfix's boxes by IMAP, and gives the address. Every box
// has the password geheim-1.
func startDovecot(t *testing.T, p *postfix) string {
	t.Helper()
	bin := program(t, "dovecot-imapd", "dovecot")
	program(t, "dovecot-imapd", "imap")
	asRoot(t)
	dir := openDir(t)
	port := freePort(t)
	conf := filepath.Join(dir, "dovecot.conf")
	write(t, conf, fmt.Sprintf(dovecotConf, dir, p.dir, port, mailUser))
	cmd := exec.Command(bin, "-F", "-c", conf)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		stuck := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		stuck.Stop()
		if b, err := os.ReadFile(filepath.Join(dir, "dovecot.log")); err == nil && t.Failed() {
			t.Logf("%s", b)
		}
	})
	addr := "127.0.0.1:" + port
	eventually(t, "Dovecot", func() bool { return answers(addr, "* OK") })
	return addr
}
