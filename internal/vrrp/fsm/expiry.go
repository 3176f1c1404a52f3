package fsm

import "net/netip"

// mainTimer is the next advert of a master, or the end of a backup's patience.
func (m *Machine) mainTimer(i *instance) {
	switch i.state {
	case StateMaster:
		if m.steppedDownLate(i) {
			return
		}
		m.sendAdvert(i, i.priority)
		m.repeat(i.timer(timerMain), i.p.AdvertInt)
		m.ownAdvertSent(i)
	case StateBackup:
		if m.excused(i) {
			return
		}
		m.detailf(i, "(%s) Receive advertisement timeout", i.p.Name)
		m.takeOver(i, i.nextCause)
	}
}

// takeOver makes a backup the master, if its sync group wants that as well.
func (m *Machine) takeOver(i *instance, cause Cause) {
	i.want = StateMaster
	if !i.group.wantsMaster(i) {
		i.adverts, i.followed = i.p.DownTimerAdverts, netip.Addr{}
		m.start(i, timerMain, i.patience())
		return
	}
	m.becomeMaster(i, cause)
	m.syncMaster(i, cause)
}

// steppedDownLate is timer_expired_backup: a master that was not scheduled for
// so long that another router must have taken over makes way by itself.
func (m *Machine) steppedDownLate(i *instance) bool {
	if i.p.TimerExpiredBackup == 0 || !i.advertised ||
		m.now.sub(i.lastAdvert) < lateLimit(i.p.Version, i.p.TimerExpiredBackup, i.p.AdvertInt) {
		return false
	}
	late := m.now.sub(i.timer(timerMain).at).Microseconds()
	m.logf(i, "VRRP thread timer expired %d.%06d seconds ago", late/1_000_000, late%1_000_000)
	m.becomeBackup(i, CauseLate, false)
	m.syncBackup(i, CauseLate)
	return true
}

// startupDone ends the startup delay; the timers of all instances have been
// set to run from now.
func (m *Machine) startupDone() {
	if !m.startupCut { // else the reload has said so
		m.plainf("Delayed start completed")
	}
	m.effects = append(m.effects, Effect{Kind: StartupDone, Instance: None, Group: None})
}
