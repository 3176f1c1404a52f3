package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// snmpConf has two servers that a TCP_CHECK decides about.
const snmpConf = `global_defs {
	router_id lab
	enable_traps
	%s
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	lvs_sched wrr
	lvs_method NAT
	delay_loop 0.2
	delay_before_retry 0.05
	warmup 0
	quorum 4
	real_server 127.0.0.1 7081 {
		weight 5
		TCP_CHECK {
		}
	}
	real_server 127.0.0.1 7082 {
		weight 3
		TCP_CHECK {
		}
	}
}`

const (
	status1, status2 = "4.1.6.1.1", "4.1.6.1.2"
	weight1          = "4.1.7.1.1"
	alive, dead      = "INTEGER: 1", "INTEGER: 2"
)

// TestSNMP is a manager that reads, is notified and sets a weight; and reloads
// that turn SNMP off and on.
func TestSNMP(t *testing.T) {
	m := startMaster(t, true)
	first, _ := openServer(t, "127.0.0.1:7081"), openServer(t, "127.0.0.1:7082")
	conf := fmt.Sprintf(snmpConf, m.globals())
	c := startChild(t, newTestKernel(t), Flags{}, conf)
	m.waitValue(status1, alive)
	m.waitValue("3.1.23.1", alive)
	if all := m.walk("1.3.6.1.4.1.9586.100.5"); all["1.3.6.1.4.1.9586.100.5.1.2.0"] != `STRING: "lab"` {
		t.Errorf("the global definitions are not served: %q", all)
	}

	first.l.Close()
	m.trapped("100.5.3.5.0.1", "100.5.3.4.1.4 = Hex-STRING: 7F 00 00 01", "100.5.3.4.1.5 = Gauge32: 7081", "100.5.3.4.1.6 = INTEGER: 2",
		"100.5.3.3.1.21 = Gauge32: 1", "100.5.3.3.1.20 = Gauge32: 2", `100.5.1.2.0 = STRING: "lab"`)
	// The weight that is left is less than the quorum.
	m.trapped("100.5.3.5.0.2", "100.5.3.3.1.6 = Hex-STRING: 0A 00 00 01", "100.5.3.3.1.23 = INTEGER: 2", "100.5.3.3.1.22 = Gauge32: 4")
	if got := m.walk(mine(status1))[mine(status1)]; got != dead {
		t.Errorf("after the notification the status is %q", got)
	}
	first.open()
	m.trapped("100.5.3.5.0.1", "100.5.3.4.1.5 = Gauge32: 7081", "100.5.3.4.1.6 = INTEGER: 1")
	m.trapped("100.5.3.5.0.2", "100.5.3.3.1.23 = INTEGER: 1")

	if out, err := m.set(weight1, "i", "300"); err != nil {
		t.Errorf("snmpset: %v: %s", err, out)
	}
	c.waitTable(vs1, " 127.0.0.1:7081 nat 300", rs2)
	m.waitValue(weight1, "INTEGER: 300")
	if out, err := m.set(weight1, "i", "-1"); err == nil || !strings.Contains(out, "wrongValue") {
		t.Errorf("a weight of -1: %v: %s", err, out)
	}
	if out, err := m.set(status1, "i", "2"); err == nil || !strings.Contains(out, "notWritable") {
		t.Errorf("another status: %v: %s", err, out)
	}

	c.reload(fmt.Sprintf(snmpConf, ""))
	c.waitTable(vs1, rs1, rs2) // the weight of the configuration again
	eventually(t, "nothing is served", func() bool { return len(m.walk(mine("4"))) == 0 })
	c.reload(conf)
	m.waitValue(weight1, "INTEGER: 5")
}

// TestSNMPMasterComesBack kills snmpd and starts it again: notifications meanwhile
// are not lost.
func TestSNMPMasterComesBack(t *testing.T) {
	m := startMaster(t, true)
	first, _ := openServer(t, "127.0.0.1:7081"), openServer(t, "127.0.0.1:7082")
	c := startChild(t, newTestKernel(t), Flags{}, fmt.Sprintf(snmpConf, m.globals()))
	m.waitValue(status1, alive)
	m.kill()
	c.waitLog("AgentX master disconnected us")
	first.l.Close()
	c.waitTable(vs1, rs2)
	m.start()
	m.waitValue(status1, dead)
	m.trapped("100.5.3.5.0.1", "100.5.3.4.1.5 = Gauge32: 7081", "100.5.3.4.1.6 = INTEGER: 2")
}

// TestSNMPMasterHangs stops snmpd in the middle of a session: checks, reloads and
// the end go on as ever.
func TestSNMPMasterHangs(t *testing.T) {
	m := startMaster(t, false)
	first, _ := openServer(t, "127.0.0.1:7081"), openServer(t, "127.0.0.1:7082")
	conf := fmt.Sprintf(snmpConf, m.globals())
	c := startChild(t, newTestKernel(t), Flags{}, conf)
	m.waitValue(status1, alive)
	m.signal(unix.SIGSTOP)
	defer m.signal(unix.SIGCONT)
	for range 3 {
		first.l.Close()
		c.waitTable(vs1, rs2)
		first.open()
		c.waitTable(vs1, rs1, rs2)
	}
	c.reload(conf)
	c.reload(fmt.Sprintf(snmpConf, ""))
	c.reload(conf)
	first.l.Close()
	c.waitTable(vs1, rs2)
	began := time.Now()
	c.stop() // within 20 s, or it fails
	t.Logf("stopped after %v", time.Since(began))
}

// TestNotifiedAtTheEnd: SNMP is told of the end of everything, also without
// omega, and the numbers go down with each server.
func TestNotifiedAtTheEnd(t *testing.T) {
	for _, x := range []struct {
		globals string
		want    []string
	}{
		{"enable_snmp_checker", []string{"7081 of 1", "7082 of 0", "VS of 0"}},
		{"", nil},
	} {
		s := newStory(t, fmt.Sprintf(snmpConf, x.globals))
		s.topo.take()
		s.topo.leave(false)
		var got []string
		for _, e := range s.topo.take() {
			switch {
			case e.kind == doNotify && e.r == nil:
				got = append(got, fmt.Sprintf("VS of %d", e.alive))
			case e.kind == doNotify:
				got = append(got, fmt.Sprintf("%d of %d", e.r.conf.Port, e.alive))
			}
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%q: %q, want %q", x.globals, got, x.want)
		}
	}
}
