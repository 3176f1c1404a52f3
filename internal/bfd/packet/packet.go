// Package packet reads and writes BFD control packets, RFC 5880 4.1.
package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Size is the length of a control packet without authentication, in bytes.
const Size = 24

// MaxSize is the longest packet that a length field can announce.
const MaxSize = 255

const version = 1

// State is a session state as it is sent.
type State uint8

// The states, RFC 5880 4.1.
const (
	AdminDown State = iota
	Down
	Init
	Up
)

// String returns the name that log lines show.
func (s State) String() string { return [...]string{"AdminDown", "Down", "Init", "Up"}[s&3] }

// Control is a control packet. Intervals are whole microseconds, up to
// MaxInterval.
type Control struct {
	Diag         Diag
	State        State
	Poll, Final  bool
	Independent  bool // control plane independent
	Demand       bool
	Multiplier   uint8
	Mine, Yours  uint32 // discriminators
	DesiredMinTx time.Duration
	RequiredRx   time.Duration // 0: the sender wants no periodic packets
	EchoRx       time.Duration
}

// MaxInterval is the longest interval that a packet can carry.
const MaxInterval = (1<<32 - 1) * time.Microsecond

// ErrBogus is what Parse returns for a packet that RFC 5880 6.8.6 discards
// before a session is looked for; the text says why.
var ErrBogus = errors.New("bogus packet")

// ErrAuthenticated is a packet with authentication, which is not in use.
var ErrAuthenticated = errors.New("auth bit is set")

// The bits of the second byte.
const (
	bitPoll        = 0x20
	bitFinal       = 0x10
	bitIndependent = 0x08
	bitAuth        = 0x04
	bitDemand      = 0x02
	bitMultipoint  = 0x01
)

// Append writes the packet:
//
//	 0                   1                   2                   3
//	|Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
//	|                       My Discriminator                        |
//	|                      Your Discriminator                       |
//	|                    Desired Min TX Interval                    |
//	|                   Required Min RX Interval                    |
//	|                 Required Min Echo RX Interval                 |
func (c Control) Append(b []byte) []byte {
	b = append(b, version<<5|byte(c.Diag&0x1f), byte(c.State&3)<<6|c.flags(), c.Multiplier, Size)
	b = binary.BigEndian.AppendUint32(b, c.Mine)
	b = binary.BigEndian.AppendUint32(b, c.Yours)
	for _, d := range [...]time.Duration{c.DesiredMinTx, c.RequiredRx, c.EchoRx} {
		b = binary.BigEndian.AppendUint32(b, micros(d))
	}
	return b
}

func (c Control) flags() (f byte) {
	for _, bit := range [...]struct {
		set bool
		bit byte
	}{{c.Poll, bitPoll}, {c.Final, bitFinal}, {c.Independent, bitIndependent}, {c.Demand, bitDemand}} {
		if bit.set {
			f |= bit.bit
		}
	}
	return f
}

func micros(d time.Duration) uint32 {
	return uint32(min(max(d, 0), MaxInterval) / time.Microsecond)
}

// Parse reads the payload of a datagram and checks what does not depend on a
// session, RFC 5880 6.8.6. The error is an ErrBogus or ErrAuthenticated.
func Parse(b []byte) (Control, error) {
	if len(b) < Size {
		return Control{}, fmt.Errorf("%d bytes: %w", len(b), ErrBogus)
	}
	if v := b[0] >> 5; v != version {
		return Control{}, fmt.Errorf("version %d: %w", v, ErrBogus)
	}
	if int(b[3]) != len(b) {
		return Control{}, fmt.Errorf("length field %d of %d bytes: %w", b[3], len(b), ErrBogus)
	}
	if b[1]&bitAuth != 0 {
		return Control{}, ErrAuthenticated
	}
	c := Control{
		Diag: Diag(b[0] & 0x1f), State: State(b[1] >> 6),
		Poll: b[1]&bitPoll != 0, Final: b[1]&bitFinal != 0,
		Independent: b[1]&bitIndependent != 0, Demand: b[1]&bitDemand != 0,
		Multiplier: b[2],
		Mine:       binary.BigEndian.Uint32(b[4:]), Yours: binary.BigEndian.Uint32(b[8:]),
		DesiredMinTx: interval(b[12:]), RequiredRx: interval(b[16:]), EchoRx: interval(b[20:]),
	}
	if b[1]&bitMultipoint != 0 {
		return Control{}, fmt.Errorf("multipoint bit: %w", ErrBogus)
	}
	return c, c.check(len(b))
}

// check is the rules on values.
func (c Control) check(length int) error {
	switch {
	case length != Size:
		return fmt.Errorf("%d bytes without authentication: %w", length, ErrBogus)
	case c.Multiplier == 0:
		return fmt.Errorf("detection multiplier 0: %w", ErrBogus)
	case c.Mine == 0:
		return fmt.Errorf("my discriminator 0: %w", ErrBogus)
	case c.Yours == 0 && c.State != Down && c.State != AdminDown:
		return fmt.Errorf("your discriminator 0 in state %v: %w", c.State, ErrBogus)
	case c.Poll && c.Final:
		return fmt.Errorf("poll and final: %w", ErrBogus)
	case c.Diag > maxDiag:
		return fmt.Errorf("diagnostic %d: %w", c.Diag, ErrBogus)
	}
	return nil
}

func interval(b []byte) time.Duration {
	return time.Duration(binary.BigEndian.Uint32(b)) * time.Microsecond
}
