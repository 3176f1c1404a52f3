package bfd

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// family is the addresses of both ends.
type family struct{ name, ours, theirs, bits string }

var families = []family{
	{"IPv4", "192.0.2.1", "192.0.2.2", "/24"},
	{"IPv6", "2001:db8::1", "2001:db8::2", "/64"},
}

// rates are those of a session that must not suffer from a busy machine.
const rates = "min_rx 200\nmin_tx 200\nmultiplier 5\n"

// instance is a bfd_instance. RFC 5881 wants a hop limit of 255.
func instance(name, source, neighbor, more string) string {
	return fmt.Sprintf("bfd_instance %s {\nsource_ip %s\nneighbor_ip %s\nhoplimit 255\n%s}\n", name, source, neighbor, more)
}

// tracked is an instance that depends on the session.
const tracked = `vrrp_instance VI {
  interface eth0
  virtual_router_id 7
  version 3
  advert_int 0.3
  priority 100
  virtual_ipaddress {
    192.0.2.100/24
  }
  track_bfd {
    peer
  }
}
`

const vip = "192.0.2.100"

// pair is our daemon and a neighbor on a cable.
type pair struct {
	t           *testing.T
	f           family
	lan         *lab.Segment
	a, b        *lab.Node
	left, right *lab.Link
	ours        *lab.Daemon
}

func newPair(t *testing.T, f family) *pair {
	t.Helper()
	l := lab.New(t)
	p := &pair{t: t, f: f, lan: l.Segment("lan"), a: l.Node("a"), b: l.Node("b")}
	p.left = p.lan.Attach(p.a, "eth0", addresses(0)...)
	p.right = p.lan.Attach(p.b, "eth0", addresses(1)...)
	return p
}

func addresses(end int) (out []string) {
	for _, f := range families {
		out = append(out, []string{f.ours, f.theirs}[end]+f.bits)
	}
	return out
}

// config is ours, with a VIP that depends on the session.
func (p *pair) config(rates string) string {
	return instance("peer", p.f.ours, p.f.theirs, rates) + tracked
}

func (p *pair) start(rates string) { p.ours = p.a.Daemon(lab.Ours(p.t), p.config(rates)) }

// up waits until the session is, and the VIP with it.
func (p *pair) up(mark int) {
	p.t.Helper()
	p.ours.Log.WaitSince(mark, lab.Patience, "(peer) Entering Up state")
	p.a.WaitAddr(vip)
}

// down waits until the session is not up for the given reason, and the VIP is
// gone.
func (p *pair) down(mark int, why string) {
	p.t.Helper()
	p.ours.Log.WaitSince(mark, lab.Patience, "(peer) Entering Down state (Local diagnostic - "+why)
	p.a.WaitNoAddr(vip)
}

// steady checks that the session has not left Up since the mark for a while.
func (p *pair) steady(mark int, d time.Duration) {
	p.t.Helper()
	time.Sleep(d)
	for _, line := range p.ours.Log.Since(mark) {
		if strings.Contains(line.Text, "(peer) Entering Down") || strings.Contains(line.Text, "Expired") {
			p.t.Errorf("the session fell: %s", line.Text)
		}
	}
	if !p.a.HasAddr(vip) {
		p.t.Error("the VIP is gone")
	}
}

func eachFamily(t *testing.T, test func(*testing.T, family)) {
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			test(t, f)
		})
	}
}

const (
	expired    = "Control Detection Time Expired"
	toldByPeer = "Neighbor Signaled Session Down"
)
