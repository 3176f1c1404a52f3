package check

import (
	"maps"
	"os"
	"time"

	"keepalived/internal/check/dump"
	"keepalived/internal/config"
)

// picture is the state at this moment; nothing in it changes any more.
func (l *loop) picture() *dump.Snapshot {
	host, err := os.Hostname()
	if err != nil {
		host = "" // it is left out
	}
	s := &dump.Snapshot{
		Time: time.Now(), Host: host, Conf: l.conf, Files: map[string]int{},
		Virtuals: make([]dump.Virtual, 0, len(l.topology.virtuals)), Groups: maps.Clone(l.topology.groups),
	}
	if s.Groups == nil {
		s.Groups = map[string]dump.Group{}
	}
	l.topology.marks.show(s.Groups)
	for _, v := range l.topology.virtuals {
		s.Virtuals = append(s.Virtuals, v.picture(s.Files))
	}
	return s
}

func (v *virtual) picture(files map[string]int) dump.Virtual {
	p := dump.Virtual{
		Conf: v.conf, Up: v.up, Sorry: v.sorry, Suspended: v.suspended, Reloaded: v.reloaded,
		Reals: make([]dump.Real, 0, len(v.reals)),
	}
	for _, r := range v.reals {
		p.Reals = append(p.Reals, r.picture(files))
	}
	return p
}

func (r *real) picture(files map[string]int) dump.Real {
	p := dump.Real{
		Conf: r.conf, Alive: r.alive, InTable: r.inTable(), Reloaded: r.reloaded, Failed: int(r.failed),
		Weight: int64(r.conf.Weight) + r.extra, Previous: r.previous, Checkers: make([]dump.Checker, 0, len(r.checks)),
	}
	for _, c := range r.checks {
		p.Checkers = append(p.Checkers, c.picture())
		if c.conf.Kind == config.CheckFile {
			files[c.conf.Detail.File.Name] = c.value
		}
	}
	return p
}

func (c *checker) picture() dump.Checker {
	p := dump.Checker{
		Conf: c.conf, Timing: c.timing, Up: c.up, HasRun: c.hasRun, Weight: c.weight, Tries: c.tries, Reloaded: c.reloaded,
		LastStatus: c.exited,
	}
	if h := c.http(); h != nil && c.failed >= 0 && c.failed < len(h.URLs) {
		p.FailedURL = h.URLs[c.failed].Path
	}
	if c.conf.Kind == config.CheckMisc {
		p.LastRan = c.run.began
	}
	if t, ok := c.probe.(talking); ok {
		if ping, ok := t.talk.(*pingTalk); ok {
			p.Sequence = uint16(ping.sequence.Load())
		}
	}
	return p
}
