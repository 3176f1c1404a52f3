package ipvs

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Requests: the 4-byte header of generic netlink (command, version, two zero
// bytes), then attributes. The netlink header around it is conn's.

func appendCommand(b []byte, cmd, version uint8) []byte { return append(b, cmd, version, 0, 0) }

// appendKey appends the attributes that name a service.
func appendKey(b []byte, k *ServiceKey) []byte {
	b = appendUint16(b, svcFamily, uint16(k.Family))
	if k.FWMark != 0 {
		return appendUint32(b, svcFWMark, k.FWMark)
	}
	b = appendUint16(b, svcProtocol, uint16(k.Protocol))
	b = appendAddr(b, svcAddr, k.Addr.Addr())
	return appendPort(b, svcPort, k.Addr.Port())
}

// appendAddr appends an address with its 4 or 16 bytes.
func appendAddr(b []byte, typ uint16, a netip.Addr) []byte {
	if a.Is4() {
		v, w := smallAttr(typ, 4), a.As4()
		copy(v[4:], w[:])
		return append(b, v[:]...)
	}
	v := a.As16()
	return appendAttr(b, typ, v[:])
}

// appendKeyRequest appends a command about a service, by its key alone.
func appendKeyRequest(b []byte, cmd uint8, k *ServiceKey) []byte {
	b, at := openNested(appendCommand(b, cmd, familyVersion), attrService)
	return closeNested(appendKey(b, k), at)
}

// appendServiceRequest appends a command with all of a service.
func appendServiceRequest(b []byte, cmd uint8, s Service) []byte {
	s = s.normal()
	b, at := openNested(appendCommand(b, cmd, familyVersion), attrService)
	b = appendKey(b, &s.Key)
	b = appendString(b, svcScheduler, s.Scheduler)
	if s.PE != "" {
		b = appendString(b, svcPEName, s.PE)
	}
	flags := s.Flags
	if s.Persistence != 0 {
		flags |= flagPersistent
	}
	b = binary.NativeEndian.AppendUint32(appendHeader(b, svcFlags, 8), uint32(flags))
	b = binary.NativeEndian.AppendUint32(b, 0xffffffff) // the mask: all are meant
	b = appendUint32(b, svcTimeout, s.Persistence)
	b = appendNetmask(b, s)
	return closeNested(b, at)
}

// appendNetmask appends an IPv4 mask in network byte order, an IPv6 prefix
// length in that of the machine.
func appendNetmask(b []byte, s Service) []byte {
	if s.Key.Family == IPv6 {
		return appendUint32(b, svcNetmask, s.Netmask)
	}
	return binary.BigEndian.AppendUint32(appendHeader(b, svcNetmask, 4), s.Netmask)
}

// appendDestRequest appends a command about a destination, for cmdDelDest with
// its address alone.
func appendDestRequest(b []byte, cmd uint8, k *ServiceKey, d *Destination) []byte {
	b = appendKeyRequest(b, cmd, k)
	b, at := openNested(b, attrDest)
	b = appendAddr(b, destAddr, d.Addr.Addr())
	b = appendPort(b, destPort, d.Addr.Port())
	b = appendUint16(b, destFamily, uint16(FamilyOf(d.Addr.Addr())))
	if cmd != cmdDelDest {
		b = appendUint32(b, destForward, uint32(d.Forward))
		b = appendUint32(b, destWeight, d.Weight)
		b = appendUint32(b, destUpper, d.Upper)
		b = appendUint32(b, destLower, d.Lower)
		b = appendTunnel(b, d)
	}
	return closeNested(b, at)
}

func appendTunnel(b []byte, of *Destination) []byte {
	if of.Forward != Tunnel {
		return b
	}
	d := of.normal()
	b = appendUint8(b, destTunType, uint8(d.TunnelType))
	if d.TunnelType == GUE {
		b = appendPort(b, destTunPort, d.TunnelPort)
	}
	if d.TunnelType != IPIP {
		b = appendUint16(b, destTunFlags, uint16(d.TunnelFlags))
	}
	return b
}

// appendStep appends the request that carries out a step, or refuses a step
// that the kernel cannot or would not take as it is meant.
func appendStep(b []byte, s *Step) ([]byte, error) {
	if err := s.check(); err != nil {
		return b, fmt.Errorf("encoding step: %w", err)
	}
	switch s.Op {
	case AddService:
		return appendServiceRequest(b, cmdNewService, *s.Service), nil
	case EditService:
		return appendServiceRequest(b, cmdSetService, *s.Service), nil
	case DeleteService:
		return appendKeyRequest(b, cmdDelService, &s.Service.Key), nil
	case AddDestination:
		return appendDestRequest(b, cmdNewDest, &s.Service.Key, s.Destination), nil
	case EditDestination:
		return appendDestRequest(b, cmdSetDest, &s.Service.Key, s.Destination), nil
	}
	return appendDestRequest(b, cmdDelDest, &s.Service.Key, s.Destination), nil
}
