package dbus

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

type logged struct{ lines []string }

func (l *logged) Infof(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func TestPaths(t *testing.T) {
	c := Config{NoInterface: "no-ne"}
	for want, got := range map[string]string{
		"/org/keepalived/Vrrp1/Vrrp":                            c.processPath(),
		"/org/keepalived/Vrrp1/Instance/eth0_5/51/IPv4":         c.instancePath(&Instance{Interface: "eth0.5", VRID: 51}),
		"/org/keepalived/Vrrp1/Instance/no_ne/7/IPv6":           c.instancePath(&Instance{VRID: 7, IPv6: true}),
		"/org/keepalived/Vrrp1/blue_1/a_b/Vrrp":                 (&Config{Namespace: "blue-1", Instance: "a b"}).processPath(),
		"/org/keepalived/Vrrp1/only/Vrrp":                       (&Config{Instance: "only"}).processPath(),
		"/org/keepalived/Vrrp1/ns/Instance/br_lan_0/1/IPv4":     (&Config{Namespace: "ns"}).instancePath(&Instance{Interface: "br_lan@0", VRID: 1}),
		"/org/keepalived/Vrrp1/ns/Instance/__________/255/IPv4": (&Config{Namespace: "ns"}).instancePath(&Instance{Interface: "äöü=-:/", VRID: 255}),
	} {
		if got != want || !dbus.ObjectPath(got).IsValid() {
			t.Errorf("path is %s, want %s", got, want)
		}
	}
}

// online is a service as it is when the bus listens, without a bus.
func online(instances ...Instance) (*Service, *logged) {
	log := &logged{}
	s := New(log, Actions{})
	s.running = true
	s.Configure(&Config{Name: "a.b"}, instances)
	s.goOnline(s.config)
	return s, log
}

func members(list []signal) (out []string) {
	for _, x := range list {
		out = append(out, fmt.Sprint(x.member, x.values))
	}
	return out
}

func TestSignals(t *testing.T) {
	a, b := Instance{Name: "A", Interface: "eth0", VRID: 1, State: Backup}, Instance{Name: "B", Interface: "eth0", VRID: 2}
	s, log := online(a, b)
	want := func(what ...string) {
		t.Helper()
		if got := members(s.pending()); !slices.Equal(got, what) {
			t.Errorf("signals are %v, want %v", got, what)
		}
	}
	want("VrrpStarted[]", "VrrpStatusChange[1]", "VrrpStatusChange[0]")
	a.State = Master
	s.Changed(a)
	want("VrrpStatusChange[2]")

	// A reload that renames B: A keeps the state that was told last.
	a.State = Backup
	b.Name = "C"
	s.Configure(&Config{Name: "a.b"}, []Instance{a, b})
	want("VrrpReloaded[]")
	if n, ok := s.node("/org/keepalived/Vrrp1/Instance/eth0/1/IPv4"); !ok || n.instance.State != Master {
		t.Errorf("A is %v, %v after the reload", n.instance.State, ok)
	}
	// What is told of an instance that is gone is told, and changes no other.
	s.Changed(Instance{Name: "B", Interface: "eth0", VRID: 2, State: Fault})
	want("VrrpStatusChange[3]")
	if n, _ := s.node("/org/keepalived/Vrrp1/Instance/eth0/2/IPv4"); n.instance.State != Init {
		t.Errorf("C is %v", n.instance.State)
	}
	s.Configure(&Config{Name: "a.b"}, []Instance{a, a})
	if len(log.lines) != 2 { // C is gone, one of two is not shown
		t.Errorf("logged: %q", log.lines)
	}
	s.Configure(nil, nil)
	s.Changed(a)
	want("VrrpReloaded[]")
	if _, ok := s.node("/"); ok {
		t.Error("switched off, it shows something")
	}
}

func TestFlood(t *testing.T) {
	a := Instance{Name: "A", Interface: "eth0", VRID: 1}
	s, _ := online(a)
	for i := range 3 * maxQueue {
		a.State = State(i % 4)
		s.Changed(a)
		if len(s.queue) > maxQueue {
			t.Fatalf("%d signals wait", len(s.queue))
		}
	}
	a.State = Fault
	s.Changed(a)
	if got := members(s.pending()); !slices.Equal(got, []string{"VrrpStatusChange[3]"}) {
		t.Errorf("after a flood: %v", got)
	}
	s.Changed(a)
	if got := s.pending(); len(got) != 1 {
		t.Errorf("afterwards: %v", members(got))
	}
}

// TestWithoutBus: it can be ended while there is no bus.
func TestWithoutBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	s := New(&logged{}, Actions{})
	s.Configure(&Config{Name: "a.b"}, nil)
	s.Close(time.Minute)
	select {
	case <-s.ended:
	default:
		t.Error("it has not ended")
	}
}

func TestAddress(t *testing.T) {
	for list, want := range map[string]string{
		"":                                       "/var/run/dbus/system_bus_socket",
		"unix:path=/a/b,guid=1":                  "/a/b",
		"tcp:host=h,path=/x;unix:guid=1,path=/y": "/y",
		"unix:abstract=/z":                       "@/z",
	} {
		if _, got := address(list); got != want {
			t.Errorf("%q: %s, want %s", list, got, want)
		}
	}
}
