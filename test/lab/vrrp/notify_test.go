package vrrp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// callScript notes its arguments, by the keyword that it stands at.
const callScript = "#!/bin/sh\nkey=$1\nshift\necho \"$@\" >>/run/lab/calls.$key\n"

// notifying is every script of an instance, in a group that has them too.
func notifying() string {
	scripts := func(prefix string, keys ...string) (out string) {
		for _, k := range keys {
			out += fmt.Sprintf("    %s \"/run/lab/call.sh %s%s\"\n", k, prefix, k)
		}
		return out
	}
	group := []string{"notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"}
	return strings.Replace(global, "}", "    script_user root\n    enable_script_security\n}", 1) +
		"vrrp_sync_group G {\n    group {\n        VI_1\n    }\n" + scripts("group.", group...) + "}\n" +
		instance("VI_1", 51, 100, scripts("", append(group, "notify_master_rx_lower_pri", "notify_deleted")...)+defVIPs)
}

// TestNotify: both daemons call every script with the same arguments, as often
// as each other; ours in order.
func TestNotify(t *testing.T) {
	t.Parallel()
	// The calls until the reload that takes the instance away, and after it.
	want := map[string][]string{
		"notify_master":              {"", ""},
		"notify_backup":              {"", ""},
		"notify_fault":               {""},
		"notify_stop":                nil,
		"notify":                     {"INSTANCE VI_1 BACKUP 100", "INSTANCE VI_1 MASTER 100", "INSTANCE VI_1 FAULT 100", "INSTANCE VI_1 BACKUP 100", "INSTANCE VI_1 MASTER 100", "INSTANCE VI_1 DELETED 100"},
		"notify_master_rx_lower_pri": {""},
		"notify_deleted":             {""},
		"group.notify_master":        {"", ""},
		"group.notify_backup":        {"", ""},
		"group.notify_fault":         {""},
		"group.notify":               {"GROUP G BACKUP 0", "GROUP G MASTER 0", "GROUP G FAULT 0", "GROUP G BACKUP 0", "GROUP G MASTER 0"},
	}
	onBoth(t, false, func(t *testing.T, r *router) {
		r.WriteFile("/run/lab/call.sh", callScript, 0o755)
		called := func(key string) []string {
			text, _ := r.ReadFile("/run/lab/calls." + key)
			return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		}
		wait := func(key string, n int) {
			t.Helper()
			lab.Wait(t, lab.Patience, fmt.Sprintf("%s has been called %d times", key, n), func() bool {
				text, _ := r.ReadFile("/run/lab/calls." + key)
				return strings.Count(text, "\n") >= n
			})
		}
		r.start(notifying())
		wait("group.notify", 2)
		wait("notify", 2)
		r.eth0.Down()
		wait("group.notify", 3)
		r.eth0.Up()
		wait("group.notify", 5)
		wait("notify", 5)
		r.sendLower()
		wait("notify_master_rx_lower_pri", 1)
		mark := r.daemon.Log.Mark()
		r.daemon.Configure(global + instance("VI_2", 52, 100, defVIPs))
		r.daemon.Reload()
		r.daemon.Log.WaitSince(mark, lab.Patience, "Reload")
		wait("notify_deleted", 1)
		wait("notify", 6)
		for key, calls := range want {
			got := called(key)
			if key == "notify_master_rx_lower_pri" {
				got = slices.Compact(got) // one or more were heard
			}
			if r.p.IsC { // its scripts overtake each other
				slices.Sort(got)
				calls = slices.Sorted(slices.Values(calls))
			}
			if !slices.Equal(got, calls) && !(calls == nil && slices.Equal(got, []string{""})) {
				t.Errorf("%s: %s was called with %q, want %q", r.Name, key, got, calls)
			}
		}
	})
}

