package packet

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"net/netip"
	"time"
)

// Check judges a datagram for this virtual router, in keepalived's order. Only
// the AH and auth_hmac sequences of the sender change by it. It neither
// allocates nor keeps the data.
func (c *Codec) Check(d *Datagram) (Advert, Verdict) {
	f := frame{src: d.Src.WithZone(""), multicast: d.Multicast, hopLimit: d.HopLimit}
	if !f.split(c.p.IPv6, d.Data) {
		return Advert{}, f.refuse(ReasonLength, f.total, c.minLength())
	}
	if c.p.IPv6 && f.multicast == c.p.Unicast {
		return Advert{}, c.wrongDestination(&f)
	}
	a := Advert{Src: f.src, VRID: c.p.VRID, Priority: f.vrrp[offPriority],
		Count: int(f.vrrp[offCount]), WantCount: len(c.p.Addrs), OwnInterval: c.p.Interval}
	if v := c.checkForm(&f); !v.OK() {
		return Advert{}, v
	}
	if v := c.checkHMAC(&f, &a, d.Wall); !v.OK() {
		return Advert{}, v
	}
	if v := c.checkVersion2(&f, &a); !v.OK() {
		return Advert{}, v
	}
	if v := c.checkContent(&f, &a); !v.OK() {
		return Advert{}, v
	}
	if c.p.IgnoreAdverts && d.IsOwner {
		return Advert{}, f.refuse(ReasonOwner, 0, 0)
	}
	if !c.p.SkipCheckAddrs || d.Master != f.src {
		c.compareAddrs(&f, &a)
	} else if a.Count != a.WantCount {
		a.Warnings |= WarnAddrCount
	}
	if v := c.checkPeer(&f); !v.OK() {
		return Advert{}, v
	}
	return a, Verdict{}
}

func (c *Codec) minLength() int {
	switch {
	case c.p.IPv6:
		return HeaderLen
	case c.p.Auth == AuthAH:
		return IPv4HeaderLen + AHLen + HeaderLen
	}
	return IPv4HeaderLen + HeaderLen
}

// checkForm: authentication header, lengths, TTL and version.
func (c *Codec) checkForm(f *frame) Verdict {
	if (f.ah != nil) != (c.p.Auth == AuthAH) {
		got := ProtocolVRRP
		if f.ah != nil {
			got = ProtocolAH
		}
		return f.refuse(ReasonAHHeader, got, 0)
	}
	if v := c.checkLength(f); !v.OK() {
		return v
	}
	if !c.p.Unicast && f.hopLimit >= 0 && f.hopLimit != TTL {
		return f.refuse(ReasonTTL, f.hopLimit, TTL)
	}
	if f.version() != c.p.Version {
		return f.refuse(ReasonVersion, int(f.version()), int(c.p.Version))
	}
	return Verdict{}
}

// checkLength compares with what the address count promises, and cuts off
// trailer and padding.
func (c *Codec) checkLength(f *frame) Verdict {
	size := HeaderLen + int(f.vrrp[offCount])*c.addrLen
	if carriesAuthData(f.version(), c.p.IPv6) {
		size += AuthDataLen
	}
	headers := f.total - len(f.vrrp)
	want := headers + size
	if c.p.HMAC.Mode != HMACOff && f.total == want+TrailerLen {
		f.trailer = f.vrrp[size:]
	} else if f.total != want && !padded(want, f.total) {
		return f.refuse(ReasonLength, f.total, want)
	}
	f.vrrp = f.vrrp[:size]
	return Verdict{}
}

// padded reports whether total is want with Ethernet's padding: to 46 bytes, or
// less by the 4 bytes of each VLAN tag.
func padded(want, total int) bool {
	const least = 46
	return want < total && total <= least && (least-total)%4 == 0
}

// checkVersion2 is what only version 2 has: authentication, and an interval
// that must be ours, lest two masters go unnoticed.
func (c *Codec) checkVersion2(f *frame, a *Advert) Verdict {
	if c.p.Version != Version2 {
		return Verdict{}
	}
	auth := Auth(f.vrrp[offInterval])
	switch {
	case auth > AuthAH:
		return f.refuse(ReasonAuthType, int(auth), int(c.p.Auth))
	case auth != c.p.Auth:
		return f.refuse(ReasonAuthMismatch, int(auth), int(c.p.Auth))
	case auth == AuthPass && subtle.ConstantTimeCompare(f.vrrp[len(f.vrrp)-AuthDataLen:], c.p.Pass[:]) != 1:
		return f.refuse(ReasonPassword, 0, 0)
	case auth == AuthAH:
		if v := c.checkAH(f); !v.OK() {
			return v
		}
		a.AHSequence = c.ahSeen
	}
	a.Interval = time.Duration(f.vrrp[offInterval+1]) * time.Second
	if a.Interval != c.p.Interval {
		return f.refuse(ReasonInterval, int(f.vrrp[offInterval+1]), int(c.p.Interval/time.Second))
	}
	return Verdict{}
}

