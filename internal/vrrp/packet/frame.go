package packet

import (
	"net/netip"
	"time"
)

// Datagram is what arrived on a socket.
type Datagram struct {
	// Data is, for IPv4, the datagram from its IP header on; for IPv6 the VRRP
	// packet.
	Data []byte
	// Src, Multicast (the destination is a group) and HopLimit (-1: unknown)
	// are needed for IPv6; IPv4 has them in its header.
	Src       netip.Addr
	Multicast bool
	HopLimit  int
	// Wall is the wall clock, for auth_hmac.
	Wall time.Time
	// Master is the sender of the last accepted advert, for
	// skip_check_adv_addr; invalid if there is none or we are master.
	Master netip.Addr
	// IsOwner: our effective priority is 255, for owner_ignore_adverts.
	IsOwner bool
}

// VRID is the virtual router that a datagram is for, without any check but its
// length; false: it is too short to tell.
func VRID(ipv6 bool, data []byte) (uint8, bool) {
	f := frame{}
	if !f.split(ipv6, data) {
		return 0, false
	}
	return f.vrrp[offVRID], true
}

// frame is a datagram taken apart.
type frame struct {
	ip, ah    []byte // IPv4 only
	vrrp      []byte // to the end of the datagram; later without trailer and padding
	trailer   []byte
	src, dst  netip.Addr
	multicast bool
	hopLimit  int
	total     int // bytes of the datagram
}

// split finds the headers; it fails if the datagram does not hold them.
func (f *frame) split(ipv6 bool, data []byte) bool {
	f.total, f.vrrp = len(data), data
	if !ipv6 && !f.splitIPv4(data) {
		return false
	}
	return len(f.vrrp) >= HeaderLen
}

func (f *frame) splitIPv4(data []byte) bool {
	if len(data) < IPv4HeaderLen || data[0]>>4 != 4 {
		return false
	}
	ihl := int(data[0]&0x0f) * 4
	if ihl < IPv4HeaderLen || len(data) < ihl {
		return false
	}
	f.ip, f.vrrp = data[:ihl], data[ihl:]
	if f.ip[9] == ProtocolAH {
		if len(f.vrrp) < AHLen {
			return false
		}
		f.ah, f.vrrp = f.vrrp[:AHLen], f.vrrp[AHLen:]
	}
	f.src, f.dst = netip.AddrFrom4([4]byte(f.ip[12:16])), netip.AddrFrom4([4]byte(f.ip[16:20]))
	f.multicast = f.dst.IsMulticast()
	f.hopLimit = int(f.ip[offTTL])
	return true
}

func (f *frame) version() uint8 { return f.vrrp[offVersion] >> 4 }

func (f *frame) refuse(r Reason, got, want int) Verdict {
	return Verdict{Reason: r, Src: f.src, Got: got, Want: want}
}
