package vrrp

import (
	"net/netip"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// A link-local address that another machine has, too, cannot be sent from: its
// router would be master unheard. When it has been freed it is good.
func TestAddressOfAnotherMachineIsNoSource(t *testing.T) {
	in := testInstance()
	in.Family, in.McastDst = config.IPv6, netip.MustParseAddr("ff02::12")
	in.VIPs = []config.Address{vip("fe80::99/64")}
	r := startPrepared(t, configOf(in), func() {
		for _, args := range []string{
			"link set vrrp0 down", "link set wire0 down", "link set vrrp0 addrgenmode none", "link set wire0 addrgenmode none",
			"link set vrrp0 up", "link set wire0 up", "address add fe80::5/64 dev wire0 nodad", "address add fe80::5/64 dev vrrp0",
		} {
			ip(t, args)
		}
		newTestRouter(t).waitIP("address show dev vrrp0", "dadfailed", true)
	})
	r.waitLog("(VI_1) entering FAULT state (no IPv6 address for interface)")
	ip(t, "address delete fe80::5/64 dev wire0")
	ip(t, "address delete fe80::5/64 dev vrrp0")
	ip(t, "address add fe80::5/64 dev vrrp0")
	r.waitLog("(VI_1) Entering BACKUP STATE")
	r.waitLog("(VI_1) Entering MASTER STATE")
	if r.logged("send advert error") {
		t.Error("an advert could not be sent")
	}
}

// A master whose source address is missing is not heard by anybody: it gives way
// to a router of lower priority that is.
func TestMasterWithoutItsSourceAddressGivesWay(t *testing.T) {
	in := testInstance()
	in.Family, in.Unicast, in.SrcIP = config.IPv6, true, netip.MustParseAddr("2001:db8::77")
	in.UnicastPeers = []config.UnicastPeer{{Addr: netip.MustParseAddr("2001:db8::78")}}
	in.VIPs = []config.Address{vip("2001:db8::99/128")}
	r, l := startInPieces(t, configOf(in))
	ip(t, "address add 2001:db8::1/64 dev vrrp0 nodad")
	r.waitLog("(VI_1) Entering MASTER STATE")
	r.waitLog("(VI_1) Cant send advert to 2001:db8::78 (Invalid argument)")
	r.wait("way that is given", func() bool {
		l.inbox.post(busCall(func(l *loop) {
			a := packet.Advert{Src: in.UnicastPeers[0].Addr, Priority: 50, Interval: in.AdvertInt}
			l.step(fsm.AdvertReceived{Instance: l.machine.Instances()[0], Advert: a})
		}))
		return r.logged("(VI_1) our adverts do not leave - giving way to 2001:db8::78")
	})
	r.waitLog("(VI_1) Entering BACKUP STATE")
	ip(t, "address add 2001:db8::77/64 dev vrrp0 nodad")
	r.waitLog("(VI_1) adverts leave again")
}

// That a farewell cannot leave an interface that has just lost its addresses says
// nothing about later adverts.
func TestFarewellWithoutAddressIsNoSignOfSilence(t *testing.T) {
	in := testInstance()
	in.Family, in.McastDst = config.IPv6, netip.MustParseAddr("ff02::12")
	in.VIPs = []config.Address{vip("fe80::99/64")}
	r, l := startInPieces(t, configOf(in))
	r.waitLog("(VI_1) Entering MASTER STATE")
	ip(t, "link set vrrp0 down")
	r.waitLog("(VI_1) Entering FAULT STATE")
	r.caughtUp(l)
	blocked := make(chan bool)
	l.inbox.post(busCall(func(l *loop) {
		for _, in := range l.instances {
			blocked <- in.blocked
		}
	}))
	if <-blocked {
		t.Error("its adverts count as blocked")
	}
}
