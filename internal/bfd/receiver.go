package bfd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/bfd/packet"
)

const (
	packetBuffer = packet.MaxSize + 1
	oobBuffer    = 256
	// receiveQueue is what a socket may hold, in bytes: a thousand packets.
	receiveQueue = 1 << 20
)

// What recv returns when there is nothing to be read, or no longer will be.
var (
	errEmpty  = errors.New("no packet")
	errBroken = errors.New("receiving")
)

// receiver is the socket of an endpoint.
type receiver struct {
	endpoint
	fd int
}

func openReceiver(e endpoint) (*receiver, error) {
	fd, err := unix.Socket(e.family(), unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a socket: %w", err)
	}
	err = setOptions(fd, e.receiveOptions())
	if err == nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveQueue)
		err = unix.Bind(fd, e.sockaddr(netip.Addr{}, e.port()))
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("binding to UDP port %d: %w", e.port(), err)
	}
	return &receiver{e, fd}, nil
}

func (e endpoint) receiveOptions() []option {
	if e.v6 {
		return []option{{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1},
			{unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1}, {unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1}}
	}
	return []option{{unix.IPPROTO_IP, unix.IP_RECVTTL, 1}, {unix.IPPROTO_IP, unix.IP_PKTINFO, 1}}
}

// recv reads one packet. The error is errEmpty, an errBroken, or says what is
// wrong with the packet.
func (r *receiver) recv(buf, oob []byte) (fsm.Received, error) {
	n, oobn, flags, from, err := unix.Recvmsg(r.fd, buf, oob, unix.MSG_DONTWAIT)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return fsm.Received{}, errEmpty
	case err != nil:
		return fsm.Received{}, fmt.Errorf("%w: %w", errBroken, err)
	}
	e := fsm.Received{From: address(from), Multihop: r.multihop}
	if flags&unix.MSG_CTRUNC != 0 {
		return e, errors.New("recvmsg() control message truncated")
	}
	if !control(oob[:oobn], &e) {
		return e, errors.New("recvmsg() returned no TTL control message")
	}
	e.Packet, err = packet.Parse(buf[:n])
	return e, err
}

func address(sa unix.Sockaddr) netip.Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(sa.Addr)
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(sa.Addr).Unmap()
	}
	return netip.Addr{}
}

// control reads TTL and destination from the control messages.
func control(oob []byte, e *fsm.Received) (ttl bool) {
	for len(oob) > 0 {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			return false
		}
		oob = rest
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_TTL && len(data) >= 4,
			h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_HOPLIMIT && len(data) >= 4:
			e.TTL, ttl = uint8(binary.NativeEndian.Uint32(data)), true
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			e.To = netip.AddrFrom4([4]byte(data[8:12]))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			e.To = netip.AddrFrom16([16]byte(data[:16])).Unmap()
		}
	}
	return ttl
}
