package dbus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// newMessage is a call with a text of some length, as it is sent.
func newMessage(t *testing.T, order binary.ByteOrder, length int) []byte {
	t.Helper()
	msg := &dbus.Message{Type: dbus.TypeMethodCall, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath("/a")), dbus.FieldMember: dbus.MakeVariant(fmt.Sprint("M", length)),
		dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf("")),
	}, Body: []any{strings.Repeat("x", length)}}
	var b bytes.Buffer
	if err := msg.EncodeTo(&b, order); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Messages of any length may come; those that are too long are not there.
func TestLongMessagesAreLeftOut(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	w := newWire(near)
	go func() {
		defer far.Close()
		io.ReadFull(far, make([]byte, len("BEGIN\r\n")))
		for _, length := range []int{0, 1, 7, 100_000, 8, maxMessage - 200, maxMessage, 10 << 20, 9} {
			far.Write(newMessage(t, binary.LittleEndian, length))
			far.Write(newMessage(t, binary.BigEndian, length))
		}
		far.Write([]byte("Xno message at all"))
	}()
	if _, err := w.Write([]byte("BEGIN\r\n")); err != nil {
		t.Fatal(err)
	}
	for _, length := range []int{0, 1, 7, 8, maxMessage - 200, 9} {
		for range 2 {
			msg, err := dbus.DecodeMessage(w)
			if err != nil || len(msg.Body) != 1 || len(msg.Body[0].(string)) != length {
				t.Fatalf("instead of a message of %d: %v, %v", length, msg, err)
			}
		}
	}
	if _, err := dbus.DecodeMessage(w); err != errFrame {
		t.Errorf("what is no message: %v", err)
	}
}

// A session that anybody can end is not begun again at once for ever.
func TestPauseBetweenSessions(t *testing.T) {
	var pause, sum time.Duration
	for range 20 {
		pause = pauseAfter(0, pause)
		sum += pause
	}
	if pause != maxPause || sum < 10*maxPause {
		t.Errorf("20 short sessions in %v, the next after %v", sum, pause)
	}
	if got := pauseAfter(maxPause, pause); got != retryEvery {
		t.Errorf("after a long session the next begins after %v", got)
	}
}
