package check

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/script"
)

// endpoint is where a checker connects to and from.
type endpoint struct {
	target  netip.AddrPort
	options *config.Connect // nil: none
	timeout time.Duration
	noted   unix.Errno // the last error that news told
}

func (c *checker) endpoint() endpoint {
	return endpoint{target: c.conf.Target(c.r.conf), options: c.conf.Connect, timeout: c.timing.ConnectTimeout}
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
	note   string // worth a line
	detail string // worth a line with --log-detail
}

func (e *setupError) Error() string { return e.err.Error() }

// create makes a non-blocking socket.
func (e endpoint) create(kind, proto int) (int, error) {
	domain := unix.AF_INET6
	if e.target.Addr().Is4() {
		domain = unix.AF_INET
	}
	fd, err := socketNow(domain, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return -1, &setupError{create: true, err: err}
	}
	return fd, nil
}

// socket makes one with the options of the endpoint.
func (e endpoint) socket(kind, proto int) (int, error) {
	fd, err := e.create(kind, proto)
	if err != nil {
		return -1, err
	}
	if err := e.prepare(fd); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// prepare sets what the configuration asks of a socket.
func (e endpoint) prepare(fd int) error {
	if e.options == nil {
		return nil
	}
	if m := e.options.Fwmark; m != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(m)); err != nil {
			return fmt.Errorf("Error setting fwmark %d to socket: %s", m, errnoText(err))
		}
	}
	if dev := e.options.BindIf; dev != "" {
		if err := unix.BindToDevice(fd, dev); err != nil {
			return fmt.Errorf("Checker can't bind to device %s: %s", dev, errnoText(err))
		}
	}
	if a := e.options.BindTo; a.IsValid() {
		if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(a, e.options.BindPort))); err != nil {
			return &bindError{err}
		}
	}
	return nil
}

// bindError is an address that a socket cannot have.
type bindError struct{ err error }

func (e *bindError) Error() string { return "Checker bind failed: " + errnoText(e.err) }

func (e *bindError) Unwrap() error { return e.err }

// news is the line about an error of what was tried, "" when it is that of the
// last time.
func (e *endpoint) news(what string, err error) string {
	var errno unix.Errno
	if !errors.As(err, &errno) || errno == e.noted {
		return ""
	}
	e.noted = errno
	return fmt.Sprintf("%s error %d - %s", what, int(errno), errnoText(errno))
}

func errnoText(err error) string { return script.Strerror(err) }

// connectState is how far a connection has got.
type connectState uint8

const (
	connecting  connectState = iota
	connected                // established
	refused                  // a failure of the server
	unreachable              // a failure of the server: connect(2) has said so at once
	unprepared               // no failure: the socket could not be used
)

// immediate is the errors of connect(2) that speak about the server.
var immediate = []error{
	unix.ENETUNREACH, unix.EHOSTUNREACH, unix.ECONNREFUSED, unix.EHOSTDOWN, unix.ENETDOWN, unix.ECONNRESET,
	unix.ECONNABORTED, unix.ETIMEDOUT,
}

// connect begins to connect a new socket. With unprepared the error says why.
func (e *endpoint) connect(kind, proto int) (fd int, state connectState, err error) {
	if fd, err = e.create(kind, proto); err != nil {
		return -1, unprepared, err
	}
	state, err = e.start(fd)
	if state == unreachable || state == unprepared {
		unix.Close(fd)
		fd = -1
	}
	return fd, state, err
}

// start prepares a socket and begins to connect it. With unprepared the error
// says why.
func (e *endpoint) start(fd int) (connectState, error) {
	if err := e.prepare(fd); err != nil {
		return unprepared, &setupError{note: err.Error(), err: err}
	}
	switch err := connectNow(fd, e.target); {
	case err == nil:
		return connected, nil
	case err == unix.EINPROGRESS:
		return connecting, nil
	case slices.Contains(immediate, err):
		return unreachable, nil
	default:
		return unprepared, &setupError{err: err, detail: e.news("socket connect", err)}
	}
}

// finishConnect says how a pending connection has ended. Without trouble there
// is no need to ask: a connection that failed always shows that.
func finishConnect(fd int, trouble bool) connectState {
	if !trouble {
		return connected
	}
	errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || errno != 0 {
		return refused
	}
	return connected
}

// postpone is the result of a check whose socket could not be used. name is what
// the type of checker calls itself, attempt what it says before "to create socket".
func postpone(name, stop, attempt string, err error) result {
	if uncreated(err) {
		return result{postponed: true, reason: attempt + " to create socket. Rescheduling."}
	}
	r := result{postponed: true, reason: name + " socket bind failed. Rescheduling" + stop}
	s := &setupError{}
	errors.As(err, &s)
	if s.note != "" {
		r.notes = []string{s.note}
	}
	if s.detail != "" {
		r.details = []string{s.detail}
	}
	return r
}

// uncreated says whether a socket could not even be made.
func uncreated(err error) bool {
	var s *setupError
	return errors.As(err, &s) && s.create
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
