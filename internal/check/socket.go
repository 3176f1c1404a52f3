package check

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/script"
)

// endpoint is where a checker connects to and from.
type endpoint struct {
	target  netip.AddrPort
	options config.Connect
	timeout time.Duration
}

func (c *checker) endpoint() endpoint {
	return endpoint{target: c.conf.Target(c.r.conf), options: c.conf.Options(), timeout: c.timing.ConnectTimeout}
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16(), ZoneId: zoneID(a.Addr())}
}

// setupError is a socket that could not be made or prepared: no failure of the
// server.
type setupError struct {
	create bool
	err    error
}

func (e *setupError) Error() string { return e.err.Error() }

// socket makes a non-blocking socket with the options of the endpoint.
func (e endpoint) socket(kind, proto int) (int, error) {
	domain := unix.AF_INET6
	if e.target.Addr().Is4() {
		domain = unix.AF_INET
	}
	fd, err := unix.Socket(domain, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return -1, &setupError{true, err}
	}
	if err := e.prepare(fd); err != nil {
		unix.Close(fd)
		return -1, &setupError{false, err}
	}
	return fd, nil
}

// prepare sets what the configuration asks of a socket.
func (e endpoint) prepare(fd int) error {
	if m := e.options.Fwmark; m != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(m)); err != nil {
			return fmt.Errorf("Checker bind failed: %s", errnoText(err))
		}
	}
	if dev := e.options.BindIf; dev != "" {
		if err := unix.BindToDevice(fd, dev); err != nil {
			return fmt.Errorf("Checker can't bind to device %s: %s", dev, errnoText(err))
		}
	}
	if a := e.options.BindTo; a.IsValid() {
		if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(a, e.options.BindPort))); err != nil {
			return fmt.Errorf("Checker bind failed: %s", errnoText(err))
		}
	}
	return nil
}

func errnoText(err error) string { return script.Strerror(err) }

// connectState is how far a connection has got.
type connectState uint8

const (
	connecting  connectState = iota
	connected                // established
	refused                  // a failure of the server
	unreachable              // a failure of the server: no way to its network
	unprepared               // no failure: the socket could not be used
)

// immediate is the errors of connect(2) that speak about the server.
var immediate = []unix.Errno{
	unix.ENETUNREACH, unix.EHOSTUNREACH, unix.ECONNREFUSED, unix.EHOSTDOWN, unix.ENETDOWN, unix.ECONNRESET,
	unix.ECONNABORTED, unix.ETIMEDOUT,
}

// connect begins to connect a new socket. With unprepared the error says why.
func (e endpoint) connect() (fd int, state connectState, err error) {
	fd, err = e.socket(unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, unprepared, err
	}
	err = unix.Connect(fd, sockaddr(e.target))
	switch {
	case err == nil:
		return fd, connected, nil
	case errors.Is(err, unix.EINPROGRESS):
		return fd, connecting, nil
	}
	state = unprepared
	for _, errno := range immediate {
		if errors.Is(err, errno) {
			state = refused
		}
	}
	if state == refused && (errors.Is(err, unix.ENETUNREACH) || errors.Is(err, unix.EHOSTUNREACH)) {
		state = unreachable
	}
	unix.Close(fd)
	return -1, state, &setupError{false, err}
}

// finishConnect says how a pending connection has ended.
func finishConnect(fd int) connectState {
	errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || errno != 0 {
		return refused
	}
	return connected
}

// postpone is the result of a check whose socket could not be used. name is what
// the type of checker calls itself.
func postpone(name, stop string, err error) result {
	var s *setupError
	if errors.As(err, &s) && s.create {
		return result{postponed: true, reason: name + " connect fail to create socket. Rescheduling."}
	}
	r := result{postponed: true, reason: name + " socket bind failed. Rescheduling" + stop}
	if s != nil {
		var errno unix.Errno
		if errors.As(s.err, &errno) {
			return r
		}
		r.notes = []string{s.err.Error()}
	}
	return r
}

// zoneID is the number of the interface that a link-local address belongs to.
func zoneID(a netip.Addr) uint32 {
	if a.Zone() == "" {
		return 0
	}
	if ifi, err := net.InterfaceByName(a.Zone()); err == nil {
		return uint32(ifi.Index)
	}
	n, _ := strconv.ParseUint(a.Zone(), 10, 32)
	return uint32(n)
}
