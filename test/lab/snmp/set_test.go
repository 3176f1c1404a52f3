package snmp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

const setConfig = `
global_defs {
    enable_snmp_vrrp
    snmp_socket unix:/run/agentx/master
}
vrrp_instance V {
    interface eth0
    virtual_router_id 3
    version 3
    advert_int 0.2
    priority 100
    virtual_ipaddress {
        192.0.2.101/24
    }
}
`

// TestSameSets writes to both daemons what they accept and what they refuse.
func TestSameSets(t *testing.T) {
	ours, c := answers(t, lab.Ours(t)), answers(t, lab.CKeepalived(t))
	if diff := cmp.Diff(c, ours); diff != "" {
		t.Errorf("C - ours +\n%s", diff)
	}
}

func answers(t *testing.T, p lab.Program) (out []string) {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	lan := l.Segment("lan")
	lan.Attach(n, "eth0", "192.0.2.1/24")
	frames := lan.Capture()
	a := newAgent(t, n)
	d := n.Daemon(p, setConfig)
	d.WaitState("V", "MASTER")
	priority, preempt := keepalivedMIB+".2.3.1.7.1", keepalivedMIB+".2.3.1.13.1"
	for _, x := range [][2]string{
		{priority, "0"}, {priority, "77"}, {preempt, "3"}, {preempt, "2"},
		{keepalivedMIB + ".2.3.1.27.1", "1"}, {keepalivedMIB + ".2.3.1.28.1", "1"}, {keepalivedMIB + ".2.3.1.29.1", "1"}, {keepalivedMIB + ".2.3.1.33.1", "1"},
		{keepalivedMIB + ".2.3.1.4.1", "1"},
	} {
		said := a.set(x[0], x[1])
		// net-snmp has two names for what was never writable.
		out = append(out, x[0]+" = "+x[1]+": "+strings.Replace(said, "noAccess", "notWritable", 1))
	}
	d.Log.Wait("base priority changed from 100 to 77 via SNMP")
	d.Log.Wait("preemption disabled with SNMP")
	a.waitValue(priority, "77")
	a.waitValue(keepalivedMIB+".2.3.1.8.1", "77")
	a.waitValue(preempt, "2")
	frames.Wait(lab.Patience, "adverts with the new priority", lab.From(n), lab.VRID(3), lab.Priority(77))
	return out
}

// TestSetAtomic: of two values of which one is refused, none is set.
func TestSetAtomic(t *testing.T) {
	l := lab.New(t)
	n := l.Node("router")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	a := newAgent(t, n)
	d := n.Daemon(lab.Ours(t), setConfig)
	d.WaitState("V", "MASTER")
	priority, preempt := keepalivedMIB+".2.3.1.7.1", keepalivedMIB+".2.3.1.13.1"
	for _, bad := range []string{"0", "255", "300", "-1"} {
		if out, err := a.ask("snmpset", preempt, "i", "2", priority, "i", bad); err == nil || !strings.Contains(out, "wrongValue") {
			t.Errorf("priority %s: %v %s", bad, err, out)
		}
	}
	for oid, want := range map[string]string{priority: "100", preempt: "1"} {
		if got, _ := a.get(oid); got != want {
			t.Errorf("%s is %s", oid, got)
		}
	}
	if out, err := a.ask("snmpset", preempt, "i", "2", priority, "i", "90"); err != nil {
		t.Errorf("both: %v %s", err, out)
	}
	a.waitValue(priority, "90")
	a.waitValue(preempt, "2")
	d.Reload() // what was set lasts until then
	d.Log.Wait("Reload complete")
	a.waitValue(priority, "100")
	a.waitValue(preempt, "1")
}

// TestOptions switches everything on by the command line.
func TestOptions(t *testing.T) {
	l := lab.New(t)
	n := l.Node("router")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	a := newAgent(t, n)
	_, instance, _ := strings.Cut(setConfig, "}")
	n.Daemon(lab.Ours(t), instance, lab.Args("-x", "-A", "unix:"+agentxSocket))
	a.waitValue(keepalivedMIB+".2.3.1.4.1", "2")
	a.waitValue(vrrp3MIB+".1.1.1.1.6.2.3.1", "3")
	a.waitValue(vrrpMIB+".1.1.0", "2")
}
