package check

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

const marksConf = `global_defs {
	nftables_ipvs marktable
	nftables_ipvs_start_fwmark 500
	state_dump_file %[1]s/state.txt
}
virtual_server_group G {
	10.0.1.1 80
	10.0.1.254-10.0.2.1 81
	%[2]s
}
virtual_server_group M {
	10.0.3.1 80
	fwmark 7
}
virtual_server group G {
	protocol TCP
	lvs_sched rr
	lvs_method TUN
	real_server 10.1.0.1 80 {
	}
}
virtual_server group G {
	protocol UDP
	lvs_sched rr
	lvs_method TUN
	real_server 10.1.0.1 80 {
	}
}
virtual_server group M {
	delay_loop 1
	protocol TCP
	lvs_sched rr
	lvs_method DR
	real_server 10.1.0.1 80 {
	}
}`

// TestMarkedGroups: a group is one service for each family and protocol, whose
// packets nftables marks; a group with a mark of its own stays as it is.
func TestMarkedGroups(t *testing.T) {
	needNamespace(t)
	k := newTestKernel(t)
	dir := t.TempDir()
	c := startChild(t, k, Flags{}, fmt.Sprintf(marksConf, dir, "2001:db8::1 80"))
	both := []string{"10.0.3.1:tcp:80 rr", " 10.1.0.1:80 dr 1", "Fwm 500 inet6 rr", " 10.1.0.1:0 tun 1", "Fwm 500 rr", " 10.1.0.1:0 tun 1",
		"Fwm 501 inet6 rr", " 10.1.0.1:0 tun 1", "Fwm 501 rr", " 10.1.0.1:0 tun 1", "Fwm 7 rr", " 10.1.0.1:0 dr 1"}
	c.waitTable(both...)
	got := nftables(t)
	for _, want := range []string{
		"table ip marktable {", "table ip6 marktable {", "10.0.1.1 . 80", "10.0.1.254-10.0.2.1 . 81", "2001:db8::1 . 80", "map udp_map",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if err := unix.Kill(os.Getpid(), unix.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "marks in the data file", func() bool {
		data, _ := os.ReadFile(filepath.Join(dir, "state_check.txt"))
		return strings.Contains(string(data), "\n  Fwmark TCP: 500 UDP: 501 SCTP: 0\n")
	})
	eventually(t, "marks with the parent", func() bool { return strings.Contains(string(c.held()), `"Mark":501`) })

	if out, err := exec.Command("nft", "flush ruleset").CombinedOutput(); err != nil {
		t.Fatalf("nft flush ruleset: %v: %s", err, out)
	}
	eventually(t, "tables that somebody has removed", func() bool {
		got := nftables(t)
		return strings.Contains(got, "10.0.1.254-10.0.2.1 . 81") && strings.Contains(got, "2001:db8::1 . 80")
	})
	c.waitLog("The nftables table marktable was removed by somebody else: putting it back")

	// Without its IPv6 address the group has no IPv6 services.
	c.reload(fmt.Sprintf(marksConf, dir, ""))
	c.waitTable("10.0.3.1:tcp:80 rr", " 10.1.0.1:80 dr 1", "Fwm 500 rr", " 10.1.0.1:0 tun 1", "Fwm 501 rr", " 10.1.0.1:0 tun 1",
		"Fwm 7 rr", " 10.1.0.1:0 dr 1")
	eventually(t, "nftables", func() bool { return !strings.Contains(nftables(t), "2001:db8::1") })
	c.stop()
	if got := nftables(t); strings.Contains(got, "marktable") {
		t.Errorf("left behind: %s", got)
	}
}

// TestMarksStay: the first TCP user of a group goes, the mark of UDP stays.
func TestMarksStay(t *testing.T) {
	dir := t.TempDir()
	conf := parse(t, fmt.Sprintf(marksConf, dir, ""))
	first := marks{}.allot(conf)
	fewer := *conf
	fewer.LVS.VirtualServers = conf.LVS.VirtualServers[1:]
	second := first.allot(&fewer)
	again := second.allot(conf)
	udp, tcp := markKey{"G", conf.LVS.VirtualServers[1].Protocol}, markKey{"G", conf.LVS.VirtualServers[0].Protocol}
	if first.of[tcp] != 500 || first.of[udp] != 501 || second.of[udp] != 501 || second.of[tcp] != 0 || again.of[tcp] != 502 {
		t.Errorf("marks are %v, then %v, then %v", first.of, second.of, again.of)
	}
	if h := (&topology{marks: second}).held(); !cmp.Equal(h.marks().of, second.of) || h.marks().next != 502 {
		t.Errorf("a successor has %+v", h.marks())
	}
}

func nftables(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("nft", "list", "ruleset").CombinedOutput()
	if err != nil {
		t.Fatalf("nft: %v\n%s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
