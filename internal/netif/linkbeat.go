package netif

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// LinkQuery is how a driver is asked whether it has a link.
type LinkQuery uint8

// Ways to ask. Every driver has the last one.
const (
	QueryAny     LinkQuery = iota // whichever it knows
	QueryMII                      // the transceiver's status register
	QueryEthtool                  // ETHTOOL_GLINK
	QueryFlags                    // IFF_RUNNING
)

// String is the word of linkbeat_interfaces, keepalived.conf(5).
func (q LinkQuery) String() string {
	return [...]string{"any", "MII", "ETHTOOL", "IOCTL"}[q]
}

// LinkProber asks drivers about their links. A driver may take its time, so it
// is not for an event loop. It belongs to one goroutine.
type LinkProber struct{ fd int }

// NewLinkProber opens the socket that requests go through.
func NewLinkProber() (*LinkProber, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a socket to ask for links: %w", err)
	}
	return &LinkProber{fd}, nil
}

// Close ends it.
func (p *LinkProber) Close() { unix.Close(p.fd) }

// Ask reports whether the interface is up and has a link, and how its driver was
// asked: in the given way, or where that is QueryAny in the first one that it
// knows, beginning with want. QueryAny is returned for a missing interface. A
// driver that does not answer any more is believed to have a link as long as the
// kernel says so.
func (p *LinkProber) Ask(name string, way, want LinkQuery) (LinkQuery, bool) {
	running, present := p.running(name)
	if !present {
		return QueryAny, false
	}
	if way != QueryAny {
		up, err := p.ask(name, way)
		return way, running && (up || err != nil)
	}
	for _, way := range order(want) {
		if up, err := p.ask(name, way); err == nil {
			return way, running && up
		}
	}
	return QueryFlags, running
}

// order is that in which the ways are tried.
func order(want LinkQuery) []LinkQuery {
	switch want {
	case QueryEthtool:
		return []LinkQuery{QueryEthtool, QueryMII}
	case QueryFlags:
		return nil
	}
	return []LinkQuery{QueryMII, QueryEthtool}
}

func (p *LinkProber) ask(name string, q LinkQuery) (up bool, err error) {
	switch q {
	case QueryMII:
		return p.mii(name)
	case QueryEthtool:
		return p.ethtool(name)
	}
	return true, nil
}

// ethtoolValue is struct ethtool_value, linux/ethtool.h.
type ethtoolValue struct{ cmd, data uint32 }

func (p *LinkProber) ethtool(name string) (up bool, err error) {
	value := ethtoolValue{cmd: unix.ETHTOOL_GLINK}
	r := struct {
		name [unix.IFNAMSIZ]byte
		data *ethtoolValue
		_    [16]byte
	}{data: &value}
	copy(r.name[:unix.IFNAMSIZ-1], name)
	err = p.ioctl(unix.SIOCETHTOOL, unsafe.Pointer(&r))
	return value.data != 0, err
}

// miiRequest is struct ifreq with struct mii_ioctl_data, linux/mii.h.
type miiRequest struct {
	name              [unix.IFNAMSIZ]byte
	phy, reg, in, out uint16
	_                 [16]byte
}

// Registers of IEEE 802.3 clause 22.
const (
	miiControl = 0
	miiStatus  = 1
	miiLink    = 0x0004
)

var errNoTransceiver = errors.New("no MII transceiver")

func (p *LinkProber) mii(name string) (up bool, err error) {
	var r miiRequest
	copy(r.name[:unix.IFNAMSIZ-1], name)
	if err := p.ioctl(unix.SIOCGMIIPHY, unsafe.Pointer(&r)); err != nil {
		return false, err
	}
	phy := r.phy
	read := func(reg uint16) (uint16, error) {
		r.phy, r.reg, r.out = phy, reg, 0
		err := p.ioctl(unix.SIOCGMIIREG, unsafe.Pointer(&r))
		return r.out, err
	}
	control, err := read(miiControl)
	if err != nil {
		return false, err
	}
	// A loss of the link sticks until the register is read, so it is read twice.
	first, err := read(miiStatus)
	if err != nil {
		return false, err
	}
	if control == 0xffff || first == 0 {
		return false, errNoTransceiver
	}
	second, err := read(miiStatus)
	if err != nil {
		return false, err
	}
	return (first|second)&miiLink != 0, nil
}

// running is what the kernel says: whether the interface exists, and whether it
// is up and has what it runs on.
func (p *LinkProber) running(name string) (running, present bool) {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return false, false
	}
	if err := unix.IoctlIfreq(p.fd, unix.SIOCGIFFLAGS, r); err != nil {
		return true, !errors.Is(err, unix.ENODEV)
	}
	const both = unix.IFF_UP | unix.IFF_RUNNING
	return r.Uint16()&both == both, true
}

func (p *LinkProber) ioctl(request uintptr, arg unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(p.fd), request, uintptr(arg)); errno != 0 {
		return errno
	}
	return nil
}
