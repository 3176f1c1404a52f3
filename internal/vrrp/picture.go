package vrrp

import (
	"maps"
	"slices"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/wire"
)

// picture is the loop's state at one moment, copied no deeper than needed to
// stay as it is. What it means is worked out beside the loop.
type picture struct {
	time      time.Time
	host      string
	conf      *config.Config
	instances []pictured
	groups    []fsm.GroupStatus
	trackers  []dump.Tracker
	view      interfaceView
	addrs     map[int][]netif.Address
	beats     map[string]beatState
	devices   []device
}

// pictured is an instance in a picture.
type pictured struct {
	conf     config.Instance
	status   fsm.Status
	objects  []object
	refused  map[string]bool
	blocking bool
	open     bool
	endpoint wire.Endpoint
	in, out  int // sockets, -1: none
	buffer   int // of the receiving one
}

// picture copies what the loop's next step may change.
func (l *loop) picture() *picture {
	p := &picture{
		time: time.Now(), host: l.surface.host, conf: l.conf, groups: l.machine.Groups(),
		view: l.links.view(), addrs: maps.Clone(l.links.addrs), devices: l.devices.wanted,
		beats: maps.Clone(l.links.beats),
	}
	for i, list := range p.addrs {
		p.addrs[i] = slices.Clone(list)
	}
	for _, id := range l.machine.Instances() {
		in, ok := l.instances[id]
		status, known := l.machine.Status(id)
		if !ok || !known {
			continue
		}
		x := pictured{conf: in.conf, status: status, objects: in.objects, refused: maps.Clone(in.refused), blocking: in.blocking, in: -1, out: -1}
		if s := in.sockets; s != nil {
			x.open, x.endpoint, x.in, x.out, x.buffer = true, s.endpoint, s.recv.FD(), s.send.FD(), s.buffer
		}
		p.instances = append(p.instances, x)
	}
	for i, id := range l.machine.Trackers() {
		t := l.trackers.list[i]
		status, _ := l.machine.Tracker(id)
		p.trackers = append(p.trackers, l.trackerPicture(dump.Tracker{Kind: t.Kind, Name: t.Name, TrackerStatus: status}))
	}
	return p
}

// firewallTable is made when one is needed and none is configured.
const firewallTable = "keepalived"

// trackerPicture adds what is known of a script or process beside its state.
func (l *loop) trackerPicture(t dump.Tracker) dump.Tracker {
	if t.Kind == fsm.TrackProcess {
		t.Count = t.Value
	}
	if s, ok := l.scripts[t.Name]; ok && t.Kind == fsm.TrackScript {
		t.Result, t.Ran, t.Added = s.counter.Result(), s.counter.Ran(), s.added
		t.Activity = string(s.schedule.Activity())
	}
	return t
}

// snapshot works out what the picture shows. It belongs to no goroutine in
// particular.
func (p *picture) snapshot() *dump.Snapshot {
	s := &dump.Snapshot{
		Time: p.time, Host: p.host, Conf: p.conf, Groups: p.groups, Trackers: p.trackers,
		Addresses: map[dump.Held]bool{},
	}
	if needsFirewall(p.conf.VRRP.Instances) {
		s.FirewallTable = firewallTable
	}
	for name, link := range p.view {
		for _, a := range p.addrs[link.Index] {
			s.Addresses[dump.Held{Dev: name, Addr: a.Prefix.Addr()}] = true
		}
	}
	s.Interfaces = p.interfaces()
	at := map[string]int{}
	for i, f := range s.Interfaces {
		at[f.Name] = i
	}
	for i := range p.instances {
		in := p.instance(&p.instances[i])
		if k, ok := at[in.Own]; ok {
			in.Interface = s.Interfaces[k]
		}
		s.Instances = append(s.Instances, in)
	}
	s.Sockets = p.sockets()
	return s
}

func (p *picture) instance(x *pictured) dump.Instance {
	in := dump.Instance{
		Conf: x.conf, Status: x.status, Own: ownInterface(&x.conf), FDIn: x.in, FDOut: x.out, Blocked: x.blocking,
		Base: map[string]string{},
	}
	for _, o := range x.objects {
		if a, ok := o.(address); ok {
			in.Devs = append(in.Devs, a.dev)
		}
		if len(x.refused) == 0 {
			continue
		}
		switch o.(type) {
		case route:
			in.UnsetRoutes = append(in.UnsetRoutes, x.refused[o.key()])
		case rule:
			in.UnsetRules = append(in.UnsetRules, x.refused[o.key()])
		}
	}
	for _, d := range p.devices {
		in.Base[d.name] = d.base
	}
	return in
}

// sockets lists each pair once, in the order in which instances use them.
func (p *picture) sockets() (out []dump.Socket) {
	at := map[int]int{}
	for i := range p.instances {
		x := &p.instances[i]
		if !x.open {
			continue
		}
		k, ok := at[x.in]
		if !ok {
			k = len(out)
			at[x.in] = k
			out = append(out, socketPicture(x))
		}
		out[k].Instances = append(out[k].Instances, dump.Member{Name: x.conf.Name, VRID: x.conf.VRID})
	}
	return out
}

func socketPicture(x *pictured) dump.Socket {
	k := dump.Socket{
		FDIn: x.in, FDOut: x.out, Interface: advertInterface(&x.conf), IPv6: x.endpoint.Is6(),
		AH: x.conf.Auth.Type == config.AuthAH, Buffer: x.buffer,
	}
	if !x.endpoint.Multicast() {
		k.Source = x.endpoint.Source
	}
	return k
}
