package link

import (
	"errors"
	"fmt"
	"os"
)

// Type is the kind of a message.
type Type uint8

// The messages. Part says that a memfd comes with it.
const (
	Hello         Type = iota + 1 // child: its event loop runs; Text is when, see SaidAt
	Ping                          // parent: say Hello
	Ready                         // child: the first configuration is in use
	Reload                        // parent: use this configuration; Part
	ReloadDone                    // child: it is in use; Text says what failed, if anything did
	ReloadRequest                 // child: it got SIGHUP itself
	Held                          // child: for its successor; Part
	BFDState                      // BFD child, and parent to the others: a SessionState in Text
	typeEnd
)

var typeNames = [...]string{"", "Hello", "Ping", "Ready", "Reload", "ReloadDone", "ReloadRequest", "Held", "BFDState"}

// String returns the name of the message.
func (t Type) String() string {
	if int(t) < len(typeNames) && t > 0 {
		return typeNames[t]
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// hasPart says whether a memfd belongs to the message.
func (t Type) hasPart() bool { return t == Reload || t == Held }

// Message is one message. Whoever receives it owns Part.
type Message struct {
	Type Type
	Text string
	Part *os.File
}

// ErrMalformed is what Recv returns for a message that is none. The connection
// is still usable.
var ErrMalformed = errors.New("malformed message")

const (
	version    = 1
	headerSize = 2
	// maxText bounds the text of a message, in bytes.
	maxText    = 4096
	maxMessage = headerSize + maxText
)

// encode is version, type, text.
func encode(m Message) []byte {
	text := m.Text[:min(len(m.Text), maxText)]
	return append([]byte{version, byte(m.Type)}, text...)
}

// decode is the reverse of encode; withPart says that a descriptor came along.
func decode(b []byte, withPart bool) (Message, error) {
	if len(b) < headerSize || len(b) > maxMessage {
		return Message{}, fmt.Errorf("%d bytes: %w", len(b), ErrMalformed)
	}
	if b[0] != version {
		return Message{}, fmt.Errorf("version %d, not %d: %w", b[0], version, ErrMalformed)
	}
	t := Type(b[1])
	if t == 0 || t >= typeEnd {
		return Message{}, fmt.Errorf("type %d: %w", b[1], ErrMalformed)
	}
	if t.hasPart() != withPart {
		return Message{}, fmt.Errorf("%v, descriptor %v: %w", t, withPart, ErrMalformed)
	}
	return Message{Type: t, Text: string(b[headerSize:])}, nil
}
