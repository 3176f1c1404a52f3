package script

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// Class is what became of a script.
type Class int

// The classes, best first.
const (
	Usable        Class = iota
	NotExecutable       // its user may not execute it
	NotFound            // not there, or its user cannot reach it
	Inhibited           // unsafe, and script security is on
)

// Verdict is the answer of Resolve.
type Verdict struct {
	Command Command // complete if Class is Usable
	Class   Class
	// Insecure: somebody else than root can change what runs with root's
	// rights. With Security off the script is usable nevertheless.
	Insecure bool
	// IsScript: something is executed. A `</path` test does not count towards
	// the complaint about missing script security.
	IsScript bool
	// Messages are to be logged in this order. Help goes with them.
	Messages []string
	// Findings are the reasons of Insecure, one for each offending component.
	Findings []Finding
}

// OK says whether the script can be run.
func (v Verdict) OK() bool { return v.Class == Usable }

// Help says which components make the script insecure and how to mend each,
// empty if none does.
func (v Verdict) Help() string {
	lines := make([]string, len(v.Findings))
	for i, f := range v.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "; ")
}

// Disabling is the message that drops a script of kind "track" or "misc" with
// the given name, empty if the messages of the verdict say everything.
func (v Verdict) Disabling(kind, name string) string {
	switch v.Class {
	case Inhibited:
		return fmt.Sprintf("Disabling %s script %s due to insecure", kind, name)
	case NotFound:
		return fmt.Sprintf("Disabling %s script %s since not found/accessible", kind, name)
	default:
		return ""
	}
}

// Violation is the one complaint about scripts without enable_script_security.
// kind is "" for VRRP, "check " or "start/shutdown ".
func Violation(kind string, insecure bool) string {
	text := "SECURITY VIOLATION - " + kind + "scripts are being executed but script_security not enabled."
	if insecure {
		text += " There are insecure scripts."
	}
	return text
}

// Finding is one component of a script's path that somebody else than root can
// change.
type Finding struct {
	Path   string
	Info   Info
	Reason Reason
}

// Reason says what is wrong with a component.
type Reason int

// The reasons, in the order in which they are looked for.
const (
	ForeignOwner  Reason = iota + 1 // not owned by root
	GroupWritable                   // writable for a group other than root's
	WorldWritable                   // writable for everybody
)

// Remedy is the command that mends the component.
func (f Finding) Remedy() string {
	command := "chown root "
	switch {
	case f.Reason == GroupWritable:
		command = "chmod g-w "
	case f.Reason == WorldWritable:
		command = "chmod o-w "
	case f.Info.isLink():
		command = "chown -h root "
	}
	return command + shellWord(f.Path)
}

// String names the component, its owner, group and mode, and the remedy.
func (f Finding) String() string {
	return fmt.Sprintf("%s (owner %d, group %d, mode %04o) %s: %s",
		f.Path, f.Info.UID, f.Info.GID, f.Info.perm(), f.Reason, f.Remedy())
}

// String says it in words.
func (r Reason) String() string {
	switch r {
	case GroupWritable:
		return "is writable for its group"
	case WorldWritable:
		return "is writable for everybody"
	default:
		return "is not owned by root"
	}
}

// shellWord quotes a word for a command that an operator may paste.
func shellWord(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == "" {
		return word
	}
	return quote(word)
}

// Strerror is the text of an error number as the C library spells it.
func Strerror(err error) string {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return err.Error()
	}
	text := number.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
