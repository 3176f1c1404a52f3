package vrrp

import (
	"fmt"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// kinds are the daemons that a test runs.
var kinds = []func(lab.TB) lab.Program{lab.Ours, lab.CKeepalived}

// router is a node with two interfaces, each in a network of its own, and the
// daemon on it.
type router struct {
	*lab.Node
	t      *testing.T
	lab    *lab.Lab
	lan    *lab.Segment
	wan    *lab.Segment
	frames *lab.Capture
	eth0   *lab.Link
	eth1   *lab.Link
	p      lab.Program
	daemon *lab.Daemon
}

// newRouter makes a router without neighbours.
func newRouter(t *testing.T, p lab.Program) *router {
	t.Helper()
	l := lab.New(t)
	r := &router{Node: l.Node("router-" + p.Name), t: t, lab: l, lan: l.Segment("lan"), wan: l.Segment("wan"), p: p}
	r.eth0 = r.lan.Attach(r.Node, "eth0", "192.0.2.1/24", "2001:db8::1/64")
	r.eth1 = r.wan.Attach(r.Node, "eth1", "198.51.100.1/24")
	r.frames = r.lan.Capture()
	return r
}

// onBoth runs f with a router of either kind; newer is not for an old C daemon.
func onBoth(t *testing.T, newer bool, f func(t *testing.T, r *router)) {
	for _, kind := range kinds {
		p := kind(t)
		if newer && p.IsC && old(p) {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			f(t, newRouter(t, p))
		})
	}
}

func (r *router) start(config string, options ...lab.Option) {
	r.daemon = r.Node.Daemon(r.p, config, options...)
}

// ip is what ip(8) prints, a line for each object.
func (r *router) ip(args ...string) []string {
	r.t.Helper()
	var lines []string
	for line := range strings.Lines(r.Run(append([]string{"ip", "-o"}, args...)...)) {
		lines = append(lines, strings.Join(strings.Fields(strings.ReplaceAll(line, `\`, " ")), " "))
	}
	return lines
}

// find is the lines that contain the text.
func find(lines []string, text string) (found []string) {
	for _, line := range lines {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

const global = `global_defs {
    router_id lab
    vrrp_version 3
    vrrp_notify_fifo /tmp/notify
}
`

// instance is a virtual router on eth0, with more lines.
func instance(name string, vrid int, priority int, more string) string {
	return fmt.Sprintf(`vrrp_instance %s {
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int 0.1
%s
}
`, name, vrid, priority, more)
}

// block is a block with lines.
func block(name string, lines ...string) string {
	return name + " {\n" + strings.Join(lines, "\n") + "\n}\n"
}
