package vrrp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

// logStory is something that happens to a router without neighbours, and what of
// it is in the log.
type logStory struct {
	name   string
	config string
	tell   func(*logged)
	// waits is instances that become master later.
	waits []string
	plain bool // without -D
	// ours and theirs are lines that only one of the daemons writes, and may.
	ours, theirs []string
}

// logged is a router whose log is read.
type logged struct {
	*router
	log    *lab.Lines
	client *lab.Node
	config string
}

// after does something and waits until the log says all of the texts.
func (l *logged) after(do func(), texts ...string) {
	l.t.Helper()
	mark := l.log.Mark()
	do()
	for _, text := range texts {
		l.log.WaitSince(mark, lab.Patience, text)
	}
}

// reload is after a changed configuration.
func (l *logged) reload(config string, texts ...string) {
	l.t.Helper()
	l.after(func() {
		l.daemon.Configure(config)
		l.daemon.Reload()
	}, append(texts, "Reload complete")...)
}

// hears sends an advert to the router.
func (l *logged) hears(b []byte) func() { return func() { forge(l.t, l.client, b) } }

// sh is a command for after.
func (l *logged) sh(format string, args ...any) func() {
	return func() { l.Run("sh", "-c", fmt.Sprintf(format, args...)) }
}

const (
	logGlobal = "global_defs {\n    router_id lab\n    vrrp_garp_master_delay 0\n    script_user root\n    enable_script_security\n%s}\n"
	logVIP    = "    virtual_ipaddress {\n        192.0.2.100/24\n    }\n"
	logVIPs   = "    virtual_ipaddress {\n        192.0.2.100/24\n        192.0.2.101/24\n    }\n    virtual_ipaddress_excluded {\n        192.0.2.109/32\n    }\n"
	logRoutes = "    virtual_routes {\n        10.2.0.0/24 via 192.0.2.9 dev eth0\n        10.3.0.0/24 via 192.0.2.9 dev eth0\n    }\n"
	logRules  = "    virtual_rules {\n        from 192.0.2.100 table 100 preference 300\n        to 10.7.0.0/16 table 100 preference 301\n    }\n"
	logW      = "vrrp_instance W {\n    interface eth1\n    virtual_router_id 52\n    priority 100\n    advert_int 0.2\n    version 3\n    virtual_ipaddress {\n        198.51.100.100/24\n    }\n}\n"
)

// logW6 is an instance of IPv6 addresses.
const logW6 = "vrrp_instance W {\n    interface eth0\n    virtual_router_id 52\n    priority 100\n    advert_int 0.2\n    version 3\n" +
	"    virtual_ipaddress {\n        fe80::52/64\n        2001:db8::52/64\n    }\n    virtual_ipaddress_excluded {\n        2001:db8::59/64\n    }\n}\n"

func logV(priority int, lines string) string {
	return fmt.Sprintf("vrrp_instance V {\n    interface eth0\n    virtual_router_id 51\n    priority %d\n    advert_int 0.2\n    version 3\n%s}\n", priority, lines)
}

const statics = "static_ipaddress {\n    192.0.2.77/24 dev eth0\n}\nstatic_routes {\n    10.1.0.0/24 via 192.0.2.9 dev eth0\n}\nstatic_rules {\n    from 192.0.2.77 table 100 preference 200\n}\n"

var plainGlobal = fmt.Sprintf(logGlobal, "")

// logScript is a configuration with a script that returns what is in a file.
func logScript(weight string) string {
	return plainGlobal + "vrrp_script S {\n    script \"/run/lab/script\"\n    interval 1\n    rise 1\n    fall 1\n" + weight + "}\n" +
		logV(100, logVIP+"    track_script {\n        S\n    }\n")
}

// becomes is what the log says of an instance that becomes master, when it is.
func becomes(names ...string) (texts []string) {
	for _, name := range names {
		texts = append(texts, "("+name+") Entering MASTER STATE", "("+name+") Sending/queueing")
	}
	return texts
}

