package vrrp

import (
	"net/netip"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

func TestLifetimes(t *testing.T) {
	start := time.Now()
	var l lifetimes
	l.configure(0, start)
	if l.due(start) || !l.before(time.Time{}).IsZero() {
		t.Error("without a lifetime something is renewed")
	}
	l.configure(6, start)
	if !l.due(start) || l.due(start.Add(1999*time.Millisecond)) || !l.due(start.Add(2*time.Second)) {
		t.Error("want renewals at once and after a third of the lifetime")
	}
	if got, want := l.before(start.Add(time.Hour)), start.Add(4*time.Second); !got.Equal(want) {
		t.Errorf("next at %v, want %v", got.Sub(start), want.Sub(start))
	}
	l.configure(0, start)
	if !l.due(start) || l.due(start.Add(time.Hour)) {
		t.Error("want one last renewal when lifetimes end")
	}
}

func TestLifetimeOfAddresses(t *testing.T) {
	forever := uint32(config.LifetimeForever)
	for _, tc := range []struct {
		lifetime, preferred      uint32
		valid, left              uint32 // when it is set
		renewedValid, renewedFor uint32
	}{
		{0, forever, 0, 0, netif.Forever, netif.Forever},
		{9, forever, 9, 9, 9, 9},
		{9, 0, 9, 0, 9, 0},
		{0, 0, netif.Forever, 0, netif.Forever, 0},
	} {
		a := address{Address: config.Address{Prefix: netip.MustParsePrefix("192.0.2.1/24"), PreferredLft: tc.preferred}, lifetime: tc.lifetime}
		if k := a.kernel(1); k.Valid != tc.valid || k.Preferred != tc.left {
			t.Errorf("%+v: set with %d, %d", tc, k.Valid, k.Preferred)
		}
		if k := a.renewed(1); k.Valid != tc.renewedValid || k.Preferred != tc.renewedFor {
			t.Errorf("%+v: renewed with %d, %d", tc, k.Valid, k.Preferred)
		}
		other := a
		other.lifetime++
		if a.key() != other.key() {
			t.Error("another lifetime makes another address")
		}
	}
}
