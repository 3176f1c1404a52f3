package vrrpmib

import (
	"strings"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/snmp"
	vrrpdump "keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
)

func quoted(argv []string) string { return dump.Command(argv) }

// object is a tracked object with its last result.
type object[T any] struct {
	c   *T
	now vrrpdump.Tracker
}

func objectRows[T any](kind fsm.TrackerKind, name func(*T) string, of func(*State) []T) func(*State) []object[T] {
	return func(s *State) (out []object[T]) {
		list := of(s)
		for i := range list {
			out = append(out, object[T]{&list[i], s.kinds[kind][name(&list[i])]})
		}
		return out
	}
}

type script = object[config.TrackScript]

var scripts = snmp.Table[*State, script]{
	OID: OID.With(9, 1),
	Rows: objectRows(fsm.TrackScript, func(c *config.TrackScript) string { return c.Name },
		func(s *State) []config.TrackScript { return s.Conf.VRRP.Scripts }),
	Columns: []snmp.Column[script]{
		{Number: 2, Get: func(r script) snmp.Value { return snmp.Text(r.c.Name) }},
		{Number: 3, Get: func(r script) snmp.Value { return command(r.c.Script) }},
		{Number: 4, Get: func(r script) snmp.Value { return snmp.Int(int64(r.c.Interval / time.Second)) }},
		{Number: 5, Get: func(r script) snmp.Value { return snmp.Int(r.c.Weight) }},
		{Number: 6, Get: scriptResult},
		{Number: 7, Get: func(r script) snmp.Value { return snmp.Gauge(r.c.Rise) }},
		{Number: 8, Get: func(r script) snmp.Value { return snmp.Gauge(r.c.Fall) }},
		{Number: 9, Get: func(r script) snmp.Value { return snmp.Truth(r.c.Reverse) }},
		{Number: 10, Get: func(r script) snmp.Value { return snmp.TextOr(scriptPath(&r.c.Script)) }},
		{Number: 11, Get: func(r script) snmp.Value { return snmp.Gauge(r.c.Interval.Microseconds()) }},
		{Number: 12, Get: func(r script) snmp.Value { return snmp.Gauge(scriptTimeout(r).Microseconds()) }},
	},
}

// scriptResult is init(1), bad(2), good(3), initfailed(5).
func scriptResult(r script) snmp.Value {
	switch {
	case !r.now.Ran && r.c.InitFail:
		return snmp.Int(5)
	case !r.now.Ran:
		return snmp.Int(1)
	case r.now.Up:
		return snmp.Int(3)
	}
	return snmp.Int(2)
}

func scriptPath(s *config.Script) string {
	if s.Path == "" && s.IsSet() {
		return s.Argv[0]
	}
	return s.Path
}

// scriptTimeout is 0 unless it was configured.
func scriptTimeout(r script) time.Duration {
	if !r.c.TimeoutSet {
		return 0
	}
	return r.c.Timeout
}

type file = object[config.TrackFile]

var files = snmp.Table[*State, file]{
	OID: OID.With(13, 1),
	Rows: objectRows(fsm.TrackFile, func(c *config.TrackFile) string { return c.Name },
		func(s *State) []config.TrackFile { return s.Conf.TrackFiles }),
	Columns: []snmp.Column[file]{
		{Number: 2, Get: func(r file) snmp.Value { return snmp.Text(r.c.Name) }},
		{Number: 3, Get: func(r file) snmp.Value { return snmp.Text(r.c.Path) }},
		{Number: 4, Get: func(r file) snmp.Value { return snmp.Int(r.now.Value) }},
		{Number: 5, Get: func(r file) snmp.Value { return snmp.Int(r.c.Weight) }},
		{Number: 6, Get: func(r file) snmp.Value { return snmp.Truth(r.c.Reverse) }},
	},
}

type bfd = object[config.BFDInstance]

var bfds = snmp.Table[*State, bfd]{
	OID: OID.With(18, 1),
	Rows: objectRows(fsm.TrackBFD, func(c *config.BFDInstance) string { return c.Name }, func(s *State) (out []config.BFDInstance) {
		for _, c := range s.Conf.BFD.Instances {
			if c.VRRP {
				out = append(out, c)
			}
		}
		return out
	}),
	Columns: []snmp.Column[bfd]{
		{Number: 2, Get: func(r bfd) snmp.Value { return snmp.Text(r.c.Name) }},
		{Number: 3, Get: func(r bfd) snmp.Value { return snmp.Int(dump.Bit(r.now.Up)) }},
		{Number: 4, Get: func(r bfd) snmp.Value { return snmp.Int(r.c.Weight) }},
		{Number: 5, Get: func(r bfd) snmp.Value { return snmp.Truth(r.c.Reverse) }},
	},
}

type process = object[config.TrackProcess]

var processes = snmp.Table[*State, process]{
	OID: OID.With(21, 1),
	Rows: objectRows(fsm.TrackProcess, func(c *config.TrackProcess) string { return c.Name },
		func(s *State) []config.TrackProcess { return s.Conf.VRRP.Processes }),
	Columns: []snmp.Column[process]{
		{Number: 2, Get: func(r process) snmp.Value { return snmp.Text(r.c.Name) }},
		{Number: 3, Get: func(r process) snmp.Value { return snmp.Text(r.c.Path) }},
		{Number: 4, Get: func(r process) snmp.Value { return snmp.Text(strings.Join(r.c.Params, " ")) }},
		{Number: 5, Get: func(r process) snmp.Value { return snmp.Int(paramMatches[r.c.ParamMatch]) }},
		{Number: 6, Get: func(r process) snmp.Value { return snmp.Int(r.c.Weight) }},
		{Number: 7, Get: func(r process) snmp.Value { return snmp.Truth(r.c.Reverse) }},
		{Number: 8, Get: func(r process) snmp.Value { return snmp.Gauge(r.c.Quorum) }},
		{Number: 9, Get: func(r process) snmp.Value { return snmp.Int(r.c.QuorumMax) }},
		{Number: 10, Get: func(r process) snmp.Value { return snmp.Gauge(r.c.ForkDelay.Microseconds()) }},
		{Number: 11, Get: func(r process) snmp.Value { return snmp.Gauge(r.c.TerminateDelay.Microseconds()) }},
		{Number: 12, Get: func(r process) snmp.Value { return snmp.Truth(r.c.FullCommand) }},
		{Number: 13, Get: func(r process) snmp.Value { return snmp.Int(r.now.Count) }},
		{Number: 14, Get: func(r process) snmp.Value { return snmp.Truth(r.now.Up) }},
	},
}

var paramMatches = map[config.ParamMatch]int{
	config.ParamMatchExact: 1, config.ParamMatchPartial: 2, config.ParamMatchInitial: 3,
}
