package outages

import (
	"fmt"
	"strings"
	"time"

	"keepalived/test/lab"
)

var startOutages = []outage{
	{"interface late", "the interface appears five seconds after the start", interfaceLate},
	{"address late", "the interface has no address at the start, later it gets one", addressLate},
	{"interface down", "the interface is down at the start, later it is up", interfaceDown},
	{"stop", "stop with 2,000 virtual addresses", stopMany},
}

func interfaceLate(s *site) {
	d := s.a
	d.Run("ip", "link", "set", "eth0", "down")
	d.Run("ip", "link", "set", "eth0", "name", "later0")
	d.global = "dynamic_interfaces allow_if_changes\n"
	d.start()
	d.daemon.Process(lab.VRRP)
	time.Sleep(time.Duration(times(5, 1)) * time.Second)
	start := time.Now()
	d.Run("ip", "link", "set", "later0", "name", "eth0")
	d.Run("ip", "link", "set", "eth0", "up")
	d.Run("ip", "addr", "replace", "192.0.2.1/24", "dev", "eth0")
	d.inCharge()
	s.measured("in charge after", time.Since(start), 3*time.Second)
}

func addressLate(s *site) {
	d := s.a
	d.Run("ip", "addr", "flush", "dev", "eth0")
	d.start()
	d.daemon.Process(lab.VRRP)
	time.Sleep(time.Second)
	start := time.Now()
	d.Run("ip", "addr", "add", "192.0.2.1/24", "dev", "eth0")
	d.inCharge()
	s.measured("in charge after", time.Since(start), 3*time.Second)
}

func interfaceDown(s *site) {
	d := s.a
	d.link.Down()
	d.start()
	d.daemon.Log.Wait("FAULT")
	start := time.Now()
	d.link.Up()
	d.inCharge()
	s.measured("in charge after", time.Since(start), 3*time.Second)
}

func stopMany(s *site) {
	d := s.a
	n := times(2000, 500)
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    10.%d.%d.1/32\n", i/256, i%256)
	}
	d.instance = "virtual_ipaddress_excluded {\n" + b.String() + "}\n"
	d.master()
	lab.Wait(s, lab.Patience, "all addresses are set", func() bool { return len(d.Addrs()) >= n })
	start := time.Now()
	d.daemon.Stop()
	s.measured("ended after", time.Since(start), 2*time.Second)
	left := 0
	for _, a := range d.Addrs() {
		if strings.HasPrefix(a.String(), "10.") {
			left++
		}
	}
	s.counted("addresses left", left, 0)
}