// checkContent: packet type, IP length, interval, checksum and destination.
func (c *Codec) checkContent(f *frame, a *Advert) Verdict {
	if t := f.vrrp[offVersion] & 0x0f; t != typeAdvertisement {
		return f.refuse(ReasonType, int(t), typeAdvertisement)
	}
	if !c.p.IPv6 {
		if n := int(binary.BigEndian.Uint16(f.ip[2:])); n != f.total && !padded(n, f.total) {
			return f.refuse(ReasonIPLength, n, f.total)
		}
	}
	if c.p.Version == Version3 {
		a.Interval = time.Duration(binary.BigEndian.Uint16(f.vrrp[offInterval:])&0x0fff) * centisecond
		if a.Interval != c.p.Interval {
			a.Warnings |= WarnInterval
		}
	}
	if !c.p.IPv6 && !c.checksumOK(f, a) {
		return f.refuse(ReasonChecksum, 0, int(c.p.Version))
	}
	if f.multicast == c.p.Unicast {
		return c.wrongDestination(f)
	}
	return Verdict{}
}

func (c *Codec) wrongDestination(f *frame) Verdict {
	want := 0
	if c.p.Unicast {
		want = 1
	}
	return f.refuse(ReasonDestination, 0, want)
}

// checksumOK verifies IPv4; the kernel has done it for IPv6.
func (c *Codec) checksumOK(f *frame, a *Advert) bool {
	switch {
	case c.p.Version == Version2:
		return fold(sum(0, f.vrrp)) == 0
	case c.p.ChecksumAsV2:
		return true
	case c.sumsUp(f, c.checksumFor(f.dst)):
		return true
	case !c.p.Unicast || c.p.Checksum != ChecksumAuto || c.groupSum || !c.sumsUp(f, c.p.Group4):
		return false
	}
	c.groupSum = true
	a.Warnings |= WarnChecksum
	return true
}

func (c *Codec) sumsUp(f *frame, dst netip.Addr) bool {
	return dst.Is4() && fold(sum(pseudoSum(f.src, dst, len(f.vrrp)), f.vrrp)) == 0
}

// compareAddrs warns when the sender manages other addresses. The same
// addresses in another order are fine.
func (c *Codec) compareAddrs(f *frame, a *Advert) {
	got := f.vrrp[HeaderLen : HeaderLen+a.Count*c.addrLen]
	switch {
	case a.Count != a.WantCount:
		a.Warnings |= WarnAddrCount
		return
	case bytes.Equal(got, c.addrs):
		return
	}
	for k := range c.p.Addrs {
		if !contains(got, c.addrs[k*c.addrLen:(k+1)*c.addrLen]) {
			a.Warnings |= WarnAddrList
			a.MissingAddr = c.p.Addrs[k]
			return
		}
	}
}

func contains(list, addr []byte) bool {
	for ; len(list) > 0; list = list[len(addr):] {
		if bytes.Equal(list[:len(addr)], addr) {
			return true
		}
	}
	return false
}

// checkPeer is check_unicast_src with the TTL range of the peer.
func (c *Codec) checkPeer(f *frame) Verdict {
	if !c.p.Unicast || !c.p.CheckSource {
		return Verdict{}
	}
	k := c.p.peer(f.src)
	if k < 0 {
		return f.refuse(ReasonPeer, 0, 0)
	}
	p := &c.p.Peers[k]
	if f.hopLimit >= 0 && (f.hopLimit < int(p.MinTTL) || f.hopLimit > int(p.MaxTTL)) {
		v := f.refuse(ReasonPeerTTL, f.hopLimit, int(p.MinTTL))
		v.Max = int(p.MaxTTL)
		return v
	}
	return Verdict{}
}

// peer is the index of a unicast peer, -1 if there is none of that address.
func (p *Params) peer(a netip.Addr) int {
	for k := range p.Peers {
		if p.Peers[k].Addr == a {
			return k
		}
	}
	return -1
}
