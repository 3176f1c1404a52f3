package agentx

import (
	"net"
	"strings"
	"testing"
	"time"

	"keepalived/internal/agentx/pdu"
)

// echo answers every request with the names that it asks for.
type echo struct{ resets chan bool }

func (e echo) Respond(m *pdu.Message) (pdu.Response, bool) {
	g, ok := m.Body.(*pdu.Get)
	if !ok {
		return pdu.Response{}, false
	}
	var r pdu.Response
	for _, x := range g.Ranges {
		r.Vars = append(r.Vars, pdu.VarBind{Name: x.Start, Value: pdu.Text(x.Start.String())})
	}
	return r, true
}

func (e echo) Reset() {
	if e.resets != nil {
		e.resets <- true
	}
}

var served = pdu.MustOID("1.3.6.1.4.1.9586.100.5")

func options(t *testing.T, path string) Options {
	return Options{
		Address: "unix:" + path, ID: served, Description: "test", Handler: echo{},
		Regions: []Region{{OID: served.With(1), Description: "one"}, {OID: served.With(2), Priority: 100}},
		Log:     t.Logf,
		Retry:   time.Millisecond, Ping: time.Hour, Patience: patience,
	}
}

func start(t *testing.T, o Options) *Agent {
	a := Start(o)
	t.Cleanup(func() { a.Close(0) })
	return a
}

// registered goes through the registrations.
func (l *link) registered(session uint32) {
	l.t.Helper()
	for i, want := range []pdu.Register{{Priority: 127, Subtree: served.With(1)}, {Priority: 100, Subtree: served.With(2)}} {
		m := l.expect(pdu.KindRegister)
		if got := m.Body.(*pdu.Register); m.SessionID != session || got.Priority != want.Priority || got.Subtree.Compare(want.Subtree) != 0 {
			l.t.Fatalf("session %d: %+v", m.SessionID, got)
		}
		l.answer(m, session)
		if i == 0 {
			l.answer(l.expect(pdu.KindAddAgentCaps), session)
		}
	}
}

func trap(n int) []pdu.VarBind {
	return []pdu.VarBind{{Name: served, Value: pdu.Int(n)}}
}

func (l *link) trap(want int) pdu.Message {
	l.t.Helper()
	m := l.expect(pdu.KindNotify)
	if got := m.Body.(*pdu.Notify).Vars[0].Value.Int64(); got != int64(want) {
		l.t.Fatalf("notification %d, want %d", got, want)
	}
	return m
}

func TestSession(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	a := start(t, options(t, path))
	l := m.accept(7)
	l.registered(7)
	for name, flags := range map[string]uint8{"little": 0, "big": pdu.FlagNetworkByteOrder} {
		l.send(pdu.Message{Header: pdu.Header{Flags: flags, SessionID: 7, TransactionID: 8, PacketID: 9}, Body: &pdu.Get{Ranges: []pdu.Range{{Start: served}}}})
		r := l.expect(pdu.KindResponse)
		if r.SessionID != 7 || r.TransactionID != 8 || r.PacketID != 9 || string(r.Body.(*pdu.Response).Vars[0].Value.Bytes()) != served.String() {
			t.Errorf("%s endian: %+v %+v", name, r.Header, r.Body)
		}
	}
	l.send(pdu.Message{Header: pdu.Header{SessionID: 6}, Body: &pdu.Get{}})
	if r := l.expect(pdu.KindResponse).Body.(*pdu.Response); r.Status != pdu.NotOpen {
		t.Errorf("a request of another session: %v", r.Status)
	}
	a.Notify(trap(1))
	a.Notify(trap(2))
	l.answer(l.trap(1), 7)
	second := l.trap(2)
	a.Notify(trap(3)) // waits for the answer to the second
	a.Notify(trap(4))
	closed := make(chan bool)
	go func() {
		a.Close(patience)
		close(closed)
	}()
	// At the end nothing waits.
	l.trap(3)
	l.trap(4)
	end := l.expect(pdu.KindClose)
	if c := end.Body.(*pdu.Close); c.Reason != pdu.ReasonShutdown {
		t.Errorf("reason %v", c.Reason)
	}
	l.answer(second, 7)
	select {
	case <-closed:
		t.Error("it has not waited for the master agent")
	default:
	}
	l.answer(end, 7)
	<-closed
}

// At the end everything leaves without an answer of the master agent, even if the
// end comes while the session begins.
func TestLeavesEverythingBehind(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	a := start(t, options(t, path))
	const many = 50
	for n := range many {
		a.Notify(trap(n))
	}
	l := m.connection()
	open := l.expect(pdu.KindOpen)
	closed := make(chan bool)
	go func() {
		a.Close(patience)
		close(closed)
	}()
	l.answer(open, 1)
	l.registered(1)
	for n := range many {
		l.trap(n)
	}
	l.expect(pdu.KindClose)
	_ = l.Close()
	<-closed
}

// A takeover of 1,000 instances is up to three notifications for each, faster than
// a master agent can confirm them.
func TestBurst(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	a := start(t, options(t, path))
	l := m.accept(1)
	l.registered(1)
	const many = 3000
	for n := range many {
		a.Notify(trap(n))
	}
	for n := range many {
		l.answer(l.trap(n), 1)
	}
}

