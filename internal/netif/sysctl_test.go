package netif

import (
	"strings"
	"testing"

	"keepalived/test/need"
)

func TestSysctlReadAndWrite(t *testing.T) {
	need.Namespace(t)
	ip(t, "link add eth0.5 type veth peer name other")
	p := Sysctl("net", "ipv4", "conf", "eth0.5", "arp_ignore")
	if v, err := p.Read(); v != "0" || err != nil {
		t.Fatalf("got %q, %v", v, err)
	}
	if err := p.Write("2"); err != nil {
		t.Fatal(err)
	}
	if v, _ := p.Read(); v != "2" {
		t.Errorf("got %q", v)
	}
	if err := p.Write("0x"); err == nil {
		t.Errorf("a wrong value is taken")
	}
	err := Sysctl("net", "ipv4", "conf", "eth9", "arp_ignore").Write("1")
	if err == nil || !strings.HasPrefix(err.Error(), "setting sysctl net/ipv4/conf/eth9/arp_ignore to 1: no such file") {
		t.Errorf("got %v", err)
	}
}

// The kernel takes 01 and shows 1.
func TestSysctlWriteIsVerified(t *testing.T) {
	need.Namespace(t)
	if err := Sysctl("net", "ipv4", "conf", "lo", "arp_ignore").Write("01"); err == nil || !strings.Contains(err.Error(), "it is 1 afterwards") {
		t.Errorf("got %v", err)
	}
}

func TestSysctlNamesLeadNowhereElse(t *testing.T) {
	for _, parts := range [][]string{nil, {""}, {"net", "..", "kernel"}, {"net/ipv4"}, {"."}, {"a\x00b"}} {
		if v, err := Sysctl(parts...).Read(); err == nil {
			t.Errorf("%q read as %q", parts, v)
		}
		if err := Sysctl(parts...).Write("0"); err == nil {
			t.Errorf("%q written", parts)
		}
	}
}

func TestSysctlsRestore(t *testing.T) {
	need.Namespace(t)
	ether(t, "d0")
	ether(t, "d1")
	p := func(dev, name string) Parameter { return Sysctl("net", "ipv4", "conf", dev, name) }
	shared, foreign, gone, same := p("d0", "arp_ignore"), p("d0", "arp_filter"), p("d1", "arp_ignore"), p("d0", "rp_filter")
	before, err := same.Read()
	if err != nil {
		t.Fatal(err)
	}
	var s Sysctls
	for param, value := range map[Parameter]string{shared: "1", foreign: "1", gone: "1", same: before} {
		if err := s.Set(param, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set(shared, "1"); err != nil {
		t.Fatal(err)
	}
	expect := func(p Parameter, want string) {
		t.Helper()
		if got, err := p.Read(); got != want || err != nil {
			t.Errorf("%v is %q, want %q: %v", p, got, want, err)
		}
	}
	if err := s.Release(shared); err != nil {
		t.Fatal(err)
	}
	expect(shared, "1") // another user
	if err := s.Release(shared); err != nil {
		t.Fatal(err)
	}
	expect(shared, "0")
	if err := s.Release(shared); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(shared, "3"); err != nil {
		t.Fatal(err)
	}
	if err := foreign.Write("2"); err != nil {
		t.Fatal(err)
	}
	ip(t, "link del d1")
	if err := s.Restore(); err != nil {
		t.Errorf("restoring: %v", err)
	}
	expect(shared, "0")
	expect(foreign, "2")
	expect(same, before)
	if len(s.order) != 0 || len(s.saved) != 0 {
		t.Errorf("not forgotten: %v", s.order)
	}
}
