package peers

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// postfix is a mail server with a configuration of its own.
type postfix struct {
	addr string // of its SMTP service
	dir  string
	grey *greylist
}

const mainCF = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
maillog_file = %[1]s/mail.log
maillog_file_prefixes = %[1]s
virtual_mailbox_domains = example.test
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = texthash:%[1]s/conf/boxes
virtual_uid_maps = static:%[2]d
virtual_gid_maps = static:%[2]d
virtual_minimum_uid = 100
smtpd_recipient_restrictions = check_recipient_access texthash:%[1]s/conf/access,
    check_recipient_access texthash:%[1]s/conf/grey, reject_unauth_destination
smtpd_restriction_classes = greylisted
greylisted = check_policy_service inet:%[3]s
smtpd_client_restrictions =
bounce_queue_lifetime = 0
maximal_queue_lifetime = 0
message_size_limit = 3000000
`

const masterCF = `%s inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
local     unix - n n - - local
virtual   unix - n n - - virtual
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`

// refusals are what the server says to a recipient, and whether that is for good.
var refusals = map[string]struct {
	says      string
	permanent bool
}{
	"busy@example.test":   {"450 4.2.0 mailbox busy", false},
	"later@example.test":  {"451 4.3.0 try again later", false},
	"full@example.test":   {"452 4.2.2 over quota", false},
	"gone@example.test":   {"550 5.1.1 no such user", true},
	"large@example.test":  {"552 5.3.4 too large for this one", true},
	"name@example.test":   {"553 5.1.3 bad address", true},
	"policy@example.test": {"554 5.7.1 refused by policy", false}, // so a relay speaks of us, too
}

// startPostfix starts a Postfix that keeps mail for the boxes named.
func startPostfix(t *testing.T, boxes ...string) *postfix {
	t.Helper()
	bin := program(t, "postfix", "postfix")
	asRoot(t)
	p := &postfix{addr: "127.0.0.1:" + freePort(t), dir: openDir(t), grey: startGreylist(t)}
	conf := filepath.Join(p.dir, "conf")
	for _, d := range []string{conf, filepath.Join(p.dir, "queue"), filepath.Join(p.dir, "data"), filepath.Join(p.dir, "mail")} {
		must(t, os.MkdirAll(d, 0o755))
	}
	must(t, os.Chown(filepath.Join(p.dir, "mail"), mailUser, mailUser))
	owner, err := run(t, nil, "id", "-u", "postfix")
	must(t, err)
	var uid int
	_, err = fmt.Sscan(string(owner), &uid)
	must(t, err)
	must(t, os.Chown(filepath.Join(p.dir, "data"), uid, -1))
	write(t, filepath.Join(conf, "main.cf"), fmt.Sprintf(mainCF, p.dir, mailUser, p.grey.addr))
	write(t, filepath.Join(conf, "master.cf"), fmt.Sprintf(masterCF, p.addr))
	var table strings.Builder
	for _, b := range boxes {
		fmt.Fprintf(&table, "%s %s/\n", b, b)
	}
	for to := range refusals {
		fmt.Fprintf(&table, "%s %[1]s/\n", to)
	}
	write(t, filepath.Join(conf, "boxes"), table.String())
	var access strings.Builder
	for to, r := range refusals {
		fmt.Fprintf(&access, "%s %s\n", to, r.says)
	}
	write(t, filepath.Join(conf, "access"), access.String())
	write(t, filepath.Join(conf, "grey"), "grey@example.test greylisted\n")
	if out, err := run(t, nil, bin, "-c", conf, "start"); err != nil {
		t.Fatalf("postfix: %v\n%s\n%s", err, out, p.log())
	}
	t.Cleanup(func() {
		if out, err := run(t, nil, bin, "-c", conf, "stop"); err != nil {
			t.Logf("postfix stop: %v %s", err, out)
		}
		if t.Failed() {
			t.Log(p.log())
		}
	})
	eventually(t, "Postfix", func() bool { return answers(p.addr, "220 ") })
	return p
}

func (p *postfix) log() string {
	b, _ := os.ReadFile(filepath.Join(p.dir, "mail.log"))
	return string(b)
}

// mails gives what lies in a box, oldest first.
func (p *postfix) mails(t *testing.T, box string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "mail", box, "new", "*"))
	must(t, err)
	var out []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		out = append(out, string(b))
	}
	return out
}

// greylist is a policy service (Postfix's SMTPD_POLICY_README) that puts off
// every triple of client, sender and recipient once.
type greylist struct {
	addr string
	mu   sync.Mutex
	seen map[string]int
}

func startGreylist(t *testing.T) *greylist {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	g := &greylist{addr: l.Addr().String(), seen: map[string]int{}}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go g.serve(conn)
		}
	}()
	return g
}

func (g *greylist) serve(conn net.Conn) {
	defer conn.Close()
	attrs := map[string]string{}
	in := bufio.NewScanner(conn)
	for in.Scan() {
		if key, value, ok := strings.Cut(in.Text(), "="); ok {
			attrs[key] = value
			continue
		}
		fmt.Fprintf(conn, "action=%s\n\n", g.decide(attrs))
		clear(attrs)
	}
}

func (g *greylist) decide(attrs map[string]string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := attrs["client_address"] + " " + attrs["sender"] + " " + attrs["recipient"]
	g.seen[key]++
	if g.seen[key] == 1 {
		return "defer_if_permit 4.2.0 Greylisted, see you later"
	}
	return "dunno"
}
