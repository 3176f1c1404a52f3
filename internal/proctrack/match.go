// Package proctrack counts the processes that vrrp_track_process names, by the
// kernel's process events or, where those are not to be had, by looking into
// /proc once a second.
package proctrack

import (
	"path"
	"slices"
	"strings"
)

// maxComm is the length of the name that the kernel keeps of a process.
const maxComm = 15

// Match is how the parameters of a process are compared (keepalived.conf(5),
// param_match).
type Match uint8

// The ways to compare.
const (
	MatchNone    Match = iota // parameters do not matter
	MatchExact                // the same parameters
	MatchPartial              // the first parameters are the same
	MatchInitial              // as MatchPartial, and the last one compared may be longer
)

// Pattern is which processes count.
type Pattern struct {
	Path        string // name or path
	FullCommand bool   // compare the command line, not the process name
	Params      []string
	Match       Match // other than MatchNone only with FullCommand
}

// Process is what there is to know of one.
type Process struct {
	Comm string   // /proc/PID/comm
	Args []string // /proc/PID/cmdline; empty for a kernel thread
}

// Matches reports whether a process counts.
func (p Pattern) Matches(x Process) bool {
	if !p.FullCommand {
		name := path.Base(p.Path)
		return x.Comm == name[:min(len(name), maxComm)]
	}
	if len(x.Args) == 0 || x.Args[0] != p.Path {
		return false
	}
	have := x.Args[1:]
	switch p.Match {
	case MatchExact:
		return slices.Equal(have, p.Params)
	case MatchPartial:
		return len(have) >= len(p.Params) && slices.Equal(have[:len(p.Params)], p.Params)
	case MatchInitial:
		n := len(p.Params)
		return n == 0 || len(have) >= n && slices.Equal(have[:n-1], p.Params[:n-1]) && strings.HasPrefix(have[n-1], p.Params[n-1])
	}
	return true
}
