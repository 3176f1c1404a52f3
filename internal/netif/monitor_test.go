package netif

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// watch opens a Monitor and returns its snapshot and a channel of its events.
func watch(t *testing.T, o Options) (Snapshot, <-chan Event) {
	t.Helper()
	m, snap, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan Event)
	ended := make(chan error, 1)
	stop := make(chan struct{})
	go func() {
		ended <- m.Run(func(ev Event) {
			select {
			case events <- ev:
			case <-stop:
			}
		})
	}()
	t.Cleanup(func() {
		close(stop)
		m.Close()
		m.Close()
		if err := <-ended; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
	return snap, events
}

// await returns the first event for which match holds, and fails when none
// comes.
func await[E Event](t *testing.T, events <-chan Event, match func(E) bool) E {
	t.Helper()
	deadline := time.After(10 * time.Second)
	var seen []string
	for {
		select {
		case ev := <-events:
			if e, ok := ev.(E); ok && match(e) {
				return e
			}
			seen = append(seen, fmt.Sprintf("%T", ev))
		case <-deadline:
			t.Fatalf("no such %T among %v", *new(E), seen)
		}
	}
}

func TestMonitorLinksAndAddresses(t *testing.T) {
	need.Namespace(t)
	ether(t, "before")
	snap, events := watch(t, Options{})
	if len(snap.Links) != 3 || snap.Links[0].Name != "lo" || !snap.Links[0].Loopback() {
		t.Fatalf("snapshot: %+v", snap.Links)
	}
	i := ether(t, "d0")
	up := await(t, events, func(e LinkChanged) bool { return e.Link.Name == "d0" && e.Link.Running() && e.Link.LowerUp() })
	if l := up.Link; l.Index != i || l.Kind != "veth" || l.MTU != 1500 || !l.Multicast() || l.NoARP() || len(l.HardwareAddr) != 6 || l.Type != unix.ARPHRD_ETHER {
		t.Errorf("link: %+v", l)
	}
	ip(t, "address add 192.0.2.1/24 dev d0")
	added := await(t, events, func(e AddressAdded) bool { return e.Address.Index == i && !e.Address.Is6() })
	if added.Address.Prefix != netip.MustParsePrefix("192.0.2.1/24") {
		t.Errorf("address: %+v", added.Address)
	}
	ip(t, "link set d0-peer down")
	await(t, events, func(e LinkChanged) bool { return e.Link.Index == i && e.Link.Up() && !e.Link.LowerUp() })
	ip(t, "link set d0 mtu 1400")
	await(t, events, func(e LinkChanged) bool { return e.Link.Index == i && e.Link.MTU == 1400 })
	ip(t, "link set d0 name d1")
	await(t, events, func(e LinkChanged) bool { return e.Link.Index == i && e.Link.Name == "d1" })
	ip(t, "link del d1")
	await(t, events, func(e AddressRemoved) bool { return e.Address.Key() == added.Address.Key() })
	await(t, events, func(e LinkRemoved) bool { return e.Link.Index == i })
}

// Leaving a bridge is told as the deletion of a bridge port; the interface is
// still there.
func TestMonitorBridgePort(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	ip(t, "link add br0 type bridge")
	br := linkNamed(t, "br0")
	_, events := watch(t, Options{})
	ip(t, "link set d0 master br0")
	in := await(t, events, func(e LinkChanged) bool { return e.Link.Index == i && e.Link.MasterIndex == br.Index })
	if in.Link.MasterKind != "bridge" || in.Link.VRFIndex() != 0 {
		t.Errorf("master: %+v", in.Link)
	}
	ip(t, "link set d0 nomaster")
	ip(t, "link set d0 alias end")
	for {
		ev := await(t, events, func(Event) bool { return true })
		if gone, ok := ev.(LinkRemoved); ok {
			t.Fatalf("told as removed: %+v", gone.Link)
		}
		if c, ok := ev.(LinkChanged); ok && c.Link.Index == i && c.Link.MasterIndex == 0 {
			return
		}
	}
}

func TestMonitorRoutesAndRules(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	ip(t, "address add 192.0.2.1/24 dev d0")
	ip(t, "route add 198.51.100.0/24 via 192.0.2.2 proto 18")
	ip(t, "route add 198.51.101.0/24 via 192.0.2.2 proto bgp")
	ip(t, "-6 rule add from 2001:db8::/32 table 1000 pref 77 protocol 18")
	snap, events := watch(t, Options{Routes: true, Rules: true})
	if len(snap.Routes) != 1 || snap.Routes[0].Dst.String() != "198.51.100.0/24" || snap.Routes[0].Via.String() != "192.0.2.2" || snap.Routes[0].Index != i {
		t.Errorf("routes: %v", snap.Routes)
	}
	if r := snap.Rules[len(snap.Rules)-2]; r.Priority != 77 || r.Table != 1000 || r.Protocol != 18 || r.From.String() != "2001:db8::/32" {
		t.Errorf("rules: %+v", snap.Rules)
	}
	ip(t, "route add 198.51.103.0/24 via 192.0.2.2 proto bgp")
	ip(t, "route add 198.51.102.0/24 via 192.0.2.2 proto 18 table 500")
	await(t, events, func(e RouteAdded) bool {
		if e.Route.Protocol != 18 {
			t.Errorf("a route of protocol %d is told", e.Route.Protocol)
		}
		return e.Route.Table == 500
	})
	ip(t, "route del 198.51.100.0/24")
	await(t, events, func(e RouteRemoved) bool { return e.Route.Dst.String() == "198.51.100.0/24" })
	ip(t, "rule add fwmark 3 table 9 pref 5")
	await(t, events, func(e RuleAdded) bool { return e.Rule.FwMark == 3 && e.Rule.Priority == 5 })
	ip(t, "-6 rule del pref 77")
	await(t, events, func(e RuleRemoved) bool { return e.Rule.Priority == 77 })
}

// The smallest buffer is full after a few events while nobody reads.
func TestMonitorResyncsAfterLostEvents(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	m, _, err := Open(Options{ReceiveBuffer: 1})
	if err != nil {
		t.Fatal(err)
	}
	var reqs []Request
	for n := range 500 {
		reqs = append(reqs, AddAddress(vip(i, n+1)))
	}
	for _, err := range testWriter(t).Do(reqs) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var last *Snapshot
	defer time.AfterFunc(10*time.Second, m.Close).Stop()
	err = m.Run(func(ev Event) {
		if r, ok := ev.(Resync); ok {
			last = &r.Snapshot
			m.Close()
		}
	})
	if err != nil || last == nil {
		t.Fatalf("no resync: %v", err)
	}
	n := 0
	for _, a := range last.Addresses {
		if !a.Is6() && a.Index == i {
			n++
		}
	}
	if n != 500 {
		t.Errorf("%d addresses after the resync, want 500", n)
	}
}

// A list that fails, as when the kernel is short of memory, does not end the watch.
func TestMonitorGoesOnAfterAnError(t *testing.T) {
	need.Namespace(t)
	m, _, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.lost = true
	wrong, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup3(wrong, m.lister.fd, unix.O_CLOEXEC); err != nil { // no socket at all
		t.Fatal(err)
	}
	unix.Close(wrong)
	resynced := false
	defer time.AfterFunc(10*time.Second, m.Close).Stop()
	err = m.Run(func(ev Event) {
		if _, ok := ev.(Resync); ok {
			resynced = true
			m.Close()
		}
	})
	if err != nil || !resynced {
		t.Fatalf("no resync: %v", err)
	}
}

// What is told after the snapshot, applied to it, must give the present state,
// also when changes go on all the time.
func TestMonitorConvergesUnderChange(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	w := testWriter(t)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for n := range 3000 {
			a := vip(i, n%40+1)
			w.Do([]Request{AddAddress(a)})
			if n%3 == 0 || n > 2900 {
				w.Do([]Request{DeleteAddress(a)})
			}
		}
		w.Do([]Request{AddAddress(vip(i, 7777))})
	}()
	snap, events := watch(t, Options{})
	present := map[AddressKey]bool{}
	reset := func(s Snapshot) {
		clear(present)
		for _, a := range s.Addresses {
			present[a.Key()] = true
		}
	}
	reset(snap)
	await(t, events, func(ev Event) bool {
		switch ev := ev.(type) {
		case AddressAdded:
			present[ev.Address.Key()] = true
		case AddressRemoved:
			delete(present, ev.Address.Key())
		case Resync:
			reset(ev.Snapshot)
		}
		return present[vip(i, 7777).Key()]
	})
	<-finished
	now, err := List(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range now.Addresses {
		if !a.Is6() && !present[a.Key()] {
			t.Errorf("%v is there, not told", a)
		}
		delete(present, a.Key())
	}
	for k := range present {
		if !k.Prefix.Addr().Is6() {
			t.Errorf("%v was told, is not there", k)
		}
	}
}

// What happened before the listing is in it; told afterwards it would undo what
// has happened since.
func TestSettleLeavesOutOldEvents(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	m, _, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	do(t, testWriter(t), AddAddress(vip(i, 1)), DeleteAddress(vip(i, 1)), AddAddress(vip(i, 1)))
	var snap Snapshot
	var old []Event
	for range 100 { // the interface itself may still be coming up
		if snap, old, err = m.settle(); err != nil || len(old) == 0 {
			break
		}
	}
	if err != nil || len(old) != 0 {
		t.Errorf("old events are told: %v, %v", old, err)
	}
	if n := len(snap.Addresses); n == 0 || !slices.ContainsFunc(snap.Addresses, func(a Address) bool { return a.Key() == vip(i, 1).Key() }) {
		t.Errorf("snapshot: %v", snap.Addresses)
	}
	do(t, testWriter(t), DeleteAddress(vip(i, 1)))
	if _, old, _ := m.settle(); len(old) != 0 {
		t.Errorf("old events are told: %v", old)
	}
}

// Only the kernel is believed.
func TestForgedMessagesAreIgnored(t *testing.T) {
	need.Namespace(t)
	m, _, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	name, err := unix.Getsockname(m.socket.fd)
	if err != nil {
		t.Fatal(err)
	}
	forger, err := openSocket(0)
	if err != nil {
		t.Fatal(err)
	}
	defer forger.close()
	forged := encoded(unix.RTM_DELLINK, NewLink{Name: "lo", Kind: "macvlan", ParentIndex: 1})
	if err := unix.Sendto(forger.fd, forged, 0, name); err != nil {
		t.Fatal(err)
	}
	if events, _, err := m.drain(); len(events) != 0 || err != nil {
		t.Errorf("believed %v, %v", events, err)
	}
}

// Whoever adds thousands of addresses is not told of each; of all others, and
// of what becomes of its own, it is.
func TestOwnAdditionsAreNotReported(t *testing.T) {
	for _, routes := range []bool{false, true} {
		need.Namespace(t)
		i := ether(t, "d0")
		w := testWriter(t)
		_, events := watch(t, Options{OwnAdditions: w.Port(), Routes: routes})
		mine := vip(i, 1)
		for _, r := range []Request{AddAddress(mine), DeleteAddress(mine)} {
			if err := w.One(r); err != nil {
				t.Fatal(err)
			}
		}
		ip(t, "address add 192.0.2.7/32 dev d0")
		ip(t, "address del 192.0.2.7/32 dev d0")
		var got []string
		await(t, events, func(e AddressRemoved) bool {
			got = append(got, "removed "+e.Address.Prefix.String())
			return e.Address.Prefix != mine.Prefix
		})
		if want := []string{"removed " + mine.Prefix.String(), "removed 192.0.2.7/32"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := w.One(AddAddress(mine)); err != nil {
			t.Fatal(err)
		}
		ip(t, "address add 192.0.2.8/32 dev d0")
		await(t, events, func(e AddressAdded) bool {
			if e.Address.Prefix == mine.Prefix {
				t.Errorf("told of its own addition")
			}
			return e.Address.Prefix == netip.MustParsePrefix("192.0.2.8/32")
		})
	}
}
