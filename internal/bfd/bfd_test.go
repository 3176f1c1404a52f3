package bfd

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/bfd/packet"
	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/watchdog/link"
)

func TestPortRange(t *testing.T) {
	for text, want := range map[string]portRange{
		"32768\t60999\n": {49152, 60999},
		"1024 65535":     {49152, 65535},
		"50000 70000":    {50000, 65535},
		"1024 49999":     rfcPorts, // fewer than 1024 remain
		"1024 30000":     rfcPorts,
		"":               rfcPorts,
		"a b":            rfcPorts,
	} {
		if got := rfcPorts.within(text); got != want {
			t.Errorf("%q leaves %v, want %v", text, got, want)
		}
	}
}

// What a process leaves arrives with its successor, whatever the clocks say.
func TestHeld(t *testing.T) {
	parent, child, err := link.InProcess(link.RoleBFD, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := newReporter(nil, child)
	go r.run()
	want := []fsm.Saved{
		{Name: "a", Neighbor: netip.MustParseAddr("192.0.2.1"), Up: true, Mine: 1, Theirs: 2, MinTx: time.Second, MinRx: time.Second, Multiplier: 3},
		{Name: "b", Neighbor: netip.MustParseAddr("2001:db8::1"), Source: netip.MustParseAddr("2001:db8::2"), Multihop: true, HoldUntil: time.Now().Add(time.Hour)},
	}
	r.report(want)
	m, err := parent.Recv()
	if err != nil || m.Type != link.Held {
		t.Fatal(m, err)
	}
	data, err := link.ReadPart(m.Part)
	if err != nil {
		t.Fatal(err)
	}
	got := resumed(data, nil)
	if len(got) != 2 || got[0] != want[0] {
		t.Fatalf("got %+v", got)
	}
	if off := got[1].HoldUntil.Sub(want[1].HoldUntil).Abs(); off > time.Minute {
		t.Errorf("the hold ends %v off", off)
	}
	got[1].HoldUntil = want[1].HoldUntil
	if got[1] != want[1] {
		t.Errorf("got %+v, want %+v", got[1], want[1])
	}
}

func TestHeldNonsense(t *testing.T) {
	var log []string
	l := logging.New(logging.Options{Tee: func(_ logging.Level, text string) { log = append(log, text) }})
	if got := resumed([]byte("{"), l); got != nil || len(log) != 1 {
		t.Errorf("got %v, log %v", got, log)
	}
}

// Packets that anybody can send are logged at a bounded rate.
func TestRejectedIsBounded(t *testing.T) {
	var log []string
	l := &loop{now: time.Now(), log: logging.New(logging.Options{Tee: func(_ logging.Level, text string) { log = append(log, text) }})}
	for range 1000 {
		l.rejected("nonsense")
		l.now = l.now.Add(20 * time.Millisecond)
	}
	if len(log) != 2 || !strings.Contains(log[1], "499 such") {
		t.Errorf("logged %q", log)
	}
}

// A sender and a receiver on the loopback interface: TTL, addresses, content.
func TestSockets(t *testing.T) {
	for _, e := range []endpoint{{}, {multihop: true}, {v6: true}, {v6: true, multihop: true}} {
		addr := map[bool]string{false: "127.0.0.1", true: "::1"}[e.v6]
		p := fsm.Session{Name: "x", Neighbor: netip.MustParseAddr(addr), Source: netip.MustParseAddr(addr), TTL: 42, Multihop: e.multihop}
		r := freeReceiver(t, e)
		if r == nil {
			continue
		}
		s := &sender{p: p, fd: -1}
		t.Cleanup(s.close)
		sent := packet.Control{State: packet.Down, Multiplier: 3, Mine: 7}
		if err := s.send(sent.Append(nil), rfcPorts); err != nil {
			t.Fatal(err)
		}
		got := awaitPacket(t, r)
		want := fsm.Received{Packet: sent, From: p.Neighbor, To: p.Neighbor, TTL: 42, Multihop: e.multihop}
		if got != want {
			t.Errorf("%+v: got %+v, want %+v", e, got, want)
		}
		port := boundPort(t, s.fd)
		if port < rfcPorts.first || port > rfcPorts.last {
			t.Errorf("source port %d", port)
		}
	}
}

// freeReceiver is nil where another BFD daemon has the port.
func freeReceiver(t *testing.T, e endpoint) *receiver {
	t.Helper()
	r, err := openReceiver(e)
	if errors.Is(err, unix.EADDRINUSE) || errors.Is(err, unix.EAFNOSUPPORT) {
		t.Logf("%+v: %v", e, err)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeFD(r.fd) })
	return r
}

func awaitPacket(t *testing.T, r *receiver) fsm.Received {
	t.Helper()
	buf, oob := make([]byte, packetBuffer), make([]byte, oobBuffer)
	for range 1000 {
		e, err := r.recv(buf, oob)
		if err == nil {
			return e
		}
		if !errors.Is(err, errEmpty) {
			t.Fatal(err)
		}
		unix.Poll([]unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLIN}}, 10)
	}
	t.Fatal("no packet came")
	return fsm.Received{}
}

func boundPort(t *testing.T, fd int) int {
	t.Helper()
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return sa.Port
	case *unix.SockaddrInet6:
		return sa.Port
	}
	return 0
}

// A source address that is not there yet is tried again with every packet.
func TestSourceComesLater(t *testing.T) {
	s := &sender{p: fsm.Session{Neighbor: netip.MustParseAddr("127.0.0.1"), Source: netip.MustParseAddr("192.0.2.77"), TTL: 255}, fd: -1}
	if err := s.send(packet.Control{}.Append(nil), rfcPorts); err == nil || s.fd >= 0 {
		t.Fatalf("sent from an address that does not exist: %v", err)
	}
	s.p.Source = netip.MustParseAddr("127.0.0.2")
	if err := s.send(packet.Control{}.Append(nil), rfcPorts); err != nil {
		t.Error(err)
	}
	s.close()
}

func TestPrepare(t *testing.T) {
	b := config.BFDInstance{Name: "x", NeighborIP: netip.MustParseAddr("192.0.2.1"), SourceIP: netip.MustParseAddr("192.0.2.2"),
		MinRx: 1, MinTx: 2, IdleTx: 3, Multiplier: 4, Passive: true, TTL: 5, MaxHops: 6, Multihop: true}
	p := prepare(&config.Config{BFD: config.BFD{Instances: []config.BFDInstance{b}}})
	want := fsm.Session{Name: "x", Neighbor: b.NeighborIP, Source: b.SourceIP, MinRx: 1, MinTx: 2, IdleTx: 3, Multiplier: 4,
		Passive: true, TTL: 5, MaxHops: 6, Multihop: true}
	if len(p.sessions) != 1 || p.sessions[0] != want {
		t.Errorf("got %+v", p.sessions)
	}
}
