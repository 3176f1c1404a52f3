package vrrp

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// TestTracking: what is tracked fails on the better router and is mended; the
// other one takes over meanwhile, by a fault or by priority.
func TestTracking(t *testing.T) {
	const (
		flag    = "/run/lab/flag"
		script  = "vrrp_script S {\n    script \"/usr/bin/test ! -e " + flag + "\"\n    interval 1\n%s}\n"
		file    = "track_file F {\n    file /run/lab/value\n    weight %s\n}\n"
		process = "vrrp_track_process P {\n    process sleep 4711\n    full_command\n%s}\n"
	)
	root := "    script_user root\n"
	touch := toggle("touch "+flag, "rm "+flag)
	value := func(v string) func(*side, bool) {
		return func(s *side, bad bool) {
			now := "0"
			if bad {
				now = v
			}
			s.WriteFile("/run/lab/value", now+"\n", 0o644)
		}
	}
	cable := pulled(func(s *side) *lab.Link { return s.eth1 })
	own := pulled(func(s *side) *lab.Link { return s.eth0 })
	down := toggle("ip link set eth1 down", "ip link set eth1 up")
	list := []struct {
		feature
		bad   func(*side, bool)
		state string // of the better router meanwhile
		says  string // in the log of the better router meanwhile
	}{
		{feature{name: "track_interface", lines: "    track_interface {\n        eth1\n    }\n"}, cable, "FAULT", ""},
		{feature{name: "track_interface weight", lines: "    track_interface {\n        eth1 weight -60\n    }\n"}, down, "BACKUP", ""},
		{feature{name: "interface_up_down_delays", blocks: "interface_up_down_delays {\n    eth1 0.1 0.1\n}\n", lines: "    track_interface {\n        eth1\n    }\n"}, cable, "FAULT", ""},
		{feature{name: "ADDRESS_LINE dev", vips: defVIPs + "    virtual_ipaddress_excluded {\n        198.51.100.100/24 dev eth1\n    }\n"}, cable, "FAULT", ""},
		{feature{name: "vrrp_script", global: root, blocks: fmt.Sprintf(script, "    timeout 2\n"), lines: "    track_script {\n        S\n    }\n"}, touch, "FAULT", ""},
		{feature{name: "vrrp_script weight", global: root, blocks: fmt.Sprintf(script, "    weight -60\n    rise 2\n    fall 2\n"), lines: "    track_script {\n        S\n    }\n"}, touch, "BACKUP", ""},
		{feature{name: "track_script weight", global: root, blocks: fmt.Sprintf(script, "    user root\n    init_fail\n"), lines: "    track_script {\n        S weight 60\n    }\n"}, touch, "BACKUP", ""},
		{feature{name: "track_file", newer: true, blocks: fmt.Sprintf(file, "-60") + "", lines: "    track_file {\n        F\n    }\n"}, value("1"), "BACKUP", ""},
		{feature{name: "track_file weight 0", newer: true, blocks: fmt.Sprintf(file, "0"), lines: "    track_file {\n        F\n    }\n"}, value("1"), "FAULT", ""},
		{feature{name: "track_file FAULT", newer: true, blocks: fmt.Sprintf(file, "1"), lines: "    track_file {\n        F weight -1\n    }\n"}, value("254"), "FAULT", ""},
		{feature{name: "vrrp_track_file", blocks: strings.Replace(fmt.Sprintf(file, "1"), "track_file", "vrrp_track_file", 1), lines: "    track_file {\n        F weight -60\n    }\n"}, value("1"), "BACKUP", ""},
		{feature{alone: true, name: "vrrp_track_process", blocks: fmt.Sprintf(process, ""), lines: "    track_process {\n        P\n    }\n"}, running("4711"), "FAULT", ""},
		{feature{alone: true, name: "vrrp_track_process quorum", blocks: fmt.Sprintf(process, "    quorum 1\n    quorum_max 5\n    weight 60\n"), lines: "    track_process {\n        P\n    }\n"}, running("4711"), "BACKUP", ""},
		{feature{alone: true, name: "vrrp_track_process delay", blocks: fmt.Sprintf(process, "    terminate_delay 0.3\n    fork_delay 0.2\n"), lines: "    track_process {\n        P\n    }\n"}, running("4711"), "FAULT", ""},
		{feature{alone: true, name: "vrrp_track_process param_match", blocks: strings.Replace(fmt.Sprintf(process, "    param_match\n"), "    full_command\n", "", 1), lines: "    track_process {\n        P\n    }\n"}, running("4711"), "FAULT", ""},
		{feature{alone: true, name: "vrrp_track_process param_match initial", blocks: strings.Replace(fmt.Sprintf(process, "    param_match initial\n"), "sleep 4711", "sleep 47", 1), lines: "    track_process {\n        P\n    }\n"}, running("4711"), "FAULT", ""},
		{feature{alone: true, name: "vrrp_track_process param_match partial", blocks: fmt.Sprintf(process, "    param_match partial\n"), lines: "    track_process {\n        P\n    }\n"}, running("4711 1"), "FAULT", ""},
		{feature{alone: true, name: "vrrp_track_process delay both", blocks: fmt.Sprintf(process, "    delay 0.3\n"), lines: "    track_process {\n        P\n    }\n"}, running("4711"), "FAULT", ""},
		{feature{name: "linkbeat_interfaces", blocks: "linkbeat_interfaces {\n    eth1 ETHTOOL\n}\n", lines: "    track_interface {\n        eth1\n    }\n"}, cable, "FAULT", "Linkbeat reports eth1 down"},
		{feature{name: "linkbeat_interfaces MII", blocks: "linkbeat_interfaces {\n    eth1 MII\n}\n", lines: "    track_interface {\n        eth1\n    }\n"}, cable, "FAULT", "(eth1): Configured linkbeat type MII not supported, using ETHTOOL"},
		{feature{name: "linkbeat_interfaces IOCTL", blocks: "linkbeat_interfaces {\n    eth1 IOCTL\n}\n", lines: "    track_interface {\n        eth1\n    }\n"}, cable, "FAULT", "Linkbeat reports eth1 down"},
		{feature{name: "linkbeat_use_polling", blocks: "linkbeat_use_polling\n"}, own, "FAULT", "Linkbeat reports eth0 down"},
		{feature{name: "linkbeat_use_polling of an instance", lines: "    linkbeat_use_polling\n"}, own, "FAULT", "Linkbeat reports eth0 down"},
		{feature{name: "sync_group", blocks: group("group {\n        VI_1\n        VI_2\n    }\n") + other("eth1")}, cable, "FAULT", ""},
		{feature{name: "vrrp_sync_group track_interface", blocks: group("group {\n        VI_1\n        VI_2\n    }\n    track_interface {\n        eth1\n    }\n") + other("eth0")}, cable, "FAULT", ""},
		{feature{name: "vrrp_sync_group track_script", global: root, blocks: fmt.Sprintf(script, "") + group("group {\n        VI_1\n        VI_2\n    }\n    track_script {\n        S\n    }\n") + other("eth0")}, touch, "FAULT", ""},
		{feature{name: "vrrp_sync_group track_file", newer: true, blocks: fmt.Sprintf(file, "-60") + group("group {\n        VI_1\n        VI_2\n    }\n    sync_group_tracking_weight\n    track_file {\n        F\n    }\n") + other("eth0")}, value("1"), "BACKUP", ""},
		{feature{alone: true, name: "vrrp_sync_group track_process", blocks: fmt.Sprintf(process, "") + group("group {\n        VI_1\n        VI_2\n    }\n    track_process {\n        P\n    }\n") + other("eth0")}, running("4711"), "FAULT", ""},
	}
	t.Parallel()
	for _, c := range list {
		f := c.feature
		f.run = func(p *pair) {
			for _, s := range []*side{p.high, p.low} {
				s.WriteFile("/run/lab/value", "0\n", 0o644)
				// Something of every kind that is well.
				c.bad(s, false)
				p.start(s)
			}
			p.settled(p.high, p.low)
			c.bad(p.high, true)
			p.high.daemon.WaitState("VI_1", c.state)
			p.high.daemon.Log.Wait(c.says)
			p.low.daemon.WaitState("VI_1", "MASTER")
			p.inCharge(p.low, p.high)
			c.bad(p.high, false)
			p.settled(p.high, p.low)
		}
		t.Run(f.name, f.test)
	}
}

