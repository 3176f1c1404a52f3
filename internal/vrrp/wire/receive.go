package wire

import (
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ReceiveOptions are the settings of a Receiver beside its Endpoint.
type ReceiveOptions struct {
	Buffer     int  // SO_RCVBUF in bytes; 0 leaves the system's default
	Force      bool // exceed net.core.rmem_max by privilege
	Timestamps bool // have the kernel note when packets arrived
}

// Meta tells what is not in the payload of a packet.
type Meta struct {
	Src, Dst netip.Addr // without zone
	TTL      int        // or hop limit
	IfIndex  int        // interface that it came in by
	// Truncated says that the packet was longer than the buffer.
	Truncated bool
	// At is when the packet arrived; zero without Timestamps.
	At time.Time
}

// Receiver reads adverts from one Endpoint. It belongs to one goroutine.
type Receiver struct {
	fd      int
	is6     bool
	hdr     unix.Msghdr
	iov     unix.Iovec
	from    unix.RawSockaddrInet6 // large enough for both families
	control [16]uint64            // aligned as control messages need it
}

// NewReceiver opens a non-blocking socket that receives the adverts of e: bound
// to the interface and to the group, which it joins, or to the unicast source,
// which need not exist yet. The kernel drops IPv6 adverts with a wrong
// checksum.
func NewReceiver(e Endpoint, o ReceiveOptions) (*Receiver, error) {
	fd, err := e.socket()
	if err != nil {
		return nil, fmt.Errorf("receiving on %s: %w", e, err)
	}
	if err := prepareReceive(fd, e, o); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("receiving on %s: %w", e, err)
	}
	r := &Receiver{fd: fd, is6: e.Is6()}
	r.hdr.Name = (*byte)(unsafe.Pointer(&r.from))
	r.hdr.Iov = &r.iov
	r.hdr.SetIovlen(1)
	r.hdr.Control = (*byte)(unsafe.Pointer(&r.control))
	return r, nil
}

func prepareReceive(fd int, e Endpoint, o ReceiveOptions) error {
	if err := setOptions(fd, receiveOptions(e, o)); err != nil {
		return err
	}
	if err := unix.Bind(fd, e.sockaddr()); err != nil {
		return fmt.Errorf("binding to %s: %w", e.address(), err)
	}
	if !e.Multicast() {
		return nil
	}
	if err := join(fd, e); err != nil {
		return fmt.Errorf("joining %s: %w", e.Group, err)
	}
	return nil
}

func receiveOptions(e Endpoint, o ReceiveOptions) []option {
	var list []option
	if e.Is6() {
		list = append(list,
			option{unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL", true},
			option{unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT", false},
			option{unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO", false},
			option{unix.IPPROTO_IPV6, unix.IPV6_CHECKSUM, checksumOffset, "IPV6_CHECKSUM", false})
	} else {
		list = append(list,
			option{unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL", false},
			option{unix.IPPROTO_IP, unix.IP_PKTINFO, 1, "IP_PKTINFO", false})
	}
	if !e.Multicast() {
		list = append(list, freebind(e))
	}
	if o.Timestamps {
		list = append(list, option{unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS", false})
	}
	if o.Buffer > 0 {
		name := unix.SO_RCVBUF
		if o.Force {
			name = unix.SO_RCVBUFFORCE
		}
		list = append(list, option{unix.SOL_SOCKET, name, o.Buffer, "the receive buffer", false})
	}
	return list
}

func freebind(e Endpoint) option {
	if e.Is6() {
		return option{unix.IPPROTO_IPV6, unix.IPV6_FREEBIND, 1, "IPV6_FREEBIND", false}
	}
	return option{unix.IPPROTO_IP, unix.IP_FREEBIND, 1, "IP_FREEBIND", false}
}

func join(fd int, e Endpoint) error {
	if e.Is6() {
		return unix.SetsockoptIPv6Mreq(fd, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP,
			&unix.IPv6Mreq{Multiaddr: e.Group.As16(), Interface: uint32(e.Index)})
	}
	return unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP,
		&unix.IPMreqn{Multiaddr: e.Group.As4(), Ifindex: int32(e.Index)})
}

// FD is the descriptor to poll for input. It stays the Receiver's.
func (r *Receiver) FD() int { return r.fd }

// Close leaves the group and frees the socket.
func (r *Receiver) Close() { unix.Close(r.fd) }

// Recv reads one packet into buf and returns its length. IPv4 packets begin
// with their IP header, IPv6 ones do not. The error is ErrWouldBlock when there
// is none.
func (r *Receiver) Recv(buf []byte) (n int, meta Meta, err error) {
	if len(buf) == 0 {
		return 0, Meta{}, unix.EINVAL
	}
	r.iov.Base = &buf[0]
	r.iov.SetLen(len(buf))
	r.hdr.Namelen = uint32(unsafe.Sizeof(r.from))
	r.hdr.SetControllen(int(unsafe.Sizeof(r.control)))
	n, errno := recvmsg(r.fd, &r.hdr)
	r.iov.Base = nil
	switch errno {
	case 0:
	case unix.EAGAIN:
		return 0, Meta{}, ErrWouldBlock
	default:
		return 0, Meta{}, fmt.Errorf("receiving: %w", errno)
	}
	meta.Truncated = r.hdr.Flags&unix.MSG_TRUNC != 0
	r.readControl(&meta)
	if r.is6 {
		meta.Src = netip.AddrFrom16(r.from.Addr)
	} else {
		readIPv4Header(buf[:n], &meta)
	}
	return n, meta, nil
}

// recvmsg does not tell Go's scheduler: a call that cannot wait is over before
// the scheduler could do anything useful about it.
func recvmsg(fd int, hdr *unix.Msghdr) (int, unix.Errno) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(hdr)), unix.MSG_DONTWAIT)
		if errno != unix.EINTR {
			return int(n), errno
		}
	}
}

const ipv4HeaderLen = 20 // without options

func readIPv4Header(b []byte, meta *Meta) {
	if len(b) < ipv4HeaderLen {
		return
	}
	meta.TTL = int(b[8])
	meta.Src = netip.AddrFrom4([4]byte(b[12:]))
	meta.Dst = netip.AddrFrom4([4]byte(b[16:]))
}
