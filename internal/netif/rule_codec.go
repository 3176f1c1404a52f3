package netif

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// encode writes the payload of RTM_NEWRULE or RTM_DELRULE.
func (r Rule) encode(e *encoder) {
	r.encodeHeader(e)
	e.prefix(unix.FRA_DST, r.To)
	e.prefix(unix.FRA_SRC, r.From)
	e.u32(unix.FRA_PRIORITY, r.Priority)
	if r.Table > 255 {
		e.u32(unix.FRA_TABLE, r.Table)
	}
	if r.Action == unix.FR_ACT_GOTO {
		e.u32(unix.FRA_GOTO, r.Goto)
	}
	if r.Protocol != 0 {
		e.u8(unix.FRA_PROTOCOL, r.Protocol)
	}
	r.encodeSelectors(e)
	r.encodeRanges(e)
	if r.SuppressPrefixLen.Set {
		e.u32(unix.FRA_SUPPRESS_PREFIXLEN, r.SuppressPrefixLen.Value)
	}
	if r.SuppressGroup.Set {
		e.u32(unix.FRA_SUPPRESS_IFGROUP, r.SuppressGroup.Value)
	}
}

func (r Rule) encodeHeader(e *encoder) {
	table := uint8(r.Table)
	if r.Table > 255 {
		table = unix.RT_TABLE_UNSPEC
	}
	e.b = append(e.b, r.Family, prefixLen(r.To), prefixLen(r.From), r.TOS, table, 0, 0, r.Action)
	flags := uint32(0)
	if r.Invert {
		flags |= unix.FIB_RULE_INVERT
	}
	e.b = host.AppendUint32(e.b, flags)
}

func prefixLen(p netip.Prefix) uint8 {
	if !p.IsValid() {
		return 0
	}
	return uint8(p.Bits())
}

func (r Rule) encodeSelectors(e *encoder) {
	if r.IIF != "" {
		e.text(unix.FRA_IIFNAME, r.IIF)
	}
	if r.OIF != "" {
		e.text(unix.FRA_OIFNAME, r.OIF)
	}
	if r.FwMark != 0 || r.FwMask != 0 {
		e.u32(unix.FRA_FWMARK, r.FwMark)
	}
	if r.FwMask != 0 {
		e.u32(unix.FRA_FWMASK, r.FwMask)
	}
	if r.Realms != (Realms{}) {
		e.u32(unix.FRA_FLOW, r.Realms.word())
	}
	if r.TunnelID != 0 {
		e.be64(unix.FRA_TUN_ID, r.TunnelID)
	}
	if r.L3MDev {
		e.u8(unix.FRA_L3MDEV, 1)
	}
	if r.IPProto != 0 {
		e.u8(unix.FRA_IP_PROTO, r.IPProto)
	}
}

func (r Rule) encodeRanges(e *encoder) {
	if r.UIDs.Set {
		at := e.begin(unix.FRA_UID_RANGE)
		e.b = host.AppendUint32(e.b, r.UIDs.First)
		e.b = host.AppendUint32(e.b, r.UIDs.Last)
		e.end(at)
	}
	e.ports(unix.FRA_SPORT_RANGE, r.SPort)
	e.ports(unix.FRA_DPORT_RANGE, r.DPort)
}

func (e *encoder) ports(typ uint16, p PortRange) {
	if p == (PortRange{}) {
		return
	}
	at := e.begin(typ)
	e.b = host.AppendUint16(e.b, p.First)
	e.b = host.AppendUint16(e.b, p.Last)
	e.end(at)
}

// decodeRule reads the payload of RTM_NEWRULE or RTM_DELRULE. Rules of other
// families are not ok.
func decodeRule(b []byte) (r Rule, ok bool) {
	if len(b) < fibRuleHeader || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return Rule{}, false
	}
	r = Rule{Family: b[0], TOS: b[3], Table: uint32(b[4]), Action: b[7]}
	r.Invert = host.Uint32(b[8:])&unix.FIB_RULE_INVERT != 0
	attrs(b[fibRuleHeader:], func(a attr) {
		switch a.typ {
		case unix.FRA_DST:
			r.To = netip.PrefixFrom(a.addr(), int(b[1]))
		case unix.FRA_SRC:
			r.From = netip.PrefixFrom(a.addr(), int(b[2]))
		default:
			r.decode(a)
		}
	})
	return r, true
}

func (r *Rule) decode(a attr) {
	switch a.typ {
	case unix.FRA_PRIORITY:
		r.Priority = a.u32()
	case unix.FRA_TABLE:
		r.Table = a.u32()
	case unix.FRA_GOTO:
		r.Goto = a.u32()
	case unix.FRA_PROTOCOL:
		r.Protocol = a.u8()
	case unix.FRA_SUPPRESS_PREFIXLEN:
		r.SuppressPrefixLen = suppressOf(a)
	case unix.FRA_SUPPRESS_IFGROUP:
		r.SuppressGroup = suppressOf(a)
	default:
		r.decodeSelector(a)
	}
}

func suppressOf(a attr) Suppress {
	if v := a.u32(); v != suppressNothing {
		return Suppress{Set: true, Value: v}
	}
	return Suppress{}
}

func (r *Rule) decodeSelector(a attr) {
	switch a.typ {
	case unix.FRA_IIFNAME:
		r.IIF = a.text()
	case unix.FRA_OIFNAME:
		r.OIF = a.text()
	case unix.FRA_FWMARK:
		r.FwMark = a.u32()
	case unix.FRA_FWMASK:
		r.FwMask = a.u32()
	case unix.FRA_FLOW:
		r.Realms = realmsOf(a)
	case unix.FRA_TUN_ID:
		if len(a.data) == 8 {
			r.TunnelID = wire.Uint64(a.data)
		}
	case unix.FRA_L3MDEV:
		r.L3MDev = a.u8() != 0
	case unix.FRA_IP_PROTO:
		r.IPProto = a.u8()
	case unix.FRA_SPORT_RANGE:
		r.SPort = portsOf(a)
	case unix.FRA_DPORT_RANGE:
		r.DPort = portsOf(a)
	case unix.FRA_UID_RANGE:
		if len(a.data) == 8 {
			r.UIDs = UIDRange{Set: true, First: host.Uint32(a.data), Last: host.Uint32(a.data[4:])}
		}
	}
}

func portsOf(a attr) PortRange {
	if len(a.data) != 4 {
		return PortRange{}
	}
	return PortRange{First: host.Uint16(a.data), Last: host.Uint16(a.data[2:])}
}
