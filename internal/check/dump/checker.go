package dump

import (
	"strings"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dump"
)

func (s *Snapshot) checkers(t *dump.Text) {
	first := true
	for i := range s.Virtuals {
		v := &s.Virtuals[i]
		for j := range v.Reals {
			for k := range v.Reals[j].Checkers {
				if first {
					t.Section("Health checkers")
					first = false
				}
				s.checker(t, v, &v.Reals[j], &v.Reals[j].Checkers[k])
			}
		}
	}
}

func (s *Snapshot) checker(t *dump.Text, v *Virtual, r *Real, c *Checker) {
	t.Linef(1, "%s -> %s", v.Conf, server(v, r))
	t.Linef(3, "Enabled = %s", yesNo(!v.Suspended))
	t.Linef(3, "Up = %s", yesNo(c.Up))
	t.Linef(3, "Has run = %s", yesNo(c.HasRun))
	t.Linef(3, "Current weight = %d", c.Weight)
	switch c.Conf.Kind {
	case config.CheckFile, config.CheckBFD: // they are told
	default:
		c.patience(t)
	}
	t.Linef(3, "Log all failures = %s", yesNo(c.Conf.LogAllFailures))
	switch c.Conf.Kind {
	case config.CheckMisc, config.CheckFile, config.CheckBFD:
	default:
		c.connection(t, r)
	}
	switch c.Conf.Kind {
	case config.CheckHTTP, config.CheckSSL:
		s.web(t, c)
	default:
		c.method(t)
	}
}

func (c *Checker) patience(t *dump.Text) {
	t.Linef(3, "Alpha = %s", yesNo(c.Conf.Alpha))
	t.Linef(3, "Delay loop = %d us", c.Timing.DelayLoop.Microseconds())
	t.Linef(3, "Warmup = %d us", c.Timing.Warmup.V.Microseconds())
	t.Linef(3, "Retries = %d", c.Timing.Retry.V)
	if c.Timing.Retry.V > 0 {
		t.Linef(3, "Delay before retry = %d us", c.Timing.DelayBeforeRetry.V.Microseconds())
		t.Linef(3, "Retries iterations = %d", c.Tries)
	}
	t.Linef(3, "Default delay before retry = %d us", usualPause(c.Conf.Kind).Microseconds())
}

// usualPause is delay_before_retry of a kind of checker without one; DNS_CHECK
// uses its delay_loop.
func usualPause(kind config.CheckKind) time.Duration {
	switch kind {
	case config.CheckHTTP, config.CheckSSL:
		return 3 * time.Second
	case config.CheckDNS:
		return 0
	}
	return time.Second
}

func (c *Checker) connection(t *dump.Text, r *Real) {
	target, options := c.Conf.Target(r.Conf), c.Conf.Options()
	t.Linef(3, "Connection")
	t.Linef(5, "Dest = [%s]:%d", target.Addr(), target.Port())
	if options.BindTo.IsValid() {
		t.Linef(5, "Bind to = [%s]:%d", options.BindTo, options.BindPort)
	}
	if options.BindIf != "" {
		t.Linef(5, "Bind i/f = %s", options.BindIf)
	}
	if options.Fwmark != 0 {
		t.Linef(5, "Mark = %d", options.Fwmark)
	}
	t.Linef(5, "Timeout = %s", seconds(c.Timing.ConnectTimeout))
}

// method is what the kind of checker has of its own.
func (c *Checker) method(t *dump.Text) {
	d := c.Conf.Detail
	t.Linef(3, "Keepalive method = %s", c.Conf.Kind)
	switch c.Conf.Kind {
	case config.CheckSMTP:
		t.Linef(3, "helo = %s", d.SMTP.Helo)
	case config.CheckDNS:
		t.Linef(3, "Type = %s", config.DNSTypeName(d.DNS.Type))
		t.Linef(3, "Name = %s", d.DNS.Name)
	case config.CheckMisc:
		c.misc(t, d.Misc)
	case config.CheckUDP:
		udp(t, d.UDP)
	case config.CheckPing:
		t.Linef(5, "ICMP seq no = %d", c.Sequence)
	case config.CheckFile:
		t.Linef(5, "Tracked file = %s", d.File.Name)
		t.Linef(5, "Reloaded = %s", dump.Choose(c.Reloaded, "Yes", "No"))
	case config.CheckBFD:
		t.Linef(3, "Name = %s", d.BFD.Name)
		t.Linef(3, "Alpha is %s", onOff(c.Conf.Alpha))
	}
}

func (c *Checker) misc(t *dump.Text, m *config.MiscCheck) {
	if moved(m.Script) {
		t.Linef(3, "path = %s", m.Script.Path)
	}
	t.Linef(3, "script = %s", dump.Command(m.Script.Argv))
	t.Linef(3, "timeout = %d", int64(m.Timeout/time.Second))
	t.Linef(3, "dynamic = %s", strings.ToUpper(yesNo(m.Dynamic)))
	t.Linef(3, "uid:gid = %d:%d", m.Script.UID, m.Script.GID)
	ran := c.LastRan
	if ran.IsZero() {
		ran = time.Unix(0, 0)
	}
	us := ran.Nanosecond() / 1000
	t.Linef(3, "Last ran = %d.%06d (%s.%06d)", ran.Unix(), us, ran.Format(time.ANSIC), us)
	t.Linef(3, "Last status = %d", c.LastStatus)
}

func udp(t *dump.Text, u *config.UDPCheck) {
	if u.Specified {
		t.Linef(3, "Payload len = %d", len(u.Payload))
	} else {
		t.Linef(3, "Payload specified = no")
	}
	t.Linef(3, "Require reply = %s", yesNo(u.RequireReply))
	if !u.RequireReply {
		return
	}
	t.Linef(5, "Min reply length = %d", u.MinReply)
	t.Linef(5, "Max reply length = %d", u.MaxReply)
	t.Linef(5, "Reply data len = %d", len(u.Reply))
	if len(u.Reply) > 0 {
		t.Linef(5, "Reply data mask = %s", yesNo(masked(u)))
	}
}

// masked says that some bits of the reply do not count.
func masked(u *config.UDPCheck) bool {
	for _, b := range u.ReplyMask {
		if b != 0xff {
			return true
		}
	}
	return false
}
