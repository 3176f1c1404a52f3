package config

import (
	"strings"
	"time"
)

// openCheck begins a checker of the real server that is open.
func openCheck(kind CheckKind) func(d *decoder, s stmt) bool {
	return func(d *decoder, s stmt) bool {
		r := d.lvs.real
		c := checkDraft{Origin: s.origin()}
		c.Kind = kind
		c.detail = newDetail(kind)
		d.lvs.checkAt = len(r.checkers)
		r.checkers = append(r.checkers, c)
		d.lvs.checker = &r.checkers[d.lvs.checkAt]
		return true
	}
}

// newDetail returns what a type of checker has of its own, with its defaults.
func newDetail(kind CheckKind) (detail CheckDetail) {
	switch kind {
	case CheckHTTP, CheckSSL:
		detail.HTTP = &HTTPCheck{Version: HTTP10}
	case CheckSMTP:
		detail.SMTP = &SMTPCheck{Helo: defaultHelo}
	case CheckDNS:
		detail.DNS = &DNSCheck{Type: dnsSOA}
	case CheckMisc:
		detail.Misc = &MiscCheck{}
	case CheckUDP:
		detail.UDP = &UDPCheck{MaxReply: 255}
	case CheckFile:
		detail.File = &FileCheck{}
	case CheckBFD:
		detail.BFD = &BFDCheck{}
	}
	return detail
}

// endCheck drops a checker that cannot connect.
func endCheck(d *decoder) {
	if !d.reachable(d.lvs.checker) {
		d.dropCheck()
	}
}

func (d *decoder) dropCheck() { d.lvs.real.checkers = d.lvs.real.checkers[:len(d.lvs.real.checkers)-1] }

// reachable says whether the address that a checker connects to needs no
// interface, or has one.
func (d *decoder) reachable(c *checkDraft) bool {
	addr := d.lvs.real.Addr
	if c.connect.Addr.IsValid() {
		addr = c.connect.Addr
	}
	if !addr.Is6() || !addr.IsLinkLocalUnicast() || c.connect.BindIf != "" {
		return true
	}
	d.atEnd(c.Origin, "add bind_if INTERFACE", "Checker link local address %s requires a bind_if", addr)
	return false
}

func setConnectIP(d *decoder, s stmt) {
	c := d.lvs.checker
	addr, ok := parseAddr(addrPrefix(s.arg(1)))
	switch {
	case !ok:
		d.refuse(s, 1, "Invalid connect_ip address {v} - ignoring")
	case c.connect.BindTo.IsValid() && c.connect.BindTo.Is4() != addr.Is4():
		d.refuse(s, 1, "connect_ip address {v} does not match address family of bindto - skipping")
	default:
		c.connect.Addr = addr
	}
}

func setBindTo(d *decoder, s stmt) {
	c := d.lvs.checker
	target := c.connect.Addr
	if !target.IsValid() {
		target = d.lvs.real.Addr
	}
	addr, ok := parseAddr(addrPrefix(s.arg(1)))
	switch {
	case !ok:
		d.refuse(s, 1, "Invalid bindto address {v} - ignoring")
	case target.Is4() != addr.Is4() && c.detail.SMTP != nil:
		d.info(s.at(1), "bindto address %s does not match address family of connect_ip - skipping", s.arg(1))
	case target.Is4() != addr.Is4():
		d.refuse(s, 1, "bindto address {v} does not match address family of connect_ip - skipping")
	default:
		c.connect.BindTo = addr
	}
}

func checkPort(p func(c *Connect) *uint16) handler {
	return whole(limits{lo: 1, hi: 65535}, "Invalid checker {kw} '{v}'", func(d *decoder, v int64) {
		*p(&d.lvs.checker.connect) = uint16(v)
	})
}

func setBindIf(d *decoder, s stmt) {
	if len(s.arg(1)) > maxIfName {
		d.refuse(s, 1, "Interface name {v} is too long - ignoring")
		return
	}
	d.lvs.checker.connect.BindIf = strings.Clone(s.arg(1))
}

// defaultRetry returns how often a type of checker repeats a failed check, and
// after which time; 0 stands for delay_loop.
func (k CheckKind) defaultRetry() (uint32, time.Duration) {
	switch k {
	case CheckMisc:
		return 0, time.Second
	case CheckHTTP, CheckSSL:
		return 1, 3 * time.Second
	case CheckDNS:
		return 3, 0 // delay_loop
	}
	return 1, time.Second
}

// complete returns t with the defaults of the type of checker.
func (k CheckKind) complete(t timingDraft) Timing {
	count, delay := k.defaultRetry()
	if delay == 0 {
		delay = t.delayLoop.Or(60 * time.Second)
	}
	t.retry = Some(t.retry.Or(count))
	t.delayBeforeRetry = Some(t.delayBeforeRetry.Or(delay))
	t.warmup = Some(t.warmup.Or(t.delayLoop.Or(60 * time.Second)))
	return t.timing()
}

// final returns a checker without what it may take from its servers.
func (c *checkDraft) final() Checker {
	out := c.Checker
	if c.connect != (Connect{}) {
		connect := c.connect
		out.Connect = &connect
	}
	if c.detail != (CheckDetail{}) {
		detail := c.detail
		out.Detail = &detail
	}
	return out
}
