package surface

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

var seed = flag.Uint64("seed", 0, "of TestLastCallTellsTheFinalState; 0: another one each time")

const notifying = `
global_defs {
    enable_script_security
    script_user root
    vrrp_notify_fifo /run/lab/fifo
    vrrp_notify_fifo_script /run/lab/reader.sh
}
vrrp_instance V {
    interface eth0
    state MASTER
    virtual_router_id 10
    priority 150
    advert_int 0.05
    version 3
    notify_master "/run/lab/call.sh master"
    notify_backup "/run/lab/call.sh backup"
    notify_fault "/run/lab/call.sh fault"
    notify "/run/lab/call.sh any"
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

// callScript says which state it was called for when it is done, which takes
// longer for some states than for others.
const callScript = `#!/bin/sh
case $1$4 in
master|anyMASTER) sleep 0.05;;
fault|anyFAULT) sleep 0.02;;
esac
echo $1 $4 >>/run/lab/calls
`

const readerScript = `#!/bin/sh
echo started >>/run/lab/readers
while read line; do echo "$line" >>/run/lab/lines; done <"$1"
`

// TestLastCallTellsTheFinalState flaps a link at random, faster than scripts can
// follow. What the scripts have done last is about the final state. A reload
// then calls nothing and leaves the reader of the FIFO alone.
func TestLastCallTellsTheFinalState(t *testing.T) {
	l := lab.New(t)
	n := l.Node("router")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	n.WriteFile("/run/lab/call.sh", callScript, 0o755)
	n.WriteFile("/run/lab/reader.sh", readerScript, 0o755)
	d := n.Daemon(lab.Ours(t), notifying)
	d.WaitState("V", "MASTER")
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("-seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 0))
	settled := func(state string) []string {
		specific := strings.ToLower(state)
		var calls []string
		lab.Wait(t, lab.Patience, "the last calls tell "+state, func() bool {
			text, _ := n.ReadFile("/run/lab/calls")
			calls = strings.Split(strings.TrimSpace(text), "\n")
			last := slices.Sorted(slices.Values(calls[max(0, len(calls)-2):]))
			return slices.Equal(last, []string{"any " + state, specific}) && !strings.Contains(n.Run("sh", "-c", "ps -e -o args || true"), "call.sh")
		})
		return calls
	}
	for range 4 {
		for range 1 + random.IntN(15) {
			for _, to := range []string{"down", "up"} {
				n.Run("ip", "link", "set", "eth0", to)
				time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
			}
		}
		n.Run("ip", "link", "set", "eth0", "down")
		d.WaitState("V", "FAULT")
		settled("FAULT")
		n.Run("ip", "link", "set", "eth0", "up")
		d.WaitState("V", "MASTER")
		settled("MASTER")
	}
	before := settled("MASTER")
	for range 3 {
		mark := d.Log.Mark()
		d.Reload()
		d.Log.WaitSince(mark, lab.Patience, "Reload complete")
	}
	n.Run("ip", "link", "set", "eth0", "down")
	d.WaitState("V", "FAULT")
	if after := settled("FAULT"); len(after) != len(before)+2 {
		t.Errorf("reloads have called scripts: %q after %q", after[len(before):], before[len(before)-2:])
	}
	if text, _ := n.ReadFile("/run/lab/readers"); text != "started\n" {
		t.Errorf("the reader of the FIFO was started again: %q", text)
	}
	lab.Wait(t, lab.Patience, "the reader hears of the last state", func() bool {
		text, _ := n.ReadFile("/run/lab/lines")
		return strings.HasSuffix(text, "INSTANCE \"V\" FAULT 150\n")
	})
}
