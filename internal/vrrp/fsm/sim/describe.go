package sim

import (
	"fmt"

	"keepalived/internal/vrrp/fsm"
)

var scopes = map[fsm.Scope]string{fsm.ScopeAll: "all", fsm.ScopeAdded: "added", fsm.ScopeExtraIf: "extra interfaces"}

var causes = map[fsm.Cause]string{
	fsm.CausePriority: "master resigned", fsm.CausePreempted: "preempted", fsm.CauseNoResponse: "no response",
	fsm.CauseHigher: "higher heard", fsm.CauseFault: "fault", fsm.CauseRecovered: "recovered", fsm.CauseGroup: "group",
	fsm.CauseLost: "addresses lost", fsm.CauseLate: "late", fsm.CauseStart: "start", fsm.CauseResumed: "resumed",
	fsm.CauseStop: "stop", fsm.CauseDeleted: "deleted",
}

// describe is one line for an effect.
func (r *Router) describe(e fsm.Effect, name string) string {
	if name == "" {
		name = r.groupName(e.Group)
	}
	switch e.Kind {
	case fsm.SendAdvert:
		return fmt.Sprintf("%s: send %d", name, e.Priority)
	case fsm.Acquire:
		return name + ": acquire"
	case fsm.Release:
		if e.Forced {
			return name + ": release leftovers"
		}
		return name + ": release"
	case fsm.Announce:
		return fmt.Sprintf("%s: announce %s x%d", name, scopes[e.Scope], e.Repeat)
	case fsm.CancelAnnounce:
		return name + ": cancel announcements"
	case fsm.AnnounceSource:
		return fmt.Sprintf("%s: announce source %s", name, e.Source)
	case fsm.Notify:
		fifo := ""
		if e.FIFOOnly {
			fifo = " (FIFO only)"
		}
		return fmt.Sprintf("%s: notify %s %d%s", name, e.State, e.Priority, fifo)
	case fsm.NotifyRxLowerPri:
		return name + ": notify MASTER_RX_LOWER_PRI"
	case fsm.NotifyPriority:
		return fmt.Sprintf("%s: notify priority %d in %s", name, e.Priority, e.State)
	case fsm.StateChanged:
		return fmt.Sprintf("%s: %s -> %s, %s", name, e.From, e.State, causes[e.Cause])
	case fsm.LVSSync:
		return fmt.Sprintf("%s: IPVS sync daemon %s", name, e.State)
	case fsm.SyncAHSequence:
		return name + ": synchronise AH sequence"
	case fsm.Log:
		if e.Detail {
			return "detail " + e.Text
		}
		return "log " + e.Text
	case fsm.StartupDone:
		return "startup done"
	case fsm.Forget:
		return name + ": forget"
	}
	return fmt.Sprintf("effect %d", e.Kind)
}

func (r *Router) groupName(id fsm.GroupID) string {
	for _, g := range r.Machine.Groups() {
		if id == g.ID {
			return "group " + g.Name
		}
	}
	return "nobody"
}
