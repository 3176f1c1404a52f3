package ldirectord

import "net/netip"

// virtual writes a virtual server.
func (c *converter) virtual(w *writer, v *virtual) {
	if v.label != "" {
		w.WriteString("\n# " + short(v.label))
	}
	w.open("virtual_server %s", v.name())
	w.line("delay_loop %d", c.interval(v))
	w.line("lvs_sched %s", v.scheduler)
	w.line("lvs_method %s", v.reals[0].method)
	if v.isMark() && v.v6 {
		w.line("ip_family inet6")
	}
	c.persistence(w, v)
	if v.protocol != "" && !v.isMark() {
		w.line("protocol %s", v.protocol)
	}
	c.options(w, v)
	if over(true, v.quiescent, c.global.quiescent) {
		w.line("inhibit_on_failure")
	}
	c.sorry(w, v)
	for _, s := range v.reals {
		c.real(w, v, s)
	}
	w.close()
}

func (c *converter) interval(v *virtual) int {
	return over(10, v.checkInterval, c.global.checkInterval)
}

func (c *converter) persistence(w *writer, v *virtual) {
	if v.persistent == 0 {
		return
	}
	w.line("persistence_timeout %d", v.persistent)
	if v.netmask == "" {
		return
	}
	mask, err := netip.ParseAddr(v.netmask)
	if n, bad := parseCount(v.netmask); err != nil && (bad != nil || n > 128 || !v.v6) || err == nil && !mask.Is4() {
		c.lost(v.where("netmask"), "netmask=%s is neither an IPv4 mask nor the length of an IPv6 prefix", short(v.netmask))
		return
	}
	w.line("persistence_granularity %s", v.netmask)
}

func (c *converter) options(w *writer, v *virtual) {
	if v.ops && (v.isMark() || v.protocol == "UDP") {
		w.line("ops")
	} else if v.ops {
		c.lost(v.where("ops"), "ops is for UDP only")
	}
	if len(v.mail) > 0 || len(c.global.mail) > 0 {
		w.line("smtp_alert")
	}
	command := v.fallbackCommand
	if command == "" {
		command = c.global.fallbackCommand
	}
	if command == "" {
		return
	}
	c.scripts = true
	w.line("quorum_up %s", script(command+" stop"))
	w.line("quorum_down %s", script(command+" start"))
}

// sorry writes the fallback server: the virtual's own or the global one of its
// family.
func (c *converter) sorry(w *writer, v *virtual) {
	own, global := v.fallback, c.global.fallback
	if v.v6 {
		own, global = v.fallback6, c.global.fallback6
		if own == nil {
			own = v.fallback
		}
	}
	s := own
	if s == nil {
		s = global
	}
	if s == nil {
		return
	}
	if !v.isMark() && s.addr.Is4() != v.target.addr.Is4() {
		c.lost(s.line, "fallback %v is not of the family of the virtual of line %d", s.addr, v.line)
		return
	}
	e, method := s.endpoint, s.method
	if method == "" {
		method = "DR"
	}
	switch {
	case v.isMark():
		e.port = 0
	case e.port == 0 || method != "NAT":
		e.port = v.target.port
	}
	if s.port != 0 && e.port != 0 && e.port != s.port {
		c.mention(s.line, "only masq can change the port: %d is used for the virtual of line %d", e.port, v.line)
	}
	w.line("sorry_server %v", e)
	if method != v.reals[0].method {
		w.line("sorry_server_lvs_method %s", method)
	}
}

func (c *converter) real(w *writer, v *virtual, s server) {
	target := s.endpoint
	if v.isMark() {
		target.port = 0
	}
	w.open("real_server %v", target)
	w.line("weight %d", s.weight)
	if s.method != v.reals[0].method {
		w.line("lvs_method %s", s.method)
	}
	c.check(w, v, s)
	w.close()
}