// toggle runs a command to make something bad, and another to mend it.
func toggle(bad, good string) func(*side, bool) {
	return func(s *side, isBad bool) {
		if isBad {
			s.Run(strings.Fields(bad)...)
		} else {
			_, _ = s.Output(strings.Fields(good)...) // nothing to mend at first
		}
	}
}

// pulled unplugs a cable, and plugs it in again.
func pulled(of func(*side) *lab.Link) func(*side, bool) {
	return func(s *side, bad bool) {
		if bad {
			of(s).Unplug()
		} else {
			of(s).Plug()
		}
	}
}

// running starts a process, or ends it.
func running(argument string) func(*side, bool) {
	return func(s *side, bad bool) {
		if bad {
			s.Run("pkill", "-f", "^sleep "+argument)
			return
		}
		s.Run("sh", "-c", "sleep "+argument+" >/dev/null 2>&1 &")
	}
}

func group(lines string) string {
	return "vrrp_sync_group G {\n    " + lines + "}\n"
}

// other is a second instance, with the same priority as the first of either
// side; OTHERPRIO stands for it.
func other(dev string) string {
	return fmt.Sprintf("vrrp_instance VI_2 {\n    interface %s\n    virtual_router_id 61\n    priority OTHERPRIO\n    advert_int 0.2\n    virtual_ipaddress {\n        203.0.113.61/24\n    }\n}\n", dev)
}

