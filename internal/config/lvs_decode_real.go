package config

// openReal reads the header of a real_server.
func openReal(d *decoder, s stmt) bool {
	addr, port, ok := d.serverAddress(s, 1)
	if !ok && s.n() > 2 {
		d.valueError(s, 1, "Invalid real server ip address/port %s/%s - skipping", s.arg(1), s.arg(2))
		return false
	}
	if !ok {
		d.valueError(s, 1, "Invalid real server ip address %s - skipping", s.arg(1))
		return false
	}
	r := d.lvs.server.reals.add()
	r.checkers = d.lvs.spare[:0]
	r.Origin, r.Addr, r.Port = s.origin(), addr, port
	d.lvs.real = r
	d.lvs.monitored = nil
	return true
}

// endReal drops a server whose family does not fit. The first one that is not
// reached through a tunnel gives a mark or group its family.
func endReal(d *decoder) {
	v, r := &d.lvs.server, d.lvs.real
	d.lvs.seal(r)
	if v.methodOf(r.Forwarding) == TUN {
		return
	}
	family := FamilyOf(r.Addr)
	switch {
	case v.Family == FamilyUnset:
		v.Family = family
	case v.Family != family:
		d.atEnd(r.Origin, "servers of the other family need lvs_method TUN",
			"Address family of virtual server and real server %s don't match - skipping real server.", r.Addr)
		v.reals.n--
		v.pending = v.pending[:r.firstAt]
	}
}

// methodOf returns the method of a server as far as it is known.
func (v *serverDraft) methodOf(f Forwarding) ForwardMethod {
	if f.Method != ForwardUnset {
		return f.Method
	}
	return v.Forwarding.Method
}

func setServerWeight(d *decoder, s stmt) {
	n, ok := d.number(s, 1, limits{lo: 1, hi: 1<<31 - 1})
	if !ok {
		d.refuse(s, 1, "Virtual server weight {v} is outside range 1-2147483647")
		return
	}
	d.lvs.server.weight = Some(int32(n))
}

func setRealWeight(d *decoder, s stmt) {
	n, ok := d.number(s, 1, limits{lo: 0, hi: 1<<31 - 1})
	if !ok {
		d.refuse(s, 1, "Real server weight {v} is outside range 0-2147483647")
		return
	}
	d.lvs.real.weight = Some(int32(n))
}

func realThreshold(p func(r *realDraft) *uint32) handler {
	return whole(anyUint, "Invalid real_server {kw} '{v}' - ignoring", func(d *decoder, v int64) { *p(d.lvs.real) = uint32(v) })
}