var logStories = []logStory{
	{name: "IPv4 and IPv6", config: plainGlobal + logV(100, logVIPs) + logW6, tell: func(l *logged) { l.reload(l.config, "(W) setting E-VIPs.") }},
	{name: "VMAC", config: plainGlobal + logV(100, "    use_vmac\n"+logVIP), tell: func(l *logged) {
		l.reload(l.config, "(V) setting VIPs.")
		l.after(l.eth0.Unplug, "(V) removing VIPs.", "Netlink reports vrrp.51 down")
		l.after(l.eth0.Plug, append(becomes("V"), "Netlink reports vrrp.51 up")...)
	}},
	{name: "sync group", config: plainGlobal + "vrrp_sync_group G {\n    group {\n        V\n        W\n    }\n}\n" + logV(100, logVIP) + logW, tell: func(l *logged) {
		l.after(l.eth0.Unplug, "(V) removing VIPs.", "(W) removing VIPs.")
		l.after(l.eth0.Plug, becomes("V", "W")...)
	}},
	{name: "interfaces", config: plainGlobal + logV(100, logVIP+"    track_interface {\n        eth1\n    }\n"), tell: func(l *logged) {
		l.after(l.eth1.Down, "(V) removing VIPs.")
		l.after(l.eth1.Up, becomes("V")...)
		l.after(l.sh("ip address add 198.51.100.7/24 dev eth1; ip address del 198.51.100.7/24 dev eth1; ip link add x0 type veth peer name x1"), "Interface x0 added")
		l.after(l.sh("ip link del x0"), "Interface x0 deleted")
	}},
	{name: "dynamic interface", config: fmt.Sprintf(logGlobal, "    dynamic_interfaces\n") + logV(100, logVIP) + strings.ReplaceAll(logW, "eth1", "dyn0"), waits: []string{"W"}, tell: func(l *logged) {
		l.after(l.sh("ip link add dyn0 address 02:00:00:00:00:77 type veth peer name dyn1; ip link set dyn1 up; ip address add 203.0.113.1/24 dev dyn0; ip link set dyn0 up"), becomes("W")...)
		l.after(l.sh("ip link set dyn0 down"), "(W) removing VIPs.")
		l.after(l.sh("ip link del dyn0"), "Interface dyn0 deleted")
	}, theirs: []string{"send advert error"}, ours: []string{"send advert error"}},
	{name: "script", config: logScript(""), tell: func(l *logged) {
		l.after(l.sh("echo 3 >/run/lab/new; mv /run/lab/new /run/lab/value"), "(V) removing VIPs.")
		l.after(l.sh("echo 4 >/run/lab/new; mv /run/lab/new /run/lab/value"), "now returning 4")
		l.after(l.sh("echo 0 >/run/lab/new; mv /run/lab/new /run/lab/value"), becomes("V")...)
		l.reload(logScript("    weight 20\n"), "Changing effective priority from 100 to 120")
		l.after(l.sh("echo 1 >/run/lab/new; mv /run/lab/new /run/lab/value"), "Changing effective priority from 120 to 100")
	}},
	{name: "reload", config: plainGlobal + statics + logV(100, logVIPs+logRoutes+logRules) + logW, tell: func(l *logged) {
		v := logV(110, logVIPs+logRoutes+logRules)
		l.reload(plainGlobal+statics+v, "(W) removing VIPs.", "(V) setting Virtual Rules")
		l.reload(plainGlobal+statics+v+logW, becomes("W")...)
		v = strings.ReplaceAll(v, "        192.0.2.101/24\n", "")
		l.reload(plainGlobal+statics+v+logW, "(W) setting VIPs.")
		v = strings.ReplaceAll(strings.ReplaceAll(v, "        10.3.0.0/24 via 192.0.2.9 dev eth0\n", ""), "        to 10.7.0.0/16 table 100 preference 301\n", "")
		l.reload(plainGlobal+statics+v+logW, "(W) setting VIPs.")
		l.reload(plainGlobal+logV(90, logVIP)+logW, "(W) setting VIPs.")
	}},
	{name: "static address", config: plainGlobal + statics + logV(100, logVIP), tell: func(l *logged) {
		l.after(l.sh("ip address del 192.0.2.77/24 dev eth0"), "Restoring deleted static address")
	}},
	{name: "election", config: plainGlobal + logV(100, logVIP), tell: func(l *logged) {
		l.after(l.hears(advert3(51, 200)), append(becomes("V"), "(V) removing VIPs.")...)
		l.after(l.hears(advert3(51, 50)), "forcing new election", "(V) Sending/queueing")
		l.after(l.hears(advert3(51, 0)), "(V) Master received priority 0 message")
	}},
}

