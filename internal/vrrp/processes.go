package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/proctrack"
	"keepalived/internal/vrrp/fsm"
)

var paramMatches = map[config.ParamMatch]proctrack.Match{
	config.ParamMatchNone:    proctrack.MatchNone,
	config.ParamMatchExact:   proctrack.MatchExact,
	config.ParamMatchInitial: proctrack.MatchInitial,
	config.ParamMatchPartial: proctrack.MatchPartial,
}

// processSpecs is the processes that an instance tracks.
func processSpecs(c *config.Config, trackers *trackerSet) []proctrack.Spec {
	var specs []proctrack.Spec
	for _, p := range c.VRRP.Processes {
		if _, ok := trackers.at[trackerKey{fsm.TrackProcess, p.Name}]; !ok {
			continue
		}
		specs = append(specs, proctrack.Spec{
			Name: p.Name,
			Pattern: proctrack.Pattern{
				Path: p.Path, FullCommand: p.FullCommand, Params: p.Params, Match: paramMatches[p.ParamMatch],
			},
			Quorum: proctrack.Quorum{Min: p.Quorum, Max: p.QuorumMax, ForkDelay: p.ForkDelay, TerminateDelay: p.TerminateDelay},
		})
	}
	return specs
}

// countProcesses gives the trackers of processes their present state. It reads
// /proc, so it belongs to the preparation of a configuration.
func (p *prepared) countProcesses() error {
	if p.processes = processSpecs(p.conf, p.trackers); len(p.processes) == 0 {
		return nil
	}
	found := map[string]proctrack.Result{}
	if err := proctrack.Scan(p.processes, func(r proctrack.Result) { found[r.Name] = r }); err != nil {
		return err
	}
	p.processUp = map[string]bool{}
	for i := range p.machine.Trackers {
		if t := &p.machine.Trackers[i]; t.Kind == fsm.TrackProcess {
			p.processUp[t.Name] = found[t.Name].Up
			t.TrackerStatus = fsm.TrackerStatus{Known: true, Up: found[t.Name].Up, Value: found[t.Name].Count}
		}
	}
	return nil
}

// watchProcesses follows the processes that the configuration tracks.
func (l *loop) watchProcesses(p *prepared) {
	l.stopProcesses()
	if len(p.processes) == 0 {
		return
	}
	l.processUp = p.processUp
	b := l.conf.Global.Buffers.ProcessMonitor
	l.processes = proctrack.Watch(proctrack.Options{Buffer: int(b.Size), Force: b.Force}, p.processes,
		func(r proctrack.Result) { l.inbox.post(processResult(r)) },
		func(err error) { l.log.Infof("%v; looking for tracked processes once a second", err) })
}

func (l *loop) stopProcesses() {
	if l.processes != nil {
		l.processes.Close()
		l.processes = nil
	}
}

// processResult is a new result of a tracked process.
type processResult proctrack.Result

func (m processResult) handle(l *loop) {
	if up, tracked := l.processUp[m.Name]; tracked && up != m.Up {
		l.processUp[m.Name] = m.Up
		change := "lost"
		if m.Up {
			change = "gained"
		}
		l.log.Infof("Quorum %s for tracked process %s", change, m.Name)
	}
	trackerResult{fsm.TrackProcess, m.Name, fsm.TrackerStatus{Known: true, Up: m.Up, Value: m.Count}}.handle(l)
}
