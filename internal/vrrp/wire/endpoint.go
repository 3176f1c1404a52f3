package wire

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// trafficClass marks adverts as internetwork control (DSCP CS6).
const trafficClass = 0xc0

// hopLimit of adverts, RFC 9568 5.1.1.3 and 5.1.2.3.
const hopLimit = 255

// checksumOffset is where the checksum is in a VRRP packet.
const checksumOffset = 6

// ErrWouldBlock says that nothing is there to be read, or that there is no room
// for sending.
var ErrWouldBlock = errors.New("would block")

// Endpoint says which adverts a socket is for. Two virtual routers with equal
// Endpoints can share their sockets.
type Endpoint struct {
	Protocol int        // packet.ProtocolVRRP or packet.ProtocolAH
	Index    int        // of the interface; 0 for unicast that is bound to none
	Name     string     // of the interface; needed by kernels before 5.1 only
	Group    netip.Addr // multicast group; zero for unicast
	Source   netip.Addr // unicast: our own address; ignored when Group is set
}

// Is6 reports whether the adverts are IPv6 ones.
func (e Endpoint) Is6() bool { return e.address().Is6() }

// Multicast reports whether the adverts go to a group.
func (e Endpoint) Multicast() bool { return e.Group.IsValid() }

// address is what a receiving socket is bound to.
func (e Endpoint) address() netip.Addr {
	if e.Multicast() {
		return e.Group
	}
	return e.Source
}

func (e Endpoint) String() string {
	return fmt.Sprintf("%s protocol %d on interface %d", e.address(), e.Protocol, e.Index)
}

func (e Endpoint) check() error {
	switch {
	case !e.address().IsValid():
		return errors.New("neither group nor source address given")
	case e.Multicast() && !e.Group.IsMulticast():
		return fmt.Errorf("%s is not a multicast group", e.Group)
	case e.Multicast() && e.Index <= 0:
		return errors.New("multicast needs an interface")
	}
	return nil
}

// socket opens a raw socket that is bound to the interface.
func (e Endpoint) socket() (fd int, err error) {
	if err := e.check(); err != nil {
		return -1, err
	}
	domain := unix.AF_INET
	if e.Is6() {
		domain = unix.AF_INET6
	}
	fd, err = unix.Socket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, e.Protocol)
	if err != nil {
		return -1, fmt.Errorf("opening a raw socket: %w", err)
	}
	if err := e.bindToInterface(fd); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// bindToInterface goes by index, which a rename does not change, where the
// kernel can.
func (e Endpoint) bindToInterface(fd int) error {
	if e.Index == 0 {
		return nil
	}
	err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX, e.Index)
	if errors.Is(err, unix.ENOPROTOOPT) {
		err = unix.BindToDevice(fd, e.Name)
	}
	if err != nil {
		return fmt.Errorf("binding to the interface: %w", err)
	}
	return nil
}

// option is one setsockopt with an integer.
type option struct {
	level, name, value int
	what               string
	optional           bool // the kernel may lack it
}

func setOptions(fd int, options []option) error {
	for _, o := range options {
		err := unix.SetsockoptInt(fd, o.level, o.name, o.value)
		if err != nil && !(o.optional && errors.Is(err, unix.ENOPROTOOPT)) {
			return fmt.Errorf("setting %s: %w", o.what, err)
		}
	}
	return nil
}

// dropAll keeps a socket that only sends from queuing what it could receive.
func dropAll(fd int) error {
	program, err := bpf.Assemble([]bpf.Instruction{bpf.RetConstant{Val: 0}})
	if err != nil {
		return err
	}
	in := program[0]
	filter := unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	fprog := unix.SockFprog{Len: 1, Filter: &filter}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &fprog); err != nil {
		return fmt.Errorf("attaching a filter: %w", err)
	}
	return nil
}

// sockaddr gives the form in which bind wants an address. A link-local one
// needs its interface.
func (e Endpoint) sockaddr() unix.Sockaddr {
	a := e.address()
	if !a.Is6() {
		return &unix.SockaddrInet4{Addr: a.As4()}
	}
	sa := &unix.SockaddrInet6{Addr: a.As16()}
	if a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() {
		sa.ZoneId = uint32(e.Index)
	}
	return sa
}
