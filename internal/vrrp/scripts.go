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
	added    bool // by a reload
}

// startTracking starts the scripts that somebody tracks and watches files.
func (l *loop) startTracking(p *prepared) {
	l.scripts = map[string]*tracking{}
	for _, s := range l.trackedScripts(p) {
		l.startScript(s, newCounter(s), false)
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

// startScript begins to run a script.
func (l *loop) startScript(s config.TrackScript, counter *notify.Tracker, added bool) {
	t := &tracking{conf: s, added: added, counter: counter}
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

func newCounter(s config.TrackScript) *notify.Tracker {
	return notify.NewTracker(s.Name, s.Rise, s.Fall, s.InitFail)
}

// inheritScripts makes the counters of a new configuration: a script that has not
// changed keeps its results.
func (l *loop) inheritScripts(p *prepared) map[string]*notify.Tracker {
	out := map[string]*notify.Tracker{}
	for _, s := range p.conf.VRRP.Scripts {
		before, ok := l.scripts[s.Name]
		if !ok || !notify.Command(before.conf.Script).Equal(notify.Command(s.Script)) {
			continue
		}
		out[s.Name] = newCounter(s)
		if text := out[s.Name].Inherit(before.counter); text != "" {
			l.log.Infof("%s", text)
		}
	}
	return out
}

// reconfigureTracking runs what the new configuration tracks, with the counters
// of the scripts that stay.
func (l *loop) reconfigureTracking(p *prepared, counters map[string]*notify.Tracker) {
	old := l.scripts
	l.scripts = map[string]*tracking{}
	for _, s := range l.trackedScripts(p) {
		counter, stays := counters[s.Name]
		if !stays {
			counter = newCounter(s)
		}
		added := !stays || old[s.Name].added
		if before, ok := old[s.Name]; ok {
			before.schedule.Stop()
		}
		delete(old, s.Name)
		l.startScript(s, counter, added)
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
