package snmp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

const trapsConfig = `
global_defs {
    router_id lab1
    enable_traps
    enable_snmp_vrrp
    enable_snmp_rfc
    snmp_socket unix:/run/agentx/master
}
vrrp_sync_group G {
    group {
        V2
    }
}
vrrp_instance V2 {
    interface eth0
    virtual_router_id 2
    version 2
    state MASTER
    priority 100
    virtual_ipaddress {
        192.0.2.100/24
    }
}
vrrp_instance V3 {
    interface eth0
    virtual_router_id 3
    version 3
    priority 100
    virtual_ipaddress {
        192.0.2.101/24
    }
}
`

// TestSameTraps compares what both daemons notify of from their start to their
// stop, with a fault in between.
func TestSameTraps(t *testing.T) {
	ours, c := notified(t, lab.Ours(t)), notified(t, lab.CKeepalived(t))
	for _, who := range []string{"V2", "V3", "G", "RFC 2787", "RFC 6527 V2", "RFC 6527 V3"} {
		if diff := cmp.Diff(c[who], ours[who]); diff != "" || len(ours[who]) == 0 {
			t.Errorf("%s: C - ours +\n%s%q", who, diff, ours[who])
		}
	}
}

// notified is the notifications about each thing, in order.
func notified(t *testing.T, p lab.Program) map[string][]string {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	link := l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	a := newAgent(t, n)
	d := n.Daemon(p, trapsConfig)
	for _, name := range []string{"V2", "V3"} {
		d.WaitState(name, "MASTER")
	}
	masters := func(mark int) {
		for _, text := range []string{
			vrrp3MIB + ".0.1\t" + vrrp3MIB + ".1.1.1.1.3.2.2.1", vrrp3MIB + ".0.1\t" + vrrp3MIB + ".1.1.1.1.3.2.3.1",
			vrrpMIB + ".0.1\t", groupIs("2"),
		} {
			a.traps.WaitSince(mark, lab.Patience, text)
		}
	}
	masters(0)
	mark := a.traps.Mark()
	link.Down()
	for _, text := range []string{instanceIs("V2", "3"), instanceIs("V3", "3"), groupIs("3")} {
		a.traps.WaitSince(mark, lab.Patience, text)
	}
	mark = a.traps.Mark()
	link.Up()
	masters(mark)
	d.Stop()
	for _, text := range []string{instanceIs("V2", "5"), instanceIs("V3", "5"), groupIs("5")} {
		a.traps.Wait(text)
	}
	out := map[string][]string{}
	for _, line := range a.traps.Since(0) {
		if who := about(line.Text); who != "" {
			_, text, _ := strings.Cut(line.Text, "\t") // the time
			out[who] = append(out[who], text)
		}
	}
	return out
}

// instanceIs and groupIs are parts of the lines about a new state.
func instanceIs(name, state string) string {
	return keepalivedMIB + `.2.3.1.2 = "` + name + "\"\t" + keepalivedMIB + ".2.3.1.4 = " + state
}

func groupIs(state string) string { return keepalivedMIB + ".2.1.1.3 = " + state }

// about is whom a notification is about.
func about(line string) string {
	for what, who := range map[string]string{
		keepalivedMIB + ".2.1.1.2 = ": "G", keepalivedMIB + `.2.3.1.2 = "V2"`: "V2", keepalivedMIB + `.2.3.1.2 = "V3"`: "V3",
		vrrpMIB + ".0.": "RFC 2787", vrrp3MIB + ".1.1.1.1.3.2.2.1": "RFC 6527 V2", vrrp3MIB + ".1.1.1.1.3.2.3.1": "RFC 6527 V3",
	} {
		if strings.Contains(line, what) {
			return who
		}
	}
	return ""
}
