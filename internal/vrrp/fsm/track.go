package fsm

import (
	"math"
	"time"

	"keepalived/internal/vrrp/packet"
)

// tracker is a tracked object with its last result.
type tracker struct {
	id TrackerID
	p  Tracker
	s  TrackerStatus
	// assumed: a script that a reload has added counts as good until it has
	// run, so that running instances go on.
	assumed bool
}

// track is a Track of an instance, resolved.
type track struct {
	*tracker
	weight  int
	reverse bool
}

// maxWeight is the largest sum that a file can contribute; minus one more is a
// fault.
const maxWeight = 253

// contribution is what the last result adds to the priority, and whether it is
// a fault.
func (t track) contribution() (weight int, fault bool) {
	if t.p.Kind == TrackFile {
		return t.file()
	}
	if t.p.Kind == TrackScript && !t.s.Known {
		return 0, false
	}
	if t.weight == 0 {
		return 0, t.s.Up == t.reverse
	}
	if t.s.Up == (t.weight > 0) {
		return t.signed(t.weight), false
	}
	return 0, false
}

func (t track) file() (weight int, fault bool) {
	if s := t.fileStatus(); s >= -maxWeight {
		return int(min(s, maxWeight)), false
	}
	return 0, true
}

// fileStatus is the value multiplied with the weight; without weight a value
// that is not zero is -254.
func (t track) fileStatus() int64 {
	if t.weight != 0 {
		value := int64(min(max(t.s.Value, math.MinInt32), math.MaxInt32))
		return value * int64(t.signed(t.weight))
	}
	if (t.s.Value != 0) != t.reverse {
		return -maxWeight - 1
	}
	return 0
}

func (t track) signed(w int) int {
	if t.reverse {
		return -w
	}
	return w
}

// pending reports whether a script must run before the instance takes part.
func (t track) pending() bool {
	return t.p.Kind == TrackScript && !t.s.Known && !t.assumed && t.weight == 0
}

// weigh derives priority and tracker faults from the last results; nothing is
// accumulated, so no order of events can leave a remainder.
func (i *instance) weigh() (total int) {
	total = int(i.base)
	i.faultTracks, i.scriptsInit = 0, 0
	for _, t := range i.tracks {
		weight, fault := t.contribution()
		if fault {
			i.faultTracks++
		}
		if t.pending() {
			i.scriptsInit++
		}
		total += weight
	}
	return total
}

// resolveTracks applies the rules on weights: address owners have none, nor
// have members of a sync group without sync_group_tracking_weight, where
// interfaces count as faults and the rest is ignored.
func (m *Machine) resolveTracks(i *instance) {
	i.tracks = i.tracks[:0:0]
	for _, t := range i.p.Tracks {
		if t.Tracker < 0 || t.Tracker >= len(m.trackers) {
			continue
		}
		r := track{m.trackers[t.Tracker], t.Weight, t.Reverse}
		if r.weight != 0 && i.isAddressOwner() {
			continue
		}
		if r.weight != 0 && i.group != nil && !i.group.p.TrackingWeight {
			if r.p.Kind != TrackInterface {
				continue
			}
			r.weight = 0
		}
		i.tracks = append(i.tracks, r)
	}
}

func (m *Machine) trackerChanged(e TrackerChanged) {
	t := m.trackByID[e.Tracker]
	if t == nil || t.s == e.TrackerStatus {
		return
	}
	for _, i := range m.instances {
		i.was = i.condition()
	}
	old := t.s
	t.s = e.TrackerStatus
	for _, i := range m.instances {
		if i.trackOf(t) == nil {
			continue
		}
		if t.p.Kind == TrackFile && m.fileTurned(i, t, old) {
			continue
		}
		if t.p.Kind == TrackBFD && old.Up != t.s.Up {
			m.logf(i, "VRRP_Instance(%s) Tracked BFD instance %s is %s", i.p.Name, t.p.Name, upDown(t.s.Up))
		}
		m.reweigh(i)
	}
	m.reconsiderAll(t)
}

