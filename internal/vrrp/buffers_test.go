package vrrp

import (
	"net/netip"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/fsm"
)

func TestReceiveBuffers(t *testing.T) {
	router := func(id fsm.InstanceID, dev string, size config.Opt[uint32]) *instance {
		c := testInstance()
		c.Interface, c.KernelRxBufSize = dev, size
		return &instance{id: id, conf: c}
	}
	none := config.Opt[uint32]{}
	tests := []struct {
		name    string
		buffers config.Buffers
		own     config.Opt[uint32]
		want    int
	}{
		{"kernel's", config.Buffers{}, none, 0},
		{"own size", config.Buffers{RxBufsSize: 7}, config.Some(uint32(5000)), 5007},
		{"size", config.Buffers{RxBufsSize: 4000, RxBufsPolicyMTU: true, RxBufsMultiplier: 3}, none, 8000},
		{"MTU", config.Buffers{RxBufsPolicyMTU: true, RxBufsPolicyAdvert: true, RxBufsMultiplier: 3}, none, 9000},
		{"advert", config.Buffers{RxBufsPolicyAdvert: true, RxBufsMultiplier: 4}, none, 256},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			links := newLinkTable()
			links.set(netif.Link{Index: 2, Name: "eth0", MTU: 1500})
			links.set(netif.Link{Index: 3, Name: "eth1", MTU: 9000})
			l := &loop{conf: &config.Config{Global: config.Global{Buffers: tt.buffers}}, links: links}
			l.instances = map[fsm.InstanceID]*instance{0: router(0, "eth0", tt.own), 1: router(1, "eth0", none), 2: router(2, "eth1", none)}
			for _, id := range []fsm.InstanceID{0, 1} { // whichever opens the sockets
				if got := l.receiveOptions(l.instances[id]).Buffer; got != tt.want {
					t.Errorf("got %d, want %d", got, tt.want)
				}
			}
		})
	}
}

func TestAdvertSize(t *testing.T) {
	in := testInstance()
	if got := advertSize(&in); got != 32 {
		t.Errorf("version 3: %d", got)
	}
	in.Version = 2
	if got := advertSize(&in); got != 40 {
		t.Errorf("version 2: %d", got)
	}
	in.Version, in.Family, in.VIPs[0].Prefix = 3, config.IPv6, netip.MustParsePrefix("fe80::1/128")
	if got := advertSize(&in); got != 64 {
		t.Errorf("IPv6: %d", got)
	}
}
