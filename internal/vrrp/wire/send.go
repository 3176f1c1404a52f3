package wire

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sender sends adverts of one Endpoint. It belongs to one goroutine.
type Sender struct {
	fd        int
	is6       bool
	multicast bool
	index     int
	hdr       unix.Msghdr
	iov       unix.Iovec
	to4       unix.RawSockaddrInet4
	to6       unix.RawSockaddrInet6
	control   sendControl
}

// NewSender opens a non-blocking socket that sends by the interface of e and
// queues nothing that comes in.
func NewSender(e Endpoint) (*Sender, error) {
	fd, err := e.socket()
	if err != nil {
		return nil, fmt.Errorf("sending on %s: %w", e, err)
	}
	if err := prepareSend(fd, e); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("sending on %s: %w", e, err)
	}
	s := &Sender{fd: fd, is6: e.Is6(), multicast: e.Multicast(), index: e.Index}
	s.hdr.Iov = &s.iov
	s.hdr.SetIovlen(1)
	s.to4.Family = unix.AF_INET
	s.to6.Family = unix.AF_INET6
	return s, nil
}

func prepareSend(fd int, e Endpoint) error {
	if err := dropAll(fd); err != nil {
		return err
	}
	options := sendOptions4
	if e.Is6() {
		options = sendOptions6
	}
	if err := setOptions(fd, options); err != nil {
		return err
	}
	if !e.Multicast() {
		return nil
	}
	return sendBy(fd, e)
}

var sendOptions4 = []option{
	{unix.SOL_SOCKET, unix.SO_RCVBUF, 0, "the receive buffer", false},
	{unix.IPPROTO_IP, unix.IP_HDRINCL, 1, "IP_HDRINCL", false},
	{unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL", false},
	{unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP", false},
	{unix.IPPROTO_IP, unix.IP_TOS, trafficClass, "IP_TOS", false},
}

var sendOptions6 = []option{
	{unix.SOL_SOCKET, unix.SO_RCVBUF, 0, "the receive buffer", false},
	{unix.IPPROTO_IPV6, unix.IPV6_CHECKSUM, checksumOffset, "IPV6_CHECKSUM", false},
	{unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL", true},
	{unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, 0, "IPV6_MULTICAST_LOOP", false},
	{unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, hopLimit, "IPV6_MULTICAST_HOPS", false},
	{unix.IPPROTO_IPV6, unix.IPV6_TCLASS, trafficClass, "IPV6_TCLASS", false},
}

// sendBy chooses the interface for packets to groups.
func sendBy(fd int, e Endpoint) (err error) {
	if e.Is6() {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, e.Index)
	} else {
		err = unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(e.Index)})
	}
	if err != nil {
		return fmt.Errorf("choosing the interface for multicast: %w", err)
	}
	return nil
}

// FD is the descriptor, for data files.
func (s *Sender) FD() int { return s.fd }

// Close frees the socket.
func (s *Sender) Close() { unix.Close(s.fd) }

// Target is where an advert goes. Src and HopLimit are for IPv6; an IPv4 advert
// has them in its own header.
type Target struct {
	Dst      netip.Addr
	Src      netip.Addr
	HopLimit int // 0 means 255 for a group, the system's default for a peer
}

// Send sends one advert: for IPv4 with its IP header, whose checksum the kernel fills in; for
// IPv6 without, and the kernel fills in the VRRP checksum. The error is
// ErrWouldBlock when there is no room for it, ENETDOWN and the like otherwise.
func (s *Sender) Send(b []byte, to Target) error {
	if len(b) == 0 || !to.Dst.IsValid() || to.Dst.Is6() != s.is6 {
		return fmt.Errorf("sending to %s: %w", to.Dst, unix.EINVAL)
	}
	s.address(to)
	s.iov.Base = &b[0]
	s.iov.SetLen(len(b))
	flags := unix.MSG_DONTWAIT
	if s.multicast {
		flags |= unix.MSG_DONTROUTE
	}
	errno := sendmsg(s.fd, &s.hdr, flags)
	s.iov.Base = nil
	switch errno {
	case 0:
		return nil
	case unix.EAGAIN:
		return ErrWouldBlock
	}
	return fmt.Errorf("sending to %s: %w", to.Dst, errno)
}

// address prepares the message's destination and control messages.
func (s *Sender) address(to Target) {
	if !s.is6 {
		s.to4.Addr = to.Dst.As4()
		s.hdr.Name = (*byte)(unsafe.Pointer(&s.to4))
		s.hdr.Namelen = unix.SizeofSockaddrInet4
		return
	}
	s.to6.Addr = to.Dst.As16()
	s.to6.Scope_id = 0
	if to.Dst.IsLinkLocalUnicast() || to.Dst.IsLinkLocalMulticast() {
		s.to6.Scope_id = uint32(s.index)
	}
	s.hdr.Name = (*byte)(unsafe.Pointer(&s.to6))
	s.hdr.Namelen = unix.SizeofSockaddrInet6
	s.control.set(to.Src, s.index, to.HopLimit)
	s.hdr.Control = nil
	if s.control.len > 0 {
		s.hdr.Control = (*byte)(unsafe.Pointer(&s.control.buf))
	}
	s.hdr.SetControllen(s.control.len)
}

// sendmsg does not tell Go's scheduler, see recvmsg.
func sendmsg(fd int, hdr *unix.Msghdr, flags int) unix.Errno {
	for {
		_, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(hdr)), uintptr(flags))
		if errno != unix.EINTR {
			return errno
		}
	}
}
