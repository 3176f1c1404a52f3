package config

import (
	"keepalived/internal/config/lang"
)

// complete turns what was read into the configuration: references are resolved,
// defaults applied, and the whole is checked. It names everything that is wrong,
// also after what would end the C daemon.
func (d *decoder) complete() {
	d.applyGlobals()
	d.resolveGlobalScripts()
	d.checkFIFOs()
	d.completeBFD()
	d.runTasks()
	d.completeLVS()
	d.completeInstances()
	d.checkSecurity()
}

func (d *decoder) runTasks() {
	for _, task := range d.tasks {
		task()
	}
}

func (d *decoder) completeInstances() {
	d.completeGarp()
	d.identifyScripts()
	d.resolveTracks()
	d.checkInterfaces()
	d.completeVRRP()
	d.missesInterface()
}

func (d *decoder) completeVRRP() {
	d.completeScripts()
	d.joinGroups()
	d.completeStatics()
	for _, in := range d.instances {
		d.completeInstance(in)
	}
	d.checkDuplicates()
	d.completeGroups()
	d.limitDelays()
	d.dropUnusedScripts()
	d.storeVRRP()
}

// checkInterfaces ends the C daemon's work when an interface is missing: what it
// would say later does not count.
func (d *decoder) checkInterfaces() {
	for _, in := range d.instances {
		d.checkInterface(in)
	}
	d.missesInterface()
}

// missesInterface says that an interface does not exist, once.
func (d *decoder) missesInterface() {
	if d.badIf && !d.capped {
		d.followf(d.badIfAt, true, lang.ClassBadIf, "Non-existent interface specified in configuration")
		d.capped = true
	}
}

// namedInterface is an interface as a line names it.
type namedInterface struct {
	name string
	at   lang.Pos
}

// checkInterface checks all that the lines of an instance name; the last one counts.
func (d *decoder) checkInterface(in *instanceDraft) {
	for _, former := range in.formerInterfaces {
		d.usableInterface(in, former)
	}
	if in.interfaceAt.IsValid() && !d.usableInterface(in, namedInterface{in.Interface, in.interfaceAt}) {
		in.Interface = ""
	}
}

// usableInterface complains of an interface that does not exist, and is false for
// one that cannot be used.
func (d *decoder) usableInterface(in *instanceDraft, x namedInterface) bool {
	i, ok := d.env.Interface(x.name)
	switch {
	case !ok && !d.cfg.Global.DynamicInterfaces:
		d.help(x.at, classGeneral, noInterfaceHelp, "WARNING - interface %s for vrrp_instance %s doesn't exist", x.name, in.Name)
		d.noInterface(x.at)
	case ok && i.Loopback:
		d.report(x.at, classGeneral, "(%s) cannot use a loopback interface (%s) for vrrp - ignoring", in.Name, x.name)
		return false
	}
	return true
}

// noInterfaceHelp is the advice on an interface that does not exist.
const noInterfaceHelp = "start after the network is up, correct the name, or add dynamic_interfaces to global_defs"

// storeVRRP copies the finished drafts.
func (d *decoder) storeVRRP() {
	v := &d.cfg.VRRP
	for _, in := range d.instances {
		if in.vrid.Set && !in.twin {
			v.Instances = append(v.Instances, in.Instance)
		}
	}
	for _, g := range d.groups {
		if len(g.Members) > 0 {
			v.SyncGroups = append(v.SyncGroups, g.SyncGroup)
		}
	}
	for _, vs := range d.vscripts {
		if !vs.removed {
			v.Scripts = append(v.Scripts, vs.TrackScript)
		}
	}
	for _, p := range d.processes {
		v.Processes = append(v.Processes, p.TrackProcess)
	}
	for _, f := range d.files {
		d.cfg.TrackFiles = append(d.cfg.TrackFiles, f.TrackFile)
	}
	for _, g := range d.tgroups {
		v.TrackGroups = append(v.TrackGroups, *g)
	}
}

func (d *decoder) completeBFD() {
	for _, b := range d.bfds {
		d.cfg.BFD.Instances = append(d.cfg.BFD.Instances, b.BFDInstance)
	}
}

func lastSlash(path string) int {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return i
		}
	}
	return -1
}

func (d *decoder) completeGarp() {
	used := map[string]bool{}
	for _, g := range d.garps {
		for _, n := range g.names {
			if d.garpUsable(n, used) {
				used[n.name] = true
				g.Interfaces = append(g.Interfaces, n.name)
			}
		}
		if !g.delays { // the group is removed
			for _, name := range g.Interfaces {
				used[name] = false
			}
		}
		if g.GarpInterval > 0 || g.GnaInterval > 0 {
			d.cfg.VRRP.GarpGroups = append(d.cfg.VRRP.GarpGroups, g.GarpGroup)
		}
	}
}

// garpUsable says whether an interface can be in a garp_group.
func (d *decoder) garpUsable(n nameAt, used map[string]bool) bool {
	i, ok := d.env.Interface(n.name)
	switch {
	case !ok && !d.cfg.Global.DynamicInterfaces:
		d.report(n.at, classGeneral, "WARNING - interface %s specified for garp_group doesn't exist", n.name)
		d.noInterface(n.at)
	case used[n.name]:
		d.report(n.at, classGeneral, "garp_group already specified for %s - ignoring", n.name)
	case ok && (i.Kind == "macvlan" || i.Kind == "ipvlan"):
		d.report(n.at, classGeneral, "Cannot specify garp_delay on a vmac (%s) - ignoring", n.name)
	default:
		return true
	}
	return false
}

// completeStatics settles static addresses, routes and rules.
func (d *decoder) completeStatics() {
	v := &d.cfg.VRRP
	for _, a := range d.statics {
		if d.staticDev(&a) {
			v.StaticAddresses = append(v.StaticAddresses, a.Address)
		}
	}
	for i := range d.sroutes {
		if r, ok := d.route(&d.sroutes[i], true); ok {
			v.StaticRoutes = append(v.StaticRoutes, r)
		}
	}
	for i := range d.srules {
		if r, ok := d.rule(&d.srules[i], true); ok {
			v.StaticRules = append(v.StaticRules, r)
		}
	}
}

func (d *decoder) staticDev(a *addressDraft) bool {
	if !a.DevSet {
		a.Dev = d.cfg.Global.DefaultInterface
		if _, ok := d.env.Interface(a.Dev); !ok && !d.cfg.Global.DynamicInterfaces {
			d.report(a.at, lang.ClassFatal, "Static address %s requires either an interface or default interface must exist", a.Prefix)
			return false
		}
	}
	return d.addressInterface(a)
}

// addressInterface reports an address on an interface that does not exist.
func (d *decoder) addressInterface(a *addressDraft) bool {
	if !a.DevSet {
		return true
	}
	if _, ok := d.env.Interface(a.Dev); ok || d.cfg.Global.DynamicInterfaces {
		return true
	}
	d.report(a.devAt, classGeneral, "WARNING - interface %s for ip address %s doesn't exist", a.Dev, a.word)
	d.noInterface(a.devAt)
	return false
}
