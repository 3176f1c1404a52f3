package agentx

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"keepalived/internal/agentx/pdu"
)

// Whatever a master agent sends, the session goes on or ends; it never hangs.
func FuzzMaster(f *testing.F) {
	header := pdu.Header{SessionID: 1, PacketID: 1}
	for _, b := range []pdu.Body{
		&pdu.Response{}, &pdu.Response{Status: pdu.NotOpen}, &pdu.Close{Reason: 1}, &pdu.Get{Ranges: []pdu.Range{{Start: served}}},
		&pdu.GetBulk{MaxRepetitions: 9, Ranges: []pdu.Range{{Start: served}}}, &pdu.TestSet{Vars: trap(1)}, &pdu.CleanupSet{},
	} {
		one := (&pdu.Message{Header: header, Body: b}).Append(nil)
		f.Add(append((&pdu.Message{Header: header, Body: &pdu.Response{}}).Append(nil), one...))
		f.Add(one[:len(one)-1])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, theirs := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		go func() {
			_, _ = theirs.Write(b)
			_ = theirs.Close()
		}()
		o := Options{Handler: echo{}}
		o.complete()
		c := &conn{Conn: ours, in: make(chan received), stop: make(chan struct{}), patience: patience}
		go c.read()
		defer c.close()
		s := &session{conn: c, options: &o, queue: newQueue(), id: 1}
		s.queue.add(trap(1))
		ended := make(chan error, 1)
		go func() { ended <- s.serve(context.Background(), context.Background()) }()
		select {
		case err := <-ended:
			if err == nil {
				t.Error("ended without a reason")
			}
		case <-time.After(patience):
			t.Error("hangs")
		}
	})
}
