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
		l.stopSync()
		l.closeKernelSide()
		l.notify.Close(stopScriptsLimit)
		l.bus.Close(busGoodBye)
		l.subagent.close()
		l.inbox.post(stopped{})
	}()
}

// closeKernelSide removes interfaces and rules when the worker has nothing more
// to do. Addresses that stay need both.
func (l *loop) closeKernelSide() {
	l.kernel.pacer.close()
	l.kernel.devices.close(l.flags.KeepAddresses)
	if l.flags.KeepAddresses {
		return
	}
	if err := l.kernel.firewall.Close(); err != nil {
		l.log.Infof("%v", err)
	}
}
