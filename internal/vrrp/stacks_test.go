package vrrp

import (
	"os/exec"
	"strings"
	"testing"
)

// stack is what vrrp0 is, from the ground up.
type stack struct {
	name   string
	layers []layer
}

// layer is an interface of a stack.
type layer struct {
	name  string
	add   string   // arguments of ip(8) that make it
	ports []string // interfaces that belong to it
}

// stacks are all that TestConverges tries. The seed of an order says which one
// it is, so a new one changes what the seeds mean.
var stacks = []stack{
	{"veth", []layer{veth("vrrp0", "wire0")}},
	{"vlan", []layer{veth("base0", "wire0"), vlan("base0")}},
	{"bond", []layer{veth("base0", "wire0"), veth("base1", "wire1"), bond("vrrp0")}},
	{"macvlan", []layer{veth("base0", "wire0"), {"vrrp0", "link add link base0 name vrrp0 type macvlan mode bridge", nil}}},
	{"bond-vlan", []layer{veth("base0", "wire0"), veth("base1", "wire1"), bond("team0"), vlan("team0")}},
	{"bridge", []layer{veth("base0", "wire0"), {"vrrp0", "link add vrrp0 type bridge", []string{"base0"}}}},
}

func veth(name, wire string) layer {
	return layer{name, "link add " + name + " type veth peer name " + wire, nil}
}

func vlan(base string) layer {
	return layer{"vrrp0", "link add link " + base + " name vrrp0 type vlan id 7", nil}
}

func bond(name string) layer {
	return layer{name, "link add " + name + " type bond mode active-backup miimon 100", []string{"base0", "base1"}}
}

// stackOf is the stack of a seed.
func stackOf(seed uint64) stack { return stacks[seed%uint64(len(stacks))] }

// wires are the far ends of the cables.
func (s stack) wires() (names []string) {
	for _, l := range s.layers {
		if _, wire, ok := strings.Cut(l.add, "peer name "); ok {
			names = append(names, wire)
		}
	}
	return names
}

// possible tells whether the kernel has what the stack is made of.
func (s stack) possible(t *testing.T) bool {
	t.Helper()
	ip(t, "link add probe0 type veth peer name probe1")
	defer ip(t, "link delete probe0")
	for _, l := range s.layers {
		probe := ""
		switch {
		case strings.Contains(l.add, " type vlan "):
			probe = "link add link probe0 name probe2 type vlan id 7"
		case strings.Contains(l.add, " type bond "):
			probe = "link add probe2 type bond"
		default:
			continue
		}
		out, err := exec.Command("ip", strings.Fields(probe)...).CombinedOutput()
		if err != nil && strings.Contains(string(out), "Unknown device type") {
			return false
		}
		if err != nil {
			t.Fatalf("ip %s: %v\n%s", probe, err, out)
		}
		ip(t, "link delete probe2")
	}
	return true
}

// make makes what is missing, as an operator's scripts would.
func (c *cable) make() {
	for _, l := range c.stack.layers {
		if !linkThere(l.name) {
			ip(c.t, l.add)
		}
		for _, port := range l.ports {
			if !portOf(port, l.name) {
				c.join(port, l.name)
			}
		}
	}
	for _, name := range c.stack.wires() {
		ip(c.t, "link set "+name+" up")
	}
	for _, l := range c.stack.layers {
		ip(c.t, "link set "+l.name+" up")
	}
	ip(c.t, "address replace 192.0.2.1/24 dev vrrp0")
}

// join makes an interface a port of a bond or bridge; a bond takes no port that
// is up.
func (c *cable) join(port, master string) {
	c.run("link set " + port + " down")
	c.run("link set " + port + " master " + master)
	c.run("link set " + port + " up")
}

// upsets are what may happen to the stack, as arguments of ip(8); the others are
// words of upset.
func (s stack) upsets() (events []string) {
	for _, wire := range s.wires() {
		events = append(events, "link set "+wire+" down", "link set "+wire+" up")
	}
	for _, l := range s.layers {
		events = append(events, "link set "+l.name+" down", "link set "+l.name+" up", "link delete "+l.name, "bounce "+l.name)
		if l.name != "vrrp0" {
			events = append(events, "rename to and fro "+l.name, "link set "+l.name+" address 02:00:00:00:00:08")
		}
		for _, port := range l.ports {
			events = append(events, "link set "+port+" nomaster", "join "+port+" "+l.name, "link set "+l.name+" type bond active_slave "+port)
		}
	}
	return events
}

// remove takes the whole stack away.
func (c *cable) remove() {
	for _, name := range []string{"other0", "other1"} {
		c.run("link delete " + name)
	}
	for _, l := range c.stack.layers {
		c.run("link delete " + l.name)
	}
}

func (c *cable) run(args string) { _ = exec.Command("ip", strings.Fields(args)...).Run() }

func linkThere(name string) bool { return exec.Command("ip", "link", "show", "dev", name).Run() == nil }

func portOf(name, master string) bool {
	out, _ := exec.Command("ip", "-o", "link", "show", "dev", name).Output()
	return strings.Contains(string(out), " master "+master+" ")
}
