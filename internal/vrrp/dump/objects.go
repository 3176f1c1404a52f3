package dump

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/vrrp/fsm"
)

func (s *Snapshot) scripts(t *dump.Text) {
	if len(s.Conf.VRRP.Scripts) > 0 {
		t.Section("VRRP Scripts")
	}
	for i := range s.Conf.VRRP.Scripts {
		c := &s.Conf.VRRP.Scripts[i]
		st := s.tracker(fsm.TrackScript, c.Name)
		t.Linef(1, "VRRP Script = %s", c.Name)
		t.Linef(3, "Command = %s", dump.Command(c.Script.Argv))
		if len(c.Script.Argv) > 0 && c.Script.Path != "" && c.Script.Path != c.Script.Argv[0] {
			t.Linef(3, "Path = %s", c.Script.Path)
		}
		t.Linef(3, "Interval = %s", interval(c.Interval))
		t.Linef(3, "Timeout = %s", timeout(c))
		t.Linef(3, "Weight = %d%s", c.Weight, reverse(c.Reverse))
		t.Linef(3, "Rise = %d", c.Rise)
		t.Linef(3, "Fall = %d", c.Fall)
		t.Linef(3, "Result = %d", st.Result)
		t.Linef(3, "Insecure = no")
		t.Linef(3, "Init state = %s", initState(c, st))
		t.Linef(3, "Status = %s", dump.Choose(st.Result >= c.Rise, "GOOD", "BAD"))
		t.Linef(3, "Script uid:gid = %d:%d", c.Script.UID, c.Script.GID)
		t.Linef(3, "VRRP instances :")
		s.trackedBy(t, true, c.Name, func(in *config.Instance) []config.Track { return in.TrackScripts })
		t.Linef(3, "State = %s", cmp.Or(st.Activity, "idle"))
	}
}

// initState is what counts until a script has run; then there is no name for it.
func initState(c *config.TrackScript, t Tracker) string {
	switch {
	case t.Ran:
		return "unknown"
	case c.InitFail:
		return "INIT/FAILED"
	case t.Added:
		return "INIT/RELOAD"
	}
	return "INIT"
}

// interval is whole seconds, or seconds with three digits.
func interval(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%d sec", d/time.Second)
	}
	return fmt.Sprintf("%.3f sec", d.Truncate(time.Millisecond).Seconds())
}

// timeout is 0 unless it was configured.
func timeout(c *config.TrackScript) string {
	if !c.TimeoutSet {
		return interval(0)
	}
	return interval(c.Timeout)
}

func (s *Snapshot) files(t *dump.Text) {
	if len(s.Conf.TrackFiles) > 0 {
		t.Section("VRRP Track files")
	}
	for i := range s.Conf.TrackFiles {
		c := &s.Conf.TrackFiles[i]
		t.Linef(1, "Track file = %s", c.Name)
		t.Linef(3, "File = %s", c.Path)
		t.Linef(3, "Status = %d", s.tracker(fsm.TrackFile, c.Name).Value)
		t.Linef(3, "Weight = %d%s", c.Weight, reverse(c.Reverse))
		s.trackedBy(t, true, c.Name, func(in *config.Instance) []config.Track { return in.TrackFiles })
	}
}

func (s *Snapshot) processes(t *dump.Text) {
	if len(s.Conf.VRRP.Processes) > 0 {
		t.Section("VRRP Track processes")
	}
	for i := range s.Conf.VRRP.Processes {
		c := &s.Conf.VRRP.Processes[i]
		st := s.tracker(fsm.TrackProcess, c.Name)
		t.Linef(1, "VRRP Track process = %s", c.Name)
		t.Linef(3, "Process = %s", c.Path)
		if c.ParamMatch != config.ParamMatchNone {
			t.Linef(3, "Parameters = %s", strings.Join(c.Params, " "))
			t.Linef(3, "Param match%s", dump.Choose(c.ParamMatch == config.ParamMatchExact, "", " = "+string(c.ParamMatch)))
		}
		t.Linef(3, "Min processes = %d", c.Quorum)
		if c.QuorumMax >= 0 {
			t.Linef(3, "Max processes = %d", c.QuorumMax)
		}
		t.Linef(3, "Current processes = %d", st.Count)
		t.Linef(3, "Have quorum = %t", st.Up)
		t.Linef(3, "Weight = %d%s", c.Weight, reverse(c.Reverse))
		t.Linef(3, "Terminate delay = %fs", c.TerminateDelay.Seconds())
		t.Linef(3, "Fork delay = %fs", c.ForkDelay.Seconds())
		t.Linef(3, "Fork delay timer not running")
		t.Linef(3, "Terminate delay timer not running")
		t.Linef(3, "Full command = %t", c.FullCommand)
		s.trackedBy(t, true, c.Name, func(in *config.Instance) []config.Track { return in.TrackProcesses })
	}
}

func (s *Snapshot) bfds(t *dump.Text) {
	titled := false
	for i := range s.Conf.BFD.Instances {
		c := &s.Conf.BFD.Instances[i]
		if !c.VRRP {
			continue
		}
		if !titled {
			t.Section("VRRP Track BFDs")
			titled = true
		}
		t.Linef(1, "VRRP Track BFD = %s", c.Name)
		t.Linef(3, "Weight = %d%s", c.Weight, reverse(c.Reverse))
		t.Linef(3, "Bfd is %s", dump.Choose(s.tracker(fsm.TrackBFD, c.Name).Up, "up", "down"))
		t.Linef(3, "Tracking VRRP instances :")
		s.trackedBy(t, false, c.Name, func(in *config.Instance) []config.Track { return in.TrackBFDs })
	}
}