// reconsiderAll acts on the instances that track t, members of a group that
// recover together only once all of them have been weighed.
func (m *Machine) reconsiderAll(t *tracker) {
	for _, i := range m.instances {
		if i.trackOf(t) != nil {
			m.reconsider(i, i.was)
		}
	}
}

func (i *instance) trackOf(t *tracker) *track {
	for k := range i.tracks {
		if i.tracks[k].tracker == t {
			return &i.tracks[k]
		}
	}
	return nil
}

// fileTurned carries out that a file has become a fault or has ceased to be one,
// and reports whether it has. The log then tells of the priority in other words,
// or not at all.
func (m *Machine) fileTurned(i *instance, t *tracker, old TrackerStatus) bool {
	r := *i.trackOf(t)
	weight, is := r.contribution()
	r.tracker = &tracker{p: t.p, s: old}
	_, was := r.contribution()
	if is == was {
		return false
	}
	patience := i.patience()
	m.changePriority(i, i.priority, false)
	m.moveMain(i, patience)
	if is {
		m.detailf(i, "(%s): tracked file %s now FAULT state", i.p.Name, t.p.Name)
		return true
	}
	m.detailf(i, "(%s): tracked file %s leaving FAULT state", i.p.Name, t.p.Name)
	if weight != 0 {
		m.detailf(i, "(%s) Setting effective priority to %d", i.p.Name, i.priority)
	}
	return true
}

func upDown(up bool) string {
	if up {
		return "UP"
	}
	return "DOWN"
}

// reweigh recomputes the effective priority. A backup's timer moves with its
// skew time.
func (m *Machine) reweigh(i *instance) {
	old := i.patience()
	m.setPriority(i)
	m.moveMain(i, old)
}

// setPriority applies the weights. They do not count for an address owner,
// whose 254 is the answer to another owner.
func (m *Machine) setPriority(i *instance) {
	m.changePriority(i, i.priority, true)
}

// resetPriority is setPriority after a reload: the log tells what the weights
// make of the configured priority, as at the start.
func (m *Machine) resetPriority(i *instance) { m.changePriority(i, i.base, true) }

func (m *Machine) changePriority(i *instance, from uint8, tell bool) {
	total := i.weigh()
	if i.isAddressOwner() {
		return
	}
	i.total = total
	p := uint8(min(max(total, 1), packet.PriorityOwner-1))
	if p != from && tell {
		m.logf(i, "(%s) Changing effective priority from %d to %d", i.p.Name, from, p)
	}
	if p == i.priority {
		return
	}
	i.priority = p
	if i.p.NotifyPriorityChanges {
		m.emit(i, Effect{Kind: NotifyPriority, State: i.state, Priority: p})
	}
}

// moveMain shifts a backup's deadline by what its patience has changed. One that
// is over by that is over now: it is not served late, see excused.
func (m *Machine) moveMain(i *instance, old time.Duration) {
	if t := i.timer(timerMain); i.state == StateBackup && t.running() {
		m.timers.set(t, max(t.at.add(i.patience()-old), min(t.at, m.now)))
	}
}

func (m *Machine) priorityChanged(e PriorityChanged) {
	i := m.byID[e.Instance]
	if i == nil || i.isAddressOwner() || e.Priority == 0 || e.Priority == packet.PriorityOwner || e.Priority == i.base {
		return
	}
	m.logf(i, "(%s) base priority changed from %d to %d via SNMP.", i.p.Name, i.base, e.Priority)
	i.base = e.Priority
	m.reweigh(i)
}

func (m *Machine) preemptChanged(e PreemptChanged) {
	i := m.byID[e.Instance]
	if i == nil || i.p.NoPreempt == !e.Preempt {
		return
	}
	word := "disabled"
	if e.Preempt {
		word = "enabled"
	}
	m.logf(i, "(%s) preemption %s with SNMP", i.p.Name, word)
	i.p.NoPreempt = !e.Preempt
}
