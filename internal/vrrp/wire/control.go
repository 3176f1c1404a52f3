package wire

import (
	"encoding/binary"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readControl goes through the control messages of the packet just received.
func (r *Receiver) readControl(meta *Meta) {
	n := min(int(r.hdr.Controllen), int(unsafe.Sizeof(r.control)))
	b := unsafe.Slice((*byte)(unsafe.Pointer(&r.control)), n)
	for len(b) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
		length := int(h.Len)
		if length < unix.CmsgLen(0) || length > len(b) {
			return
		}
		meta.readControl(h.Level, h.Type, b[unix.CmsgLen(0):length])
		b = b[min(unix.CmsgSpace(length-unix.CmsgLen(0)), len(b)):]
	}
}

func (m *Meta) readControl(level, typ int32, data []byte) {
	switch {
	case level == unix.IPPROTO_IP && typ == unix.IP_PKTINFO && len(data) >= 4:
		m.IfIndex = int(int32(binary.NativeEndian.Uint32(data)))
	case level == unix.IPPROTO_IPV6 && typ == unix.IPV6_PKTINFO && len(data) >= 20:
		m.Dst = netip.AddrFrom16([16]byte(data))
		m.IfIndex = int(binary.NativeEndian.Uint32(data[16:]))
	case level == unix.IPPROTO_IPV6 && typ == unix.IPV6_HOPLIMIT && len(data) >= 4:
		m.TTL = int(int32(binary.NativeEndian.Uint32(data)))
	case level == unix.SOL_SOCKET && typ == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
		ts := (*unix.Timespec)(unsafe.Pointer(&data[0]))
		m.At = time.Unix(ts.Unix())
	}
}

// sendControl is the control message data of an IPv6 advert: the source
// address, and the hop limit when it is not the socket's.
type sendControl struct {
	buf [8]uint64 // aligned as control messages need it
	len int
}

func (c *sendControl) bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&c.buf)), unsafe.Sizeof(c.buf))
}

// add appends a message with room for n bytes of data, which it returns.
func (c *sendControl) add(level, typ int32, n int) []byte {
	b := c.bytes()[c.len:]
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = level, typ
	h.SetLen(unix.CmsgLen(n))
	c.len += unix.CmsgSpace(n)
	return b[unix.CmsgLen(0):unix.CmsgLen(n)]
}

func (c *sendControl) set(src netip.Addr, index, hops int) {
	c.len = 0
	if src.IsValid() {
		data := c.add(unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, 20)
		a := src.As16()
		copy(data, a[:])
		binary.NativeEndian.PutUint32(data[16:], uint32(index))
	}
	if hops > 0 {
		data := c.add(unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT, 4)
		binary.NativeEndian.PutUint32(data, uint32(hops))
	}
}
