package ipvs

import (
	"fmt"
	"net/netip"
)

func decodeTimeouts(msg []byte) (Timeouts, error) {
	var t Timeouts
	b, err := attributes(msg)
	if err == nil {
		err = eachAttr(b, func(typ uint16, v []byte) error {
			var r reader
			switch typ {
			case attrTimeoutTCP:
				t.TCP = r.uint32(v)
			case attrTimeoutTCPFin:
				t.TCPFin = r.uint32(v)
			case attrTimeoutUDP:
				t.UDP = r.uint32(v)
			}
			return r.err
		})
	}
	if err != nil {
		return Timeouts{}, fmt.Errorf("decoding timeouts: %w", err)
	}
	return t, nil
}

func decodeInfo(msg []byte) (Info, error) {
	var i Info
	b, err := attributes(msg)
	if err == nil {
		err = eachAttr(b, func(typ uint16, v []byte) error {
			var r reader
			switch typ {
			case infoVersion:
				i.Version = r.uint32(v)
			case infoConnTabSize:
				i.ConnTabSize = r.uint32(v)
			}
			return r.err
		})
	}
	if err != nil {
		return Info{}, fmt.Errorf("decoding info: %w", err)
	}
	return i, nil
}

func decodeDaemon(msg []byte) (SyncDaemon, error) {
	var d SyncDaemon
	b, err := nested(msg, attrDaemon)
	if err == nil {
		err = eachAttr(b, func(typ uint16, v []byte) error {
			var r reader
			d.read(&r, typ, v)
			return r.err
		})
	}
	if err != nil {
		return SyncDaemon{}, fmt.Errorf("decoding sync daemon: %w", err)
	}
	return d, nil
}

func (d *SyncDaemon) read(r *reader, typ uint16, v []byte) {
	switch typ {
	case daemonState:
		d.Role = SyncRole(r.uint32(v))
	case daemonInterface:
		d.Interface = r.text(v)
	case daemonSyncID:
		d.SyncID = uint8(r.uint32(v))
	case daemonMaxLen:
		d.MaxLen = r.uint16(v)
	case daemonGroup:
		if r.take(v, 4) {
			d.Group = netip.AddrFrom4([4]byte(v))
		}
	case daemonGroup6:
		if r.take(v, 16) {
			d.Group = netip.AddrFrom16([16]byte(v))
		}
	case daemonPort:
		d.Port = r.uint16(v)
	case daemonTTL:
		d.TTL = r.uint8(v)
	}
}
