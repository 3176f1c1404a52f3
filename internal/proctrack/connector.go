package proctrack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// linux/connector.h and linux/cn_proc.h.
const (
	idxProc, valProc = 1, 1
	multicastListen  = 1

	cnHeader   = 20 // struct cn_msg
	procHeader = 16 // struct proc_event before its union

	eventNone = 0x00000000
	eventFork = 0x00000001
	eventExec = 0x00000002
	eventComm = 0x00000200
	eventExit = 0x80000000
)

// event is what happened to a process.
type event struct {
	kind   uint32
	pid    int
	parent int // of a fork
}

// errNoEvents says that the kernel does not tell: no CONFIG_PROC_EVENTS, or not
// in this namespace.
var errNoEvents = errors.New("the kernel does not report process events here")

// ackPatience is how long the kernel may take to confirm the subscription; it
// does so at once where it does at all.
const ackPatience = 200 * time.Millisecond

// connector is a subscription to process events.
type connector struct{ file *os.File }

func openConnector(buffer int, force bool) (*connector, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_CONNECTOR)
	if err != nil {
		return nil, fmt.Errorf("opening the process connector: %w", err)
	}
	c := &connector{os.NewFile(uintptr(fd), "process connector")}
	if err := c.subscribe(fd, buffer, force); err != nil {
		c.file.Close()
		return nil, err
	}
	return c, nil
}

func (c *connector) subscribe(fd, buffer int, force bool) error {
	if buffer > 0 {
		option := unix.SO_RCVBUF
		if force {
			option = unix.SO_RCVBUFFORCE
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, buffer); err != nil {
			return fmt.Errorf("setting the receive buffer of the process connector: %w", err)
		}
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: idxProc}); err != nil {
		return fmt.Errorf("binding the process connector: %w", err)
	}
	if err := unix.Sendto(fd, listenRequest(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("%w: %w", errNoEvents, err)
	}
	return c.confirmed()
}

// listenRequest is a netlink header, a connector header and the operation.
func listenRequest() []byte {
	h := binary.NativeEndian
	b := h.AppendUint32(nil, unix.NLMSG_HDRLEN+cnHeader+4)
	b = h.AppendUint16(b, unix.NLMSG_DONE)
	b = append(b, make([]byte, 10)...) // flags, sequence, port
	b = h.AppendUint32(b, idxProc)
	b = h.AppendUint32(b, valProc)
	b = append(b, make([]byte, 8)...) // sequence, acknowledgement
	b = h.AppendUint16(b, 4)
	b = h.AppendUint16(b, 0)
	return h.AppendUint32(b, multicastListen)
}

// confirmed waits for the kernel's word that it will tell.
func (c *connector) confirmed() error {
	if err := c.file.SetReadDeadline(time.Now().Add(ackPatience)); err != nil {
		return err
	}
	defer c.file.SetReadDeadline(time.Time{})
	buf := make([]byte, maxDatagram)
	for {
		n, err := c.file.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return errNoEvents
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errNoEvents, err)
		}
		for _, e := range parseEvents(buf[:n]) {
			if e.kind == eventNone && e.pid != 0 {
				return fmt.Errorf("%w: %w", errNoEvents, unix.Errno(e.pid))
			}
			return nil
		}
	}
}

const maxDatagram = 8192

// read waits for events; errLost tells that some were missed.
func (c *connector) read(buf []byte) ([]event, error) {
	n, err := c.file.Read(buf)
	if errors.Is(err, unix.ENOBUFS) {
		return nil, errLost
	}
	if err != nil {
		return nil, err
	}
	return parseEvents(buf[:n]), nil
}

var errLost = errors.New("process events were lost")

// parseEvents reads the messages of a datagram. Of threads only the first of
// each process counts. What is not understood is left out.
func parseEvents(b []byte) (events []event) {
	h := binary.NativeEndian
	for len(b) >= unix.NLMSG_HDRLEN {
		length := int(h.Uint32(b))
		if length < unix.NLMSG_HDRLEN || length > len(b) {
			return events
		}
		if e, ok := parseEvent(b[unix.NLMSG_HDRLEN:length]); ok {
			events = append(events, e)
		}
		b = b[min((length+3)&^3, len(b)):]
	}
	return events
}

func parseEvent(b []byte) (e event, ok bool) {
	h := binary.NativeEndian
	if len(b) < cnHeader+procHeader || h.Uint32(b) != idxProc || h.Uint32(b[4:]) != valProc {
		return event{}, false
	}
	b = b[cnHeader:]
	e.kind = h.Uint32(b)
	data := b[procHeader:]
	at := func(i int) int {
		if len(data) < 4*i+4 {
			return -1
		}
		return int(int32(h.Uint32(data[4*i:])))
	}
	switch e.kind {
	case eventNone:
		e.pid = max(at(0), 0) // an errno
		return e, true
	case eventFork: // parent, its process, child, its process
		e.parent, e.pid = at(1), at(2)
		return e, e.pid == at(3) && e.pid > 0
	case eventExec, eventComm, eventExit: // thread, its process
		e.pid = at(0)
		return e, e.pid == at(1) && e.pid > 0
	}
	return event{}, false
}

func (c *connector) close() { c.file.Close() }
