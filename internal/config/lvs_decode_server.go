package config

import (
	"slices"
	"strings"

	"keepalived/internal/config/lang"
)

func openSSL(d *decoder, s stmt) bool {
	if d.cfg.LVS.SSL.Line != 0 {
		d.errorf(s, 0, "SSL context already specified - replacing")
	}
	d.cfg.LVS.SSL = SSLContext{Origin: s.origin()}
	return true
}

// openServer reads the header of a virtual_server: ADDR [PORT], fwmark N or group NAME.
func openServer(d *decoder, s stmt) bool {
	v := &d.lvs.server
	v.reset()
	v.Origin = s.origin()
	if rest, known := d.src.(interface{ Remaining() int }); known && d.lvs.restAtFirst == 0 {
		d.lvs.restAtFirst = rest.Remaining()
	}
	ok := false
	switch s.arg(1) {
	case "fwmark":
		ok = d.serverMark(v, s)
	case "group":
		ok = d.serverGroup(v, s)
	default:
		ok = d.serverOwnAddress(v, s)
	}
	d.name = ""
	return ok
}

func (d *decoder) serverMark(v *serverDraft, s stmt) bool {
	if s.n() < 3 {
		d.help(s.at(1), lang.ClassMissingParameter, "write virtual_server fwmark N", "virtual server fwmark missing - ignoring")
		return false
	}
	n, bad := parseNumber(s.arg(2), limits{lo: 0, hi: 1<<32 - 1})
	if !d.checkNumber(s, 2, bad) {
		d.refuse(s, 2, "virtual server fwmark '{v}' must be in [0, 4294967295] - ignoring")
		return false
	}
	if n == 0 {
		d.help(s.at(2), classGeneral, "use a mark from 1 on", "virtual server fwmark 0 stands for packets without a mark - ignoring")
		return false
	}
	v.IsFwmark, v.Fwmark = true, uint32(n)
	return true
}

func (d *decoder) serverGroup(v *serverDraft, s stmt) bool {
	if s.n() < 3 {
		d.help(s.at(1), lang.ClassMissingParameter, "write virtual_server group NAME", "virtual server group name missing - ignoring")
		return false
	}
	v.Group = strings.Clone(s.arg(2))
	if d.lvs.ordinals == nil {
		d.lvs.ordinals = map[string]int{}
	}
	v.Ordinal = d.lvs.ordinals[v.Group]
	d.lvs.ordinals[v.Group]++
	return true
}

func (d *decoder) serverOwnAddress(v *serverDraft, s stmt) bool {
	addr, port, ok := d.serverAddress(s, 1)
	if !ok {
		if s.n() > 2 {
			d.valueError(s, 1, "Invalid virtual server IP address/port %s/%s - skipping", s.arg(1), s.arg(2))
			return false
		}
		d.valueError(s, 1, "Invalid virtual server IP address %s - skipping", s.arg(1))
		return false
	}
	v.Addr, v.Port, v.Family = addr, port, FamilyOf(addr)
	return true
}

func setFamily(d *decoder, s stmt) {
	v := &d.lvs.server
	f := map[string]Family{"inet": IPv4, "inet6": IPv6}[s.arg(1)]
	switch {
	case f == FamilyUnset:
		d.valueError(s, 1, "unknown address family %s", s.arg(1))
	case v.Family != FamilyUnset && v.Family != f:
		d.errorf(s, 1, "Virtual server specified family %s conflicts with server family", s.arg(1))
	default:
		v.Family = f
	}
}

// schedulers are the names that lvs_sched takes.
var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos"}

func setScheduler(d *decoder, s stmt) {
	i := slices.Index(schedulers, s.arg(1))
	if i < 0 {
		d.valueError(s, 1, "Invalid lvs_scheduler '%s' - ignoring", s.arg(1))
		return
	}
	d.lvs.server.Scheduler = schedulers[i]
}

func setHashed(d *decoder, s stmt) {
	if sched := d.lvs.server.Scheduler; sched != "sh" && sched != "mh" {
		d.errorf(s, 0, "hashed only applies to sh scheduler - ignoring")
	}
}

func serverFlag(flag ServiceFlags) handler {
	return func(d *decoder, _ stmt) { d.lvs.server.Flags |= flag }
}

// schedulerFlag is a flag that only the scheduler sched has; the other hashing
// one ignores it silently.
func schedulerFlag(sched string, flag ServiceFlags) handler {
	return func(d *decoder, s stmt) {
		switch d.lvs.server.Scheduler {
		case sched:
			d.lvs.server.Flags |= flag
		case "sh", "mh":
		default:
			d.errorf(s, 0, "%s only applies to %s scheduler - ignoring", s.arg(0), "sh")
		}
	}
}

