package vrrp

import (
	"fmt"
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/proctrack"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// prepared is what a configuration turns into before the loop sees it. Making
// it takes time in proportion to the configuration, so a reload makes it beside
// the loop.
type prepared struct {
	conf     *config.Config
	machine  fsm.Config // without what interfaces and addresses contribute
	trackers *trackerSet
	codecs   []*packet.Codec     // by instance
	objects  [][]object          // by instance
	used     map[string]bool     // interfaces that these are on
	vips     map[netip.Addr]bool // of all instances
	statics  []object
	devices  []device
	pace     *pace

	processes []proctrack.Spec
	processUp map[string]bool // by name, as found
}

func prepare(c *config.Config, f Flags, startup time.Duration) (*prepared, error) {
	p := &prepared{conf: c, trackers: collectTrackers(c.VRRP.Instances), statics: staticObjects(c.VRRP), vips: allVIPs(c.VRRP.Instances)}
	p.machine = machineConfig(c, p.trackers, startup)
	p.machine.KeepAddresses = f.KeepAddresses
	p.readFiles()
	if err := p.countProcesses(); err != nil {
		return nil, err
	}
	var places []place
	p.devices, places = planDevices(c)
	p.pace = newPace(c, p.devices)
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		codec, err := packet.NewCodec(codecParams(in))
		if err != nil {
			return nil, fmt.Errorf("(%s) %w", in.Name, err)
		}
		p.codecs = append(p.codecs, codec)
		p.objects = append(p.objects, instanceObjects(places[i], lifetimeOf(c)))
	}
	p.used = usedInterfaces(p.objects)
	return p, nil
}

// complete adds what the link table and the BFD sessions contribute.
func (p *prepared) complete(links *linkTable, sessions map[string]bool) {
	dup := duplicates(p.conf, links)
	for i := range p.conf.VRRP.Instances {
		in := &p.conf.VRRP.Instances[i]
		p.machine.Instances[i].Source = sourceAddress(in, links, p.vips)
		p.machine.Instances[i].Faults = interfaceFaults(in, links, dup[in.Name] != "")
	}
	for i := range p.machine.Trackers {
		t := &p.machine.Trackers[i]
		switch t.Kind {
		case fsm.TrackInterface:
			t.TrackerStatus = interfaceStatus(t.Name, links)
		case fsm.TrackBFD:
			up, known := sessions[t.Name]
			t.TrackerStatus = fsm.TrackerStatus{Known: known, Up: up}
		}
	}
}

// instanceInterfaces is those that instances depend on.
func (p *prepared) instanceInterfaces() map[string]bool {
	w := map[string]bool{}
	for i := range p.conf.VRRP.Instances {
		in := &p.conf.VRRP.Instances[i]
		w[in.Interface] = true
	}
	for _, d := range p.devices {
		w[d.name], w[d.base] = true, true
	}
	for _, t := range p.machine.Trackers {
		if t.Kind == fsm.TrackInterface {
			w[t.Name] = true
		}
	}
	return w
}

// watchedInterfaces is those whose state is worth a log line.
func (p *prepared) watchedInterfaces() map[string]bool {
	w := p.instanceInterfaces()
	for _, o := range p.statics {
		for _, name := range o.interfaces() {
			w[name] = true
		}
	}
	return w
}
