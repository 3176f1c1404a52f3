package vrrp

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// crowd is an instance with 1500 excluded VIPs in 10.0.0.0/16.
func crowd() config.Config {
	in := testInstance()
	in.VIPs = nil
	for i := range 1500 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32)
		in.ExcludedVIPs = append(in.ExcludedVIPs, config.Address{Prefix: p, Dev: "vrrp0", PreferredLft: config.LifetimeForever})
	}
	return config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
}

// waitMany waits until all of them are set.
func (r *testRouter) waitMany() {
	r.t.Helper()
	n := 0
	defer func() {
		if r.t.Failed() {
			r.t.Logf("%d of 1500 addresses", n)
		}
	}()
	r.wait("every address", func() bool {
		out, _ := exec.Command("ip", "-4", "-o", "address", "show", "dev", "vrrp0").Output()
		n = strings.Count(string(out), " 10.0.")
		return n == 1500
	})
}

// One flush is one removal, however many parts it is noticed in, and whether or
// not the monitor's socket holds all events: three of them are no reason to give
// way.
func TestFlushIsOneRemoval(t *testing.T) {
	for _, buffer := range []uint32{0, 1} {
		t.Run(fmt.Sprintf("buffer %d", buffer), func(t *testing.T) {
			conf := crowd()
			conf.Global.Buffers.VRRPNetlinkMonitor.Size = buffer
			r := startConfigured(t, conf)
			r.waitMany()
			// While addresses are still being set, those that are missing are not
			// somebody else's doing.
			if r.logged("removed by another program") {
				t.Error("addresses that were not set yet were taken for lost ones")
			}
			for range 3 {
				// That it remains incomplete is what the daemon is for.
				_ = exec.Command("ip", "address", "flush", "dev", "vrrp0", "to", "10.0.0.0/16").Run()
				r.waitMany()
			}
			if r.logged("giving way") {
				t.Error("it gave way")
			}
		})
	}
}

// What others removed while events were lost is set again, whatever it is.
func TestResyncSetsAgainWhatIsMissing(t *testing.T) {
	conf := configOf(testInstance())
	in := &conf.VRRP.Instances[0]
	in.VirtualRoutes = []config.Route{linkRoute("203.0.114.0/24")}
	in.VirtualRules = []config.Rule{{
		Family: config.IPv4, Action: config.RuleTable, Table: 100, From: netip.MustParsePrefix("198.51.100.0/24"),
		Preference: 5000, Protocol: netif.Protocol,
	}}
	r, l := startInPieces(t, conf)
	all := func() {
		r.waitIP("rule", "from 198.51.100.0/24 lookup 100", true)
		r.waitIP("route", "203.0.114.0/24", true)
		r.waitIP("address show dev vrrp0", "192.0.2.10/32", true)
	}
	all()
	r.caughtUp(l)
	for _, args := range []string{"rule delete preference 5000", "route delete 203.0.114.0/24", "address delete 192.0.2.10/32 dev vrrp0"} {
		over := make(chan bool)
		l.inbox.post(busCall(func(l *loop) {
			defer close(over)
			if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
				t.Errorf("ip %s: %v %s", args, err, out)
			}
			for _, ok := (<-l.inbox.ch).(kernelEvent); !ok; {
				_, ok = (<-l.inbox.ch).(kernelEvent) // it is lost
			}
			s, err := netif.List(netif.Options{})
			if err != nil {
				t.Error(err)
			}
			l.kernelEvent(netif.Resync{Snapshot: s})
		}))
		<-over
		r.caughtUp(l)
		all()
	}
}
