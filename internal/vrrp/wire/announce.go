package wire

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Interface is what announcements need to know of the interface by which they
// leave.
type Interface struct {
	Index        int
	Type         uint16 // ARPHRD_ETHER or ARPHRD_INFINIBAND; others cannot announce
	HardwareAddr net.HardwareAddr
	Broadcast    net.HardwareAddr // of InfiniBand
	NoARP        bool             // nothing is announced
	Router       bool             // net.ipv6.conf.IF.forwarding
}

// sendTimeout bounds how long one frame waits for room in a full queue.
const sendTimeout = 200 * time.Millisecond

// Announcer sends gratuitous ARP requests and unsolicited neighbour
// advertisements (RFC 5227 3, RFC 4861 7.2.6) by any interface, also one
// without addresses. It belongs to one goroutine, which may have to wait.
type Announcer struct {
	raw, cooked int // raw sends whole frames, cooked has the kernel add the link header
	frames      frames
	to          linkAddress
}

// NewAnnouncer opens the packet sockets in the network namespace of the calling
// thread. They receive nothing.
func NewAnnouncer() (*Announcer, error) {
	raw, err := packetSocket(unix.SOCK_RAW)
	if err != nil {
		return nil, err
	}
	cooked, err := packetSocket(unix.SOCK_DGRAM)
	if err != nil {
		unix.Close(raw)
		return nil, err
	}
	return &Announcer{raw: raw, cooked: cooked}, nil
}

// packetSocket has protocol 0: such a socket is not handed any frame.
func packetSocket(typ int) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, typ|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("opening a packet socket: %w", err)
	}
	tv := unix.NsecToTimeval(sendTimeout.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &tv); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("limiting the time that sending may take: %w", err)
	}
	return fd, nil
}

// Close frees the sockets.
func (a *Announcer) Close() {
	unix.Close(a.raw)
	unix.Close(a.cooked)
}

// Announce sends one frame for each address, IPv4 and IPv6 mixed as they come.
// It stops at the first error; n is the number of addresses done with, so that
// the caller can go on from there. An interface without ARP is done at once.
func (a *Announcer) Announce(i Interface, addrs []netip.Addr) (n int, err error) {
	if i.NoARP {
		return len(addrs), nil
	}
	if err := a.frames.prepare(i); err != nil {
		return 0, fmt.Errorf("announcing addresses on interface %d: %w", i.Index, err)
	}
	for n, addr := range addrs {
		if err := a.announce(i, addr); err != nil {
			return n, fmt.Errorf("announcing %s on interface %d: %w", addr, i.Index, err)
		}
	}
	return len(addrs), nil
}

func (a *Announcer) announce(i Interface, addr netip.Addr) error {
	var f frame
	switch {
	case addr.Is4():
		f = a.frames.arpFor(addr)
	case addr.Is6():
		f = a.frames.naFor(addr)
	default:
		return unix.EINVAL
	}
	a.to.set(i, f)
	fd := a.raw
	if f.dst != nil {
		fd = a.cooked
	}
	return sendto(fd, f.data, &a.to)
}

// frame is what one announcement sends; with dst the kernel puts the link
// header before the data.
type frame struct {
	data     []byte
	protocol uint16
	dst      []byte
}

// linkAddress is struct sockaddr_ll with room for the 20 bytes of an InfiniBand
// address, packet(7).
type linkAddress struct {
	family   uint16
	protocol [2]byte
	index    int32
	hatype   uint16
	pkttype  uint8
	halen    uint8
	addr     [infinibandLen]byte
}

func (l *linkAddress) set(i Interface, f frame) {
	*l = linkAddress{family: unix.AF_PACKET, index: int32(i.Index), halen: uint8(len(f.dst))}
	binary.BigEndian.PutUint16(l.protocol[:], f.protocol)
	copy(l.addr[:], f.dst)
}

func sendto(fd int, b []byte, to *linkAddress) error {
	for {
		_, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0,
			uintptr(unsafe.Pointer(to)), unsafe.Sizeof(*to))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		case unix.EAGAIN:
			return ErrWouldBlock
		default:
			return errno
		}
	}
}
