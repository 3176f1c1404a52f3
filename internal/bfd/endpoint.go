package bfd

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd/fsm"
)

// The UDP ports of RFC 5881 and RFC 5883.
const (
	portSingleHop = 3784
	portMultihop  = 4784
)

// endpoint is where packets of a kind of session come in.
type endpoint struct{ v6, multihop bool }

func endpointOf(p fsm.Session) endpoint { return endpoint{p.Neighbor.Is6(), p.Multihop} }

func (e endpoint) port() int {
	if e.multihop {
		return portMultihop
	}
	return portSingleHop
}

func (e endpoint) family() int {
	if e.v6 {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

// sockaddr is an address of the family; an invalid one is any.
func (e endpoint) sockaddr(a netip.Addr, port int) unix.Sockaddr {
	switch {
	case e.v6 && a.IsValid():
		return &unix.SockaddrInet6{Port: port, Addr: a.As16()}
	case e.v6:
		return &unix.SockaddrInet6{Port: port}
	case a.IsValid():
		return &unix.SockaddrInet4{Port: port, Addr: a.As4()}
	}
	return &unix.SockaddrInet4{Port: port}
}

// option is a number that a socket gets.
type option struct{ level, name, value int }

func setOptions(fd int, options []option) error {
	for _, o := range options {
		if err := unix.SetsockoptInt(fd, o.level, o.name, o.value); err != nil {
			return err
		}
	}
	return nil
}
