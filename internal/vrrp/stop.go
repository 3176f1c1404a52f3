package vrrp

import (
	"time"

	"keepalived/internal/vrrp/fsm"
)

// stopScriptsLimit is how long STOP scripts may run before they are killed.
const stopScriptsLimit = time.Second

// stop resigns, orders the removal of everything and ends the loop when that
// has been done. The loop goes on meanwhile, so that the parent sees it alive.
func (l *loop) stop() {
	if l.stopping {
		return
	}
	l.stopping = true
	l.step(fsm.Stop{})
	l.removeStatics()
	l.stopTracking()
	l.worker.stop()
	go func() {
		<-l.worker.idle
		l.kernel.devices.close(l.flags.KeepAddresses)
		l.notify.close(stopScriptsLimit)
		l.inbox.post(stopped{})
	}()
}
