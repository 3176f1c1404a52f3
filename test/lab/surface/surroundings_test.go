package surface

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

// probeScript writes what a script finds around itself into a file that is named
// after its first argument, in one step and only once.
const probeScript = `#!/bin/sh
p=/proc/$$
out=/run/lab/probes/$1
if [ ! -e $out ]; then
	while read -r key value; do # the shell itself: to start a program it blocks signals
		case $key in
		[UG]id:|Groups:|Umask:|Sig[BCIP]*:|ShdPnd:|NoNewPrivs:|Cap*:|Seccomp:|Cpus_allowed:) echo $key $value ;;
		esac
	done <$p/status >$out.$$
	echo std $(readlink $p/fd/0 $p/fd/1 $p/fd/2) >>$out.$$
	ls $p/fd >$out.fds.$$
	grep '^.$' $out.fds.$$ >>$out.$$
	rm $out.fds.$$
	{
		echo "argv $(tr '\0' '|' <$p/cmdline)"
		tr '\0' '\n' <$p/environ | sed 's/^/env /'
		grep -v 'realtime timeout' $p/limits
		echo cwd $(readlink $p/cwd) root $(readlink $p/root)
		for f in oom_score_adj coredump_filter personality; do echo "$f $(cat $p/$f)"; done
		read line <$p/stat
		set -- ${line##*) }
		[ $3 = $$ ] && echo "a group of its own"
		echo "terminal $5 nice ${17} priority ${16} realtime ${38} policy ${39}"
		read line </proc/$(cat /run/keepalived.pid)/stat
		session=$4
		set -- ${line##*) }
		[ $4 = $session ] && echo "the daemon's session"
	} >>$out.$$ 2>&1
	mv $out.$$ $out
fi
%s`

// fifoReader probes and then reads.
const fifoReader = `while read line; do :; done <"$2"
`

const vrrpProbes = `
global_defs {
    enable_script_security
    script_user root
    startup_script "/run/lab/probe.sh startup"
    shutdown_script "/run/lab/probe.sh shutdown"
    notify_fifo /run/lab/all.fifo
    notify_fifo_script "/run/lab/reader.sh fifo"
    vrrp_notify_fifo /run/lab/vrrp.fifo
    vrrp_notify_fifo_script "/run/lab/reader.sh vrrp-fifo"
OPTIONS
}
vrrp_script S {
    script "/run/lab/probe.sh track"
    interval 60
}
vrrp_script N {
    script "/run/lab/probe.sh track-as-nobody"
    interval 60
    user nobody
}
vrrp_sync_group G {
    group {
        V
    }
    notify_master "/run/lab/probe.sh group-master"
    notify "/run/lab/probe.sh group"
}
vrrp_instance V {
    interface eth0
    virtual_router_id 10
    priority 150
    notify_master "/run/lab/probe.sh master 'two words'"
    notify_backup "/run/lab/probe.sh backup"
    notify_stop "/run/lab/probe.sh stop"
    notify "/run/lab/probe.sh generic"
    virtual_ipaddress {
        192.0.2.10/24
    }
    track_script {
        S
        N
    }
}
`

const checkProbes = `
global_defs {
    enable_script_security
    script_user root
    lvs_notify_fifo /run/lab/lvs.fifo
    lvs_notify_fifo_script "/run/lab/reader.sh lvs-fifo"
OPTIONS
}
virtual_server 192.0.2.10 80 {
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    delay_loop 60
    quorum_up "/run/lab/probe.sh quorum"
    alpha
    real_server 192.0.2.20 80 {
        notify_up "/run/lab/probe.sh server"
        MISC_CHECK {
            misc_path "/run/lab/probe.sh misc"
            misc_timeout 60
            warmup 0
            user root
        }
    }
}
`

// surrounding is a way to start a daemon and what its configuration says.
type surrounding struct {
	options string
	how     []lab.Option
}

