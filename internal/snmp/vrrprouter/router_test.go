package vrrprouter_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/agentx/pdu"
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/rfc2787"
	"keepalived/internal/snmp/rfc6527"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
	"keepalived/packaging/mibs"
)

var boot = time.Unix(1000, 0)

func addrs(list ...string) (out []config.Address) {
	for _, a := range list {
		p := netip.MustParseAddr(a)
		out = append(out, config.Address{Prefix: netip.PrefixFrom(p, p.BitLen())})
	}
	return out
}

// state has a version 2 master on a VMAC, a version 3 backup for IPv6, one for
// IPv4 without an interface, and one without addresses.
func state() *vrrprouter.State {
	v2 := config.Instance{
		Name: "v2", Version: 2, Family: config.IPv4, VRID: 7, Interface: "eth0", AdvertInt: 2 * time.Second,
		Auth: config.Auth{Type: config.AuthPass}, VIPs: addrs("192.0.2.200", "192.0.2.9"),
	}
	v6 := config.Instance{Name: "v6", Version: 3, Family: config.IPv6, VRID: 7, Interface: "eth0", AdvertInt: 300 * time.Millisecond,
		Accept: true, VIPs: addrs("fe80::1")}
	alone := config.Instance{Name: "alone", Version: 3, Family: config.IPv4, VRID: 9, AdvertInt: time.Second, VIPs: addrs("192.0.2.1")}
	none := config.Instance{Name: "none", Version: 2, Family: config.IPv4, VRID: 8, Interface: "eth0"}
	eth0 := dump.Interface{Name: "eth0", Index: 4, IPv4: netip.MustParseAddr("192.0.2.2"), IPv6: netip.MustParseAddr("fe80::2"), MAC: "02:00:00:00:00:01"}
	vmac := dump.Interface{Name: "vrrp.7", Index: 9, MAC: "00:00:5e:00:01:07"}
	s := &dump.Snapshot{
		Time: boot.Add(100 * time.Second), Conf: &config.Config{}, Interfaces: []dump.Interface{eth0, vmac},
		Instances: []dump.Instance{
			{Conf: v2, Interface: vmac, Status: fsm.Status{ID: 1, State: fsm.StateMaster, BasePriority: 100, Preempt: true, MasterCause: fsm.CausePreempted,
				Source: netip.MustParseAddr("192.0.2.2")}},
			{Conf: v6, Interface: eth0, Status: fsm.Status{ID: 2, State: fsm.StateBackup, BasePriority: 50, MasterAddr: netip.MustParseAddr("fe80::9")}},
			{Conf: alone, Status: fsm.Status{ID: 3, State: fsm.StateFault, BasePriority: 255}},
			{Conf: none, Interface: eth0, Status: fsm.Status{ID: 4, State: fsm.StateBackup}},
		},
	}
	for i := range s.Instances {
		c := &s.Instances[i].Status.Counters
		c.AdvertsReceived, c.BecomeMaster, c.PriorityZeroReceived, c.PriorityZeroSent, c.AddrListErrors = 11, 12, 13, 14, 15
		for r := range c.Rejected {
			c.Rejected[r] = uint64(100 + r)
		}
	}
	return &vrrprouter.State{
		Snapshot: s, Boot: boot, Cleared: boot.Add(40 * time.Second),
		Extra: map[fsm.InstanceID]vrrprouter.Extra{
			1: {Up: boot.Add(30 * time.Second)},
			2: {Up: boot.Add(-time.Second), Error: vrrprouter.ChecksumError},
			3: {Up: boot},
		},
	}
}

func walk(v *snmp.View, root snmp.OID) (out []string) {
	for at := (pdu.Range{Start: root}); ; {
		x := v.Next(at)
		if x.Value.Type == pdu.TypeEndOfMIBView {
			return out
		}
		out = append(out, fmt.Sprintf("%s = %s", strings.TrimPrefix(x.Name.String(), root.String()+"."), x.Value))
		at.Start = x.Name
	}
}

