package lab

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// answerWithin bounds the age of an answer. Older ones come from requests that
// the client's kernel held back until somebody answered its ARP: whoever sent
// them went without.
const answerWithin = 300 * time.Millisecond

// Echo is one request of a Ping.
type Echo struct {
	Sent     time.Time
	Answered time.Time // zero without an answer in time, so far
}

// Ping is a client that asks an address at a steady rate whether it is there.
type Ping struct {
	t      TB
	name   string
	conn   *icmp.PacketConn
	target net.Addr
	v6     bool
	every  time.Duration
	stop   chan struct{}
	once   sync.Once

	mu     sync.Mutex
	echoes []Echo // by sequence number
}

// Ping starts pinging an address from the node, until the test ends or Stop.
func (n *Node) Ping(addr string, every time.Duration) *Ping {
	n.t.Helper()
	target := netip.MustParseAddr(addr)
	p := &Ping{t: n.t, name: "ping of " + addr + " from " + n.Name, v6: target.Is6(), every: every,
		target: &net.IPAddr{IP: target.AsSlice()}, stop: make(chan struct{})}
	network, local := "ip4:icmp", "0.0.0.0"
	if p.v6 {
		network, local = "ip6:ipv6-icmp", "::"
	}
	err := n.Do(func() (err error) {
		p.conn, err = icmp.ListenPacket(network, local)
		return err
	})
	if err != nil {
		n.t.Fatalf("%s: %v", p.name, err)
	}
	n.t.Cleanup(p.Stop)
	go p.receive()
	go p.send()
	return p
}

// Stop ends the pinging.
func (p *Ping) Stop() {
	p.once.Do(func() {
		close(p.stop)
		p.conn.Close()
	})
}

func (p *Ping) send() {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		p.request()
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
	}
}

// request sends the next request. One that the node cannot send counts as one
// without an answer.
func (p *Ping) request() {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &icmp.Echo{Seq: len(p.echoes) & 0xffff}}
	if p.v6 {
		m.Type = ipv6.ICMPTypeEchoRequest
	}
	b, err := m.Marshal(nil)
	if err != nil {
		return
	}
	p.echoes = append(p.echoes, Echo{Sent: time.Now()})
	p.conn.WriteTo(b, p.target)
}

func (p *Ping) receive() {
	proto := 1
	if p.v6 {
		proto = 58
	}
	for b := make([]byte, 1500); ; {
		n, from, err := p.conn.ReadFrom(b)
		if err != nil {
			return
		}
		m, err := icmp.ParseMessage(proto, b[:n])
		if err != nil || m.Type != ipv4.ICMPTypeEchoReply && m.Type != ipv6.ICMPTypeEchoReply || from.String() != p.target.String() {
			continue
		}
		if e, ok := m.Body.(*icmp.Echo); ok {
			p.answered(e.Seq)
		}
	}
}

func (p *Ping) answered(seq int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// The number on the wire has 16 bits: it means the latest that fits.
	if len(p.echoes) == 0 {
		return
	}
	i := (len(p.echoes)-1)&^0xffff | seq
	if i >= len(p.echoes) {
		i -= 1 << 16
	}
	now := time.Now()
	if i >= 0 && p.echoes[i].Answered.IsZero() && now.Sub(p.echoes[i].Sent) <= answerWithin {
		p.echoes[i].Answered = now
	}
}

// Echoes returns all requests so far.
func (p *Ping) Echoes() []Echo {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Echo(nil), p.echoes...)
}

// Lost returns how many requests between two times have no answer. Those of
// the last moments may still get theirs.
func (p *Ping) Lost(from, to time.Time) int {
	n := 0
	for _, e := range p.Echoes() {
		if e.Answered.IsZero() && !e.Sent.Before(from) && e.Sent.Before(to) {
			n++
		}
	}
	return n
}

// Outage returns the longest time from a request with an answer to the next
// one with an answer: the interval of the requests if none was lost.
func (p *Ping) Outage() time.Duration {
	var last time.Time
	var longest time.Duration
	for _, e := range p.Echoes() {
		if e.Answered.IsZero() {
			continue
		}
		if !last.IsZero() {
			longest = max(longest, e.Sent.Sub(last))
		}
		last = e.Sent
	}
	return longest
}

// WaitAnswer returns when a request that was sent after a time is answered.
func (p *Ping) WaitAnswer(since time.Time) Echo {
	p.t.Helper()
	var found Echo
	Wait(p.t, Patience, p.name+" is answered", func() bool {
		for _, e := range p.Echoes() {
			if e.Sent.After(since) && !e.Answered.IsZero() {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// OutageSince is Outage for the requests that were sent since a time, with the
// one before them as the first.
func (p *Ping) OutageSince(since time.Time) time.Duration {
	last, longest := since, time.Duration(0)
	for _, e := range p.Echoes() {
		if e.Sent.Before(since) || e.Answered.IsZero() {
			continue
		}
		longest = max(longest, e.Sent.Sub(last))
		last = e.Sent
	}
	return longest
}
