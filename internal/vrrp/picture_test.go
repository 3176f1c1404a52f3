package vrrp

import (
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/packet"
)

// changing is what differs from one life of an interface to the next.
var changing = regexp.MustCompile(`(?m)^\d+: |@if\d+|link-netnsid \d+|\bqlen \d+|valid_lft.*$|\bmtu \d+|` +
	`link/ether [0-9a-f:]+|permaddr [0-9a-f:]+|\bbond(_slave)? .*$|\bbridge(_slave)? .*$|numtxqueues.*$|minmtu \d+|maxmtu \d+|promiscuity \d+|allmulti \d+`)

// virtual is the hardware address of a virtual router.
var virtual = regexp.MustCompile("link/ether 00:00:5e:00:0[12]:[0-9a-f]+")

// condition is what ip-link(8) says of whether an interface is up.
var condition = regexp.MustCompile(`<[^>]*>.* mode DEFAULT`)

// upOrDown leaves out the details: kernels and drivers differ in them, and one
// that is down may be so by itself or with its base.
func upOrDown(text string) string {
	if strings.Contains(text, ",UP,LOWER_UP>") {
		return "up"
	}
	return "down"
}

var label = regexp.MustCompile(`vrrp0:\d+`)

// picture is everything that the daemon is responsible for.
func (c *cable) picture() string {
	var lines []string
	out, _ := exec.Command("ip", "-o", "link", "show", "dev", "vrrp0").Output()
	baseUp := upOrDown(string(out)) == "up"
	for _, args := range []string{"-o -d link show", "-o address show", "route show table all proto 18", "-6 route show table all proto 18", "rule show"} {
		out, _ := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
		for line := range strings.Lines(string(out)) {
			mac := virtual.FindString(line)
			line = strings.Join(strings.Fields(changing.ReplaceAllString(line, "")), " ") + mac
			line = label.ReplaceAllString(line, "vrrp0") // which the kernel makes when it renames
			if strings.HasPrefix(args, "-o -d link") {
				if !strings.HasPrefix(line, "vrrp.") {
					continue // not ours
				}
				line = condition.ReplaceAllStringFunc(line, func(text string) string {
					if !baseUp {
						return "on a base that is down" // whether it was switched on before counts for nothing
					}
					return upOrDown(text)
				})
			}
			// Others are made from random hardware addresses.
			if !strings.Contains(line, "fe80::") || strings.Contains(line, "fe80::51/") {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(append(append(lines, members()...), parameters()...), "\n")
}

// members are the groups of VRRP that somebody listens to.
func members() (lines []string) {
	out, _ := exec.Command("ip", "-o", "maddress", "show").Output()
	for line := range strings.Lines(string(out)) {
		// index, interface, family, group; another life in this process may listen, too
		if w := strings.Fields(line); len(w) >= 4 && (w[3] == "224.0.0.18" || w[3] == "ff02::12") {
			lines = append(lines, w[1]+" "+w[3])
		}
	}
	slices.Sort(lines)
	return lines
}

// parameters are those of the kernel that a VMAC needs, of it and of its base.
func parameters() (lines []string) {
	for _, dev := range []string{"vrrp0", "vrrp.51", "vrrp.52"} {
		for _, name := range []string{"arp_ignore", "arp_filter", "accept_local", "rp_filter", "promote_secondaries"} {
			if v, err := ipv4Conf(dev, name).Read(); err == nil {
				lines = append(lines, dev+" "+name+" "+v)
			}
		}
		if v, err := netif.Sysctl("net", "ipv6", "conf", dev, "disable_ipv6").Read(); err == nil {
			lines = append(lines, dev+" disable_ipv6 "+v)
		}
	}
	return lines
}

// advertises waits for an advert of each virtual router whose address is there.
func (c *cable) advertises() {
	c.t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.ETH_P_ALL<<8&0xff00|unix.ETH_P_ALL>>8)
	if err != nil {
		c.t.Fatal(err)
	}
	defer unix.Close(fd)
	addresses, _ := exec.Command("ip", "-o", "address", "show").Output()
	for _, v := range []struct {
		address, dev string
		vrid         byte
	}{{" 192.0.2.10/32 ", "vrrp.51", 51}, {" fe80::51/128 ", "vrrp.52", 52}, {" 192.0.2.11/32 ", "vrrp0", 53}} {
		if !strings.Contains(string(addresses), v.address) {
			continue
		}
		dev, err := net.InterfaceByName(v.dev)
		if err != nil {
			c.t.Errorf("%s is there without %s", v.address, v.dev)
			continue
		}
		if !hears(fd, dev.Index, v.vrid) {
			c.t.Errorf("%s is there and %s does not advertise %d", v.address, v.dev, v.vrid)
		}
	}
}

// hears waits for an advert that leaves an interface.
func hears(fd, index int, vrid byte) bool {
	var buf [2048]byte
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		n, from, err := unix.Recvfrom(fd, buf[:], 0)
		if err != nil {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		if !ok || ll.Ifindex != index || n < 32 {
			continue
		}
		switch b := buf[:n]; {
		case b[0]>>4 == 4 && b[9] == packet.ProtocolVRRP && b[21] == vrid && b[22] != 0:
			return true
		case b[0]>>4 == 6 && n > 42 && b[6] == packet.ProtocolVRRP && b[41] == vrid && b[42] != 0:
			return true
		}
	}
	return false
}

// nothingLeft checks what the daemon has left behind.
func (c *cable) nothingLeft() {
	c.t.Helper()
	p := c.picture()
	for _, text := range []string{"vrrp.5", "192.0.2.10/32", "192.0.2.11/32", "fe80::51/", "198.51.100.1/24", "203.0.11", "5000:", "arp_ignore 1", "arp_filter 1"} {
		if strings.Contains(p, text) {
			c.t.Errorf("on %s, after\n  %s\nthe daemon has left %q:\n%s", c.stack.name, strings.Join(c.done, "\n  "), text, p)
		}
	}
}
