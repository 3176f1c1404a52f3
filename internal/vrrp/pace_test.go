package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/wire"
)

func pacedConfig() *config.Config {
	c := &config.Config{}
	c.VRRP.GarpGroups = []config.GarpGroup{{GarpInterval: 100 * time.Millisecond, Interfaces: []string{"eth0", "eth1"}}}
	c.Global.VRRPDefaults.GarpInterval = 10 * time.Millisecond
	c.Global.VRRPDefaults.GnaInterval = 20 * time.Millisecond
	return c
}

func waiting(owner int, dev, addr string, repeat int) paced {
	return paced{paceKey: paceKey{owner, dev, netip.MustParseAddr(addr)}, repeat: repeat}
}

// sent runs a pace in virtual time and tells what is sent when.
func sent(p *pace) (out []string) {
	start := time.Unix(0, 0)
	now := start
	for {
		x, ok, wait := p.next(now)
		switch {
		case ok:
			out = append(out, fmt.Sprintf("%d %s %s", now.Sub(start).Milliseconds(), x.dev, x.addr))
		case wait < 0:
			return out
		default:
			now = now.Add(wait)
		}
	}
}

func TestPace(t *testing.T) {
	tests := []struct {
		name string
		add  []paced
		want []string
	}{
		{"one after the other, then again", []paced{waiting(1, "eth0", "192.0.2.1", 2), waiting(1, "eth0", "192.0.2.2", 2)},
			[]string{"0 eth0 192.0.2.1", "100 eth0 192.0.2.2", "200 eth0 192.0.2.1", "300 eth0 192.0.2.2"}},
		{"interfaces of a group share the limit", []paced{waiting(1, "eth0", "192.0.2.1", 1), waiting(2, "eth1", "192.0.2.2", 1)},
			[]string{"0 eth0 192.0.2.1", "100 eth1 192.0.2.2"}},
		{"a VMAC counts as its base", []paced{waiting(1, "eth0", "192.0.2.1", 1), waiting(2, "vrrp.51", "192.0.2.2", 1)},
			[]string{"0 eth0 192.0.2.1", "100 vrrp.51 192.0.2.2"}},
		{"what waits is not added to", []paced{waiting(1, "eth0", "192.0.2.1", 2), waiting(1, "eth0", "192.0.2.1", 2)},
			[]string{"0 eth0 192.0.2.1", "100 eth0 192.0.2.1"}},
		{"interfaces without a group", []paced{waiting(1, "eth2", "192.0.2.1", 2), waiting(1, "eth2", "2001:db8::1", 2)},
			[]string{"0 eth2 192.0.2.1", "0 eth2 2001:db8::1", "10 eth2 192.0.2.1", "20 eth2 2001:db8::1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPace(pacedConfig(), []device{{name: "vrrp.51", base: "eth0"}})
			for _, x := range tt.add {
				if !p.add(x) {
					t.Fatalf("%v is not limited", x)
				}
			}
			if got := sent(p); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPaceLeavesAloneWhatHasNoLimit(t *testing.T) {
	p := newPace(pacedConfig(), nil)
	if p.add(waiting(1, "eth0", "2001:db8::1", 1)) {
		t.Error("the group limits IPv4 only")
	}
	if newPace(&config.Config{}, nil).add(waiting(1, "eth0", "192.0.2.1", 1)) {
		t.Error("nothing is limited")
	}
}

func TestPaceCancelsAndIsReplaced(t *testing.T) {
	p := newPace(pacedConfig(), nil)
	p.add(waiting(1, "eth0", "192.0.2.1", 5))
	p.add(waiting(2, "eth0", "192.0.2.2", 1))
	p.add(waiting(2, "eth2", "192.0.2.3", 1))
	p.cancel(1)
	shared := newPace(pacedConfig(), nil)
	shared.add(waiting(3, "eth0", "192.0.2.4", 1))
	if free := newPace(&config.Config{}, nil).takeOver(shared); len(free) != 1 {
		t.Errorf("%v need not wait, want one", free)
	}
	c := pacedConfig()
	c.Global.VRRPDefaults.GarpInterval = 0
	next := newPace(c, nil)
	if free := next.takeOver(p); len(free) != 1 || free[0].dev != "eth2" {
		t.Errorf("%v need not wait, want what is for eth2", free)
	}
	if got, want := sent(next), []string{"0 eth0 192.0.2.2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// fakeAnnouncer notes what is announced.
type fakeAnnouncer struct{ got chan string }

func (f fakeAnnouncer) Announce(i wire.Interface, addrs []netip.Addr) (int, error) {
	for _, a := range addrs {
		f.got <- fmt.Sprintf("%d %s", i.Index, a)
	}
	return len(addrs), nil
}

func TestAnnounceHandsOverWhatIsLimited(t *testing.T) {
	slow, fast := fakeAnnouncer{make(chan string, 8)}, fakeAnnouncer{make(chan string, 8)}
	p := newPacer(logging.New(logging.Options{}), slow)
	defer p.close()
	p.configure(newPace(pacedConfig(), nil))
	h := newHoldings([]object{
		address{Address: config.Address{Prefix: netip.MustParsePrefix("192.0.2.1/32")}, dev: "eth0"},
		address{Address: config.Address{Prefix: netip.MustParsePrefix("2001:db8::1/128")}, dev: "eth0"},
	})
	h.set = []bool{true, true}
	a := &announce{h: h, out: fast, view: interfaceView{"eth0": netif.Link{Index: 3, Name: "eth0"}}, forward: func(string) bool { return false },
		repeat: 1, owner: 1, pacer: p}
	run(a)
	if got := <-slow.got; got != "3 192.0.2.1" {
		t.Errorf("limited: %s", got)
	}
	if got := <-fast.got; got != "3 2001:db8::1" {
		t.Errorf("not limited: %s", got)
	}
}

func TestExtraInterfacesHaveOneAnnouncementEach(t *testing.T) {
	var objects []object
	for addr, dev := range map[string]string{"192.0.2.1/32": "eth0", "192.0.2.2/32": "vrrp1.51", "192.0.2.3/32": "vrrp1.51", "192.0.2.4/32": "eth1"} {
		objects = append(objects, address{Address: config.Address{Prefix: netip.MustParsePrefix(addr)}, dev: dev})
	}
	l := &loop{devices: &deviceTable{wanted: []device{{name: "vrrp1.51", base: "eth1"}}}}
	for _, tt := range []struct {
		all  bool
		want int
	}{{false, 1}, {true, 2}} {
		in := &instance{conf: config.Instance{Interface: "eth0", GarpExtraIfAll: tt.all}}
		if got := firstOnEach(objects, l.extraAddresses(in, fsm.ScopeExtraIf)); len(got) != tt.want {
			t.Errorf("all %v: %d announcements, want %d", tt.all, len(got), tt.want)
		}
	}
}

func TestCanceledAnnouncementsAreNotSentThatNeedNotWait(t *testing.T) {
	p := newPacer(logging.New(logging.Options{}), fakeAnnouncer{})
	p.pace = newPace(pacedConfig(), nil)
	p.pace.add(waiting(1, "eth0", "192.0.2.1", 1))
	p.pace.add(waiting(2, "eth0", "192.0.2.2", 1))
	p.configure(newPace(&config.Config{}, nil))
	p.cancel(1)
	if x, ok, _ := p.next(time.Now()); !ok || x.owner != 2 {
		t.Errorf("%v is sent, want what is left", x)
	}
	if x, ok, _ := p.next(time.Now()); ok {
		t.Errorf("%v is sent, too", x)
	}
}

// fullQueue refuses some addresses.
type fullQueue struct {
	refuse map[string]error
	sent   []string
}

func (q *fullQueue) Announce(_ wire.Interface, addrs []netip.Addr) (int, error) {
	for n, a := range addrs {
		if err := q.refuse[a.String()]; err != nil {
			return n, err
		}
		q.sent = append(q.sent, a.String())
	}
	return len(addrs), nil
}

func TestAnnounceGoesOnAfterAnError(t *testing.T) {
	h := newHoldings(vips(5))
	for i := range h.set {
		h.set[i] = true
	}
	q := &fullQueue{refuse: map[string]error{"10.0.0.1": unix.ENOBUFS, "10.0.0.2": unix.ENOBUFS}}
	errs := 0
	a := announce{h: h, out: q, view: eth0, forward: func(string) bool { return false }, repeat: 1, failed: func(error) { errs++ }}
	run(&a)
	if want := []string{"10.0.0.0", "10.0.0.3", "10.0.0.4"}; !slices.Equal(q.sent, want) || errs != 1 {
		t.Errorf("announced %v with %d errors told, want %v and 1", q.sent, errs, want)
	}
	q = &fullQueue{refuse: map[string]error{"10.0.0.1": wire.ErrWouldBlock}}
	a = announce{h: h, out: q, view: eth0, forward: func(string) bool { return false }, repeat: 1, failed: func(error) { errs++ }}
	run(&a)
	if want := []string{"10.0.0.0"}; !slices.Equal(q.sent, want) {
		t.Errorf("announced %v although there is no room", q.sent)
	}
}
