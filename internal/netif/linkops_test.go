package netif

import (
	"net"
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

var virtualMAC = net.HardwareAddr{0, 0, 0x5e, 0, 1, 51}

func do(t *testing.T, w *Writer, requests ...Request) {
	t.Helper()
	for _, err := range w.Do(requests) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMacvlan(t *testing.T) {
	need.Namespace(t)
	base := ether(t, "d0")
	w := testWriter(t)
	wanted := NewLink{Name: "vrrp.51", Kind: "macvlan", ParentIndex: base, HardwareAddr: virtualMAC, Group: 7, MacvlanMode: MacvlanPrivate}
	do(t, w, AddLink(wanted))
	l, err := w.Link("vrrp.51")
	if err != nil {
		t.Fatal(err)
	}
	if l.Kind != "macvlan" || l.ParentIndex != base || l.HardwareAddr.String() != virtualMAC.String() || l.Group != 7 || l.MacvlanMode != MacvlanPrivate || l.Up() {
		t.Errorf("made %+v", l)
	}
	if err := w.One(AddLink(wanted)); !AlreadyThere(err) {
		t.Errorf("making it again: %v", err)
	}
	do(t, w, SetAddrGenMode(l.Index, AddrGenNone), SetUp(l.Index, true))
	if l, _ = w.Link("vrrp.51"); !l.Up() || l.AddrGenMode != AddrGenNone {
		t.Errorf("switched on: %+v", l)
	}
	if got := ip(t, "address show dev vrrp.51"); strings.Contains(got, "fe80") {
		t.Errorf("the kernel made a link-local address:\n%s", got)
	}
	other := net.HardwareAddr{0, 0, 0x5e, 0, 1, 52}
	do(t, w, SetUp(l.Index, false), SetHardwareAddr(l.Index, other), SetMacvlanMode(l.Index, MacvlanBridge), SetGroup(l.Index, 0))
	if l, _ = w.Link("vrrp.51"); l.Up() || l.HardwareAddr.String() != other.String() || l.MacvlanMode != MacvlanBridge || l.Group != 0 {
		t.Errorf("changed: %+v", l)
	}
	do(t, w, Rename(l.Index, "other"))
	if now, err := w.Link("other"); err != nil || now.Index != l.Index {
		t.Errorf("renamed: %+v, %v", now, err)
	}
	do(t, w, DeleteLink(l.Index))
	if _, err := w.Link("other"); !AlreadyGone(err) {
		t.Errorf("reading what was deleted: %v", err)
	}
	if err := w.One(DeleteLink(l.Index)); !AlreadyGone(err) {
		t.Errorf("deleting again: %v", err)
	}
}

// The kernel at hand may have no ipvlan; the message must have what it wants.
func TestIPvlanMessage(t *testing.T) {
	r := AddLink(NewLink{Name: "vrrp.51", Kind: "ipvlan", ParentIndex: 3, IPvlanMode: IPvlanL2, IPvlanFlags: IPvlanFlagVEPA})
	if r.invalid != nil {
		t.Fatal(r.invalid)
	}
	l, ok := decodeLink(r.body)
	if !ok || l.Kind != "ipvlan" || l.ParentIndex != 3 || l.Name != "vrrp.51" || l.IPvlanMode != IPvlanL2 || l.IPvlanFlags != IPvlanFlagVEPA {
		t.Errorf("got %+v, %v", l, ok)
	}
}

func TestMaster(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	ip(t, "link add br0 type bridge")
	w := testWriter(t)
	br, err := w.Link("br0")
	if err != nil {
		t.Fatal(err)
	}
	do(t, w, SetMaster(i, br.Index))
	if l, _ := w.Link("d0"); l.MasterIndex != br.Index {
		t.Errorf("master %d, want %d", l.MasterIndex, br.Index)
	}
	do(t, w, SetMaster(i, 0))
	if l, _ := w.Link("d0"); l.MasterIndex != 0 {
		t.Errorf("master %d, want none", l.MasterIndex)
	}
}

func TestVRFMembershipIsDecoded(t *testing.T) {
	l := Link{MasterIndex: 5, MasterKind: "vrf"}
	if l.VRFIndex() != 5 {
		t.Errorf("VRF %d", l.VRFIndex())
	}
	var e encoder
	linkHeader(&e, 5, unix.IFF_UP, 0)
	e.text(unix.IFLA_IFNAME, "red")
	linkInfo(&e, "vrf", func() { e.u32(unix.IFLA_VRF_TABLE, 1000) })
	if l, ok := decodeLink(e.b); !ok || l.VRFTable != 1000 || l.Kind != "vrf" {
		t.Errorf("got %+v, %v", l, ok)
	}
}

func TestIPv4Conf(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	do(t, testWriter(t), SetIPv4Conf(i, IPv4Conf{ConfArpIgnore, 1}, IPv4Conf{ConfArpFilter, 1}, IPv4Conf{ConfRPFilter, 2},
		IPv4Conf{ConfAcceptLocal, 1}, IPv4Conf{ConfPromoteSecondaries, 1}))
	for name, want := range map[string]string{"arp_ignore": "1", "arp_filter": "1", "rp_filter": "2", "accept_local": "1", "promote_secondaries": "1"} {
		if got, err := Sysctl("net", "ipv4", "conf", "d0", name).Read(); got != want || err != nil {
			t.Errorf("%s is %q, want %s: %v", name, got, want, err)
		}
	}
}

func TestInvalidLinksAreNotSent(t *testing.T) {
	for _, tt := range []struct {
		request Request
		want    string
	}{
		{AddLink(NewLink{Kind: "macvlan", ParentIndex: 1}), "name"},
		{AddLink(NewLink{Name: "a-name-of-16-byt", Kind: "macvlan", ParentIndex: 1}), "name"},
		{AddLink(NewLink{Name: "a", Kind: "vlan", ParentIndex: 1}), "kind"},
		{AddLink(NewLink{Name: "a", Kind: "macvlan"}), "no interface"},
		{SetUp(0, true), "no interface"},
	} {
		if err := tt.request.invalid; err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.request, err, tt.want)
		}
	}
}
