package packaging

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }

// capabilities are the numbers of those that the unit names.
var capabilities = map[string]uintptr{
	"CAP_CHOWN": unix.CAP_CHOWN, "CAP_KILL": unix.CAP_KILL, "CAP_SETUID": unix.CAP_SETUID, "CAP_SETGID": unix.CAP_SETGID,
	"CAP_NET_ADMIN": unix.CAP_NET_ADMIN, "CAP_NET_RAW": unix.CAP_NET_RAW, "CAP_NET_BIND_SERVICE": unix.CAP_NET_BIND_SERVICE,
	"CAP_SYS_NICE": unix.CAP_SYS_NICE, "CAP_SYS_RESOURCE": unix.CAP_SYS_RESOURCE, "CAP_IPC_LOCK": unix.CAP_IPC_LOCK,
}

// unitCapabilities returns what the unit grants.
func unitCapabilities(t *testing.T) (caps []uintptr) {
	t.Helper()
	unit := read(t, "systemd/keepalived-nonroot.service")
	granted := regexp.MustCompile(`(?m)^AmbientCapabilities=(.*)$`).FindStringSubmatch(unit)
	bound := regexp.MustCompile(`(?m)^CapabilityBoundingSet=(.*)$`).FindStringSubmatch(unit)
	if granted == nil || bound == nil || granted[1] != bound[1] {
		t.Fatal("the unit's capabilities and their bound differ")
	}
	for _, name := range strings.Fields(granted[1]) {
		n, ok := capabilities[name]
		if !ok {
			t.Fatalf("unknown capability %s", name)
		}
		if !have(t, n) {
			t.Logf("this test itself has no %s: keepalived goes without", name)
			continue
		}
		caps = append(caps, n)
	}
	return caps
}

// have says whether this process could hand a capability on.
func have(t *testing.T, n uintptr) bool {
	t.Helper()
	permitted := regexp.MustCompile(`(?m)^CapPrm:\s*(\w+)$`).FindStringSubmatch(read(t, "/proc/self/status"))
	mask, err := strconv.ParseUint(permitted[1], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return mask&(1<<n) != 0
}

const nonrootConfig = `global_defs {
    vrrp_version 3
    vrrp_priority -5
    enable_script_security
    script_user nobody
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 71
    priority 150
    use_vmac
    notify_master "/bin/sh -c 'id -u > /run/said/user'"
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

// TestWithoutRoot runs keepalived as any user, with what the unit grants.
func TestWithoutRoot(t *testing.T) {
	const uid = 64123
	l := lab.New(t)
	n := l.Node("lb1")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.11/24")
	n.WriteFile("/run/keepalived.conf", nonrootConfig, 0o644)
	n.Run("install", "-d", "-o", fmt.Sprint(uid), "/run/keepalived")
	n.Run("install", "-d", "-m", "1777", "/run/said")

	const program = "/run/program" // the way to the built one may be barred to the user
	n.Run("install", "-m", "755", lab.Ours(t).Path, program)
	cmd := exec.Command(program, "--dont-fork", "--use-file=/run/keepalived.conf", "--log-console", "--no-syslog", "-D",
		"--pid=/run/keepalived/keepalived.pid", "--vrrp_pid=/run/keepalived/vrrp.pid",
		"--checkers_pid=/run/keepalived/checkers.pid", "--bfd_pid=/run/keepalived/bfd.pid")
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR=/run/keepalived"}
	cmd.SysProcAttr = &syscall.SysProcAttr{AmbientCaps: unitCapabilities(t),
		Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	stop := launch(t, n, cmd)
	n.WaitAddr("192.0.2.10")
	await(t, "the script's output", func() bool {
		text, _ := n.ReadFile("/run/said/user")
		return text == "65534\n"
	})
	stop(cmd.Process.Pid)
	n.WaitNoAddr("192.0.2.10")
}
