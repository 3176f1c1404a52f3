package surface

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

const (
	busName      = "org.keepalived.Vrrp1"
	processPath  = "/org/keepalived/Vrrp1/Vrrp"
	busSocket    = "/run/dbus/system_bus_socket"
	busConfig    = "/run/lab/bus.conf"
	busInterface = "org.freedesktop.DBus."
)

// bus is a system bus of a node, with our policy.
type bus struct {
	t    *testing.T
	node *lab.Node
	cmd  *exec.Cmd
}

// newBus starts one. The C daemon reads its descriptions of interfaces from
// /usr/share: it gets ours.
func newBus(t *testing.T, n *lab.Node) *bus {
	t.Helper()
	for _, program := range []string{"dbus-daemon", "dbus-send", "dbus-monitor"} {
		if _, err := exec.LookPath(program); err != nil {
			lab.Must(t, &lab.Missing{What: "it needs " + program + " (apt-get install dbus)"})
		}
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	n.Run("mount", "-t", "tmpfs", "none", "/usr/share/dbus-1")
	n.Run("mkdir", "-p", "/usr/share/dbus-1/interfaces", filepath.Dir(busSocket))
	for _, name := range []string{".Vrrp.xml", ".Instance.xml"} {
		n.Run("cp", root+"/internal/dbus/"+busName+name, "/usr/share/dbus-1/interfaces/")
	}
	policy, err := os.ReadFile(root + "/packaging/dbus/" + busName + ".conf")
	if err != nil {
		t.Fatal(err)
	}
	n.WriteFile("/run/lab/policy.conf", string(policy), 0o644)
	conf, err := os.ReadFile("testdata/bus.conf")
	if err != nil {
		t.Fatal(err)
	}
	n.WriteFile(busConfig, string(conf), 0o644)
	b := &bus{t: t, node: n}
	b.start()
	t.Cleanup(func() { b.kill() })
	return b
}

func (b *bus) start() {
	b.t.Helper()
	b.node.Run("rm", "-f", busSocket)
	b.cmd = exec.Command("dbus-daemon", "--config-file="+busConfig, "--nofork", "--nopidfile")
	if testing.Verbose() {
		b.cmd.Stderr = os.Stderr
	}
	if err := b.node.Start(b.cmd); err != nil {
		b.t.Fatal(err)
	}
	lab.Wait(b.t, lab.Patience, "the bus listens", func() bool {
		_, err := b.node.Output("dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", busInterface+"GetId")
		return err == nil
	})
}

func (b *bus) signal(s syscall.Signal) { unix.Kill(b.cmd.Process.Pid, s) }

func (b *bus) kill() {
	b.signal(unix.SIGKILL)
	b.cmd.Wait()
}

// monitor collects what is signalled, as lines of dbus-monitor(1).
func (b *bus) monitor() *lab.Lines {
	b.t.Helper()
	lines := b.node.FIFO("/run/lab/signals")
	cmd := exec.Command("sh", "-c", "exec dbus-monitor --system type=signal >/run/lab/signals 2>&1")
	if err := b.node.Start(cmd); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines.Wait("NameAcquired")
	return lines
}

// send calls a method and returns the reply without its first line, or the error.
func (b *bus) send(path, method string, args ...string) string {
	out, _ := b.node.Output(append([]string{"dbus-send", "--system", "--print-reply", "--reply-timeout=60000", "--dest=" + busName, path, method}, args...)...)
	return b.reply(out)
}

// sendAsNobody is send for a user without rights.
func (b *bus) sendAsNobody(path, method string, args ...string) string {
	out, _ := b.node.Output(append([]string{"setpriv", "--reuid=65534", "--clear-groups", "dbus-send", "--system", "--print-reply", "--dest=" + busName, path, method}, args...)...)
	return b.reply(out)
}

func (b *bus) reply(out string) string {
	if rest, ok := strings.CutPrefix(out, "method return "); ok {
		_, body, _ := strings.Cut(rest, "\n")
		return "ok\n" + body
	}
	// The bus adds who we are to its refusals.
	text, _, _ := strings.Cut(out, ", 2 matched rules")
	text, _, _ = strings.Cut(text, ", 1 matched rules")
	return strings.TrimSpace(text)
}

func (b *bus) property(path, name string) string {
	return b.send(path, busInterface+"Properties.Get", "string:"+busName+".Instance", "string:"+name)
}

// waitState waits until an instance shows a state.
func (b *bus) waitState(path, state string) {
	b.t.Helper()
	lab.Wait(b.t, lab.Patience, path+" shows "+state, func() bool {
		return strings.Contains(b.property(path, "State"), `"`+state+`"`)
	})
}

// paths are the objects below path, found as clients find them.
func (b *bus) paths(path string) (out []string) {
	text := b.send(path, busInterface+"Introspectable.Introspect")
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), `<node name="`); ok {
			name, _, _ := strings.Cut(rest, `"`)
			out = append(out, b.paths(strings.TrimSuffix(path, "/")+"/"+name)...)
		}
	}
	if strings.Contains(text, `<interface name="org.keepalived`) {
		out = append(out, path)
	}
	return out
}
