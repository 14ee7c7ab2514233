package forms

import (
	"encoding/binary"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// However many addresses ask, the memory of them is bounded, those who asked
// before are still told apart, and those that went quiet are forgotten.
func TestManyCallers(t *testing.T) {
	now := time.Date(2021, 12, 14, 0, 0, 0, 0, time.UTC)
	l := newLimits(func() time.Time { return now })
	address := func(n int) netip.Addr {
		return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(n))))
	}
	refused := 0
	for n := range 3 * maxCallers {
		if !l.allow(address(n), http.MethodPost) {
			refused++
		}
	}
	if len(l.send.of) > maxCallers+1 || refused == 0 || refused > 2*maxCallers {
		t.Errorf("%d accounts, %d refused", len(l.send.of), refused)
	}
	if !l.allow(address(1), http.MethodPost) || !l.allow(address(1), http.MethodGet) {
		t.Error("one who asked before is refused")
	}
	now = now.Add(time.Hour)
	if !l.allow(address(3*maxCallers), http.MethodPost) || len(l.send.of) > 10 {
		t.Errorf("an hour later: %d accounts", len(l.send.of))
	}
}

func TestACustomerOfAProviderIsOneCaller(t *testing.T) {
	a, b := caller(netip.MustParseAddr("2001:db8:0:1::1")), caller(netip.MustParseAddr("2001:db8:0:1:ffff::2"))
	if a != b || a == caller(netip.MustParseAddr("2001:db8:0:2::1")) {
		t.Errorf("%v and %v", a, b)
	}
}
