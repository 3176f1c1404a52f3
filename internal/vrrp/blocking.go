package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/vrrp/firewall"
)

func firewallOptions(g *config.Global) firewall.Options {
	return firewall.Options{
		Table: g.Firewall.Nftables, Priority: g.Firewall.NftablesPriority, Counters: g.Firewall.NftablesCounters,
		NoIGMP: g.DisableLocalIGMP,
	}
}

// logFirewall says that a firewall is used that was not asked for.
func logFirewall(log *logging.Logger, c *config.Config) {
	if needsFirewall(c.VRRP.Instances) && c.Global.Firewall.Nftables == "" {
		log.Infof("use_vmac or no_accept/strict specified, but no firewall configured - using nftables")
	}
}

// openFirewall removes what a predecessor has left.
func openFirewall(log *logging.Logger, c *config.Config) *firewall.Firewall {
	logFirewall(log, c)
	if c.Global.Firewall.Iptables && c.Global.Firewall.Nftables == "" {
		log.Infof("vrrp_iptables: the rules are made with nftables, in table %s", firewall.DefaultTable)
	}
	f := firewall.New(firewallOptions(&c.Global))
	if err := f.Reset(); err != nil {
		log.Infof("%v", err)
	}
	return f
}

func needsFirewall(instances []config.Instance) bool {
	for _, in := range instances {
		if in.VMAC.Use || !in.Accept {
			return true
		}
	}
	return false
}

// block has packets to the addresses of an instance dropped before they are
// set, where it does not accept any (no_accept, RFC 9568 6.4.3).
func (l *loop) block(in *instance) {
	if in.conf.Accept {
		l.unblock(in)
		return
	}
	view, fw, log, name, owner := l.links.view(), l.kernel.firewall, l.log, in.conf.Name, int(in.id)
	objects := in.objects
	in.blocking = true
	l.worker.add(owner, taskFunc(func() {
		if err := fw.Block(owner, blockedAddresses(objects, view)); err != nil {
			log.Errf("(%s) %v", name, err)
		}
	}))
}

// unblock lets packets through again, after the addresses are gone.
func (l *loop) unblock(in *instance) {
	if !in.blocking {
		return
	}
	in.blocking = false
	fw, log, name, owner := l.kernel.firewall, l.log, in.conf.Name, int(in.id)
	l.worker.add(owner, taskFunc(func() {
		if err := fw.Block(owner, nil); err != nil {
			log.Errf("(%s) %v", name, err)
		}
	}))
}

func blockedAddresses(objects []object, view interfaceView) []firewall.Address {
	var out []firewall.Address
	for _, o := range objects {
		if a, ok := o.(address); ok {
			out = append(out, firewall.Address{Addr: a.Addr(), Index: view[a.dev].Index})
		}
	}
	return out
}

// firewallVMACs is the rules that VMACs need.
func (l *loop) firewallVMACs() []firewall.VMAC {
	var out []firewall.VMAC
	for _, d := range l.devices.wanted {
		link, ok := l.devices.ready[d.name]
		if !ok || d.kind != "macvlan" {
			continue
		}
		v := firewall.VMAC{Index: link.index, Base: link.base, IPv4: d.family == config.IPv4, IPv6: d.ipv6}
		if d.ipv6 {
			v.LinkLocal = link.linkLocal
		}
		out = append(out, v)
	}
	return out
}

// updateFirewallVMACs brings the rules in line with the VMACs that there are.
func (l *loop) updateFirewallVMACs() {
	vmacs, fw, log := l.firewallVMACs(), l.kernel.firewall, l.log
	l.worker.add(devicesKey, taskFunc(func() {
		if err := fw.SetVMACs(vmacs); err != nil {
			log.Errf("%v", err)
		}
	}))
}