// TestSameLog: what a VRRP process logs of a story, in detail, has the same words
// and priorities, and what it says of an instance is in the same order.
func TestSameLog(t *testing.T) {
	for _, s := range logStories {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			c, ours := s.lines(t, lab.CKeepalived(t)), s.lines(t, lab.Ours(t))
			if diff := cmp.Diff(c, ours); diff != "" || len(ours) < 10 {
				t.Errorf("C - ours +\n%s", diff)
			}
		})
	}
}

// TestSameLogWithoutDetail: what is said without -D is the same, too.
func TestSameLogWithoutDetail(t *testing.T) {
	reduced := logV(90, logVIP)
	story := logStory{config: plainGlobal + statics + logV(100, logVIPs+logRoutes+logRules) + logW, tell: func(l *logged) {
		l.reload(plainGlobal + statics + reduced)
		l.reload(plainGlobal + reduced)
		l.after(l.eth0.Unplug, "(V) Entering FAULT STATE")
		l.after(l.eth0.Plug, "(V) Entering MASTER STATE")
		l.after(l.hears(advert3(51, 200)), "(V) Entering BACKUP STATE", "(V) Entering MASTER STATE")
	}, plain: true}
	c, ours := story.lines(t, lab.CKeepalived(t)), story.lines(t, lab.Ours(t))
	if diff := cmp.Diff(c, ours); diff != "" || len(ours) < 8 {
		t.Errorf("C - ours +\n%s", diff)
	}
}

// TestNewerLog: lines that an old C daemon does not have, or in other words, and
// 2.4.3 has.
func TestNewerLog(t *testing.T) {
	l := newLogged(t, lab.Ours(t), plainGlobal+statics+logV(100, logVIP), nil, false)
	for _, x := range []struct {
		change func([]byte) []byte
		says   string
	}{
		{func(b []byte) []byte { b[0] = 2<<4 | 1; return append(b, make([]byte, 8)...) }, "(V) wrong VRRP version from 192.0.2.3. Received 2 and expect 3"},
		{func(b []byte) []byte { b[0] = 3<<4 | 2; return b }, "(V) Invalid packet type from 192.0.2.3. 2 and expect 1"},
		{func(b []byte) []byte { b[6]++; return b }, "(V) Invalid VRRPv3 checksum from 192.0.2.3"},
		{func(b []byte) []byte { b[3] = 9; return b }, "(V) vrrp packet from 192.0.2.3 too short, length 32 and expect 64"},
		{func(b []byte) []byte { return b[:7] }, "IPv4 VRRP packet too short - 27 bytes"},
	} {
		l.after(l.hears(x.change(advert3(51, 50))), "]: "+x.says)
	}
	l.after(l.sh("ip route del 10.1.0.0/24"), "]: Restoring deleted static route prepend 10.1.0.0/24 via inet 192.0.2.9 dev eth0 proto 18")
	l.after(l.sh("ip rule del preference 200"), "]: Restoring deleted static rule from 192.0.2.77 priority 200 tos 0x0 protocol 18 lookup 100")
	l.after(l.sh("ip address del 192.0.2.100/24 dev eth0"), "]: Netlink reflector reports IP 192.0.2.100 removed from eth0")
}

