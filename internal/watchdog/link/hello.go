package link

import (
	"strconv"
	"time"
)

// origin is one moment on both clocks: that of this process, and the one that
// all processes share. To convert is cheaper than to ask the kernel, which would
// wake the runtime's monitor thread with each Hello.
var origin = struct {
	here   time.Time
	shared int64 // CLOCK_MONOTONIC in nanoseconds
}{time.Now(), monotonic()}

// newHello is a Hello said at now.
func newHello(now time.Time) Message {
	return Message{Type: Hello, Text: strconv.FormatInt(origin.shared+int64(now.Sub(origin.here)), 10)}
}

// SaidAt is when a Hello was said: a parent that has to wait for a processor
// reads it later. For other messages, and for times to come, it is now.
func (m Message) SaidAt(now time.Time) time.Time {
	if m.Type != Hello {
		return now
	}
	shared, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil || shared <= 0 {
		return now
	}
	at := origin.here.Add(time.Duration(shared - origin.shared))
	if at.After(now) {
		return now
	}
	return at
}
