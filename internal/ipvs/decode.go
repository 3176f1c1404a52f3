package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Answers, as requests: the header of generic netlink, then attributes. Those
// not known here are passed over: newer kernels have more.

const commandHeader = 4

// attributes are the attributes of an answer.
func attributes(msg []byte) ([]byte, error) {
	if len(msg) < commandHeader {
		return nil, fmt.Errorf("message of %d bytes, too short for a generic netlink header", len(msg))
	}
	return msg[commandHeader:], nil
}

// nested finds the one attribute of an answer that everything else is in.
func nested(msg []byte, want uint16) ([]byte, error) {
	b, err := attributes(msg)
	if err != nil {
		return nil, err
	}
	var found []byte
	err = eachAttr(b, func(typ uint16, v []byte) error {
		if typ == want {
			found = v
		}
		return nil
	})
	if err == nil && found == nil {
		err = fmt.Errorf("attribute %d is missing", want)
	}
	return found, err
}

// rawAddr is an address before its family is known.
type rawAddr struct {
	family Family
	bytes  []byte // 4, or 16 of which an IPv4 address uses the first 4
	port   uint16
}

func (a rawAddr) addrPort() (netip.AddrPort, error) {
	switch {
	case a.family == IPv4 && len(a.bytes) >= 4:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a.bytes)), a.port), nil
	case a.family == IPv6 && len(a.bytes) >= 16:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(a.bytes)), a.port), nil
	}
	return netip.AddrPort{}, fmt.Errorf("address of %d bytes in family %d", len(a.bytes), a.family)
}

func decodeService(msg []byte) (ServiceState, error) {
	b, err := nested(msg, attrService)
	if err != nil {
		return ServiceState{}, fmt.Errorf("decoding service: %w", err)
	}
	var s ServiceState
	var addr rawAddr
	var netmask []byte
	stats := statsReader{into: &s.Stats}
	err = eachAttr(b, func(typ uint16, v []byte) error {
		var r reader
		switch typ {
		case svcFamily:
			addr.family = Family(r.uint16(v))
		case svcProtocol:
			s.Key.Protocol = Protocol(r.uint16(v))
		case svcAddr:
			addr.bytes = v
		case svcPort:
			addr.port = r.port(v)
		case svcFWMark:
			s.Key.FWMark = r.uint32(v)
		case svcScheduler:
			s.Scheduler = r.text(v)
		case svcPEName:
			s.PE = r.text(v)
		case svcFlags:
			s.Flags = Flags(r.uint32(v))
		case svcTimeout:
			s.Persistence = r.uint32(v)
		case svcNetmask:
			netmask = v
		case svcStats, svcStats64:
			return stats.read(v, typ == svcStats64)
		}
		return r.err
	})
	if err == nil {
		err = s.finish(addr, netmask)
	}
	if err != nil {
		return ServiceState{}, fmt.Errorf("decoding service: %w", err)
	}
	return s, nil
}

// finish sets what depends on the family.
func (s *ServiceState) finish(addr rawAddr, netmask []byte) error {
	if addr.family != IPv4 && addr.family != IPv6 {
		return fmt.Errorf("address family %d", addr.family)
	}
	s.Key.Family = addr.family
	if s.Key.FWMark != 0 {
		s.Key.Protocol = 0
	} else {
		a, err := addr.addrPort()
		if err != nil {
			return err
		}
		s.Key.Addr = a
	}
	if len(netmask) >= 4 {
		s.Netmask = binary.BigEndian.Uint32(netmask)
		if addr.family == IPv6 {
			s.Netmask = binary.NativeEndian.Uint32(netmask)
		}
	}
	if s.Flags&flagPersistent == 0 {
		s.Persistence = 0
	}
	s.Service = s.Service.normal()
	return nil
}

// decodeDestination decodes a destination of a service of the given family,
// which old kernels do not repeat.
func decodeDestination(msg []byte, family Family) (DestinationState, error) {
	b, err := nested(msg, attrDest)
	if err != nil {
		return DestinationState{}, fmt.Errorf("decoding destination: %w", err)
	}
	var d DestinationState
	addr := rawAddr{family: family}
	stats := statsReader{into: &d.Stats}
	err = eachAttr(b, func(typ uint16, v []byte) error {
		var r reader
		switch typ {
		case destFamily:
			addr.family = Family(r.uint16(v))
		case destAddr:
			addr.bytes = v
		case destPort:
			addr.port = r.port(v)
		case destStats, destStats64:
			return stats.read(v, typ == destStats64)
		default:
			d.readNumber(&r, typ, v)
		}
		return r.err
	})
	if err == nil {
		d.Addr, err = addr.addrPort()
	}
	if err != nil {
		return DestinationState{}, fmt.Errorf("decoding destination: %w", err)
	}
	d.Destination = d.Destination.normal()
	return d, nil
}

// readNumber reads an attribute that is a plain number.
func (d *DestinationState) readNumber(r *reader, typ uint16, v []byte) {
	switch typ {
	case destForward:
		d.Forward = Forward(r.uint32(v) & 0x7) // IP_VS_CONN_F_FWD_MASK
	case destWeight:
		d.Weight = r.uint32(v)
	case destUpper:
		d.Upper = r.uint32(v)
	case destLower:
		d.Lower = r.uint32(v)
	case destActive:
		d.ActiveConnections = r.uint32(v)
	case destInactive:
		d.InactiveConnections = r.uint32(v)
	case destPersistent:
		d.PersistentConnections = r.uint32(v)
	case destTunType:
		d.TunnelType = TunnelType(r.uint8(v))
	case destTunPort:
		d.TunnelPort = r.port(v)
	case destTunFlags:
		d.TunnelFlags = TunnelFlags(r.uint16(v))
	}
}

// statsReader reads counters of 32 and 64 bits, of which the latter win.
type statsReader struct {
	into *Stats
	wide bool // 64 bits were read
}

func (r *statsReader) read(b []byte, wide bool) error {
	if r.wide && !wide {
		return nil
	}
	r.wide = wide
	return eachAttr(b, func(typ uint16, v []byte) error {
		var rd reader
		if field := r.into.field(typ); field != nil {
			*field = rd.uint32or64(v)
		}
		return rd.err
	})
}

func (s *Stats) field(typ uint16) *uint64 {
	fields := [...]*uint64{
		statsConns: &s.Connections, statsInPkts: &s.PacketsIn, statsOutPkts: &s.PacketsOut,
		statsInBytes: &s.BytesIn, statsOutBytes: &s.BytesOut, statsCPS: &s.ConnectionRate,
		statsInPPS: &s.PacketRateIn, statsOutPPS: &s.PacketRateOut, statsInBPS: &s.ByteRateIn, statsOutBPS: &s.ByteRateOut,
	}
	if int(typ) >= len(fields) {
		return nil
	}
	return fields[typ]
}

func decodeFamilyID(msg []byte) (uint16, error) {
	var id uint16
	b, err := attributes(msg)
	if err == nil {
		err = eachAttr(b, func(typ uint16, v []byte) error {
			var r reader
			if typ == ctrlAttrID {
				id = r.uint16(v)
			}
			return r.err
		})
	}
	if err == nil && id < ctrlFamilyIDMin {
		err = errors.New("no family number in the answer")
	}
	return id, err
}
