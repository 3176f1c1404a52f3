package check

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

// carryOut does what the topology wants done. settled: IPVS gets the whole table
// at once, single changes of it are left out.
func (l *loop) carryOut(effects []effect, settled bool) {
	if len(effects) == 0 {
		return
	}
	n := l.notify
	l.subagent.changes.Add(1)
	deaf := n.deaf() && l.subagent.agent == nil
	for i := range effects {
		e := &effects[i]
		switch e.kind {
		case doSay:
			l.log.Info(e.text)
		case doDetail:
			l.log.Detailf("%s", e.text)
		case doSync:
			if !settled {
				l.sync(e.v)
			}
		case doTellReal:
			conf, up := e.r.conf, e.up
			if deaf && conf.Extra == nil {
				continue
			}
			server, service := e.r.name(), e.v.name()
			send := l.notification(e)
			l.keeper.add(job{after: func() { n.real(conf, server, service, up); send() }})
		case doTellVirtual:
			conf, up := e.v.conf, e.up
			if deaf && conf.Extra == nil && !conf.SMTPAlert {
				continue
			}
			body := e.body()
			send := l.notification(e)
			l.keeper.add(job{after: func() { n.virtual(conf, up, body); send() }})
		case doNotify:
			l.keeper.add(job{after: l.notification(e)})
		case doMail:
			if e.r.conf.SMTPAlert {
				server, service, up, body := e.r.name(), e.v.name(), e.up, e.text
				l.keeper.add(job{after: func() { n.mail(server, service, up, body) }})
			}
		}
	}
}

// sync orders the servers that a virtual server wants now.
func (l *loop) sync(v *virtual) { l.keeper.add(job{put: l.topology.wanted(v)}) }

// reload reads the new configuration beside the loop.
func (l *loop) reload(m link.Message) {
	l.log.Infof("Reloading")
	hoard()
	go func() {
		defer m.Part.Close()
		conf, err := link.DecodePart[config.Config](m.Part)
		if err != nil {
			l.inbox <- func() { l.notReloaded(err) }
			return
		}
		files, print := readFiles(&conf), fingerprint(m.Part)
		l.inbox <- func() { l.reconfigure(&conf, files, print) }
	}()
}

func (l *loop) notReloaded(err error) {
	l.log.Errf("Reloading: %v; the old configuration goes on", err)
	collect(laterGC(&l.conf.LVS))
	_ = l.link.ReloadDone(err.Error())
}

// reconfigure makes a new configuration the current one.
func (l *loop) reconfigure(conf *config.Config, files map[string]int, print uint64) {
	if !l.stopping {
		l.save(l.saves.Before(&l.conf.Global, "check"))
		l.log.Debugf("Reinitializing ipvs")
		old := l.topology
		l.topology = old.reload(l.conf, conf, files)
		l.forgetSessions(conf)
		l.topology.sessionsKnown(l.sessions)
		l.retire(old)
		l.conf, l.fingerprint = conf, print
		wanted, marks := l.topology.table(), l.topology.marks
		l.keeper.add(job{do: func(k *keeper) {
			k.configure(conf, marks)
			k.replace(wanted)
			k.mark(marks.elements(conf))
			k.patrol.set(shortestLoop(conf), time.Now())
		}})
		l.keeper.add(job{after: l.tableReady(conf)}) // timeouts may have been changed
		l.notify.Reconfigure(&conf.Global)
		l.carryOut(l.topology.take(), true)
		l.lab.client = clientTLS(l.log, conf.LVS.SSL)
		l.accompany()
		l.register()
		l.save(l.saves.After(&l.conf.Global, "check"))
	}
	_ = l.link.ReloadDone("")
}

// retire ends the checks of a topology.
func (l *loop) retire(t *topology) {
	for _, v := range t.virtuals {
		v.retired = true
		for _, r := range v.reals {
			for _, c := range r.checks {
				switch {
				case c.probe == nil:
				case c.run.going:
					c.probe.cancel()
				default:
					c.probe.release()
				}
			}
		}
	}
}

// stopScriptsLimit is how long notify scripts may run at the end.
const stopScriptsLimit = time.Second

// stop takes everything back and ends the loop when that has been done. The loop
// goes on meanwhile, so that the parent sees it alive.
func (l *loop) stop() {
	if l.stopping {
		return
	}
	l.stopping = true
	l.retire(l.topology)
	l.files.end()
	l.suspend.end()
	l.lab.close()
	if !l.flags.KeepIPVS {
		flush := l.conf.Global.IPVS.FlushOnStop
		n := l.notify
		l.keeper.add(job{do: func(k *keeper) {
			k.clear(flush)
			n.leaving.Store(true)
		}})
		l.topology.leave(flush != config.FlushOff)
		l.carryOut(l.topology.take(), true)
	}
	l.keeper.add(job{do: (*keeper).restore})
	l.keeper.stop()
	go func() {
		<-l.keeper.done
		l.notify.Close(stopScriptsLimit)
		l.subagent.close()
		l.pings.restore()
		l.inbox <- func() { l.done = true }
	}()
}
