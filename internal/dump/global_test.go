package dump

import (
	"slices"
	"testing"
	"time"

	"keepalived/internal/config"
)

// lines is what Global says about a configuration.
func lines(g *config.Global) []string {
	var t Text
	Global(&t, g, "host")
	return slices.Collect(t.Lines())
}

func TestGlobalShowsWhatIsConfigured(t *testing.T) {
	script := config.Script{Argv: []string{"/usr/bin/true", "a"}, UID: 65534, GID: 65533}
	g := config.Global{
		Instance: "inst1", NetNamespace: "ns",
		Mail:      config.Mail{RouterID: "lab", Server: "192.0.2.25", ServerPort: 26, ConnectTimeout: 12 * time.Second, SMTPAlert: config.Some(true)},
		Scripts:   config.GlobalScripts{UseSymlinkPaths: true, Startup: script, StartupTimeout: 7 * time.Second, Shutdown: script, ShutdownTimeout: 8 * time.Second},
		Processes: config.Processes{SetNames: true, MaxAutoPriority: -1, VRRP: config.Process{CPUAffinity: []int{0, 1}}},
		Notify:    config.Notify{FIFO: config.FIFO{Path: "/tmp/nf", Script: script}},
		IPVS:      config.IPVS{FlushOnStop: config.FlushVS, SyncDaemon: config.SyncDaemon{Interface: "eth1", Instance: "B1", SyncID: config.Some(uint8(7))}},
		Firewall:  config.Firewall{Nftables: "tab", NftablesPriority: -2, NftablesCounters: true},
		Reload:    config.Reload{CheckConfig: true, CheckConfigLog: "/tmp/rlog", TimeFile: "/tmp/rtf", Repeat: true},
		Files:     config.Files{Umask: config.Some(uint32(0o22)), JSONVersion: 2},
		SNMP:      config.SNMP{Socket: "unix:/tmp/x", Traps: true},
	}
	got := lines(&g)
	for _, want := range []string{
		" Network namespace = ns", " Instance name = inst1", " VRRP process name = keepalived_vrrp",
		" Keep symlinks in script paths", " Smtp server port = 26", " Smtp HELO name = host", " Smtp server connection timeout = 12",
		" Default smtp_alert = on", " Default smtp_alert_vrrp = unset",
		" Test config before reload, log to /tmp/rlog", " Reload time file = /tmp/rtf (repeat)",
		" Startup script = '/usr/bin/true' 'a', uid:gid 65534:65533, timeout 7",
		" Shutdown script = '/usr/bin/true' 'a', uid:gid 65534:65533 timeout 8",
		" LVS syncd vrrp name = B1", " LVS syncd syncid = 7", " LVS flush on stop = VS",
		" Global notify fifo = /tmp/nf, uid:gid 0:0", " Global notify fifo script = '/usr/bin/true' 'a', uid:gid 65534:65533",
		" nftables table name = tab", " nftables base chain priority = -2", " nftables with counters",
		" Max auto priority = Disabled", " VRRP CPU Affinity = 0 1",
		" SNMP traps enabled", " SNMP socket = unix:/tmp/x", " umask = 022", " json_version 2",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no line %q", want)
		}
	}
}

func TestGlobalLeavesOutWhatIsNot(t *testing.T) {
	got := lines(&config.Global{Mail: config.Mail{ConnectTimeout: 30 * time.Second}})
	for _, absent := range []string{" Smtp HELO name = host", " Smtp server connection timeout = 30", " nftables table name = "} {
		if slices.Contains(got, absent) {
			t.Errorf("there is a line %q", absent)
		}
	}
	if got[0] != "------< Global definitions >------" || !slices.Contains(got, " umask = 0177") {
		t.Errorf("got %q", got)
	}
}