func compare(t *testing.T, file string, v *snmp.View, root snmp.OID, want string) {
	t.Helper()
	m, err := mibs.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Served(v, root) {
		t.Error(f)
	}
	faults, _ := m.Values(v, root)
	for _, f := range faults {
		t.Error(f)
	}
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if diff := cmp.Diff(lines, walk(v, root)); diff != "" {
		t.Error(diff)
	}
}

// Row 4.7 is v2: the index of the interface under the VMAC.
func TestRFC2787(t *testing.T) {
	compare(t, "VRRP-MIB.txt", rfc2787.View(state()), rfc2787.OID, `
		1.1.0 = 2
		1.2.0 = 2
		1.3.1.2.4.7 = "\x00\x00^\x00\x01\a"
		1.3.1.3.4.7 = 3
		1.3.1.4.4.7 = 1
		1.3.1.5.4.7 = 100
		1.3.1.6.4.7 = 2
		1.3.1.7.4.7 = 192.0.2.2
		1.3.1.8.4.7 = 192.0.2.2
		1.3.1.9.4.7 = 2
		1.3.1.10.4.7 = ""
		1.3.1.11.4.7 = 2
		1.3.1.12.4.7 = 1
		1.3.1.13.4.7 = 3000
		1.3.1.14.4.7 = 1
		1.3.1.15.4.7 = 1
		1.4.1.2.4.7.192.0.2.9 = 1
		1.4.1.2.4.7.192.0.2.200 = 1
		2.1.0 = 122
		2.2.0 = 104
		2.3.0 = 0
		2.4.1.1.4.7 = 12
		2.4.1.2.4.7 = 11
		2.4.1.3.4.7 = 119
		2.4.1.4.4.7 = 580
		2.4.1.5.4.7 = 228
		2.4.1.6.4.7 = 13
		2.4.1.7.4.7 = 14
		2.4.1.8.4.7 = 120
		2.4.1.9.4.7 = 15
		2.4.1.10.4.7 = 112
		2.4.1.11.4.7 = 214
		2.4.1.12.4.7 = 223
	`)
}

// The rows are those of alone, v2 and v6, in the order of their indexes.
func TestRFC6527(t *testing.T) {
	compare(t, "VRRPv3-MIB.txt", rfc6527.View(state()), rfc6527.OID, `
		1.1.1.1.3.0.9.1 = "\x00\x00\x00\x00"
		1.1.1.1.3.4.7.1 = "\xc0\x00\x02\x02"
		1.1.1.1.3.4.7.2 = "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\t"
		1.1.1.1.4.4.7.1 = "\xc0\x00\x02\x02"
		1.1.1.1.4.4.7.2 = "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
		1.1.1.1.5.4.7.1 = "\x00\x00^\x00\x01\a"
		1.1.1.1.5.4.7.2 = "\x02\x00\x00\x00\x00\x01"
		1.1.1.1.6.0.9.1 = 1
		1.1.1.1.6.4.7.1 = 3
		1.1.1.1.6.4.7.2 = 2
		1.1.1.1.7.0.9.1 = 255
		1.1.1.1.7.4.7.1 = 100
		1.1.1.1.7.4.7.2 = 50
		1.1.1.1.8.0.9.1 = 1
		1.1.1.1.8.4.7.1 = 2
		1.1.1.1.8.4.7.2 = 1
		1.1.1.1.9.0.9.1 = 100
		1.1.1.1.9.4.7.1 = 200
		1.1.1.1.9.4.7.2 = 30
		1.1.1.1.10.0.9.1 = 2
		1.1.1.1.10.4.7.1 = 1
		1.1.1.1.10.4.7.2 = 2
		1.1.1.1.11.0.9.1 = 2
		1.1.1.1.11.4.7.1 = 2
		1.1.1.1.11.4.7.2 = 1
		1.1.1.1.12.0.9.1 = 0
		1.1.1.1.12.4.7.1 = 7000
		1.1.1.1.12.4.7.2 = 10100
		1.1.1.1.13.0.9.1 = 1
		1.1.1.1.13.4.7.1 = 1
		1.1.1.1.13.4.7.2 = 1
		1.1.2.1.2.0.9.1.4.192.0.2.1 = 1
		1.1.2.1.2.4.7.1.4.192.0.2.9 = 1
		1.1.2.1.2.4.7.1.4.192.0.2.200 = 1
		1.1.2.1.2.4.7.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1 = 1
		1.2.1.0 = 366
		1.2.2.0 = 312
		1.2.3.0 = 0
		1.2.4.0 = 4000
		`+column(1, 12, 12, 12)+column(2, 0, 2, 0)+column(3, 11, 11, 11)+column(4, 119, 119, 119)+column(5, 228, 228, 228)+
		column(6, 0, 0, 3)+column(7, 13, 13, 13)+column(8, 14, 14, 14)+column(9, 120, 120, 120)+column(10, 15, 15, 15)+
		column(11, 223, 223, 223)+column(12, 4000, 4000, 4000)+column(13, 1000, 2000, 300))
}

