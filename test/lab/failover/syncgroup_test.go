package failover

import (
	"fmt"

	"keepalived/test/lab"
)

const (
	otherVRID = 52
	otherVIP  = "198.51.100.100"
)

// syncGroup: a director with a leg in each of two networks gives up both when
// it loses one.
func syncGroup(r *pair) {
	wan := r.lab.Segment("wan")
	hi := wan.Attach(r.high.Node, "eth1", "198.51.100.1/24")
	wan.Attach(r.low.Node, "eth1", "198.51.100.2/24")
	for _, d := range []*director{r.high, r.low} {
		d.config += r.p.instance("VI_2", otherVRID, d.priority, "eth1", otherVIP, "") +
			"vrrp_sync_group VG_1 {\n    group {\n        VI_1\n        VI_2\n    }\n}\n"
	}
	r.startBoth()
	r.bothOn(r.high, r.low)
	for name, change := range map[string][2]func(){"cable": {hi.Unplug, hi.Plug}, "interface": {hi.Down, hi.Up}} {
		r.t.Logf("losing the second network: %s", name)
		change[0]()
		r.high.waitState(r.t, "VI_1", "FAULT")
		r.high.waitState(r.t, "VI_2", "FAULT")
		r.bothOn(r.low, r.high)
		r.inCharge(r.low, r.high)
		change[1]()
		r.bothOn(r.high, r.low)
		r.settled(r.high, r.low)
	}
	r.checkGroupNotice(r.high, "MASTER")
	r.checkGroupNotice(r.low, "BACKUP")
}

// bothOn waits until both addresses are on one director and not on the other.
func (r *pair) bothOn(has, hasNot *director) {
	r.t.Helper()
	has.WaitAddr(vip)
	has.WaitAddr(otherVIP)
	hasNot.WaitNoAddr(vip)
	hasNot.WaitNoAddr(otherVIP)
	has.waitState(r.t, "VI_2", "MASTER")
}

// checkGroupNotice waits for the group's line in the notify FIFO.
func (r *pair) checkGroupNotice(d *director, state string) {
	r.t.Helper()
	want := fmt.Sprintf("GROUP \"VG_1\" %s 0", state)
	lab.Wait(r.t, lab.Patience, d.Name+" notifies "+want, func() bool { return d.fifo.Count(0, want) > 0 })
}
