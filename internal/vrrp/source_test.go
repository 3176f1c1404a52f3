package vrrp

import (
	"net/netip"
	"testing"

	"keepalived/internal/config"
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
