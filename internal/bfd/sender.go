package bfd

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd/fsm"
)

// sender is the socket of a session. Its port stays the same for as long as it
// is open, RFC 5881 4.
type sender struct {
	p      fsm.Session
	fd     int // negative: not open
	to     unix.Sockaddr
	failed string // what went wrong last, "": nothing
}

// tries is how many ports are tried.
const tries = 64

// priorityControl is TC_PRIO_CONTROL of tc-prio(8).
const priorityControl = 7

func (s *sender) open(ports portRange) error {
	e := endpointOf(s.p)
	fd, err := unix.Socket(e.family(), unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("opening a socket: %w", err)
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, priorityControl)
	err = setOptions(fd, e.sendOptions(int(s.p.TTL)))
	if err == nil {
		err = s.bind(fd, e, ports)
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	s.fd, s.to = fd, e.sockaddr(s.p.Neighbor, e.port())
	return nil
}

func (e endpoint) sendOptions(ttl int) []option {
	if e.v6 {
		return []option{{unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, ttl}}
	}
	return []option{{unix.IPPROTO_IP, unix.IP_TTL, ttl}}
}

func (s *sender) bind(fd int, e endpoint, ports portRange) (err error) {
	for range tries {
		port := ports.first + rand.IntN(ports.last-ports.first+1)
		if err = unix.Bind(fd, e.sockaddr(s.p.Source, port)); err != unix.EADDRINUSE {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("binding to %s: %w", s.p.Source, err)
	}
	return nil
}

// send opens the socket if need be: the source address may have come meanwhile.
func (s *sender) send(b []byte, ports portRange) error {
	if s.fd < 0 {
		if err := s.open(ports); err != nil {
			return err
		}
	}
	err := unix.Sendto(s.fd, b, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, s.to)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EADDRNOTAVAIL) {
		s.close() // the address that it is bound to has gone
	}
	if err != nil {
		return fmt.Errorf("sendto(): %w", err)
	}
	return nil
}

func (s *sender) close() {
	if s.fd >= 0 {
		unix.Close(s.fd)
		s.fd = -1
	}
}

func closeFD(fd int) { unix.Close(fd) }
