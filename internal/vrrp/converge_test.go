package vrrp

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/internal/config"
)

var (
	orders    = flag.Int("converge.orders", 6, "random orders of interface events")
	orderSeed = flag.Uint64("converge.seed", 0, "run the one order of this seed")
)

// cable is the interfaces of the test: vrrp0 and its base, which is a veth or,
// below a macvlan, another one.
type cable struct {
	t       *testing.T
	rng     *rand.Rand
	stacked bool // vrrp0 is a macvlan on base0
	done    []string
}

// base is the interface with the cable.
func (c *cable) base() string {
	if c.stacked {
		return "base0"
	}
	return "vrrp0"
}

// make makes what is missing, as an operator's scripts would.
func (c *cable) make() {
	if !linkThere(c.base()) {
		ip(c.t, "link add "+c.base()+" type veth peer name wire0")
	}
	if c.stacked && !linkThere("vrrp0") {
		ip(c.t, "link add link base0 name vrrp0 type macvlan mode bridge")
	}
	for _, name := range []string{"wire0", c.base(), "vrrp0"} {
		ip(c.t, "link set "+name+" up")
	}
	ip(c.t, "address replace 192.0.2.1/24 dev vrrp0")
	for _, name := range []string{"vrrp.51", "vrrp.52"} {
		c.run("link set " + name + " up") // what an operator switched off stays off
	}
}

func linkThere(name string) bool { return exec.Command("ip", "link", "show", "dev", name).Run() == nil }

// upset does one thing to the interfaces. What is missing for it makes it
// nothing.
func (c *cable) upset() {
	events := []string{
		"link set wire0 down", "link set wire0 up", "link set vrrp0 down", "link set vrrp0 up",
		"link set " + c.base() + " down", "link set " + c.base() + " up",
		"address flush dev vrrp0", "address replace 192.0.2.1/24 dev vrrp0", "-6 address flush dev vrrp0",
		"address delete 192.0.2.10/32 dev vrrp0", "address delete 192.0.2.10/32 dev vrrp.51",
		"link delete vrrp0", "link delete " + c.base(), "link delete vrrp.51", "link delete vrrp.52",
		"link set vrrp.51 down", "link set vrrp.52 address 02:00:00:00:00:09",
		"link set vrrp0 mtu 1400", "link set vrrp0 address 02:00:00:00:00:07",
		"route flush proto 18", "rename away", "rename back", "make",
	}
	e := events[c.rng.IntN(len(events))]
	c.done = append(c.done, e)
	switch e {
	case "make":
		if !linkThere("other0") {
			c.make()
		}
	case "rename away":
		c.run("link set vrrp0 down")
		c.run("link set vrrp0 name other0")
		c.run("link set other0 up")
	case "rename back":
		c.back()
	default:
		c.run(e)
	}
	if c.rng.IntN(3) == 0 {
		time.Sleep(time.Duration(c.rng.IntN(60)) * time.Millisecond)
	}
}

func (c *cable) run(args string) { _ = exec.Command("ip", strings.Fields(args)...).Run() }

// back gives a renamed interface its name again, unless another has it.
func (c *cable) back() {
	if linkThere("other0") && !linkThere("vrrp0") {
		c.run("link set other0 down")
		c.run("link set other0 name vrrp0")
	}
	c.run("link delete other0")
}

// changing is what differs from one life of an interface to the next.
var changing = regexp.MustCompile(`(?m)^\d+: |@if\d+|link-netnsid \d+|\bqlen \d+|valid_lft.*$|\bmtu \d+|link/ether.*|numtxqueues.*$|minmtu \d+|maxmtu \d+`)

// virtual is the hardware address of a virtual router.
var virtual = regexp.MustCompile("link/ether 00:00:5e:00:0[12]:[0-9a-f]+")

var label = regexp.MustCompile(`vrrp0:\d+`)

// picture is everything that the daemon is responsible for.
func (c *cable) picture() string {
	var lines []string
	for _, args := range []string{"-o -d link show", "-o address show", "route show table all proto 18", "-6 route show table all proto 18", "rule show"} {
		out, _ := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
		for line := range strings.Lines(string(out)) {
			mac := virtual.FindString(line)
			line = strings.Join(strings.Fields(changing.ReplaceAllString(line, "")), " ") + mac
			line = label.ReplaceAllString(line, "vrrp0") // which the kernel makes when it renames
			// Others are made from random hardware addresses.
			if !strings.Contains(line, "fe80::") || strings.Contains(line, "fe80::51/") {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestConverges drives random orders of events of interfaces. When they are as
// they were at the start, everything else is as after a fresh start, too.
func TestConverges(t *testing.T) {
	if *orderSeed != 0 {
		converge(t, *orderSeed)
		return
	}
	for n := range *orders {
		t.Run(fmt.Sprint(n+1), func(t *testing.T) { converge(t, uint64(n+1)) })
	}
}

func convergeConfig() config.Config {
	conf := staticsConfig()
	second := testInstance()
	second.Name, second.VRID = "VI_2", 53
	second.VIPs[0].Prefix = netip.MustParsePrefix("192.0.2.11/32")
	conf.VRRP.Instances = []config.Instance{vmacInstance(), vmac6Instance(), second}
	return conf
}

func converge(t *testing.T, seed uint64) {
	c := &cable{t: t, rng: rand.New(rand.NewPCG(seed, 3))}
	c.stacked = c.rng.IntN(3) == 0
	var prepare []string
	if c.stacked {
		prepare = []string{
			"link delete vrrp0", "link add base0 type veth peer name wire0", "link set base0 up", "link set wire0 up",
			"link add link base0 name vrrp0 type macvlan mode bridge", "link set vrrp0 up", "address add 192.0.2.1/24 dev vrrp0",
		}
		t.Cleanup(func() { c.run("link delete base0") })
	}
	r := startConfigured(t, convergeConfig(), prepare...)
	for _, name := range []string{"VI_1", "VI_6", "VI_2"} {
		r.waitLog("(" + name + ") Entering MASTER STATE")
	}
	fresh := c.settled(r, "")
	for range 5 + c.rng.IntN(20) {
		c.upset()
	}
	c.back()
	c.make()
	if got := c.settled(r, fresh); got != fresh {
		t.Errorf("seed %d, stacked %v: after\n  %s\nthere is\n%s\nafter a fresh start there was\n%s",
			seed, c.stacked, strings.Join(c.done, "\n  "), diff(got, fresh), fresh)
	}
}

// settled is what does not change any more: want, or what it comes to.
func (c *cable) settled(r *testRouter, want string) (last string) {
	quiet := 300 * time.Millisecond
	if want != "" {
		quiet = 5 * time.Second // for what is tried again after a second
	}
	since := time.Now()
	for end := since.Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		now := c.picture()
		if now != last {
			last, since = now, time.Now()
		}
		if want != "" && now == want || time.Since(since) > quiet && strings.Contains(now, "192.0.2.11/32") {
			return now
		}
	}
	return last
}

// diff is the lines that only one of two texts has.
func diff(a, b string) string {
	var out []string
	in := func(list []string, prefix, other string) {
		has := strings.Split(other, "\n")
		for _, line := range list {
			if !slices.Contains(has, line) {
				out = append(out, prefix+line)
			}
		}
	}
	in(strings.Split(a, "\n"), "+", b)
	in(strings.Split(b, "\n"), "-", a)
	return strings.Join(out, "\n")
}
