package check

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/snmp/checkmib"
	"keepalived/test/need"
)

// masterAgent is Debian's snmpd, in the network namespace of the tests.
type masterAgent struct {
	t       *testing.T
	dir     string
	process *exec.Cmd
	log     *output
	traps   *output // of snmptrapd
}

const (
	agentAddress = "udp:127.0.0.1:1161"
	trapAddress  = "udp:127.0.0.1:1162"
)

// output is what a process has written so far.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// startMaster starts snmpd and waits until it answers. receive: snmptrapd is
// there before it, since snmpd gives up a receiver that is not.
func startMaster(t *testing.T, receive bool) *masterAgent {
	t.Helper()
	needNamespace(t)
	need.Program(t, "snmpd", "snmpd")
	need.Program(t, "snmpwalk", "snmp")
	m := &masterAgent{t: t, dir: t.TempDir()}
	text := "rwcommunity private\nmaster agentx\nagentXSocket " + m.socket() + "\nagentXTimeout 5\ntrap2sink " + trapAddress + " public\n"
	if err := os.WriteFile(filepath.Join(m.dir, "master.conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if receive {
		m.receive()
	}
	m.start()
	t.Cleanup(m.kill)
	return m
}

func (m *masterAgent) socket() string { return "unix:" + filepath.Join(m.dir, "agentx") }

// globals are what global_defs says to use it.
func (m *masterAgent) globals() string { return "enable_snmp_checker\nsnmp_socket " + m.socket() }

func (m *masterAgent) start() {
	m.t.Helper()
	m.log = new(output)
	m.process = m.run("snmpd", m.log, "-f", "-Lo", "-C", "-c", filepath.Join(m.dir, "master.conf"), agentAddress)
	eventually(m.t, "snmpd", func() bool { return len(m.walk("1.3.6.1.2.1.1.3")) == 1 })
}

// run starts a program that keeps its state in the test's directory, and does
// so in files of its own: snmpd.conf is one of them.
func (m *masterAgent) run(name string, to *output, args ...string) *exec.Cmd {
	m.t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR="+m.dir, "SNMPCONFPATH="+filepath.Join(m.dir, "none"))
	c.Stdout, c.Stderr = to, to
	c.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL}
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	return c
}

func (m *masterAgent) kill() {
	_ = m.process.Process.Kill()
	err := m.process.Wait()
	if m.t.Failed() {
		m.t.Logf("snmpd: %v\n%s", err, m.log)
	}
}

func (m *masterAgent) signal(s unix.Signal) {
	m.t.Helper()
	if err := m.process.Process.Signal(s); err != nil {
		m.t.Fatal(err)
	}
}

// receive starts snmptrapd.
func (m *masterAgent) receive() {
	m.t.Helper()
	need.Program(m.t, "snmptrapd", "snmptrapd")
	m.traps = new(output)
	c := m.run("snmptrapd", m.traps, "-f", "-Lo", "-C", "-On", "-t", "--disableAuthorization=yes", trapAddress)
	m.t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	eventually(m.t, "snmptrapd", func() bool { return strings.Contains(m.traps.String(), "NET-SNMP version") })
}

// trapped waits for a notification that has all of the texts.
func (m *masterAgent) trapped(texts ...string) {
	m.t.Helper()
	defer func() {
		if m.t.Failed() {
			m.t.Logf("received:\n%s", m.traps)
		}
	}()
	eventually(m.t, "a notification with "+strings.Join(texts, ", "), func() bool {
		for _, line := range split(m.traps.String()) {
			if hasAll(line, texts) {
				return true
			}
		}
		return false
	})
}

func hasAll(line string, texts []string) bool {
	for _, x := range texts {
		if !strings.Contains(line, x) {
			return false
		}
	}
	return true
}

// walk is what there is below an object: name, "TYPE: value".
func (m *masterAgent) walk(oid string) map[string]string {
	c := exec.Command("snmpwalk", "-v2c", "-c", "private", "-On", "-r", "9", "-t", "1", "-m", "", agentAddress, oid)
	out, _ := c.Output()
	return walked(out)
}

func walked(out []byte) map[string]string {
	objects := map[string]string{}
	last := ""
	for _, line := range split(strings.TrimSpace(string(out))) {
		name, value, ok := strings.Cut(line, " = ")
		switch {
		case !ok: // a value of several lines
			objects[last] += " " + strings.TrimSpace(line)
		case !strings.HasPrefix(value, "No "):
			last = strings.TrimPrefix(name, ".")
			objects[last] = strings.TrimSpace(value)
		}
	}
	return objects
}

// mine is a name below the health checks' part of the MIB.
func mine(name string) string { return checkmib.OID.String() + "." + name }

// waitValue waits until an object has a value.
func (m *masterAgent) waitValue(name, want string) {
	m.t.Helper()
	var got string
	defer func() {
		if m.t.Failed() {
			m.t.Logf("%s is %q", name, got)
		}
	}()
	eventually(m.t, name+" = "+want, func() bool {
		got = m.walk(mine(name))[mine(name)]
		return got == want
	})
}

// set has snmpset write; it returns what it says.
func (m *masterAgent) set(name, kind, value string) (string, error) {
	c := exec.Command("snmpset", "-v2c", "-c", "private", "-On", "-r", "9", "-t", "1", "-m", "", agentAddress, mine(name), kind, value)
	out, err := c.CombinedOutput()
	return string(out), err
}