func column(number int, values ...int) string {
	var b strings.Builder
	for i, row := range []string{"0.9.1", "4.7.1", "4.7.2"} {
		fmt.Fprintf(&b, "1.2.5.1.%d.%s = %d\n", number, row, values[i])
	}
	return b.String()
}

// A moment before the master agent started is its start.
func TestUpTime(t *testing.T) {
	s := state()
	for _, c := range []struct {
		at   time.Time
		want int64
	}{{time.Time{}, 0}, {boot.Add(-time.Hour), 0}, {boot.Add(1230 * time.Millisecond), 123}} {
		if got := s.UpTime(c.at).Int64(); got != c.want {
			t.Errorf("%v: %d, want %d", c.at, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for r := range packet.Reason(packet.NumReasons) {
		auth, proto := vrrprouter.AuthErrorOf(r), vrrprouter.ProtoErrorOf(r)
		if auth != vrrprouter.NoAuthError && proto != vrrprouter.NoError {
			t.Errorf("reason %d is both %d and %d", r, auth, proto)
		}
	}
	if vrrprouter.AuthErrorOf(packet.ReasonPassword) != vrrprouter.AuthFailure || vrrprouter.ProtoErrorOf(packet.ReasonTTL) != vrrprouter.IPTTLError {
		t.Error("a wrong password or TTL is taken for something else")
	}
}

// Notifications have the variables that the RFCs and C keepalived give them.
func TestTraps(t *testing.T) {
	c := &config.Instance{VRID: 7, Family: config.IPv6}
	own := netip.MustParseAddr("192.0.2.2")
	for _, x := range []struct {
		got  []snmp.VarBind
		want string
	}{
		{rfc2787.NewMasterTrap(4, 7, own), "1.3.6.1.2.1.68.0.1; 1.3.6.1.2.1.68.1.3.1.7.4.7 = 192.0.2.2"},
		{rfc2787.AuthTrap(4, 7, own, vrrprouter.AuthFailure), "1.3.6.1.2.1.68.0.2; 1.3.6.1.2.1.68.1.5.4.7 = 192.0.2.2; 1.3.6.1.2.1.68.1.6.4.7 = 3"},
		{rfc6527.NewMasterTrap(4, c, own, fsm.CausePriority), `1.3.6.1.2.1.207.0.1; 1.3.6.1.2.1.207.1.1.1.1.3.4.7.2 = "\xc0\x00\x02\x02"; 1.3.6.1.2.1.207.1.2.5.1.2.4.7.2 = 1`},
		{rfc6527.ProtoErrorTrap(4, c, vrrprouter.VersionError), "1.3.6.1.2.1.207.0.2; 1.3.6.1.2.1.207.1.2.5.1.6.4.7.2 = 2"},
	} {
		text := x.got[0].Value.String()
		for _, v := range x.got[1:] {
			text += fmt.Sprintf("; %s = %s", v.Name, v.Value)
		}
		if x.got[0].Name.String() != "1.3.6.1.6.3.1.1.4.1.0" || text != x.want {
			t.Errorf("%v\n got %s\nwant %s", x.got[0].Name, text, x.want)
		}
	}
}
