package lint

import (
	"net/netip"
	"testing"

	"keepalived/internal/config"
)

func TestOwner(t *testing.T) {
	vip := netip.MustParsePrefix("192.0.2.1/32")
	in := instance(1, 255)
	in.VIPs = []config.Address{{Prefix: vip}}
	c := node(in)
	if got := Check(c, Options{}); count(got, OwnerPriority) != 1 {
		t.Errorf("not known to be its own: %+v", got)
	}
	if got := Check(c, Options{Owns: func(a netip.Addr) bool { return a == vip.Addr() }}); len(got) != 0 {
		t.Errorf("on an interface: %+v", got)
	}
	c.VRRP.StaticAddresses = []config.Address{{Prefix: vip}}
	if got := Check(c, Options{}); len(got) != 0 {
		t.Errorf("static_ipaddress: %+v", got)
	}
}

func TestStrict(t *testing.T) {
	in := instance(1, 100)
	in.VIPs = []config.Address{{Prefix: netip.MustParsePrefix("192.0.2.1/32")}}
	in.Strict, in.Accept = true, false
	if got := Check(node(in), Options{}); count(got, StrictUnreachable) != 1 {
		t.Errorf("%+v", got)
	}
	in.Accept = true
	if got := Check(node(in), Options{}); len(got) != 0 {
		t.Errorf("accept: %+v", got)
	}
}

func TestSamplePassword(t *testing.T) {
	for _, tt := range []struct {
		vrid uint8
		pass string
		want int
	}{{51, "1111", 1}, {51, "11111", 0}, {51, "2222", 0}, {52, "1111", 0}} {
		in := instance(tt.vrid, 100)
		in.Auth.Type = config.AuthPass
		copy(in.Auth.Pass[:], tt.pass)
		if got := count(Check(node(in), Options{}), SamplePassword); got != tt.want {
			t.Errorf("VRID %d, %s: %d findings, want %d", tt.vrid, tt.pass, got, tt.want)
		}
	}
}

func TestPeerMismatch(t *testing.T) {
	base := instance(1, 100)
	for name, change := range map[string]func(*config.Instance){
		"version":  func(in *config.Instance) { in.Version = 3 },
		"interval": func(in *config.Instance) { in.AdvertInt = 5 },
		"auth":     func(in *config.Instance) { in.Auth.Type = config.AuthPass },
		"unicast":  func(in *config.Instance) { in.Unicast = true },
		"addresses": func(in *config.Instance) {
			in.VIPs = []config.Address{{Prefix: netip.MustParsePrefix("192.0.2.9/32")}}
		},
	} {
		other := base
		other.Priority = 90
		if got := Check(node(base), Options{Peer: node(other)}); len(got) != 0 {
			t.Errorf("the same: %+v", got)
		}
		change(&other)
		if got := Check(node(base), Options{Peer: node(other)}); count(got, PeerMismatch) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Check(node(base), Options{Peer: node(base)}); count(got, EqualPriority) != 1 {
		t.Errorf("equal priorities: %+v", got)
	}
}
