package vrrp

import (
	"errors"
	"fmt"
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/netif"
)

// errNoBase says that the interface below is missing; the device is made when
// it comes.
var errNoBase = errors.New("its base interface does not exist")

// deviceMaker makes and removes interfaces, and sets the kernel parameters that
// they need. All of it may block on the kernel. It belongs to the worker, and to
// who starts and ends that.
type deviceMaker struct {
	log    *logging.Logger
	writer *netif.Writer
	params netif.Sysctls
	pushed bool                 // rp_filter has been moved from all to each interface
	made   map[string]ownDevice // what there is of ours, by name
}

// ownDevice is a device and the index of the base that it is made on.
type ownDevice struct {
	device
	on int
}

func newDeviceMaker(log *logging.Logger) (*deviceMaker, error) {
	w, err := netif.NewWriter()
	if err != nil {
		return nil, fmt.Errorf("opening netlink for interfaces: %w", err)
	}
	return &deviceMaker{log: log, writer: w, made: map[string]ownDevice{}}, nil
}

// ensure sees to it that the device is there as it should be; linkLocal is the
// address that it takes over from its base.
func (m *deviceMaker) ensure(d device, linkLocal netip.Addr) (made, error) {
	base, err := m.writer.Link(d.base)
	if netif.AlreadyGone(err) {
		return made{}, errNoBase
	}
	if err != nil {
		return made{}, err
	}
	link, said, err := m.link(d, base)
	if err != nil {
		return made{}, err
	}
	if err := m.setUp(d, base, link); err != nil {
		return made{}, err
	}
	for _, a := range d.addresses(link.Index, linkLocal) {
		if err := m.writer.One(netif.AddAddress(a)); err != nil && !netif.AlreadyThere(err) {
			return made{}, err
		}
	}
	return made{index: link.Index, base: base.Index, linkLocal: linkLocal, up: base.Up(), said: said}, nil
}

// made is what became of a device: up is whether it was switched on, which its
// base has to be for that.
type made struct {
	index, base int
	linkLocal   netip.Addr // of the base
	up          bool
	said        string // what is to be logged; empty: nothing
}

// link finds the device or makes it. One of that name on another base is what
// an earlier life of the base has left.
func (m *deviceMaker) link(d device, base netif.Link) (link netif.Link, said string, err error) {
	link, err = m.writer.Link(d.name)
	if err == nil && link.Kind != d.kind {
		return link, "", fmt.Errorf("interface %s exists already and is not a %s", d.name, d.kind)
	}
	if err == nil && link.ParentIndex == parentIndex(d.kind, base) {
		if _, ours := m.made[d.name]; !ours {
			said = fmt.Sprintf("(%s) Found matching interface %s", d.owner, d.name)
		}
		return link, said, m.correct(d, link)
	}
	if err == nil {
		m.log.Infof("(%s) Removing old %s interface %s due to conflicting interface", d.owner, d.title(), d.name)
		err = m.writer.One(netif.DeleteLink(link.Index))
	}
	if err != nil && !netif.AlreadyGone(err) {
		return link, "", err
	}
	if err := m.writer.One(netif.AddLink(d.newLink(base))); err != nil {
		return link, "", err
	}
	if m.log.Detail() > 0 {
		said = fmt.Sprintf("(%s): Success creating %s interface %s", d.owner, d.title(), d.name)
	}
	link, err = m.writer.Link(d.name)
	return link, said, err
}

// parentIndex is what the kernel makes the parent of a device on base: below a
// macvlan or ipvlan it takes the interface that base itself is on.
func parentIndex(kind string, base netif.Link) int {
	if base.Kind == kind && base.ParentIndex != 0 {
		return base.ParentIndex
	}
	return base.Index
}

// correct gives a device that was there the right MAC and mode.
func (m *deviceMaker) correct(d device, link netif.Link) error {
	var requests []netif.Request
	if d.kind == "macvlan" && link.MacvlanMode != netif.MacvlanPrivate {
		requests = append(requests, netif.SetMacvlanMode(link.Index, netif.MacvlanPrivate))
	}
	if d.kind == "macvlan" && link.HardwareAddr.String() != d.mac.String() {
		requests = append(requests, netif.SetHardwareAddr(link.Index, d.mac))
	}
	if len(requests) > 0 {
		m.log.Infof("(%s) Update old %s interface %s due to wrong MAC/mode", d.owner, d.title(), d.name)
	}
	return errors.Join(m.writer.Do(requests)...)
}

// setUp gives the device its parameters and switches it on.
func (m *deviceMaker) setUp(d device, base, link netif.Link) error {
	var requests []netif.Request
	if link.AddrGenMode != netif.AddrGenNone {
		requests = append(requests, netif.SetAddrGenMode(link.Index, netif.AddrGenNone))
	}
	if vrf := base.VRFIndex(); vrf != 0 && link.MasterIndex != vrf {
		requests = append(requests, netif.SetMaster(link.Index, vrf))
	}
	if err := errors.Join(m.writer.Do(requests)...); err != nil {
		return err
	}
	known, ours := m.made[d.name]
	m.made[d.name] = ownDevice{d, base.Index}
	if d.kind == "macvlan" {
		if ours && known.on != base.Index {
			m.releaseBase(known.device)
		}
		if !ours || known.on != base.Index {
			m.baseParameters(d)
		}
		if d.family == config.IPv4 {
			m.pushRPFilter()
		}
		m.parameters(d, link.Index)
	}
	if !base.Up() || link.Up() {
		return nil // it cannot be switched on before its base is
	}
	requests = []netif.Request{netif.SetUp(link.Index, true)}
	if d.notify {
		// The kernel tells the listeners whenever a group is set.
		requests = append(requests, netif.SetGroup(base.Index, base.Group))
	}
	return errors.Join(m.writer.Do(requests)...)
}

// reassign gives devices the owners that a reload has given them.
func (m *deviceMaker) reassign(devices []device) {
	for _, d := range devices {
		if own, ok := m.made[d.name]; ok {
			own.owner = d.owner
			m.made[d.name] = own
		}
	}
}

// remove takes a device away that is no longer wanted.
func (m *deviceMaker) remove(name string) {
	if d, ok := m.made[name]; ok {
		m.removeOne(d.device)
	}
}

func (m *deviceMaker) removeOne(d device) {
	delete(m.made, d.name)
	link, err := m.writer.Link(d.name)
	if err == nil {
		err = m.writer.One(netif.DeleteLink(link.Index))
	}
	switch {
	case err == nil:
		m.log.Detailf("(%s) Success removing %s interface %s", d.owner, d.title(), d.name)
	case !netif.AlreadyGone(err):
		m.log.Infof("(%s) %v", d.owner, err)
	}
	m.releaseBase(d)
}

// drop removes a device that is made again when its base is there: what was set
// for it on the base stays known.
func (m *deviceMaker) drop(d device, index int) {
	if err := m.writer.One(netif.DeleteLink(index)); err != nil && !netif.AlreadyGone(err) {
		m.log.Infof("(%s) %v", d.owner, err)
	}
}

// close removes everything and gives parameters their old values back. With
// keep the devices stay, for addresses that stay on them.
func (m *deviceMaker) close(keep bool) {
	if keep {
		return
	}
	m.restoreRPFilter()
	for _, d := range m.made {
		m.removeOne(d.device)
	}
	if err := m.params.Restore(); err != nil {
		m.log.Infof("%v", err)
	}
}

// title is what log lines call the device.
func (d device) title() string {
	if d.kind == "ipvlan" {
		return "ipvlan"
	}
	return "VMAC"
}
