package fsm_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/fsm/sim"
)

// rivals are two routers, A before B, on a network of their own.
func rivals(seed uint64, interval time.Duration, ipv6, asksBack bool) *sim.Net {
	n := sim.New(seed)
	for k, name := range []string{"A", "B"} {
		source := netip.AddrFrom4([4]byte{10, 0, 0, byte(k + 1)})
		if ipv6 {
			source = netip.MustParseAddr(fmt.Sprintf("fe80::%d", k+1))
		}
		n.Add(name, fsm.Config{Slack: 500 * time.Microsecond, Instances: []fsm.Instance{{
			Name: "VI", Version: 3, AdvertInt: interval, Source: source, Priority: uint8(150 - 50*k),
			Key:                  fsm.Key{VRID: 1, Interface: "eth0", IPv6: ipv6},
			Garp:                 fsm.Garp{Delay: 5 * time.Second, Repeat: 5, LowerDelay: 5 * time.Second, LowerRepeat: 5},
			HigherPrioSendAdvert: asksBack,
		}}})
	}
	return n
}

// TestFarewellUnderLoss: the network loses packets at random, so that now and
// then the lower router takes over, and the winner hears neither that nor a
// goodbye. Two seconds after the loss the client asks the winner.
func TestFarewellUnderLoss(t *testing.T) {
	tookOver := 0
	for seed := range uint64(400) {
		interval := []time.Duration{50 * time.Millisecond, 200 * time.Millisecond, time.Second}[seed%3]
		n := rivals(seed+1, interval, seed%2 == 1, seed%5 == 0)
		n.Trace = func(r *sim.Router, line string) {
			if r.Name == "B" && line == "VI: BACKUP -> MASTER, no response" {
				tookOver++
			}
		}
		for _, r := range n.Routers {
			r.Start(false)
		}
		n.Run(5 * interval)
		n.Loss = 0.3
		n.Run(50 * interval)
		n.Loss = 0
		n.Run(2 * time.Second)
		if at := n.Cache[1]; at == nil || at.Name != "A" {
			t.Errorf("seed %d: the client asks %v\n%s", seed+1, at, n.Summary())
		}
	}
	if tookOver < 200 {
		t.Errorf("the lower router took over %d times, too few to show anything", tookOver)
	}
}

// TestFarewellEnds: no answer comes from a winner that is gone.
func TestFarewellEnds(t *testing.T) {
	n := rivals(1, time.Second, false, false)
	a, b := n.Routers[0], n.Routers[1]
	b.Start(false)
	n.Run(5 * time.Second)
	goodbyes := 0
	n.Trace = func(r *sim.Router, line string) {
		if r == b && line == "VI: send 0" {
			goodbyes++
		}
	}
	n.Cut("B", "A")
	a.Start(false)
	n.Run(3950 * time.Millisecond) // A takes over after 3.41 s; B has yielded
	a.Crash()
	if b.State("VI") != fsm.StateBackup {
		t.Fatalf("B has not yielded:\n%s", n.Summary())
	}
	n.Run(3 * time.Second)
	if goodbyes != 4 {
		t.Errorf("%d goodbyes to a router that is gone, want 4", goodbyes)
	}
	n.Run(time.Second)
	if b.State("VI") != fsm.StateMaster {
		t.Errorf("B has not taken over again:\n%s", n.Summary())
	}
}

// TestFarewellOnce: a winner that answers is not told again.
func TestFarewellOnce(t *testing.T) {
	n := rivals(1, 100*time.Millisecond, false, false)
	a, b := n.Routers[0], n.Routers[1]
	b.Start(false)
	n.Run(time.Second)
	goodbyes := 0
	n.Trace = func(r *sim.Router, line string) {
		if r == b && line == "VI: send 0" {
			goodbyes++
		}
	}
	a.Start(false)
	n.Run(10 * time.Second)
	if goodbyes != 1 {
		t.Errorf("%d goodbyes, want 1", goodbyes)
	}
}
