package forms

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// pace is how much one address may ask: so much at once, so much a second after.
type pace struct {
	burst, rate float64
}

// A whole company may be behind one address, and may have read the same letter
// this minute; what one link can bring in is bounded by the desk.
var (
	paceRead = pace{burst: 200, rate: 20}
	paceSend = pace{burst: 60, rate: 5}
)

// maxCallers bounds the memory of who asked; who comes when it is full shares one
// account.
const maxCallers = 8192

// limits remembers how much each address asked lately.
type limits struct {
	now func() time.Time

	mu   sync.Mutex
	read map[netip.Prefix]account
	send map[netip.Prefix]account
}

type account struct {
	left float64
	at   time.Time
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, read: map[netip.Prefix]account{}, send: map[netip.Prefix]account{}}
}

func (l *limits) allow(from netip.Addr, method string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if method == http.MethodGet || method == http.MethodHead {
		return spend(l.read, caller(from), l.now(), paceRead)
	}
	return spend(l.send, caller(from), l.now(), paceSend)
}

// caller is whose account an address has: a customer of a provider has an IPv6
// network, not an address.
func caller(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

func spend(accounts map[netip.Prefix]account, who netip.Prefix, now time.Time, p pace) bool {
	a, known := accounts[who]
	if !known {
		if len(accounts) >= maxCallers {
			forget(accounts, now, p)
		}
		if len(accounts) >= maxCallers {
			who = netip.Prefix{}
			a, known = accounts[who]
		}
		if !known {
			a = account{left: p.burst, at: now}
		}
	}
	a.left, a.at = p.refilled(a, now), now
	ok := a.left >= 1
	if ok {
		a.left--
	}
	accounts[who] = a
	return ok
}

func (p pace) refilled(a account, now time.Time) float64 {
	return min(p.burst, a.left+max(0, now.Sub(a.at).Seconds())*p.rate)
}

// forget drops the accounts that are full again.
func forget(accounts map[netip.Prefix]account, now time.Time, p pace) {
	for who, a := range accounts {
		if p.refilled(a, now) >= p.burst {
			delete(accounts, who)
		}
	}
}

// remote is who calls, as far as it is known: who connects, or, where that is one
// of our own proxies, the last address before those that it names.
func (p *pages) remote(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.ours(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
	}
	return addr
}

// ours says whether an address is one of our own proxies.
func (p *pages) ours(a netip.Addr) bool {
	for _, prefix := range p.o.Proxies {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// evidence is the caller's address as it is kept with an answer: not that of a
// proxy on this machine, which says nothing.
func (p *pages) evidence(r *http.Request) string {
	if a := p.remote(r); a.IsValid() && !a.IsLoopback() {
		return a.String()
	}
	return ""
}
