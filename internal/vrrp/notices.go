package vrrp

import (
	"sync/atomic"

	"keepalived/internal/notify"
	"keepalived/internal/vrrp/fsm"
)

// notifyEffect queues notifications behind the kernel work of the instance: a
// script may rely on the addresses.
func (l *loop) notifyEffect(in *instance, e fsm.Effect) {
	conf, n, bus := in.conf, l.notify, l.bus
	event := notify.Event{Kind: notify.Instance, Name: conf.Name, State: e.State.String(), Priority: int(e.Priority)}
	var job func()
	switch e.Kind {
	case fsm.StateChanged:
		l.subagent.entered(in, e.State, l.now)
		return
	case fsm.Notify:
		traps := l.trapsOf(in, &e)
		job = func() {
			n.tell(notice{
				event: event, scripts: conf.Notify, deleted: conf.NotifyDeletedScript,
				alert: conf.SMTPAlert, fifoOnly: e.FIFOOnly,
			})
			if !e.FIFOOnly {
				bus.Changed(busInstance(conf, e.State))
			}
			traps()
		}
	case fsm.NotifyRxLowerPri:
		event.State = "MASTER_RX_LOWER_PRI"
		job = func() {
			n.run(event.Key()+" rx", conf.NotifyMasterRxLowerPri)
			n.line(event)
		}
	case fsm.NotifyPriority:
		event.State += "_PRIORITY"
		job = func() { n.line(event) }
	default:
		return
	}
	l.worker.add(int(in.id), taskFunc(job))
}

// groupEffect notifies a group when the work of all its members that was
// ordered before has been done.
func (l *loop) groupEffect(e fsm.Effect) {
	g, ok := l.groups[e.Group]
	if !ok || e.Kind != fsm.Notify {
		return
	}
	x := notice{
		event:   notify.Event{Kind: notify.Group, Name: g.conf.Name, State: e.State.String()},
		scripts: g.conf.Notify, alert: g.conf.SMTPAlert, fifoOnly: e.FIFOOnly,
	}
	n, traps := l.notify, l.groupTraps(g.conf.Name, &e)
	left := new(atomic.Int32)
	left.Store(int32(len(g.members)))
	for _, id := range g.members {
		l.worker.add(int(id), taskFunc(func() {
			if left.Add(-1) == 0 {
				n.tell(x)
				traps()
			}
		}))
	}
}
