package vrrp

import (
	"errors"
	"io/fs"
	"os"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// Parameters of a VMAC (keepalived.conf(5), use_vmac): it answers for its own
// addresses only, and takes packets that come from, or whose way back leads to,
// the base.
var vmacParameters = []struct {
	id    uint16
	name  string
	value string
	n     uint32
}{
	{netif.ConfArpIgnore, "arp_ignore", "1", 1},
	{netif.ConfAcceptLocal, "accept_local", "1", 1},
	{netif.ConfRPFilter, "rp_filter", "0", 0},
	{netif.ConfPromoteSecondaries, "promote_secondaries", "1", 1},
}

// parameters sets those of a VMAC, by netlink, which works where /proc/sys is
// read-only, and makes sure that they are set. The device's own values end with
// it, so nothing has to be remembered.
func (m *deviceMaker) parameters(d device, index int) {
	list := vmacParameters
	if d.family == config.IPv6 {
		list = list[:1]
	}
	var settings []netif.IPv4Conf
	for _, p := range list {
		if now, err := ipv4Conf(d.name, p.name).Read(); err != nil || now != p.value {
			settings = append(settings, netif.IPv4Conf{ID: p.id, Value: p.n})
		}
	}
	if len(settings) > 0 {
		if err := m.writer.One(netif.SetIPv4Conf(index, settings...)); err != nil {
			m.log.Detailf("(%s) %v", d.owner, err)
		}
	}
	for _, p := range list {
		m.insist(d, ipv4Conf(d.name, p.name), p.value)
	}
	off := "1"
	if d.ipv6 {
		off = "0"
	}
	if p := netif.Sysctl("net", "ipv6", "conf", d.name, "disable_ipv6"); exists(p) {
		m.insist(d, p, off)
	}
}

// insist sets a parameter unless it has the value.
func (m *deviceMaker) insist(d device, p netif.Parameter, value string) {
	if now, err := p.Read(); err == nil && now == value {
		return
	}
	if err := p.Write(value); err != nil {
		m.log.Infof("(%s) %v", d.owner, err)
	}
}

func exists(p netif.Parameter) bool {
	_, err := p.Read()
	return !errors.Is(err, fs.ErrNotExist)
}

func ipv4Conf(dev, name string) netif.Parameter {
	return netif.Sysctl("net", "ipv4", "conf", dev, name)
}

// baseNames are the parameters of the base that keep it from answering ARP for
// the addresses of its VMACs.
var baseNames = []string{"arp_ignore", "arp_filter"}

// baseParameters sets them for one VMAC more, unless somebody else has.
func (m *deviceMaker) baseParameters(d device) {
	for _, name := range baseNames {
		p := ipv4Conf(d.base, name)
		now, err := p.Read()
		if err != nil || now != "0" && !m.params.Has(p) {
			continue
		}
		if err := m.params.Set(p, "1"); err != nil {
			m.log.Infof("(%s) %v", d.owner, err)
		}
	}
}

func (m *deviceMaker) releaseBase(d device) {
	for _, name := range baseNames {
		if err := m.params.Release(ipv4Conf(d.base, name)); err != nil {
			m.log.Infof("(%s) %v", d.owner, err)
		}
	}
}

// pushRPFilter moves reverse path filtering from "all" to each interface: the
// larger of both values counts, and a VMAC needs to be without it.
func (m *deviceMaker) pushRPFilter() {
	if m.pushed {
		return
	}
	m.pushed = true
	all := ipv4Conf("all", "rp_filter")
	value, err := all.Read()
	if err != nil || value == "0" {
		return
	}
	entries, err := os.ReadDir("/proc/sys/net/ipv4/conf")
	if err != nil {
		m.log.Infof("Reading the interfaces' rp_filter: %v", err)
		return
	}
	for _, e := range entries {
		if _, ours := m.made[e.Name()]; ours || e.Name() == "all" {
			continue
		}
		p := ipv4Conf(e.Name(), "rp_filter")
		if now, err := p.Read(); err == nil && now < value {
			m.setLogged(p, now, value)
		}
	}
	m.setLogged(all, value, "0")
}

func (m *deviceMaker) setLogged(p netif.Parameter, from, to string) {
	if err := m.params.Set(p, to); err != nil {
		m.log.Infof("%v", err)
		return
	}
	m.log.Infof("NOTICE: setting sysctl %s from %s to %s", p.Dotted(), from, to)
}

// restoreRPFilter gives "all" its value back first: nothing is without the
// filter meanwhile.
func (m *deviceMaker) restoreRPFilter() {
	if !m.pushed {
		return
	}
	all := ipv4Conf("all", "rp_filter")
	if !m.params.Has(all) {
		return
	}
	if err := m.params.Release(all); err != nil {
		m.log.Infof("%v", err)
		return
	}
	if now, err := all.Read(); err == nil {
		m.log.Infof("NOTICE: resetting sysctl %s to %s", all.Dotted(), now)
	}
}

// disableLocalIGMP keeps the kernel from reporting membership of link-local
// groups (disable_local_igmp).
func (m *deviceMaker) disableLocalIGMP() {
	if err := m.params.Set(netif.Sysctl("net", "ipv4", "igmp_link_local_mcast_reports"), "0"); err != nil {
		m.log.Infof("%v", err)
	}
}
