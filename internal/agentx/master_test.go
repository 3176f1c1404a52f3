package agentx

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"keepalived/internal/agentx/pdu"
)

// patience is how long tests wait for what must come.
const patience = 20 * time.Second

// master is a master agent that does what a test tells it.
type master struct {
	t        *testing.T
	listener net.Listener
}

func newMaster(t *testing.T, path string) *master {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return &master{t, l}
}

func socketPath(t *testing.T) string { return filepath.Join(t.TempDir(), "master") }

// link is a connection of a subagent, seen from the master agent.
type link struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

// accept waits for the subagent and opens a session with an id.
func (m *master) accept(id uint32) *link {
	m.t.Helper()
	l := m.connection()
	l.answer(l.expect(pdu.KindOpen), id)
	return l
}

func (m *master) connection() *link {
	m.t.Helper()
	type deadliner interface{ SetDeadline(time.Time) error }
	if err := m.listener.(deadliner).SetDeadline(time.Now().Add(patience)); err != nil {
		m.t.Fatal(err)
	}
	c, err := m.listener.Accept()
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = c.Close() })
	return &link{m.t, c, bufio.NewReader(c)}
}

// read returns the next PDU; it fails the test if there is none.
func (l *link) read() pdu.Message {
	l.t.Helper()
	if err := l.SetDeadline(time.Now().Add(patience)); err != nil {
		l.t.Fatal(err)
	}
	var head [pdu.HeaderSize]byte
	if _, err := io.ReadFull(l.r, head[:]); err != nil {
		l.t.Fatalf("master agent: %v", err)
	}
	h, err := pdu.ParseHeader(head[:])
	if err != nil {
		l.t.Fatal(err)
	}
	body := make([]byte, h.Length)
	if _, err := io.ReadFull(l.r, body); err != nil {
		l.t.Fatal(err)
	}
	m, err := pdu.ParseBody(h, body)
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

func (l *link) expect(k pdu.Kind) pdu.Message {
	l.t.Helper()
	m := l.read()
	if m.Kind != k {
		l.t.Fatalf("master agent got kind %d, want %d: %+v", m.Kind, k, m.Body)
	}
	return m
}

func (l *link) send(m pdu.Message) {
	l.t.Helper()
	if _, err := l.Write(m.Append(nil)); err != nil {
		l.t.Fatal(err)
	}
}

// answer says that all is well, in a session.
func (l *link) answer(m pdu.Message, session uint32) { l.status(m, session, pdu.NoError) }

func (l *link) status(m pdu.Message, session uint32, s pdu.Status) {
	l.t.Helper()
	l.send(pdu.Message{
		Header: pdu.Header{SessionID: session, TransactionID: m.TransactionID, PacketID: m.PacketID},
		Body:   &pdu.Response{Status: s},
	})
}
