package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"keepalived/test/guest"
)

// besideConf is services of every kind without checkers: what the kernel gets
// from it does not depend on time.
const besideConf = `virtual_server_group G {
	10.0.1.1 80
	10.0.1.4-6 81
	10.0.5.1
	fwmark 7
}
virtual_server_group H {
	fd00::1 53
	fd00::10-12 53
}
virtual_server group G {
	lvs_sched wlc
	lvs_method DR
	protocol TCP
	real_server 10.1.0.1 80 {
		weight 10
	}
	real_server 10.1.0.2 {
		lvs_method NAT
	}
}
virtual_server group H {
	lvs_sched rr
	lvs_method NAT
	protocol UDP
	real_server fd01::1 53 {
	}
}
virtual_server fwmark 1 {
	lvs_sched sh
	sh-port
	sh-fallback
	lvs_method DR
	real_server 10.1.0.1 {
	}
}
virtual_server fwmark 2 {
	lvs_sched mh
	mh-port
	mh-fallback
	lvs_method NAT
	real_server fd01::1 53 {
	}
}
virtual_server 10.0.0.10 0 {
	lvs_sched rr
	lvs_method NAT
	protocol TCP
	real_server 10.1.0.1 80 {
		weight 0
	}
}
virtual_server 10.0.0.11 53 {
	lvs_sched rr
	lvs_method NAT
	protocol UDP
	ops
	flag-1
	flag-3
	real_server 10.1.0.1 53 {
		uthreshold 20
		lthreshold 10
	}
	sorry_server 10.1.0.9 53
	sorry_server_inhibit
}
virtual_server 10.0.0.12 80 {
	lvs_sched wrr
	lvs_method TUN type gue port 5555 csum
	persistence_timeout 100
	persistence_granularity 255.255.255.0
	protocol SCTP
	real_server 10.1.0.1 80 {
	}
	real_server 10.1.0.2 80 {
		lvs_method TUN type gre csum
	}
	real_server 10.1.0.3 80 {
		lvs_method TUN type gue port 6666 remcsum
	}
	real_server 10.1.0.4 80 {
		lvs_method TUN
	}
}
virtual_server fd00::5 80 {
	lvs_sched wlc
	lvs_method NAT
	protocol TCP
	persistence_timeout 360
	persistence_granularity 64
	quorum 10
	sorry_server fd01::9 80
	real_server fd01::1 81 {
		weight 65536
	}
}
`

// saved is what ipvsadm says about the kernel's table, in a stable order.
func saved(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("ipvsadm", "-Sn").CombinedOutput()
	if err != nil {
		t.Fatalf("ipvsadm -Sn: %v: %s", err, out)
	}
	list := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(list)
	return list
}

// The kernel's table is the same as that which C keepalived makes of the same
// configuration.
func TestKernelBesideC(t *testing.T) {
	guest.Only(t, "TestInGuest")
	needNamespace(t)
	k := newTestKernel(t)
	file := filepath.Join(t.TempDir(), "beside.conf")
	if err := os.WriteFile(file, []byte(besideConf), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("/run", 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("keepalived", "-n", "-l", "-C", "-f", file)
	var log strings.Builder
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	services := func() int { return strings.Count(strings.Join(saved(t), "\n"), "-A ") }
	eventually(t, "C keepalived's table", func() bool { return services() == 16 })
	time.Sleep(300 * time.Millisecond) // the last destinations
	theirs := saved(t)
	if err := c.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if left := k.table(t); len(left) > 0 {
		t.Fatalf("C keepalived left %q", left)
	}
	startChild(t, k, Flags{}, besideConf)
	eventually(t, "our table", func() bool { return len(saved(t)) == len(theirs) })
	if diff := cmp.Diff(theirs, saved(t)); diff != "" {
		t.Errorf("C keepalived's and ours: %s\nlog of C keepalived:\n%s", diff, log.String())
	}
}
