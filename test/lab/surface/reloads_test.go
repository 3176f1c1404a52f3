package surface

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

var reloads = flag.Int("reloads", 300, "number of reloads in TestReloadsLeaveNothing")

const (
	// warmUp is how many reloads it takes until everything has been used.
	warmUp = 20
	// busy is how many checks and scripts may be under way when it is counted.
	busy = 3
	// memorySlack is what the resident memory of a process may differ by in bytes:
	// the collector's rhythm, not a leak.
	memorySlack = 12 << 20
)

// TestReloadsLeaveNothing switches to and fro between two configurations that
// have little in common. No process has more descriptors, goroutines or memory
// afterwards than after a few times. Run it with -reloads 10000 for the small leaks.
func TestReloadsLeaveNothing(t *testing.T) {
	few, many := usage(t, warmUp), usage(t, *reloads)
	for _, role := range []lab.Role{lab.Parent, lab.VRRP, lab.Checker, lab.BFD} {
		t.Logf("%s: %v after %d reloads, %v after %d", role, few[role], warmUp, many[role], *reloads)
		switch a, b := few[role], many[role]; {
		case b.descriptors > a.descriptors+busy:
			t.Errorf("%s: %d descriptors have become %d", role, a.descriptors, b.descriptors)
		case b.goroutines > a.goroutines+busy:
			t.Errorf("%s: %d goroutines have become %d:\n%s", role, a.goroutines, b.goroutines, b.stacks)
		case b.memory > a.memory+memorySlack:
			t.Errorf("%s: %d bytes have become %d", role, a.memory, b.memory)
		}
	}
}

type used struct {
	descriptors, goroutines int
	memory                  int64
	stacks                  string
}

func (u used) String() string {
	return fmt.Sprintf("%d descriptors, %d goroutines, %.1f MB", u.descriptors, u.goroutines, float64(u.memory)/1e6)
}

func usage(t *testing.T, n int) map[lab.Role]used {
	t.Helper()
	l := lab.New(t)
	router := l.Node("router")
	l.Segment("lan").Attach(router, "eth0", "192.0.2.1/24")
	newBus(t, router)
	router.FIFO("/run/lab/vrrp.fifo")
	router.FIFO("/run/lab/lvs.fifo")
	router.WriteFile("/run/lab/track", "1\n", 0o644)
	var configs [2]string
	for i, name := range []string{"testdata/reload.conf", "testdata/reload-other.conf"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		configs[i] = string(b)
	}
	d := router.Daemon(lab.Ours(t), configs[0], lab.Plain(), lab.Args("-n", "-l", "-G"))
	d.Log.Wait("Startup complete")
	for i := range 2 * ((n + 1) / 2) { // it ends as it began
		mark := d.Log.Mark()
		d.Configure(configs[(i+1)%2])
		d.Reload()
		d.Log.WaitSince(mark, lab.Patience, "Reload complete")
	}
	return measure(t, d)
}

// measure counts what the processes have when they have come to rest, and ends them.
func measure(t *testing.T, d *lab.Daemon) map[lab.Role]used {
	t.Helper()
	all := map[lab.Role]used{}
	for _, role := range []lab.Role{lab.BFD, lab.Checker, lab.VRRP, lab.Parent} {
		pid := d.Process(role).PID
		u := used{descriptors: least(t, func() int { return descriptors(pid) })}
		u.memory = d.Process(role).RSS()
		mark := d.Log.Mark()
		unix.Kill(pid, unix.SIGQUIT)
		// The runtime's registers end what it prints.
		d.Log.WaitSince(mark, lab.Patience, "rflags")
		for _, line := range d.Log.Since(mark) {
			u.stacks += line.Text + "\n"
		}
		// Those of the runtime come and go.
		for stack := range strings.SplitSeq(u.stacks, "\ngoroutine ") {
			if strings.Contains(stack, "\nkeepalived/") || strings.Contains(stack, "\ngithub.com/") {
				u.goroutines++
			}
		}
		all[role] = u
		if role != lab.Parent {
			d.Log.WaitSince(mark, lab.Patience, "Respawning")
		}
	}
	return all
}

func descriptors(pid int) int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries)
}

// least is the smallest of several counts: checks and scripts come and go.
func least(t *testing.T, count func() int) int {
	n, same := count(), 0
	lab.Wait(t, lab.Patience, "a count settles", func() bool {
		c := count()
		if c < n {
			n, same = c, 0
		}
		same++
		return same > 200
	})
	return n
}