// TestNotifyStop: the scripts of the end have run when the daemon has ended.
func TestNotifyStop(t *testing.T) {
	t.Parallel()
	onBoth(t, false, func(t *testing.T, r *router) {
		r.WriteFile("/run/lab/call.sh", callScript, 0o755)
		r.start(notifying())
		r.daemon.WaitState("VI_1", "MASTER")
		r.daemon.Stop()
		for key, want := range map[string]string{
			"notify_stop": "\n", "notify": "INSTANCE VI_1 STOP 100\n", "group.notify_stop": "\n", "group.notify": "GROUP G STOP 0\n",
		} {
			if text, _ := r.ReadFile("/run/lab/calls." + key); !strings.HasSuffix(text, want) && !(r.p.IsC && strings.Contains(text, want)) {
				t.Errorf("%s: %s was called with %q, want %q at the end", r.Name, key, text, want)
			}
		}
	})
}

// sendLower sends it adverts of a worse router, until one has arrived: the cable
// may just have been plugged in.
func (r *router) sendLower() {
	r.t.Helper()
	n := r.lab.Node("other")
	r.lan.Attach(n, "eth0", "192.0.2.3/24")
	mark, started := r.daemon.Log.Mark(), time.Now()
	for {
		forge(r.t, n, advert3(51, 1))
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if r.daemon.Log.Count(mark, "with lower priority") > 0 {
				return
			}
		}
		if time.Since(started) > lab.Patience {
			r.t.Fatalf("%s hears nothing of a worse router", r.Name)
		}
	}
}

// TestNotifyPriorityChanges: a changed priority is told to the FIFO.
func TestNotifyPriorityChanges(t *testing.T) {
	t.Parallel()
	const reader = "#!/bin/sh\nwhile read line; do echo \"$line\" >>/run/lab/lines; done <\"$1\"\n"
	group := func(lines string) string {
		return "vrrp_sync_group G {\n    group {\n        VI_1\n    }\n" + lines + "}\n"
	}
	for _, c := range []struct {
		name, global, group, lines string
		newer                      bool
		want                       bool
	}{
		{name: "notify_priority_changes", lines: "    notify_priority_changes\n", want: true},
		{name: "notify_priority_changes off", global: "    vrrp_notify_priority_changes\n", lines: "    notify_priority_changes off\n"},
		{name: "vrrp_sync_group notify_priority_changes", group: group("    sync_group_tracking_weight\n    notify_priority_changes\n"), want: true},
		{name: "global_tracking", group: group("    global_tracking\n    notify_priority_changes\n"), want: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, c.newer, func(t *testing.T, r *router) {
				r.WriteFile("/run/lab/reader.sh", reader, 0o755)
				r.WriteFile("/run/lab/value", "0\n", 0o644)
				r.start("global_defs {\n    vrrp_version 3\n    script_user root\n    vrrp_notify_fifo /run/lab/fifo\n    vrrp_notify_fifo_script /run/lab/reader.sh\n" + c.global + "}\n" +
					"vrrp_track_file F {\n    file /run/lab/value\n    weight 1\n}\n" + c.group +
					instance("VI_1", 51, 100, c.lines+"    track_file {\n        F\n    }\n"+defVIPs))
				r.daemon.WaitState("VI_1", "MASTER")
				r.WriteFile("/run/lab/value", "10\n", 0o644)
				r.frames.Wait(lab.Patience, "an advert with the new priority", lab.From(r.Node), lab.Priority(110))
				r.eth0.Down()
				lines := ""
				lab.Wait(t, lab.Patience, "the FAULT line", func() bool {
					lines, _ = r.ReadFile("/run/lab/lines")
					return strings.Contains(lines, "INSTANCE \"VI_1\" FAULT 110\n")
				})
				if got := strings.Contains(lines, "INSTANCE \"VI_1\" MASTER_PRIORITY 110\n"); got != c.want {
					t.Errorf("%s writes\n%s", r.Name, lines)
				}
			})
		})
	}
}
