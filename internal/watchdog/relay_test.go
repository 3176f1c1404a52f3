package watchdog

import (
	"fmt"
	"testing"

	"keepalived/internal/watchdog/link"
)

// listen returns what reads the next state that a child is told.
func listen(t *testing.T, c *link.Child) (next func() string) {
	t.Helper()
	ch, err := c.Messages()
	if err != nil {
		t.Fatal(err)
	}
	return func() string {
		t.Helper()
		s, err := link.ParseSessionState(<-ch)
		if err != nil {
			t.Fatal(err)
		}
		return s.Name + " " + s.String()
	}
}

// A child hears the last state of each session, in the order of their changes,
// and then each new one, however late it starts to read.
func TestRelay(t *testing.T) {
	r := newRelay()
	publish := func(name string, up bool) {
		t.Helper()
		if err := r.publish(link.NewSessionState(name, up).Message()); err != nil {
			t.Fatal(err)
		}
	}
	publish("a", false)
	publish("b", false)
	publish("a", true)
	parent, child, err := link.InProcess(link.RoleVRRP, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := listen(t, child)
	gone, ended := make(chan struct{}), make(chan struct{})
	go func() {
		r.serve(parent, gone)
		close(ended)
	}()
	for _, want := range []string{"b Down", "a Up"} {
		if got := next(); got != want {
			t.Errorf("told %s, want %s", got, want)
		}
	}
	publish("b", true)
	if got := next(); got != "b Up" {
		t.Errorf("told %s, want b Up", got)
	}
	close(gone)
	<-ended
	publish("a", false) // to nobody
	if len(r.wake) != 0 {
		t.Error("the child is still served")
	}
}

// More states than a link holds are all told.
func TestRelayToSlowChild(t *testing.T) {
	r := newRelay()
	const sessions = 5000
	for i := range sessions {
		if err := r.publish(link.NewSessionState(fmt.Sprint(i), true).Message()); err != nil {
			t.Fatal(err)
		}
	}
	parent, child, err := link.InProcess(link.RoleVRRP, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := listen(t, child)
	gone := make(chan struct{})
	defer close(gone)
	go r.serve(parent, gone)
	for i := range sessions {
		if got, want := next(), fmt.Sprint(i, " Up"); got != want {
			t.Fatalf("told %s, want %s", got, want)
		}
	}
}

func TestRelayRefusesNonsense(t *testing.T) {
	r := newRelay()
	for _, text := range []string{"", "Up", "Up 1", "Up 1 ", "Sideways 1 a", "Up x a"} {
		if err := r.publish(link.Message{Type: link.BFDState, Text: text}); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if len(r.states) != 0 {
		t.Error("nonsense was kept")
	}
}
