package lab_test

import (
	"fmt"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestCaptureDecodes compares what the capture makes of a daemon's frames with
// the configuration that they come from.
func TestCaptureDecodes(t *testing.T) {
	const ah = "    authentication {\n        auth_type AH\n        auth_pass secret\n    }\n"
	const pass = "    authentication {\n        auth_type PASS\n        auth_pass secret\n    }\n"
	cases := []struct {
		name, more string
		version    int
		interval   string
		vip        string
		want       lab.Advert
	}{
		{"v2", "", 2, "1", "192.0.2.100", lab.Advert{Version: 2, Interval: time.Second}},
		{"v2 PASS", pass, 2, "1", "192.0.2.100", lab.Advert{Version: 2, Interval: time.Second, AuthType: 1, Password: "secret"}},
		{"v2 AH", ah, 2, "1", "192.0.2.100", lab.Advert{Version: 2, Interval: time.Second, AuthType: 2, AH: true}},
		{"v3", "", 3, "0.25", "192.0.2.100", lab.Advert{Version: 3, Interval: 250 * time.Millisecond}},
		{"v3 IPv6", "", 3, "0.25", "2001:db8::100", lab.Advert{Version: 3, Interval: 250 * time.Millisecond}},
	}
	eachKind(t, func(t *testing.T, p lab.Program) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				r := newPair(t)
				r.a.Daemon(p, fmt.Sprintf("global_defs {\n    router_id lab\n    vrrp_version %d\n}\nvrrp_instance VI_1 {\n"+
					"    interface eth0\n    virtual_router_id 77\n    priority 99\n    advert_int %s\n%s"+
					"    virtual_ipaddress {\n        %s\n    }\n}\n", c.version, c.interval, c.more, c.vip))
				a := r.frames.Wait(lab.Patience, "an advert", lab.From(r.a), lab.VRID(77)).Advert
				want := c.want
				want.Src, want.Dst, want.VIPs, want.Packet = a.Src, a.Dst, a.VIPs, a.Packet
				want.TTL, want.Type, want.VRID, want.Priority = 255, 1, 77, 99
				if fmt.Sprint(*a) != fmt.Sprint(want) {
					t.Errorf("advert %+v, want %+v", *a, want)
				}
				if len(a.VIPs) != 1 || a.VIPs[0].String() != c.vip {
					t.Errorf("addresses %v, want %s", a.VIPs, c.vip)
				}
				f := r.frames.Wait(lab.Patience, "an announcement", lab.From(r.a), lab.Announces(c.vip))
				if n := f.Neighbor; n != nil && (n.TargetMAC.String() != r.la.MAC.String() || !n.Override) {
					t.Errorf("neighbour advertisement %+v, want %s and the override flag", *n, r.la.MAC)
				}
				if arp := f.ARP; arp != nil && arp.SenderMAC.String() != r.la.MAC.String() {
					t.Errorf("gratuitous ARP %+v, want %s", *arp, r.la.MAC)
				}
			})
		}
	})
}
