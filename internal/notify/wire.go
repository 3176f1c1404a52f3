package notify

import (
	"bytes"
	"encoding/binary"
	"errors"

	"keepalived/internal/script"
)

// Messages between a Runner and the process that starts its scripts. All numbers
// are little endian; every message begins with its kind and the number that the
// Runner has given to the script.
const (
	askStart   = 'S' // uid, gid, flags, then path and arguments, each ended by NUL
	askEnd     = 'E' // signal
	tellStart  = 's' // pid, errno: one of them is 0
	tellEnd    = 'e' // status, signal
	tellCancel = 'c' // ended before it was executed
	tellLost   = 'l' // its end was not seen
)

const (
	flagShell = 1 << iota
	flagTest
)

// note is one message. What a and b are depends on the kind.
type note struct {
	kind    byte
	id      uint64
	a, b    uint32
	command script.Command // of askStart
}

const (
	noteHead = 1 + 8 + 4 + 4
	// maxNote bounds a command with its arguments; the kernel's bound for a
	// packet is about three times that.
	maxNote = 64 << 10
)

var errNote = errors.New("malformed message")

func (n note) encode() []byte {
	out := make([]byte, noteHead, noteHead+64)
	out[0] = n.kind
	binary.LittleEndian.PutUint64(out[1:], n.id)
	if n.kind != askStart {
		binary.LittleEndian.PutUint32(out[9:], n.a)
		binary.LittleEndian.PutUint32(out[13:], n.b)
		return out
	}
	c := n.command
	binary.LittleEndian.PutUint32(out[9:], c.UID)
	binary.LittleEndian.PutUint32(out[13:], c.GID)
	flags := byte(0)
	if c.Shell {
		flags |= flagShell
	}
	if c.Test {
		flags |= flagTest
	}
	out = append(out, flags)
	out = append(append(out, c.Path...), 0)
	for _, arg := range c.Argv {
		out = append(append(out, arg...), 0)
	}
	return out
}

func decodeNote(b []byte) (note, error) {
	if len(b) < noteHead {
		return note{}, errNote
	}
	n := note{kind: b[0], id: binary.LittleEndian.Uint64(b[1:])}
	x, y, rest := binary.LittleEndian.Uint32(b[9:]), binary.LittleEndian.Uint32(b[13:]), b[noteHead:]
	switch n.kind {
	case askStart:
		n.command.UID, n.command.GID = x, y
		return n, n.decodeCommand(rest)
	case askEnd, tellStart, tellEnd, tellCancel, tellLost:
		n.a, n.b = x, y
		if len(rest) == 0 {
			return n, nil
		}
	}
	return note{}, errNote
}

func (n *note) decodeCommand(b []byte) error {
	if len(b) < 3 || b[0] > flagShell|flagTest || b[len(b)-1] != 0 {
		return errNote
	}
	n.command.Shell, n.command.Test = b[0]&flagShell != 0, b[0]&flagTest != 0
	words := bytes.Split(b[1:len(b)-1], []byte{0})
	if len(words) < 2 {
		return errNote
	}
	n.command.Path = string(words[0])
	for _, w := range words[1:] {
		n.command.Argv = append(n.command.Argv, string(w))
	}
	return nil
}
