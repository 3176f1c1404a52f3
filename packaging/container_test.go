package packaging

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"keepalived/test/lab"
)

const containerConfig = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 71
    priority 150
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

// contain makes a process what it is in the container: the first one, with a root
// that it cannot write to beside /run and with two capabilities.
const contain = `mount -t proc proc /proc && mount -o remount,bind,ro / && mount -o remount,ro /tmp &&
exec setpriv --bounding-set -all,+net_admin,+net_raw --inh-caps -all -- "$0" "$@"`

// TestContainer runs the command of the Containerfile in such a place.
func TestContainer(t *testing.T) {
	l := lab.New(t)
	n := l.Node("lb1")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.11/24")
	n.WriteFile("/run/keepalived.conf", containerConfig, 0o644)

	args := append(containerCommand(t), "--use-file=/run/keepalived.conf")
	args[0] = lab.Ours(t).Path
	cmd := exec.Command("unshare", append([]string{"--pid", "--mount", "--fork", "--kill-child", "--", "sh", "-c", contain}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR=/run"}
	stop := launch(t, n, cmd)
	n.WaitAddr("192.0.2.10")
	if pid, _ := n.ReadFile("/run/keepalived.pid"); strings.TrimSpace(pid) != "1" {
		t.Errorf("the pid file has %q, want 1", pid)
	}
	stop(childOf(t, cmd.Process.Pid))
	n.WaitNoAddr("192.0.2.10")
}

// childOf returns the process that unshare waits for.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	children := strings.Fields(read(t, fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)))
	if len(children) != 1 {
		t.Fatalf("process %d has the children %q, want one", pid, children)
	}
	child, err := strconv.Atoi(children[0])
	if err != nil {
		t.Fatal(err)
	}
	return child
}

// containerCommand is ENTRYPOINT and CMD of the Containerfile.
func containerCommand(t *testing.T) (args []string) {
	t.Helper()
	file := read(t, "container/Containerfile")
	for _, m := range regexp.MustCompile(`(?m)^(?:ENTRYPOINT|CMD) (.*)$`).FindAllStringSubmatch(file, -1) {
		var words []string
		if err := json.Unmarshal([]byte(m[1]), &words); err != nil {
			t.Fatalf("%s: %v", m[0], err)
		}
		args = append(args, words...)
	}
	return args
}
