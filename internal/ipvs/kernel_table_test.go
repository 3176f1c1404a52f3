package ipvs

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	moby "github.com/moby/ipvs"
	"golang.org/x/sys/unix"
)

// everything is a table with every attribute, as ipvsadm shows it.
func everything() ([]Entry, []string) {
	ap := netip.MustParseAddrPort
	v4, v6 := ap("10.0.0.1:80"), ap("[fd00::1]:80")
	return []Entry{
			{Service{Key: AddressKey(TCP, v4), Scheduler: "sh", Flags: SHFallback | SHPort}, []Destination{
				{Addr: ap("10.1.0.1:8080"), Weight: 65536, Upper: 20, Lower: 10},
				{Addr: ap("10.1.0.2:80"), Forward: DirectRoute},
				{Addr: ap("10.1.0.3:80"), Forward: Tunnel, Weight: MaxWeight},
				{Addr: ap("[fd00::3]:80"), Forward: Tunnel, Weight: 2},
			}},
			{Service{Key: AddressKey(UDP, v4), Scheduler: "rr", Flags: OnePacket | SchedFlag1 | SchedFlag3}, []Destination{
				{Addr: ap("10.1.0.1:80"), Weight: 1},
			}},
			{Service{Key: AddressKey(SCTP, v4), Scheduler: "wlc", Persistence: 100, Netmask: 0xffffff00}, []Destination{
				{Addr: ap("10.1.0.1:80"), Forward: Tunnel, Weight: 1, TunnelType: GUE, TunnelPort: 5555, TunnelFlags: TunnelChecksum},
				{Addr: ap("10.1.0.2:80"), Forward: Tunnel, Weight: 1, TunnelType: GRE, TunnelFlags: TunnelChecksum},
				{Addr: ap("10.1.0.3:80"), Forward: Tunnel, Weight: 1, TunnelType: GUE, TunnelPort: 6666, TunnelFlags: TunnelRemoteChecksum},
				{Addr: ap("10.1.0.4:80"), Forward: Tunnel, Weight: 1, TunnelType: GRE},
			}},
			{Service{Key: AddressKey(TCP, v6), Scheduler: "mh", Flags: MHFallback | MHPort, Persistence: 360, Netmask: 64}, []Destination{
				{Addr: ap("[fd00::2]:81"), Weight: 1},
			}},
			{Service{Key: AddressKey(UDP, v6), Scheduler: "rr", Persistence: 60, PE: "sip"}, nil},
			{Service{Key: AddressKey(TCP, ap("10.0.0.10:0")), Scheduler: "rr", Persistence: 360}, []Destination{
				{Addr: ap("10.1.0.1:0"), Forward: DirectRoute, Weight: 1},
			}},
			{Service{Key: MarkKey(IPv4, 7), Scheduler: "rr"}, []Destination{{Addr: ap("10.1.0.1:0"), Forward: DirectRoute, Weight: 1}}},
			{Service{Key: MarkKey(IPv6, 7), Scheduler: "lc"}, []Destination{{Addr: ap("[fd00::2]:0"), Forward: DirectRoute, Weight: 1}}},
			{Service{Key: MarkKey(IPv4, 1<<32-1), Scheduler: "rr"}, nil},
		}, []string{
			"-A --sctp-service 10.0.0.1:80 -s wlc -p 100 -M 255.255.255.0",
			"-A -f -1 -s rr", // ipvsadm takes it for a signed number
			"-A -f 7 -6 -s lc",
			"-A -f 7 -s rr",
			"-A -t 10.0.0.10:0 -s rr -p 360",
			"-A -t 10.0.0.1:80 -s sh -b sh-fallback,sh-port",
			"-A -t [fd00::1]:80 -s mh -p 360 -M 64 -b mh-fallback,mh-port",
			"-A -u 10.0.0.1:80 -s rr -o -b flag-1,flag-3",
			"-A -u [fd00::1]:80 -s rr -p 60 --pe sip",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.1:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-csum",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.2:80 -i -w 1 --tun-type gre --tun-csum",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.3:80 -i -w 1 --tun-type gue --tun-port 6666 --tun-remcsum",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.4:80 -i -w 1 --tun-type gre --tun-nocsum",
			"-a -f 7 -6 -r [fd00::2]:0 -g -w 1",
			"-a -f 7 -r 10.1.0.1:0 -g -w 1",
			"-a -t 10.0.0.10:0 -r 10.1.0.1:0 -g -w 1",
			"-a -t 10.0.0.1:80 -r 10.1.0.1:8080 -m -w 65536",
			"-a -t 10.0.0.1:80 -r 10.1.0.2:80 -g -w 0",
			"-a -t 10.0.0.1:80 -r 10.1.0.3:80 -i -w 2147483647 --tun-type ipip",
			"-a -t 10.0.0.1:80 -r [fd00::3]:80 -i -w 2 --tun-type ipip",
			"-a -t [fd00::1]:80 -r [fd00::2]:81 -m -w 1",
			"-a -u 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1",
		}
}

