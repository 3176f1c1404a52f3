package vrrp

import (
	"os"
	"testing"
	"time"
)

// An instance whose sockets cannot be opened tries it once a second, however much
// happens on its interfaces meanwhile, and takes part when they can.
func TestSocketsAreTriedAgainOnceAtATime(t *testing.T) {
	needsNamespace(t)
	const groups = "/proc/sys/net/ipv4/igmp_max_memberships"
	allow := func(n string) {
		if err := os.WriteFile(groups, []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(groups)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { allow(string(before)) })
	allow("0")
	r, l := startInPieces(t, configOf(testInstance()))
	r.waitLog("(VI_1): entering FAULT state (no VRRP socket)")
	for range 10 {
		ip(t, "address add 192.0.2.77/32 dev vrrp0")
		r.caughtUp(l)
		ip(t, "address delete 192.0.2.77/32 dev vrrp0")
		r.caughtUp(l)
	}
	tries := 0
	r.standStill(l, func(next func() message) {
		time.Sleep(openAgain + openAgain/10) // all that wait for their time have come
		for tries == 0 || len(l.inbox.ch) > 0 {
			if _, ok := next().(openAnew); ok {
				tries++
			}
		}
	})
	if tries > 1 {
		t.Errorf("%d tries at a time", tries)
	}
	allow(string(before))
	r.waitLog("(VI_1) Entering MASTER STATE")
}