var surroundings = map[string]surrounding{
	"as usual": {},
	"changed": {
		"    umask 022\n    vrrp_priority -5\n    vrrp_no_swap\n    checker_priority -5\n    checker_no_swap\n",
		[]lab.Option{
			lab.Args("-m"), lab.Env("MORE=yes"),
			lab.Under("env", "-C", "/run", "nice", "-n", "3", "sh", "-c", `ulimit -Sn 500; ulimit -Hn 4000; ulimit -Sc 1000; umask 027; exec "$0" "$@"`),
		},
	},
}

// TestSameSurroundings: scripts find the same around themselves with both
// daemons, whoever starts them: environment, descriptors, signals, limits,
// scheduling, user, directory.
func TestSameSurroundings(t *testing.T) {
	for name, s := range surroundings {
		t.Run(name, func(t *testing.T) {
			names := []string{"startup", "shutdown", "fifo", "vrrp-fifo", "track", "track-as-nobody", "group-master", "group", "master", "backup", "stop", "generic"}
			compareSurroundings(t, vrrpProbes, s, names)
		})
	}
}

func compareSurroundings(t *testing.T, config string, s surrounding, names []string) {
	t.Helper()
	ours, c := probed(t, lab.Ours(t), config, s, names), probed(t, lab.CKeepalived(t), config, s, names)
	for _, name := range names {
		if diff := cmp.Diff(c[name], ours[name]); diff != "" {
			t.Errorf("%s: C - ours +\n%s", name, diff)
		}
	}
}

// probed is what each script of a daemon has found, from its start to its stop.
func probed(t *testing.T, p lab.Program, config string, s surrounding, names []string) map[string][]string {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	waitUp(t, n, "eth0")
	n.WriteFile("/run/lab/probe.sh", strings.Replace(probeScript, "%s", "", 1), 0o755)
	n.WriteFile("/run/lab/reader.sh", strings.Replace(probeScript, "%s", fifoReader, 1), 0o755)
	n.Run("mkdir", "-m", "777", "/run/lab/probes")
	d := n.Daemon(p, strings.Replace(config, "OPTIONS", s.options, 1), s.how...)
	found := func(name string) ([]string, bool) {
		text, ok := n.ReadFile(filepath.Join("/run/lab/probes", name))
		return strings.Split(strings.TrimSpace(text), "\n"), ok
	}
	wait := func(late bool) {
		for _, name := range names {
			if slices.Contains([]string{"stop", "shutdown"}, name) == late {
				lab.Wait(t, lab.Patience, p.Name+" runs the script "+name, func() bool { _, ok := found(name); return ok })
			}
		}
	}
	wait(false)
	d.Stop()
	wait(true)
	out := map[string][]string{}
	for _, name := range names {
		out[name], _ = found(name)
	}
	return out
}

// TestGuest compares the scripts of the checkers on a kernel that has IPVS,
// without which those of the C daemon do not run.
func TestGuest(t *testing.T) {
	if guest.Inside() {
		for name, s := range surroundings {
			t.Run(name, func(t *testing.T) {
				compareSurroundings(t, checkProbes, s, []string{"lvs-fifo", "quorum", "server", "misc"})
			})
		}
		return
	}
	guest.Boots(t)
	ours, c := lab.Ours(t).Path, lab.CKeepalived(t).Path
	t.Log(guest.Test(t, "^TestGuest$", guest.Config{
		Programs: []string{ours, c, "ip", "env", "nice", "sh", "tr", "sed", "grep", "cat", "readlink", "ls", "mv", "rm", "mkdir"},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		Modules:  []string{"bridge", "veth"},
		Env:      []string{"LAB_KEEPALIVED=" + ours, "LAB_C_KEEPALIVED=" + c, "LAB_REQUIRED=1"},
		// The clock counts instructions: what is timed does not see a busy host.
		Icount:  "shift=1,sleep=off",
		Timeout: 35 * time.Minute,
	}))
}