func setPersistenceEngine(d *decoder, s stmt) {
	const most = 16
	name := s.arg(1)
	if len(name) > most {
		d.errorf(s, 1, "persistence_name too long, truncating - %s", name)
		name = name[:most]
	}
	d.lvs.server.extra.PersistenceEngine = strings.Clone(name)
}

// defaultPersistence is the timeout, in seconds, when none is given.
const defaultPersistence = 360

func setPersistenceTimeout(d *decoder, s stmt) {
	p := &d.lvs.server.Persistence
	if s.n() < 2 {
		p.Timeout = defaultPersistence
		return
	}
	n, ok := d.number(s, 1, limits{lo: 1, hi: 2678400, strict: true})
	if !ok {
		d.errorf(s, 1, "persistence_timeout invalid")
		return
	}
	p.Timeout = uint32(n)
}

// setGranularity reads an IPv4 mask, or the prefix length of an IPv6 service.
func setGranularity(d *decoder, s stmt) {
	v := &d.lvs.server
	family := v.Family
	if family == FamilyUnset && strings.Contains(s.arg(1), ".") {
		family = IPv4
	} else if family == FamilyUnset {
		family = IPv6
	}
	if family == IPv4 {
		mask, ok := parseIPv4Mask(s.arg(1))
		if !ok {
			d.valueError(s, 1, "Invalid IPv4 persistence_granularity specified - %s", s.arg(1))
			return
		}
		v.Persistence.Mask = mask
	} else {
		n, ok := d.number(s, 1, limits{lo: 1, hi: 128, strict: true})
		if !ok {
			d.refuse(s, 1, "Invalid IPv6 persistence_granularity specified - {v}")
			return
		}
		v.Persistence.PrefixLen = uint8(n)
	}
	v.Family, v.mask = family, true
	if v.Persistence.Timeout == 0 {
		v.Persistence.Timeout = defaultPersistence
	}
}

func setProtocol(d *decoder, s stmt) {
	for _, p := range [...]Protocol{TCP, UDP, SCTP} {
		if strings.EqualFold(s.arg(1), p.String()) {
			d.lvs.server.Protocol = p
			return
		}
	}
	d.valueError(s, 1, "Unknown protocol %s - ignoring", s.arg(1))
}

func setServerQuorum(d *decoder, s stmt) {
	n, ok := d.number(s, 1, limits{lo: 1, hi: 1<<32 - 1})
	if !ok {
		d.refuse(s, 1, "Quorum {v} must be in [1, 4294967295]. Setting to 1.")
		n = 1
	}
	d.lvs.server.Quorum = uint32(n)
}

func setHysteresis(d *decoder, s stmt) {
	n, ok := d.number(s, 1, anyUint)
	if !ok {
		d.refuse(s, 1, "Hysteresis {v} must be in [0, 4294967295] - ignoring")
		return
	}
	d.lvs.server.Hysteresis = uint32(n)
}

func setSorry(d *decoder, s stmt) {
	v := &d.lvs.server
	addr, port, ok := d.serverAddress(s, 1)
	if !ok {
		d.refuse(s, 1, "Invalid sorry server IP address {v} - skipping")
		return
	}
	v.sorry = sorryDraft{given: true}
	v.sorry.Origin, v.sorry.Addr, v.sorry.Port = s.origin(), addr, port
	v.sorry.Forwarding = v.Forwarding
}

func setSorryInhibit(d *decoder, s stmt) {
	if !d.lvs.server.sorry.given {
		d.errorf(s, 0, "Ignoring sorry_server inhibit used before or without sorry_server")
		return
	}
	d.lvs.server.sorry.Inhibit = true
}

func setSorryMethod(d *decoder, s stmt) {
	if !d.lvs.server.sorry.given {
		d.errorf(s, 0, "sorry_server forwarding used without sorry_server")
		return
	}
	if s.n() < 2 {
		d.missing(d.row, s)
		return
	}
	d.forwarding(&d.lvs.server.sorry.Forwarding, s, "sorry")
}

// serverScript stores a command of a server; the second one is refused.
func serverScript(p func(d *decoder) **commandDraft) handler {
	return func(d *decoder, s stmt) {
		if *p(d) != nil {
			d.again(s, true, "((null)) {kw} script already specified - ignoring {v}")
			return
		}
		if c := d.command(s, s.arg(0)); c.isSet() {
			c.role = roleChecker
			*p(d) = &c
		}
	}
}
