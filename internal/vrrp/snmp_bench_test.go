package vrrp

import (
	"net/netip"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/snmp"
	"keepalived/internal/vrrp/fsm"
)

// manyAddresses is a loop whose interface has n addresses, all of one instance.
func manyAddresses(n int) *loop {
	l := &loop{
		surface: &surface{}, conf: &config.Config{}, machine: fsm.New(fsm.Config{Instances: make([]fsm.Instance, 1)}, time.Now()),
		links: newLinkTable(), devices: newDeviceTable(), trackers: &trackerSet{}, subagent: newSubagent(nil, nil),
		instances: map[fsm.InstanceID]*instance{},
	}
	l.links.set(netif.Link{Index: 2, Name: "eth0"})
	in := &instance{id: l.machine.Instances()[0], conf: config.Instance{Name: "V", Interface: "eth0", Family: config.IPv4}}
	for i := range n {
		a := config.Address{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32), Dev: "eth0"}
		in.conf.ExcludedVIPs = append(in.conf.ExcludedVIPs, a)
		in.objects = append(in.objects, address{Address: a, dev: "eth0"})
		l.links.addAddress(netif.Address{Index: 2, Prefix: a.Prefix})
	}
	l.instances[in.id] = in
	return l
}

// BenchmarkSNMPPicture is what a picture costs the loop, once a second at most
// while somebody walks.
func BenchmarkSNMPPicture(b *testing.B) {
	l := manyAddresses(5000)
	answer := make(chan snmpPicture, 1)
	for b.Loop() {
		snmpAsk(answer).handle(l)
		<-answer
	}
}

// BenchmarkSNMPView is what it costs the goroutine of the session.
func BenchmarkSNMPView(b *testing.B) {
	l := manyAddresses(5000)
	answer := make(chan snmpPicture, 1)
	snmpAsk(answer).handle(l)
	p := <-answer
	v := newSNMPView(nil, config.SNMP{VRRP: true, RFCv2: true, RFCv3: true})
	var view *snmp.View
	for b.Loop() {
		view = v.declare(p)
	}
	if len(view.Objects()) < 200 {
		b.Fatal("no objects")
	}
}
