package snmp

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

const (
	keepalivedMIB = ".1.3.6.1.4.1.9586.100.5"
	vrrpMIB       = ".1.3.6.1.2.1.68"
	vrrp3MIB      = ".1.3.6.1.2.1.207"

	agentxSocket = "/run/agentx/master"
)

const agentConfig = `
master agentx
agentXSocket unix:` + agentxSocket + `,tcp:127.0.0.1:705
agentAddress udp:127.0.0.1:161
rwcommunity public 127.0.0.1
trap2sink 127.0.0.1 public
`

// agent is a master agent in a node, and what listens to its notifications.
type agent struct {
	t     *testing.T
	node  *lab.Node
	cmd   *exec.Cmd
	traps *lab.Lines
}

func newAgent(t *testing.T, n *lab.Node) *agent {
	t.Helper()
	for _, program := range []string{"snmpd", "snmptrapd", "snmpbulkwalk", "snmpset"} {
		if _, err := exec.LookPath(program); err != nil {
			lab.Must(t, &lab.Missing{What: "it needs " + program + " (apt-get install snmp snmpd snmptrapd)"})
		}
	}
	n.Run("ip", "link", "set", "lo", "up")
	n.Run("mkdir", "-p", "/run/agentx", "/run/snmp")
	n.WriteFile("/run/lab/snmpd.conf", agentConfig, 0o644)
	a := &agent{t: t, node: n, traps: n.FIFO("/run/lab/traps")}
	listener := a.run("snmptrapd -f -n -On -OQ -Oe -F '%v\\n' -Lf /run/lab/traps --disableAuthorization=yes -C udp:127.0.0.1:162")
	t.Cleanup(func() { end(listener) })
	a.traps.Wait("NET-SNMP version")
	a.start()
	t.Cleanup(func() { a.kill() })
	return a
}

// run starts a program in the node; what it prints is not kept.
func (a *agent) run(line string) *exec.Cmd {
	a.t.Helper()
	cmd := exec.Command("sh", "-c", "exec "+line)
	cmd.Env = append(os.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR=/run/snmp", "SNMPCONFPATH=/run/lab")
	if testing.Verbose() {
		cmd.Stderr = os.Stderr
	}
	if err := a.node.Start(cmd); err != nil {
		a.t.Fatal(err)
	}
	return cmd
}

func end(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

// start returns when the master agent answers.
func (a *agent) start() {
	a.t.Helper()
	a.node.Run("rm", "-f", agentxSocket)
	a.cmd = a.run("snmpd -f -C -c /run/lab/snmpd.conf -Lf /run/lab/snmpd.log")
	lab.Wait(a.t, lab.Patience, "the master agent answers", func() bool {
		_, ok := a.get(".1.3.6.1.2.1.1.3.0")
		return ok
	})
}

func (a *agent) kill() { end(a.cmd) }

func (a *agent) signal(s syscall.Signal) { unix.Kill(a.cmd.Process.Pid, s) }

// ask runs a client; the answer is what it prints.
func (a *agent) ask(program string, args ...string) (string, error) {
	argv := append([]string{"env", "MIBS=", "SNMPCONFPATH=/run/lab", program, "-v2c", "-c", "public", "-t", "2", "-r", "5", "-On", "-Ob", "-OQ", "127.0.0.1"}, args...)
	return a.node.Output(argv...)
}

// get is the value of an object; false: there is none.
func (a *agent) get(oid string) (string, bool) {
	out, err := a.ask("snmpget", oid)
	_, value, ok := strings.Cut(strings.TrimSpace(out), " = ")
	return value, err == nil && ok && !strings.HasPrefix(value, "No Such")
}

// walk is all objects below oid, in order, as lines "OID = VALUE".
func (a *agent) walk(oid string) []string {
	a.t.Helper()
	out, err := a.ask("snmpbulkwalk", "-Cr50", oid)
	if err != nil {
		a.t.Fatalf("walking %s: %v\n%s", oid, err, out)
	}
	var lines []string
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, ".") && !strings.Contains(line, " = No ") {
			lines = append(lines, line)
		} else if len(lines) > 0 && line != "" && !strings.Contains(line, " = No ") {
			lines[len(lines)-1] += " " + line // octets that fill more than a line
		}
	}
	return lines
}

// waitValue returns when an object has a value.
func (a *agent) waitValue(oid, want string) {
	a.t.Helper()
	lab.Wait(a.t, lab.Patience, oid+" is "+want, func() bool {
		value, ok := a.get(oid)
		return ok && value == want
	})
}

// waitGone returns when there is no such object.
func (a *agent) waitGone(oid string) {
	a.t.Helper()
	lab.Wait(a.t, lab.Patience, oid+" is gone", func() bool {
		_, ok := a.get(oid)
		return !ok
	})
}

// set writes an integer and returns "ok" or the error's name.
func (a *agent) set(oid, value string) string {
	out, err := a.ask("snmpset", oid, "i", value)
	if err == nil {
		return "ok"
	}
	for line := range strings.Lines(out) {
		if _, reason, ok := strings.Cut(line, "Reason: "); ok {
			return strings.TrimSpace(reason)
		}
	}
	return out
}