// TestProcessTraits: names, priorities, processors and memory of the VRRP
// process, as both daemons set them.
func TestProcessTraits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, global string
		field, want  string // of /proc/PID/status, or ps
	}{
		{"process_names", "process_names", "Name", "keepalived_vrrp"},
		{"vrrp_process_name", "vrrp_process_name labvrrp", "Name", "labvrrp"},
		{"vrrp_cpu_affinity", "vrrp_cpu_affinity 1", "Cpus_allowed_list", "1"},
		{"vrrp_no_swap", "vrrp_no_swap", "VmLck", ""},
		{"vrrp_priority", "vrrp_priority -7", "nice", "-7"},
		{"vrrp_rt_priority", "vrrp_rt_priority 3\n    vrrp_rlimit_rttime 5000000", "rt", "3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, false, func(t *testing.T, r *router) {
				config := strings.Replace(global, "}", "    "+c.global+"\n}", 1) + instance("VI_1", 51, 255, defVIPs)
				r.start(config)
				r.daemon.WaitState("VI_1", "MASTER")
				pid := fmt.Sprint(r.daemon.Process(lab.VRRP).PID)
				lab.Wait(t, lab.Patience, c.name+" on "+r.Name, func() bool {
					got := trait(pid, c.field)
					return got == c.want || c.want == "" && got != "0 kB" && got != ""
				})
			})
		})
	}
}

// trait is a field of /proc/PID/status, or the nice value or real-time priority
// in /proc/PID/stat.
func trait(pid, field string) string {
	if field == "nice" || field == "rt" {
		text, _ := os.ReadFile("/proc/" + pid + "/stat")
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if len(f) < 39 {
			return ""
		}
		if field == "nice" {
			return f[16]
		}
		return f[37]
	}
	text, _ := os.ReadFile("/proc/" + pid + "/status")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && name == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
