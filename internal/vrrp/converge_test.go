package vrrp

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

var (
	orders     = flag.Int("converge.orders", 6, "random orders of interface events, each from a seed of its own")
	firstOrder = flag.Uint64("converge.first", 1, "the first seed of them")
	orderSeed  = flag.Uint64("converge.seed", 0, "run the one order of this seed")
)

// TestConverges drives random orders of events of interfaces. Whatever they
// were, everything then comes to be as after a fresh start.
func TestConverges(t *testing.T) {
	needsNamespace(t)
	if *orderSeed != 0 {
		converge(t, *orderSeed)
		return
	}
	possible := map[string]bool{}
	for _, s := range stacks {
		if possible[s.name] = s.possible(t); insideGuest && !possible[s.name] {
			t.Errorf("this kernel has nothing to make %s of", s.name)
		}
	}
	for seed, n := *firstOrder, 0; n < *orders; seed++ {
		if possible[stackOf(seed).name] {
			n++
			t.Run(fmt.Sprintf("%d %s", seed, stackOf(seed).name), func(t *testing.T) { converge(t, seed) })
		}
	}
}

// cable is the interfaces of the test, and what was done to them.
type cable struct {
	t     *testing.T
	rng   *rand.Rand
	stack stack
	done  []string
}

func converge(t *testing.T, seed uint64) {
	c := &cable{t: t, rng: rand.New(rand.NewPCG(seed, 3)), stack: stackOf(seed)}
	t.Cleanup(c.remove)
	c.make()
	conf := convergeConfig()
	r := c.startDaemon(conf)
	for _, in := range conf.VRRP.Instances {
		r.waitLog("(" + in.Name + ") Entering MASTER STATE")
	}
	fresh := c.settled(func(p string) bool { return strings.Contains(p, "192.0.2.11/32") })
	for range 5 + c.rng.IntN(20) {
		c.upset()
	}
	failed := func(what, got, want string) {
		t.Errorf("%s; replay with -run 'TestConverges$' -converge.seed=%d, on %s, after\n  %s\nthere is, and should be:\n%s\nafter a fresh start there is\n%s",
			what, seed, c.stack.name, strings.Join(c.done, "\n  "), diff(got, want), want)
	}
	if c.rng.IntN(2) == 0 {
		c.back()
		c.make()
		c.switchOn()
		if got := c.settled(func(p string) bool { return p == fresh }); got != fresh {
			failed("the interfaces are as they were, the rest is not", got, fresh)
		}
		c.advertises()
		r.stop()
	} else {
		c.done = append(c.done, "(left so)")
		c.switchOn()
		got := c.settled(nil)
		c.advertises()
		r.stop()
		c.nothingLeft()
		r = c.startDaemon(conf)
		if fresh = c.settled(nil); got != fresh {
			failed("another start makes it otherwise", got, fresh)
		}
		r.stop()
	}
	c.nothingLeft()
}

func convergeConfig() config.Config {
	conf := staticsConfig()
	second := testInstance()
	second.Name, second.VRID = "VI_2", 53
	second.VIPs[0].Prefix = netip.MustParsePrefix("192.0.2.11/32")
	second.VirtualRoutes = []config.Route{{
		Family: config.IPv4, Type: unix.RTN_UNICAST, Dst: netip.MustParsePrefix("203.0.114.0/24"), Dev: "vrrp0",
		Scope: config.Some(uint8(unix.RT_SCOPE_LINK)), Table: unix.RT_TABLE_MAIN, Protocol: netif.Protocol,
	}}
	conf.VRRP.Instances = []config.Instance{vmacInstance(), vmac6Instance(), second}
	return conf
}

// startDaemon starts the child on the interfaces as they are.
func (c *cable) startDaemon(conf config.Config) *testRouter {
	r := newTestRouter(c.t)
	r.start(conf)
	c.t.Cleanup(r.stop)
	return r
}

// upset does one thing to the interfaces. What is missing for it makes it
// nothing.
func (c *cable) upset() {
	events := append(c.stack.upsets(),
		"address flush dev vrrp0", "address replace 192.0.2.1/24 dev vrrp0", "-6 address flush dev vrrp0",
		"address delete 192.0.2.10/32 dev vrrp0", "address delete 192.0.2.10/32 dev vrrp.51", "address delete 192.0.2.11/32 dev vrrp0",
		"link delete vrrp.51", "link delete vrrp.52", "link set vrrp.51 down", "link set vrrp.52 address 02:00:00:00:00:09",
		"link set vrrp0 mtu 1400", "link set vrrp0 address 02:00:00:00:00:07",
		"route flush proto 18", "rename away", "rename back", "make",
	)
	e := events[c.rng.IntN(len(events))]
	c.done = append(c.done, e)
	words := strings.Fields(e)
	switch {
	case e == "make":
		if !linkThere("other0") {
			c.make()
		}
	case e == "rename away":
		c.rename("vrrp0", "other0")
	case e == "rename back":
		c.back()
	case strings.HasPrefix(e, "rename to and fro"):
		c.rename(words[4], "other1")
		c.rename("other1", words[4])
	case words[0] == "bounce":
		c.run("link set " + words[1] + " down")
		c.run("link set " + words[1] + " up")
	case words[0] == "join":
		c.join(words[1], words[2])
	default:
		c.run(e)
	}
	if c.rng.IntN(3) == 0 {
		time.Sleep(time.Duration(c.rng.IntN(60)) * time.Millisecond)
	}
}

func (c *cable) rename(from, to string) {
	c.run("link set " + from + " down")
	c.run("link set " + from + " name " + to)
	c.run("link set " + to + " up")
}

// back gives a renamed interface its name again, unless another has it.
func (c *cable) back() {
	if linkThere("other0") && !linkThere("vrrp0") {
		c.rename("other0", "vrrp0")
	}
	c.run("link delete other0")
}

// switchOn switches on what is the daemon's: what an operator has switched off
// stays off, but not in another life of the daemon.
func (c *cable) switchOn() {
	for _, name := range []string{"vrrp.51", "vrrp.52"} {
		c.run("link set " + name + " up")
	}
}

// settled is what there is when it is as wanted, or has not changed any more for
// longer than anything is tried again.
func (c *cable) settled(wanted func(picture string) bool) string {
	c.t.Helper()
	const quiet, patience = 5 * time.Second, 60 * time.Second
	var last string
	since, looked := time.Now(), time.Time{}
	for end := since.Add(patience); time.Now().Before(end) && time.Since(since) < quiet; time.Sleep(50 * time.Millisecond) {
		now := c.kernel()
		if now != last {
			last, since = now, time.Now()
		} else if time.Since(looked) < time.Second {
			continue // a picture takes its time
		}
		if looked = time.Now(); wanted != nil && wanted(c.picture()) {
			break
		}
	}
	return c.picture()
}

// kernel is what the kernel lists, to tell whether anything has changed.
func (c *cable) kernel() string {
	c.t.Helper()
	s, err := netif.List(netif.Options{Routes: true, Rules: true})
	if err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprint(s)
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
