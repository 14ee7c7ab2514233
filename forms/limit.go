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

	mu         sync.Mutex
	read, send accounts
}

// accounts are how much each caller may still ask.
type accounts struct {
	pace
	of     map[netip.Prefix]account
	forgot time.Time // when those that are full again were last dropped
}

type account struct {
	left float64
	at   time.Time
}

func newLimits(now func() time.Time) *limits {
	return &limits{
		now:  now,
		read: accounts{pace: paceRead, of: map[netip.Prefix]account{}},
		send: accounts{pace: paceSend, of: map[netip.Prefix]account{}},
	}
}

func (l *limits) allow(from netip.Addr, method string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if method == http.MethodGet || method == http.MethodHead {
		return l.read.spend(caller(from), l.now())
	}
	return l.send.spend(caller(from), l.now())
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

func (as *accounts) spend(who netip.Prefix, now time.Time) bool {
	a, known := as.of[who]
	if !known && as.full(now) {
		who = netip.Prefix{}
		a, known = as.of[who]
	}
	if !known {
		a = account{left: as.burst, at: now}
	}
	a.left, a.at = as.refilled(a, now), now
	ok := a.left >= 1
	if ok {
		a.left--
	}
	as.of[who] = a
	return ok
}

// full says whether there is no room for one more caller. It forgets the accounts
// that are full again, but not for every caller: that takes time.
func (as *accounts) full(now time.Time) bool {
	if len(as.of) < maxCallers {
		return false
	}
	if now.Sub(as.forgot) >= time.Second {
		as.forgot = now
		for who, a := range as.of {
			if as.refilled(a, now) >= as.burst {
				delete(as.of, who)
			}
		}
	}
	return len(as.of) >= maxCallers
}

func (p pace) refilled(a account, now time.Time) float64 {
	return min(p.burst, a.left+max(0, now.Sub(a.at).Seconds())*p.rate)
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
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		addr = hop
	}
	return addr
}

// parseHop reads an address as proxies write it: some add a port.
func parseHop(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		at, err := netip.ParseAddrPort(text)
		if err != nil {
			return a, false
		}
		a = at.Addr()
	}
	return a.Unmap().WithZone(""), true
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
