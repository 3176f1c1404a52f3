package link

import (
	"fmt"
	"io"
	"testing"
	"time"
)

func TestSessionState(t *testing.T) {
	for _, want := range []SessionState{NewSessionState("a b", true), NewSessionState("x", false)} {
		got, err := ParseSessionState(want.Message())
		if err != nil || got != want {
			t.Errorf("%+v became %+v, %v", want, got, err)
		}
		if age := got.Age(); age < 0 || age > time.Minute {
			t.Errorf("age %v", age)
		}
	}
	if _, err := ParseSessionState(Message{Type: Ping, Text: "Up 1 a"}); err == nil {
		t.Error("another kind of message was accepted")
	}
}

// A parent that does not read gets the newest state of each session later, and
// no state replaces that of another session.
func TestSessionStatesAreKept(t *testing.T) {
	p, c := pair(t)
	for i := 0; len(c.pending) == 0; i++ { // until the socket is full
		if err := c.SessionState(NewSessionState(fmt.Sprint("filler", i), true)); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []SessionState{NewSessionState("a", true), NewSessionState("b", true), NewSessionState("a", false)} {
		if err := c.SessionState(s); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.pending); n != 3 {
		t.Errorf("%d messages wait, want that of the last filler, a and b", n)
	}
	drain(p)
	if err := c.Hello(time.Now()); err != nil {
		t.Fatal(err)
	}
	receive(t, p)
	for _, want := range []string{"b Up", "a Down"} {
		s, err := ParseSessionState(receive(t, p))
		if got := s.Name + " " + s.String(); got != want || err != nil {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

// The express line brings what the parent brings too, in the same order; one
// that nobody reads, or whose other end is gone, is no error.
func TestExpress(t *testing.T) {
	p, c := pair(t)
	bfd, vrrp, err := NewExpress()
	if err != nil {
		t.Fatal(err)
	}
	c.express = bfd
	other := &Child{express: vrrp}
	first := NewSessionState("a", true)
	for _, s := range []SessionState{first, NewSessionState("b", false)} {
		if err := c.SessionState(s); err != nil {
			t.Fatal(err)
		}
		got, err := other.RecvExpress()
		if err != nil || got != s {
			t.Errorf("got %+v, %v; want %+v", got, err, s)
		}
		if relayed, err := ParseSessionState(receive(t, p)); err != nil || relayed != s {
			t.Errorf("by the parent: %+v, %v; want %+v", relayed, err, s)
		}
	}
	if s := NewSessionState("a", false); !s.NewerThan(first) || first.NewerThan(first) {
		t.Error("a later state is not newer")
	}
	if _, err := other.RecvExpress(); err != ErrAgain {
		t.Errorf("an empty line: %v, want %v", err, ErrAgain)
	}
	bfd.Close()
	if _, err := other.RecvExpress(); err != io.EOF {
		t.Errorf("a line that was cut: %v, want %v", err, io.EOF)
	}
}

func TestExpressNobodyReads(t *testing.T) {
	p, c := pair(t)
	bfd, vrrp, err := NewExpress()
	if err != nil {
		t.Fatal(err)
	}
	defer vrrp.Close()
	c.express = bfd
	for i := range 10_000 { // more than fits
		if err := c.SessionState(NewSessionState("a", i%2 == 0)); err != nil {
			t.Fatal(err)
		}
		receive(t, p)
	}
}
