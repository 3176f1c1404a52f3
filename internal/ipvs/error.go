package ipvs

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// Command is an operation by its name in the kernel's older interface, which
// is what error messages give.
type Command uint16

// Commands, with the numbers of linux/ip_vs.h.
const (
	CmdAdd         Command = 1154
	CmdEdit        Command = 1155
	CmdDel         Command = 1156
	CmdFlush       Command = 1157
	CmdAddDest     Command = 1159
	CmdDelDest     Command = 1160
	CmdEditDest    Command = 1161
	CmdTimeout     Command = 1162
	CmdStartDaemon Command = 1163
	CmdStopDaemon  Command = 1164
	CmdZero        Command = 1167
)

var commandNames = map[Command]string{
	CmdAdd: "ADD", CmdEdit: "EDIT", CmdDel: "DEL", CmdFlush: "FLUSH", CmdAddDest: "ADDDEST", CmdDelDest: "DELDEST",
	CmdEditDest: "EDITDEST", CmdTimeout: "TIMEOUT", CmdStartDaemon: "STARTDAEMON", CmdStopDaemon: "STOPDAEMON", CmdZero: "ZERO",
}

// String is the name, e.g. "IP_VS_SO_SET_ADD".
func (c Command) String() string { return "IP_VS_SO_SET_" + commandNames[c] }

var opCommands = [...]Command{
	AddService: CmdAdd, EditService: CmdEdit, DeleteService: CmdDel,
	AddDestination: CmdAddDest, EditDestination: CmdEditDest, DeleteDestination: CmdDelDest,
}

// CommandError is a request that the kernel refused. It wraps the error number.
type CommandError struct {
	Command     Command
	Errno       syscall.Errno
	Service     string // as in ServiceKey.String; empty when not about one
	Destination string // likewise
}

// Error is keepalived's log line, for example "IPVS cmd IP_VS_SO_SET_ADD(1154)
// error: Service already exists(17) (10.0.0.1:tcp:80)".
func (e *CommandError) Error() string {
	var b strings.Builder
	no := e.shown()
	fmt.Fprintf(&b, "IPVS cmd %v(%d) error: %s(%d)", e.Command, e.Command, e.text(no), no)
	if e.Service != "" {
		b.WriteString(" (" + e.Service)
		if e.Destination != "" {
			b.WriteString(" -> " + e.Destination)
		}
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap returns the error number.
func (e *CommandError) Unwrap() error { return e.Errno }

// Settled reports whether the table is as it was meant to be all the same:
// what was to be added is there already (perhaps with other settings), what was
// to be deleted is gone.
func (e *CommandError) Settled() bool {
	switch e.Command {
	case CmdAdd, CmdAddDest, CmdStartDaemon:
		return e.Errno == syscall.EEXIST
	case CmdDel, CmdDelDest, CmdStopDaemon:
		return e.Errno == syscall.ENOENT || e.Errno == syscall.ESRCH
	}
	return false
}

// shown is the error number that is printed: keepalived's netlink library does
// not tell a missing service from any other missing object.
func (e *CommandError) shown() syscall.Errno {
	switch e.Command {
	case CmdDel, CmdAddDest, CmdDelDest, CmdEditDest:
		if e.Errno == syscall.ESRCH {
			return syscall.ENOENT
		}
	}
	return e.Errno
}

func (e *CommandError) text(no syscall.Errno) string {
	type key struct {
		c Command
		e syscall.Errno
	}
	texts := map[key]string{
		{CmdAdd, syscall.EEXIST}:         "Service already exists",
		{CmdAdd, syscall.ENOENT}:         "Scheduler or persistence engine not found",
		{CmdEdit, syscall.ESRCH}:         "No such service",
		{CmdEdit, syscall.ENOENT}:        "Scheduler or persistence engine not found",
		{CmdZero, syscall.ESRCH}:         "No such service",
		{CmdAddDest, syscall.EEXIST}:     "Destination already exists",
		{CmdDelDest, syscall.ENOENT}:     "No such destination",
		{CmdEditDest, syscall.ENOENT}:    "No such destination",
		{CmdStartDaemon, syscall.EEXIST}: "Daemon has already run",
		{CmdStopDaemon, syscall.ESRCH}:   "No daemon is running",
	}
	if t, ok := texts[key{e.Command, no}]; ok {
		return t
	}
	t := no.Error() // as strerror(3), but for the first letter
	return strings.ToUpper(t[:1]) + t[1:]
}

// ErrUnavailable is the cause when the kernel has no IPVS.
var ErrUnavailable = errors.New("Can't initialize ipvs")

// unavailable explains what to do about a kernel without IPVS. load is why the
// module could not be loaded.
func unavailable(load error) error {
	return fmt.Errorf("IPVS: %w: No such file or directory: the kernel has no module ip_vs loaded and loading it failed (%w);"+
		" load it as root with \"modprobe ip_vs\", or install a kernel that has it", ErrUnavailable, load)
}
