package snmp

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

const badConfig = `
global_defs {
    enable_traps
    enable_snmp_rfc
    snmp_socket unix:/run/agentx/master
}
vrrp_instance V2 {
    interface eth0
    virtual_router_id 2
    version 2
    priority 100
    authentication {
        auth_type PASS
        auth_pass PASSWORD
    }
    virtual_ipaddress {
        192.0.2.100/24
    }
}
vrrp_instance V3 {
    interface eth0
    virtual_router_id 3
    version VERSION
    priority 100
    virtual_ipaddress {
        192.0.2.101/24
    }
}
`

// TestBadAdverts has a neighbour with another password and another version.
func TestBadAdverts(t *testing.T) {
	ours, c := complaints(t, lab.Ours(t)), complaints(t, lab.CKeepalived(t))
	if diff := cmp.Diff(c, ours); diff != "" {
		t.Errorf("C - ours +\n%s", diff)
	}
}

// complaints is the first notification of each sort, and what the tables say.
func complaints(t *testing.T, p lab.Program) (out []string) {
	t.Helper()
	l := lab.New(t)
	n, other := l.Node("router-"+p.Name), l.Node("other")
	lan := l.Segment("lan")
	lan.Attach(n, "eth0", "192.0.2.1/24")
	lan.Attach(other, "eth0", "192.0.2.2/24")
	a := newAgent(t, n)
	n.Daemon(p, strings.NewReplacer("PASSWORD", "one", "VERSION", "3").Replace(badConfig))
	other.Daemon(lab.Ours(t), strings.NewReplacer("PASSWORD", "two", "VERSION", "2").Replace(badConfig))
	for _, trap := range []string{vrrpMIB + ".0.2\t", vrrp3MIB + ".0.2\t"} {
		line := a.traps.Wait(trap)
		_, text, _ := strings.Cut(line.Text, "\t")
		out = append(out, text)
	}
	if !p.IsC { // 2.2.7 does not count all of them
		counted(t, a)
	}
	return out
}

func counted(t *testing.T, a *agent) {
	t.Helper()
	a.waitValue(vrrp3MIB+".1.2.5.1.6.2.3.1", "2")
	for what, oid := range map[string]string{
		"authentication failures": vrrpMIB + ".2.4.1.4.2.2", "version errors": vrrp3MIB + ".1.2.2.0",
	} {
		lab.Wait(t, lab.Patience, what+" are counted", func() bool {
			value, ok := a.get(oid)
			return ok && value != "0"
		})
	}
}

// TestComplaintsAreBounded: whoever sends ten bad adverts a second does not
// cause as many notifications.
func TestComplaintsAreBounded(t *testing.T) {
	l := lab.New(t)
	n, other := l.Node("router"), l.Node("other")
	lan := l.Segment("lan")
	lan.Attach(n, "eth0", "192.0.2.1/24")
	lan.Attach(other, "eth0", "192.0.2.2/24")
	a := newAgent(t, n)
	frames := lan.Capture()
	start := time.Now()
	n.Daemon(lab.Ours(t), strings.NewReplacer("PASSWORD", "one", "VERSION", "2").Replace(badConfig))
	other.Daemon(lab.Ours(t), strings.NewReplacer("PASSWORD", "one", "VERSION", "3\nadvert_int 0.1").Replace(badConfig))
	const trap = vrrp3MIB + ".0.2\t"
	lab.Wait(t, lab.Patience, "three notifications", func() bool { return a.traps.Count(0, trap) >= 3 })
	bad, told := len(frames.Select(lab.From(other), lab.VRID(3))), a.traps.Count(0, trap)
	if most := int(time.Since(start)/time.Second) + 1; told > most || bad < 2*told {
		t.Errorf("%d notifications in %v about %d bad adverts", told, time.Since(start), bad)
	}
}
