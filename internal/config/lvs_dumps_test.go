package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCorpusServers compares every virtual server, real server and checker with
// the C daemon's own dump of what it has made of the same file.
func TestCorpusServers(t *testing.T) {
	compared := 0
	for _, c := range readVerdicts(t, filepath.Join(corpusDir, "expected-2.4.3.tsv")) {
		dump, err := os.ReadFile(filepath.Join(corpusDir, "dumps-2.4.3", strings.TrimSuffix(c.file, ".conf")+".txt"))
		if err != nil || !strings.Contains(string(dump), "------< Virtual server >------") {
			continue
		}
		t.Run(c.file, func(t *testing.T) {
			if c.file == "012.conf" {
				t.Skip("its host blocks act on the SMTP_CHECK around them there, here they are checks as the manual has it")
			}
			r := c.check(t, corpusDir)
			want, got := dumpedServers(string(dump)), serverDump(&r.Config.LVS)
			compared += len(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if compared < 50 {
		t.Errorf("only %d parts were compared", compared)
	}
}

// stateLines are about what is going on, not about the configuration.
var stateLines = regexp.MustCompile(`^ *(VS alive|quorum_state_up|reloaded|alive|set|effective weight|previous effective_weight|` +
	`num failed checkers|RS set|Enabled|Up|Has run|Current weight|Retries iterations|Last .*|Regex ref count|ICMP seq no|Default delay before retry|` +
	`Payload .*|Reply .*|Alive|Hashed|Tracked .*) (=|:)|^ *(HTTP Status|Regex options|Regex stack|Connection$)|^       \d`)

var partHead = regexp.MustCompile(`^( VS (VIP|GROUP|FWMARK) =|   RIP =| \S.* -> \[)`)

// dumpedServers splits a dump into its servers and checkers, each with its lines sorted.
func dumpedServers(dump string) []string {
	var parts []string
	var lines []string
	flush := func() {
		if lines != nil {
			slices.Sort(lines[1:])
			parts = append(parts, strings.Join(lines, "\n"))
		}
		lines = nil
	}
	_, dump, _ = strings.Cut(dump, "------< LVS Topology >------")
	for line := range strings.Lines(dump) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.Contains(line, "------<"):
			flush()
		case partHead.MatchString(line):
			flush()
			lines = []string{strings.TrimSpace(line)}
		case lines != nil && !stateLines.MatchString(line):
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	flush()
	return parts
}

// serverDump is the same of what was read here.
func serverDump(l *LVS) []string {
	var parts, checks []string
	part := func(lines []string) string {
		slices.Sort(lines[1:])
		return strings.Join(lines, "\n")
	}
	for i := range l.VirtualServers {
		v := &l.VirtualServers[i]
		parts = append(parts, part(virtualDump(l, v)))
		for j := range v.RealServers {
			rs := &v.RealServers[j]
			parts = append(parts, part(realDump(l, rs)))
			for k := range rs.Checkers {
				checks = append(checks, part(checkDump(l, v, rs, &rs.Checkers[k])))
			}
		}
	}
	return append(parts, checks...)
}

func onOff(v bool) string { return map[bool]string{true: "ON", false: "OFF"}[v] }

func yesNo(v bool) string { return map[bool]string{true: "yes", false: "no"}[v] }

func setUnset(v bool) string { return map[bool]string{true: "set", false: "unset"}[v] }

func micro(v time.Duration) string {
	return fmt.Sprintf("%d.%06d", v/time.Second, v%time.Second/time.Microsecond)
}

func forwardDump(prefix string, f Forwarding) string {
	out := prefix + "forwarding method = " + map[ForwardMethod]string{NAT: "NAT", DR: "DR", TUN: "TUN"}[f.Method]
	if f.Method == TUN && f.Tunnel == TunnelIPIP {
		out += ", type = IPIP"
	}
	return out
}

func virtualDump(l *LVS, v *VirtualServer) []string {
	head := fmt.Sprintf("VS VIP = %s, VPORT = %d", v.Addr, v.Port)
	switch {
	case v.Group != "":
		head = "VS GROUP = " + v.String()
	case v.IsFwmark:
		head = fmt.Sprintf("VS FWMARK = %d", v.Fwmark)
	}
	t, extra := l.Timing(v.Timing), v.Rare()
	flag := func(name string, f ServiceFlags) string { return name + " = " + enabled(v.Flags&f != 0) }
	lines := []string{
		head,
		"Address family = " + map[Family]string{IPv4: "inet", IPv6: "inet6"}[v.Family],
		"connection timeout = " + micro(t.ConnectTimeout), "delay_loop = " + micro(t.DelayLoop), "lvs_sched = " + v.Scheduler,
		flag("One packet scheduling", FlagOnePacket), "protocol = " + strings.ToUpper(v.Protocol.String()),
		"alpha is " + onOff(v.Alpha), "omega is " + onOff(v.Omega), "Inhibit on failure is " + onOff(v.InhibitOnFailure),
		fmt.Sprintf("quorum = %d, hysteresis = %d", v.Quorum, v.Hysteresis),
		"Using smtp notification = " + yesNo(v.SMTPAlert), forwardDump("default ", v.Forwarding),
	}
	switch v.Scheduler {
	case "sh", "mh":
		lines = append(lines, flag(v.Scheduler+"-port", FlagSched2), flag(v.Scheduler+"-fallback", FlagSched1))
	default:
		lines = append(lines, flag("flag-1", FlagSched1), flag("flag-2", FlagSched2), flag("flag-3", FlagSched3))
	}
	if v.Persistence.Timeout > 0 {
		lines = append(lines, fmt.Sprintf("persistence timeout = %d", v.Persistence.Timeout))
	}
	if extra.VirtualHost != "" {
		lines = append(lines, "VirtualHost = "+extra.VirtualHost)
	}
	lines = append(lines, timingDump(t)...)
	lines = append(lines, scriptDump("Quorum up notify script", extra.QuorumUp)...)
	lines = append(lines, scriptDump("Quorum down notify script", extra.QuorumDown)...)
	if s := v.Sorry; s != nil {
		lines = append(lines, "sorry server = "+v.ServerName(s.Addr, s.Port), "Inhibit on failure is "+onOff(s.Inhibit), forwardDump("", s.Forwarding))
	}
	return lines
}

func timingDump(t Timing) (lines []string) {
	if t.Retry.Set {
		lines = append(lines, fmt.Sprintf("Retry count = %d", t.Retry.V))
	}
	if t.DelayBeforeRetry.Set {
		lines = append(lines, "Retry delay = "+micro(t.DelayBeforeRetry.V))
	}
	if t.Warmup.Set {
		lines = append(lines, "Warmup = "+micro(t.Warmup.V))
	}
	return lines
}

func scriptDump(name string, s Script) []string {
	if !s.IsSet() {
		return nil
	}
	return []string{fmt.Sprintf("%s = '%s', uid:gid %d:%d", name, strings.Join(s.Argv, "' '"), s.UID, s.GID)}
}

func realDump(l *LVS, r *RealServer) []string {
	t, extra := l.Timing(r.Timing), r.Rare()
	lines := []string{
		fmt.Sprintf("RIP = %s, RPORT = %d, WEIGHT = %d EFF WEIGHT = %[3]d", r.Addr, r.Port, r.Weight),
		forwardDump("", r.Forwarding), "Alpha is " + onOff(r.Alpha), "connection timeout = " + micro(t.ConnectTimeout),
		fmt.Sprintf("connection limit range = %d -> %d", r.LThreshold, r.UThreshold), "Delay loop = " + micro(t.DelayLoop),
		"Inhibit on failure is " + onOff(r.InhibitOnFailure), "Using smtp notification = " + yesNo(r.SMTPAlert),
		fmt.Sprintf("initial weight = %d", r.Weight),
	}
	if extra.VirtualHost != "" {
		lines = append(lines, "VirtualHost = '"+extra.VirtualHost+"'")
	}
	lines = append(lines, timingDump(t)...)
	lines = append(lines, scriptDump("RS up notify script", extra.NotifyUp)...)
	return append(lines, scriptDump("RS down notify script", extra.NotifyDown)...)
}

func checkDump(l *LVS, v *VirtualServer, r *RealServer, c *Checker) []string {
	t := l.Timing(c.Timing)
	us := func(v time.Duration) string { return fmt.Sprintf("%d us", v/time.Microsecond) }
	lines := []string{v.String() + " -> " + v.ServerName(r.Addr, r.Port), "Log all failures = " + yesNo(c.LogAllFailures)}
	if c.Kind != CheckFile {
		lines = append(lines, "Alpha = "+yesNo(c.Alpha), "Delay loop = "+us(t.DelayLoop), "Warmup = "+us(t.Warmup.V),
			fmt.Sprintf("Retries = %d", t.Retry.V))
		if t.Retry.V > 0 {
			lines = append(lines, "Delay before retry = "+us(t.DelayBeforeRetry.V))
		}
	}
	switch c.Kind {
	case CheckMisc, CheckFile, CheckBFD:
	default:
		target := c.Target(r)
		lines = append(lines, fmt.Sprintf("Dest = [%s]:%d", target.Addr(), target.Port()), "Timeout = "+micro(t.ConnectTimeout))
		if b := c.Options(); b.BindTo.IsValid() {
			lines = append(lines, fmt.Sprintf("Bind to = [%s]:%d", b.BindTo, b.BindPort))
		}
	}
	return append(lines, detailDump(c)...)
}

func detailDump(c *Checker) []string {
	method := "Keepalive method = " + c.Kind.String()
	if c.Detail == nil {
		return []string{method}
	}
	d := c.Detail
	switch c.Kind {
	case CheckHTTP, CheckSSL:
		return webDump(method, c.Kind, d.HTTP)
	case CheckSMTP:
		return []string{method, "helo = " + d.SMTP.Helo}
	case CheckDNS:
		for name, n := range dnsTypes {
			if n == d.DNS.Type {
				return []string{method, "Type = " + name, "Name = " + d.DNS.Name}
			}
		}
	case CheckUDP:
		lines := []string{method, "Require reply = " + yesNo(d.UDP.RequireReply)}
		if d.UDP.RequireReply {
			lines = append(lines, fmt.Sprintf("Min reply length = %d", d.UDP.MinReply), fmt.Sprintf("Max reply length = %d", d.UDP.MaxReply))
		}
		return lines
	case CheckMisc:
		return []string{method, "script = '" + strings.Join(d.Misc.Script.Argv, "' '") + "'", "timeout = " + fmt.Sprint(int(d.Misc.Timeout/time.Second)),
			"dynamic = " + strings.ToUpper(yesNo(d.Misc.Dynamic)), fmt.Sprintf("uid:gid = %d:%d", d.Misc.Script.UID, d.Misc.Script.GID)}
	}
	return []string{method}
}

func webDump(method string, kind CheckKind, h *HTTPCheck) []string {
	lines := []string{method + ", http protocol " + string(h.Version), "Enable SNI " + setUnset(h.EnableSNI), "Fast recovery " + setUnset(h.FastRecovery)}
	if h.VirtualHost != "" {
		lines = append(lines, "Virtualhost = "+h.VirtualHost)
	}
	if kind == CheckSSL {
		lines = append(lines, "tls_compliant "+setUnset(h.TLSCompliant))
	}
	for _, u := range h.URLs {
		lines = append(lines, "Checked url = "+u.Path, "tls_compliant "+setUnset(u.TLSCompliant))
		if u.Digest.Set {
			lines = append(lines, fmt.Sprintf("digest = %x", u.Digest.V))
		}
		if u.VirtualHost != "" {
			lines = append(lines, "Virtual host = "+u.VirtualHost)
		}
		if r := u.Regex; r != nil {
			lines = append(lines, `Regex = "`+r.Pattern+`"`)
		}
	}
	return lines
}
