package config

// forwardMethods are the words of lvs_method.
var forwardMethods = map[string]ForwardMethod{"NAT": NAT, "DR": DR, "TUN": TUN}

var tunnelTypes = map[string]TunnelType{"ipip": TunnelIPIP, "gue": TunnelGUE, "gre": TunnelGRE}

var tunnelChecksums = map[string]TunnelChecksum{"nocsum": ChecksumNone, "csum": ChecksumFull, "remcsum": ChecksumRemote}

func serverMethod(d *decoder, s stmt) { d.forwarding(&d.lvs.server.Forwarding, s, "virtual") }

func realMethod(d *decoder, s stmt) { d.forwarding(&d.lvs.real.Forwarding, s, "real") }

// forwarding reads METHOD [type TYPE [port PORT]] [CHECKSUM] for the kind of
// server. The method counts even when an option behind it is bad.
func (d *decoder) forwarding(f *Forwarding, s stmt, kind string) {
	method, ok := forwardMethods[s.arg(1)]
	if !ok {
		d.valueError(s, 1, "PARSER : unknown [%s] routing method for %s server.", s.arg(1), kind)
		return
	}
	f.Method = method
	if options, ok := d.tunnelOptions(s, kind); ok {
		options.Method = method
		*f = options
	}
}

func (d *decoder) tunnelOptions(s stmt, kind string) (f Forwarding, ok bool) {
	i := 2
	port := false
	if s.arg(i) == "type" {
		if s.n() <= i+1 {
			d.errorf(s, i, "Missing tunnel type for %s server.", kind)
			return f, false
		}
		if f.Tunnel, ok = tunnelTypes[s.arg(i+1)]; !ok {
			d.valueError(s, i+1, "Unknown tunnel type %s for %s server.", s.arg(i+1), kind)
			return f, false
		}
		i += 2
		if port = s.arg(i) == "port"; port {
			if f.Port, ok = d.tunnelPort(s, i+1, kind); !ok {
				return f, false
			}
			i += 2
		}
	}
	if port != (f.Tunnel == TunnelGUE) {
		d.errorf(s, i, "gue tunnels require port, otherwise cannot have port.")
		return f, false
	}
	return f, d.tunnelChecksum(&f, s, i, kind)
}

func (d *decoder) tunnelPort(s stmt, i int, kind string) (uint16, bool) {
	if s.n() <= i {
		d.errorf(s, i, "Missing port for %s server gue tunnel.", kind)
		return 0, false
	}
	n, ok := d.number(s, i, limits{lo: 1, hi: 65535, strict: true})
	if !ok {
		d.valueError(s, i, "Invalid gue tunnel port %s for %s server.", s.arg(i), kind)
	}
	return uint16(n), ok
}

func (d *decoder) tunnelChecksum(f *Forwarding, s stmt, i int, kind string) (ok bool) {
	if s.n() <= i {
		return true
	}
	if f.Checksum, ok = tunnelChecksums[s.arg(i)]; !ok || s.n() > i+1 {
		word := s.arg(i)
		if ok {
			word = s.arg(i + 1)
		}
		d.errorf(s, i, "Invalid tunnel option %s for %s server.", word, kind)
		return false
	}
	switch {
	case f.Tunnel == TunnelIPIP && f.Checksum != ChecksumNone:
		d.errorf(s, i, "ipip tunnels do not support checksum option.")
	case f.Tunnel == TunnelGRE && f.Checksum == ChecksumRemote:
		d.errorf(s, i, "gre tunnels do not support remote checksum option.")
	default:
		return true
	}
	return false
}
