package watchdog

import (
	"fmt"
	"time"

	"keepalived/internal/logging"
	"keepalived/internal/watchdog/link"
)

// event is what policy is told.
type event interface {
	apply(p *policy, now time.Time)
}

type (
	// tick: the time of next has come.
	tick struct{}
	// begin: start these children, in this order.
	begin struct{ roles []link.Role }
	// childStarted and childFailed answer startChild.
	childStarted struct {
		role link.Role
		pid  int
	}
	childFailed struct {
		role link.Role
		err  error
	}
	// childSaid: a message came, of any kind.
	childSaid struct {
		role link.Role
		pid  int
		msg  link.Type
		text string
		at   time.Time // when it was said; zero: now
	}
	// childExited: the process has ended and is reaped.
	childExited struct {
		role   link.Role
		pid    int
		result exitResult
	}
	// hangup: SIGHUP, here or in a child.
	hangup struct{}
	// loaded answers loadConfig: ok is a configuration that needs these children.
	loaded struct {
		ok    bool
		roles []link.Role
	}
	// stop: SIGTERM or SIGINT.
	stop struct{}
)

// exitResult is how a process ended.
type exitResult struct {
	status int // when signal is 0
	signal int
	name   string // of the signal, as strsignal(3)
	core   bool
}

// effect is what policy wants done.
type effect any

type (
	// startChild: again says that it replaces one that died.
	startChild struct {
		role  link.Role
		again bool
	}
	pingChild struct{ role link.Role }
	// killChild: SIGTERM, or SIGKILL with force.
	killChild struct {
		pid   int
		force bool
	}
	// loadConfig: read and check the files; loaded is the answer.
	loadConfig struct{}
	// sendReload: give the child the new configuration.
	sendReload struct{ role link.Role }
	// startupDone: every child uses its configuration.
	startupDone struct{ children int }
	// reloadOver: every child uses the new one, or, not ok, it was refused.
	reloadOver struct{ ok bool }
	// permanent: a child's error ends the daemon.
	permanent struct{ status int }
	// stopBegun comes before the children are asked to stop.
	stopBegun struct{}
	// finish: all children are gone.
	finish struct{ status int }
	say    struct {
		level logging.Level
		text  string
	}
)

func (p *policy) do(e effect) { p.out = append(p.out, e) }

func (p *policy) info(format string, args ...any) {
	p.do(say{logging.LevelInfo, fmt.Sprintf(format, args...)})
}

func (p *policy) alert(format string, args ...any) {
	p.do(say{logging.LevelAlert, fmt.Sprintf(format, args...)})
}

// title is how messages name a child.
func title(r link.Role) string {
	switch r {
	case link.RoleVRRP:
		return "VRRP"
	case link.RoleChecker:
		return "Healthcheck"
	}
	return "BFD"
}
