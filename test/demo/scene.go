package main

import (
	"fmt"
	"time"

	"keepalived/test/lab"
)

const (
	vip       = "192.0.2.100"
	interval  = 500 * time.Millisecond
	pingEvery = 20 * time.Millisecond
)

// router is one of the two directors. A reboot gives it a new node.
type router struct {
	name     string
	address  string
	priority int

	node   *lab.Node
	link   *lab.Link
	daemon *lab.Daemon
}

// scene is the network of the demo.
type scene struct {
	t        lab.TB
	lab      *lab.Lab
	program  lab.Program
	lan      *lab.Segment
	frames   *lab.Capture
	lb1, lb2 *router
	ping     *lab.Ping
}

func newScene(t lab.TB, program lab.Program) *scene {
	l := lab.New(t)
	s := &scene{t: t, lab: l, program: program, lan: l.Segment("lan"),
		lb1: &router{name: "lb1", address: "192.0.2.1", priority: 150},
		lb2: &router{name: "lb2", address: "192.0.2.2", priority: 100}}
	client := l.Node("client")
	s.lan.Attach(client, "eth0", "192.0.2.3/24")
	s.frames = s.lan.Capture()
	s.connect(s.lb1)
	s.connect(s.lb2)
	s.ping = client.Ping(vip, pingEvery)
	return s
}

// connect gives a router a machine without any past.
func (s *scene) connect(r *router) {
	r.node = s.lab.Node(r.name)
	r.link = s.lan.Attach(r.node, "eth0", r.address+"/24")
}

func (s *scene) start(r *router) {
	r.daemon = r.node.Daemon(s.program, config(r))
}

// powerOff kills all processes of a router and takes it off the network. A
// killed daemon alone would leave the kernel answering for the address.
func (s *scene) powerOff(r *router) time.Time {
	at := r.daemon.Kill9()
	r.link.Unplug()
	return at
}

// downInterval is how long a router waits for adverts before it takes over
// (RFC 9568, Active_Down_Interval).
func downInterval(r *router) time.Duration { return 3*interval + skew(r) }

func skew(r *router) time.Duration { return time.Duration(256-r.priority) * interval / 256 }

func config(r *router) string {
	return fmt.Sprintf(`global_defs {
    router_id %s
    vrrp_version 3
}

vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int %g
    virtual_ipaddress {
        %s/24
    }
}
`, r.name, r.priority, interval.Seconds(), vip)
}
