package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/notify"
	"keepalived/internal/vrrp/fsm"
)

// tracking is a vrrp_script that is being run.
type tracking struct {
	conf     config.TrackScript
	counter  *notify.Tracker // belongs to the loop
	schedule *notify.Schedule
}

// startTracking starts the scripts that somebody tracks and watches files.
func (l *loop) startTracking(p *prepared) {
	l.scripts = map[string]*tracking{}
	for _, s := range l.trackedScripts(p) {
		l.startScript(s, nil)
	}
	l.watchFiles(p, true)
	l.watchProcesses(p)
}

// trackedScripts is the scripts that an instance tracks; the others would run
// for nobody.
func (l *loop) trackedScripts(p *prepared) (out []config.TrackScript) {
	for _, s := range p.conf.VRRP.Scripts {
		if _, ok := l.trackerID(fsm.TrackScript, s.Name); ok {
			out = append(out, s)
		}
	}
	return out
}

func (l *loop) trackerID(kind fsm.TrackerKind, name string) (fsm.TrackerID, bool) {
	id, ok := l.trackerIDs[trackerKey{kind, name}]
	return id, ok
}

// startScript begins to run a script, with what was known of it before a reload.
func (l *loop) startScript(s config.TrackScript, old *notify.Tracker) {
	t := &tracking{conf: s, counter: notify.NewTracker(s.Name, s.Rise, s.Fall, s.InitFail)}
	if old != nil {
		if text := t.counter.Inherit(old); text != "" {
			l.log.Infof("%s", text)
		}
	}
	l.scripts[s.Name] = t
	t.schedule = l.notify.Runner.Every(notify.Periodic{
		Name: s.Name, Command: notify.Command(s.Script), Interval: s.Interval, Timeout: s.Timeout,
		Report: func(o notify.Outcome) { l.inbox.post(scriptResult{t, o}) },
	})
	if !t.counter.Pending() {
		l.scriptChanged(t)
	}
}

// scriptResult is the outcome of one run.
type scriptResult struct {
	of      *tracking
	outcome notify.Outcome
}

func (m scriptResult) handle(l *loop) {
	if l.scripts[m.of.conf.Name] != m.of || l.stopping {
		return // of a script that a reload has replaced
	}
	pending := m.of.counter.Pending()
	verdict, texts := m.of.counter.Apply(m.outcome)
	for _, text := range texts {
		l.log.Infof("%s", text)
	}
	if pending || verdict != notify.Unchanged {
		l.scriptChanged(m.of)
	}
}

func (l *loop) scriptChanged(t *tracking) {
	if id, ok := l.trackerID(fsm.TrackScript, t.conf.Name); ok {
		l.step(fsm.TrackerChanged{Tracker: id, TrackerStatus: fsm.TrackerStatus{Known: true, Up: t.counter.Up()}})
	}
}

// reconfigureTracking runs what the new configuration tracks. A script that has
// not changed keeps its results.
func (l *loop) reconfigureTracking(p *prepared) {
	old := l.scripts
	l.scripts = map[string]*tracking{}
	for _, s := range l.trackedScripts(p) {
		var counter *notify.Tracker
		if before, ok := old[s.Name]; ok && notify.Command(before.conf.Script).Equal(notify.Command(s.Script)) {
			counter = before.counter
		}
		if before, ok := old[s.Name]; ok {
			before.schedule.Stop()
		}
		delete(old, s.Name)
		l.startScript(s, counter)
	}
	for _, t := range old {
		t.schedule.Stop()
	}
	l.watchFiles(p, false)
	l.watchProcesses(p)
}

// stopTracking ends the scripts and the watching of files.
func (l *loop) stopTracking() {
	l.files.end()
	l.files = nil
	l.stopProcesses()
	l.endBeats()
	for _, t := range l.scripts {
		t.schedule.Stop()
	}
}