// What a master agent has not confirmed goes to the next one, in order.
func TestRestartedMaster(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	o := options(t, path)
	resets := make(chan bool, 9)
	o.Handler = echo{resets}
	a := start(t, o)
	l := m.accept(1)
	l.registered(1)
	a.Notify(trap(1))
	l.trap(1)
	a.Notify(trap(2))
	_ = m.listener.Close()
	_ = l.Close()
	<-resets
	m = newMaster(t, path)
	l = m.accept(2)
	l.registered(2)
	l.answer(l.trap(1), 2)
	l.answer(l.trap(2), 2)
}

func TestClosedByMaster(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	start(t, options(t, path))
	l := m.accept(1)
	l.registered(1)
	l.send(pdu.Message{Header: pdu.Header{SessionID: 1}, Body: &pdu.Close{Reason: pdu.ReasonByManager}})
	m.accept(2).registered(2)
}

func TestSilentMaster(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	o := options(t, path)
	o.Patience, o.Ping = 50*time.Millisecond, 20*time.Millisecond
	a := start(t, o)
	m.connection() // takes the Open and says nothing
	for range 3 {
		m.connection()
	}
	a.Notify(trap(1)) // does not wait
	a.Close(0)
}

func TestPing(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	o := options(t, path)
	o.Ping = 10 * time.Millisecond
	start(t, o)
	l := m.accept(1)
	l.registered(1)
	for range 3 {
		l.answer(l.expect(pdu.KindPing), 1)
	}
	l.status(l.expect(pdu.KindPing), 1, pdu.NotOpen)
	m.accept(2).registered(2)
}

// A region that another session has is asked for until that one has gone.
func TestRegionTaken(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	a := start(t, options(t, path))
	l := m.accept(1)
	l.status(l.expect(pdu.KindRegister), 1, pdu.DuplicateRegistration)
	l.answer(l.expect(pdu.KindRegister), 1)
	for range 3 {
		again := l.expect(pdu.KindRegister)
		if o := again.Body.(*pdu.Register).Subtree; o.Compare(served.With(1)) != 0 {
			t.Fatalf("asks for %v", o)
		}
		l.status(again, 1, pdu.DuplicateRegistration)
	}
	l.answer(l.expect(pdu.KindRegister), 1)
	l.answer(l.expect(pdu.KindAddAgentCaps), 1)
	a.Notify(trap(1))
	l.answer(l.trap(1), 1)
}

func TestWaitsForPredecessor(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	o := options(t, path)
	gone := make(chan struct{})
	o.After = gone
	a := start(t, o)
	a.Notify(trap(1))
	if err := m.listener.(*net.UnixListener).SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.listener.Accept(); err == nil {
		t.Fatal("connects although the predecessor is there")
	}
	close(gone)
	l := m.accept(1)
	l.registered(1)
	l.answer(l.trap(1), 1)
}

// Garbage of the right length is answered, other garbage ends the session.
func TestGarbage(t *testing.T) {
	path := socketPath(t)
	m := newMaster(t, path)
	start(t, options(t, path))
	l := m.accept(1)
	l.registered(1)
	b := (&pdu.Message{Header: pdu.Header{SessionID: 1, PacketID: 5}, Body: &pdu.TestSet{Vars: trap(1)}}).Append(nil)
	b[pdu.HeaderSize] = 99
	if _, err := l.Write(b); err != nil {
		t.Fatal(err)
	}
	if r := l.expect(pdu.KindResponse); r.PacketID != 5 || r.Body.(*pdu.Response).Status != pdu.ParseError {
		t.Errorf("%+v %+v", r.Header, r.Body)
	}
	if _, err := l.Write([]byte(strings.Repeat("garbage!", 10))); err != nil {
		t.Fatal(err)
	}
	m.accept(2).registered(2)
}

func TestQueueIsBounded(t *testing.T) {
	q := newQueue()
	for i := range maxQueued + 5 {
		q.add(trap(i))
	}
	if n := q.takeLost(); n != 5 {
		t.Errorf("%d lost", n)
	}
	vars, number, ok := q.first()
	if !ok || number != 5 || vars[0].Value.Int64() != 5 {
		t.Errorf("first is %d, number %d", vars[0].Value.Int64(), number)
	}
	q.confirmed(4) // of one that was dropped meanwhile
	q.confirmed(5)
	if _, number, _ := q.first(); number != 6 {
		t.Errorf("then %d", number)
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"": "unix /var/agentx/master", "unix:/run/x": "unix /run/x", "/run/x": "unix /run/x", "unix": "unix /var/agentx/master",
		"tcp:localhost:705": "tcp localhost:705", "tcp:192.0.2.1": "tcp 192.0.2.1:705", "TCP:[2001:db8::1]:7": "tcp [2001:db8::1]:7",
		"tcp6:2001:db8::1": "tcp6 [2001:db8::1]:705", "udp": "udp localhost:705", "udp:host:1": "udp host:1",
		"host:77": "udp host:77", "host": "udp host:705", "705": "udp localhost:705", "udp6:[::1]": "udp6 [::1]:705",
	} {
		network, address, err := parseAddress(in)
		if got := network + " " + address; err != nil || got != want {
			t.Errorf("%q: %q (%v), want %q", in, got, err, want)
		}
	}
}