// newLogged starts a router and waits until its instances, other than the late
// ones, are master.
func newLogged(t *testing.T, p lab.Program, config string, late []string, plain bool) *logged {
	t.Helper()
	r := newRouter(t, p)
	l := &logged{router: r, log: r.Syslog(), config: config, client: r.lab.Node("client-" + p.Name)}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("syslog of %s:\n%s", p.Name, l.log)
		}
	})
	r.lan.Attach(l.client, "eth0", "192.0.2.3/24")
	r.WriteFile("/run/lab/value", "0\n", 0o644)
	r.WriteFile("/run/lab/script", "#!/bin/sh\nread v </run/lab/value\nexit $v\n", 0o755)
	for _, dev := range []string{"eth0", "eth1"} {
		lab.Wait(t, lab.Patience, dev+" has a link-local address that is no longer tentative", func() bool {
			text, err := r.Output("ip", "-6", "address", "show", "dev", dev, "scope", "link", "-tentative")
			return err == nil && strings.Contains(text, "fe80")
		})
	}
	args := []string{"-n", "-D"}
	if plain {
		args = args[:1]
	}
	r.start(config, lab.Plain(), lab.Args(args...))
	for _, name := range instanceLine.FindAllStringSubmatch(config, -1) {
		if slices.Contains(late, name[1]) {
			continue
		}
		texts := becomes(name[1])
		if plain {
			texts = texts[:1]
		}
		for _, text := range texts {
			l.log.Wait(text)
		}
	}
	return l
}

// lines is what the VRRP process says, each line once, sorted by what it is about.
func (s logStory) lines(t *testing.T, p lab.Program) []string {
	t.Helper()
	l := newLogged(t, p, s.config, s.waits, s.plain)
	s.tell(l)
	l.daemon.Stop()
	l.log.Wait("Stopped Keepalived")
	only := s.theirs
	if !p.IsC {
		only = s.ours
	}
	var out []string
	for _, line := range l.log.Since(0) {
		text, ok := logText(line.Text)
		if ok && !slices.Contains(out, text) && !slices.ContainsFunc(only, func(s string) bool { return strings.Contains(text, s) }) {
			out = append(out, text)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(subject(a), subject(b)) })
	return out
}

var (
	instanceLine = regexp.MustCompile(`(?m)^vrrp_instance (\S+)`)
	subjectWord  = regexp.MustCompile(`^<\d+>\w+: \((\w+)\)`)
	ofVRRP       = regexp.MustCompile(`^<(\d+)>\w+ +\d+ [\d:]+ (Keepalived_vrrp)\[\d+\]`)
	ownNumbers   = regexp.MustCompile(`fd\(-?\d+,-?\d+\)|ifindex\( *\d+\)|fe80::[0-9a-f]+:[0-9a-f]+:[0-9a-f:]+`)
)

// logText is a line of the VRRP process without what differs between two runs.
// Left out is how long it ran, what C says that its kernel requests did not find,
// and that a busy machine was late.
func logText(line string) (text string, ok bool) {
	if !ofVRRP.MatchString(line) {
		return "", false
	}
	for _, noise := range []string{"Stopped", "Netlink: error", "timer expired", "ERROR - thread_cancel"} {
		if strings.Contains(line, noise) {
			return "", false
		}
	}
	line = strings.Replace(line, ": ((null)) ip address", ": (static) ip address", 1)
	return ownNumbers.ReplaceAllString(ofVRRP.ReplaceAllString(line, "<$1>$2"), "N"), true
}

// subject is what a line is about: the instance, or itself. Announcements are
// sent beside the rest, and how often something that may not be there is removed
// depends on the release.
func subject(text string) string {
	if m := subjectWord.FindStringSubmatch(text); m != nil && !strings.Contains(text, "Sending") && !strings.Contains(text, ") removing ") {
		return "(" + m[1] + ")"
	}
	return text
}