func TestKernelEverything(t *testing.T) {
	c := kernel(t)
	table, want := everything()
	reach(t, c, table)
	if diff := cmp.Diff(want, saved(t)); diff != "" {
		t.Errorf("ipvsadm -Sn: %s", diff)
	}
	thresholds := strings.Fields(run(t, "ipvsadm", "-Ln", "--thresholds"))
	if i := slices.Index(thresholds, "10.1.0.1:8080"); i < 0 || !slices.Equal(thresholds[i+1:i+3], []string{"20", "10"}) {
		t.Errorf("ipvsadm -Ln --thresholds: %q", thresholds)
	}
	checkWitness(t, table)

	// Backwards through other settings of all, then nothing.
	for i := range table {
		s := &table[i].Service
		s.Scheduler, s.Flags = "wrr", s.Flags^SchedFlag2
		s.PE = ""
		for j := range table[i].Destinations {
			d := &table[i].Destinations[j]
			d.Weight, d.Upper, d.Lower = 3, 5, 2
			d.TunnelFlags = 0
		}
	}
	slices.Reverse(table)
	reach(t, c, table)
	reach(t, c, nil)
	if left := saved(t); len(left) != 0 {
		t.Errorf("ipvsadm -Sn after deleting all: %q", left)
	}
}

// checkWitness compares with what another client reads, as far as it can.
func checkWitness(t *testing.T, table []Entry) {
	t.Helper()
	h, err := moby.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	services, err := h.GetServices()
	if err != nil || len(services) != len(table) {
		t.Fatalf("%d services, want %d; %v", len(services), len(table), err)
	}
	for _, s := range services {
		i := slices.IndexFunc(table, func(e Entry) bool {
			k := e.Service.Key
			addr, _ := netip.AddrFromSlice(s.Address)
			return uint16(k.Family) == s.AddressFamily && k.FWMark == s.FWMark &&
				(s.FWMark != 0 || uint16(k.Protocol) == s.Protocol && k.Addr == netip.AddrPortFrom(addr, s.Port))
		})
		if i < 0 {
			t.Errorf("unexpected %+v", s)
			continue
		}
		e := table[i]
		if e.Service.Scheduler != s.SchedName || e.Service.Persistence != 0 && e.Service.Persistence != s.Timeout {
			t.Errorf("got %+v, want %+v", s, e.Service)
		}
		destinations, err := h.GetDestinations(s)
		if err != nil || len(destinations) != len(e.Destinations) {
			t.Errorf("%v: %d destinations, want %d; %v", e.Service.Key, len(destinations), len(e.Destinations), err)
		}
	}
}

// What others put into the table is read as it is.
func TestKernelForeign(t *testing.T) {
	c := kernel(t)
	for _, args := range []string{
		"-A -t 10.0.0.1:80 -s mh -b mh-port -p 33 -M 255.255.0.0", "-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 7 -x 5 -y 2",
		"-a -t 10.0.0.1:80 -r 10.1.0.2:80 -i --tun-type gue --tun-port 77 --tun-remcsum", "-A -f 3 -6 -p", "-a -f 3 -6 -r [fd00::2]:0 -g",
	} {
		run(t, append([]string{"ipvsadm"}, strings.Fields(args)...)...)
	}
	ap := netip.MustParseAddrPort
	want := []Entry{
		{Service{AddressKey(TCP, ap("10.0.0.1:80")), "mh", MHPort, 33, 0xffff0000, ""}, []Destination{
			{Addr: ap("10.1.0.1:80"), Weight: 7, Upper: 5, Lower: 2},
			{Addr: ap("10.1.0.2:80"), Forward: Tunnel, Weight: 1, TunnelType: GUE, TunnelPort: 77, TunnelFlags: TunnelRemoteChecksum}}},
		{Service{MarkKey(IPv6, 3), "wlc", 0, 360, 128, ""}, []Destination{{Addr: ap("[fd00::2]:0"), Forward: DirectRoute, Weight: 1}}},
	}
	got, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	s, err := c.Service(want[0].Service.Key)
	if err != nil || s.Service != want[0].Service {
		t.Errorf("got %+v, %v; want %+v", s, err, want[0].Service)
	}
	if _, err := c.Service(key("10.9.9.9:80")); !errors.Is(err, unix.ESRCH) {
		t.Errorf("reading a missing service: %v", err)
	}
	if d, err := c.Destinations(key("10.9.9.9:80")); !errors.Is(err, unix.ESRCH) || len(d) != 0 {
		t.Errorf("reading the destinations of a missing service: %v, %v", d, err)
	}
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
	if left := saved(t); len(left) != 0 {
		t.Errorf("ipvsadm -Sn after a flush: %q", left)
	}
}
