package netif

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Request is one change of the kernel's state, ready to be sent. Make it with
// AddAddress, DeleteRoute and the like.
type Request struct {
	typ, flags uint16
	body       []byte
	verb       string
	object     fmt.Stringer
	invalid    error
}

// String says what the request does: "adding address 10.0.0.1/32 on interface 3".
func (r Request) String() string { return fmt.Sprintf("%s %s", r.verb, r.object) }

// item is what requests are made from.
type item interface {
	fmt.Stringer
	check() error
	encode(*encoder)
}

func newRequest(typ, flags uint16, verb string, it item) Request {
	r := Request{typ: typ, flags: flags | unix.NLM_F_REQUEST, verb: verb, object: it}
	if r.invalid = it.check(); r.invalid != nil {
		return r
	}
	e := encoder{b: make([]byte, 0, 64)}
	it.encode(&e)
	r.body = e.b
	return r
}

const exclusive = unix.NLM_F_CREATE | unix.NLM_F_EXCL

// AddAddress adds a; its error is AlreadyThere when the interface has it.
func AddAddress(a Address) Request { return newRequest(unix.RTM_NEWADDR, exclusive, "adding", a) }

// ReplaceAddress adds a, or changes flags and lifetimes of the one that is there.
func ReplaceAddress(a Address) Request {
	return newRequest(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, "replacing", a)
}

// DeleteAddress removes a; its error is AlreadyGone when there is no such one.
func DeleteAddress(a Address) Request {
	return newRequest(unix.RTM_DELADDR, 0, "deleting", addressIdentity{a})
}

// addressIdentity is an address of which only the identity is sent.
type addressIdentity struct{ Address }

func (a addressIdentity) encode(e *encoder) { a.encodeIdentity(e) }

// RouteMode says how a route is placed among others with its destination,
// ip-route(8).
type RouteMode uint16

const (
	RouteAdd     RouteMode = exclusive                              // refuse when one is there
	RoutePrepend RouteMode = unix.NLM_F_CREATE                      // before the others
	RouteAppend  RouteMode = unix.NLM_F_CREATE | unix.NLM_F_APPEND  // behind the others
	RouteReplace RouteMode = unix.NLM_F_CREATE | unix.NLM_F_REPLACE // instead of the first
)

// AddRoute installs r.
func AddRoute(r Route, mode RouteMode) Request {
	return newRequest(unix.RTM_NEWROUTE, uint16(mode), "adding", r)
}

// DeleteRoute removes r; its error is AlreadyGone when there is no such one.
func DeleteRoute(r Route) Request { return newRequest(unix.RTM_DELROUTE, 0, "deleting", r) }

// AddRule installs r; its error is AlreadyThere when there is such a one.
func AddRule(r Rule) Request { return newRequest(unix.RTM_NEWRULE, exclusive, "adding", r) }

// DeleteRule removes r; its error is AlreadyGone when there is no such one.
func DeleteRule(r Rule) Request { return newRequest(unix.RTM_DELRULE, 0, "deleting", r) }

// How much is sent at once. More saves little: the kernel's own work on each
// address is most of what is left.
const (
	maxBatch      = 50
	maxBatchBytes = 32 << 10
)

// Writer sends requests to the kernel, many with one system call. It belongs
// to one goroutine.
type Writer struct {
	socket *socket
	out    []byte
}

// NewWriter opens a Writer in the network namespace of the calling thread.
func NewWriter() (*Writer, error) {
	s, err := openSocket(0)
	if err != nil {
		return nil, err
	}
	return &Writer{socket: s}, nil
}

// SetReceiveBuffer sets the size in bytes of the socket's buffer for the kernel's
// answers; above net.core.rmem_max it needs force.
func (w *Writer) SetReceiveBuffer(size int, force bool) error {
	return w.socket.setReceiveBuffer(size, force)
}

// Port identifies the Writer among the netlink sockets of its namespace; 0 if it
// cannot be found out.
func (w *Writer) Port() uint32 {
	name, err := unix.Getsockname(w.socket.fd)
	if nl, ok := name.(*unix.SockaddrNetlink); err == nil && ok {
		return nl.Pid
	}
	return 0
}

// Close frees the socket.
func (w *Writer) Close() { w.socket.close() }

// Do carries out requests in their order, each whether or not others fail. The
// result has one error for each request, nil where it succeeded, an *OpError
// where the kernel or the check before refused it.
func (w *Writer) Do(requests []Request) []error {
	errs := make([]error, len(requests))
	for from := 0; from < len(requests); {
		n := w.fill(requests[from:], errs[from:])
		if err := w.exchange(requests[from:from+n], errs[from:from+n]); err != nil {
			for i := from; i < len(requests); i++ {
				if errs[i] == nil {
					errs[i] = fmt.Errorf("%s: %w", requests[i], err)
				}
			}
			break
		}
		from += n
	}
	return errs
}

// One is Do for a single request.
func (w *Writer) One(r Request) error { return w.Do([]Request{r})[0] }

// fill encodes requests until a batch is full and returns how many it took. Only
// the last one asks for an acknowledgement: errors are answered anyway, and in
// order, so silence about the others is success.
func (w *Writer) fill(requests []Request, errs []error) (n int) {
	w.out = w.out[:0]
	last := -1
	for n < len(requests) && n < maxBatch {
		r := requests[n]
		if r.invalid != nil {
			errs[n] = &OpError{Request: r.String(), Err: r.invalid}
			n++
			continue
		}
		if last >= 0 && len(w.out)+len(r.body) > maxBatchBytes {
			break
		}
		last = len(w.out)
		w.out = appendMessage(w.out, r.typ, r.flags, w.socket.seq+1+uint32(n), r.body)
		n++
	}
	if last >= 0 {
		flags := w.out[last+6:]
		host.PutUint16(flags, host.Uint16(flags)|unix.NLM_F_ACK)
	}
	return n
}

// errNoAnswer should not happen: the kernel answers before the send returns.
var errNoAnswer = errors.New("no answer of the kernel")

// exchange sends the batch that fill made and stores the kernel's refusals.
func (w *Writer) exchange(requests []Request, errs []error) error {
	if len(w.out) == 0 {
		return nil
	}
	first := w.socket.seq + 1
	w.socket.seq += uint32(len(requests))
	if err := w.socket.send(w.out); err != nil {
		return fmt.Errorf("sending to the kernel: %w", err)
	}
	last := lastValid(requests)
	for done := false; !done; {
		err := w.socket.receive(unix.MSG_DONTWAIT, func(m message) {
			i := int(m.seq - first)
			if m.typ != unix.NLMSG_ERROR || i < 0 || i >= len(requests) {
				return // an answer to an earlier batch that had failed
			}
			if errno := errorCode(m.body); errno != 0 {
				errs[i] = &OpError{Request: requests[i].String(), Err: errno, Message: extendedError(m)}
			}
			done = done || i == last
		})
		if errors.Is(err, unix.EAGAIN) {
			return errNoAnswer
		}
		if err != nil {
			return fmt.Errorf("reading the kernel's answer: %w", err)
		}
	}
	return nil
}

func lastValid(requests []Request) int {
	for i := len(requests) - 1; i >= 0; i-- {
		if requests[i].invalid == nil {
			return i
		}
	}
	return -1
}
