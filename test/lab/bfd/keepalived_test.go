package bfd

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// The C daemon as the neighbor: up, cut, one-way loss, its restart, ours.
func TestWithC(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		p := newPair(t, f)
		theirs := p.b.Daemon(lab.CKeepalived(t), instance("peer", f.theirs, f.ours, rates))
		p.start(rates)
		p.up(0)
		theirs.Log.Wait("(peer) Entering Up state")
		p.steady(p.ours.Log.Mark(), time.Second)

		mark, far := p.ours.Log.Mark(), theirs.Log.Mark()
		p.lan.Cut(p.left, p.right)
		p.down(mark, expired)
		theirs.Log.WaitSince(far, lab.Patience, "(peer) Entering Down state")
		mark = p.ours.Log.Mark()
		p.lan.Heal()
		p.up(mark)

		mark = p.ours.Log.Mark() // what we send is lost: the neighbor says so
		p.lan.CutOneWay(p.left, p.right)
		p.down(mark, toldByPeer)
		mark = p.ours.Log.Mark()
		p.lan.Heal()
		p.up(mark)

		mark, far = p.ours.Log.Mark(), theirs.Log.Mark() // what it sends is lost
		p.lan.CutOneWay(p.right, p.left)
		p.down(mark, expired)
		theirs.Log.WaitSince(far, lab.Patience, "(peer) Entering Down state")
		mark = p.ours.Log.Mark()
		p.lan.Heal()
		p.up(mark)

		mark = p.ours.Log.Mark()
		theirs.Stop()
		p.down(mark, expired)
		mark = p.ours.Log.Mark()
		theirs = p.b.Daemon(lab.CKeepalived(t), instance("peer", f.theirs, f.ours, rates))
		p.up(mark)

		far = theirs.Log.Mark()
		p.ours.Stop()
		theirs.Log.WaitSince(far, lab.Patience, "(peer) Entering Down state")
		p.start(rates)
		p.up(0)
	})
}

// A change of the rates goes through a poll; the session stays up.
func TestReload(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		p := newPair(t, f)
		p.b.Daemon(lab.CKeepalived(t), instance("peer", f.theirs, f.ours, rates))
		p.start(rates)
		p.up(0)
		for _, more := range []string{"min_rx 400\nmin_tx 300\nmultiplier 4\n", "min_rx 150\nmin_tx 150\nmultiplier 6\n"} {
			mark := p.ours.Log.Mark()
			p.ours.Configure(p.config(more))
			p.ours.Reload()
			p.ours.Log.WaitSince(mark, lab.Patience, "Reload complete")
			p.steady(mark, 2*time.Second)
		}
	})
}

// A BFD child that is killed is replaced within the detection time: the neighbor
// sees nothing.
func TestChildKilledUnnoticed(t *testing.T) {
	t.Parallel()
	p := newPair(t, families[0])
	slow := "min_rx 500\nmin_tx 500\nmultiplier 6\n"
	theirs := p.b.Daemon(lab.CKeepalived(t), instance("peer", p.f.theirs, p.f.ours, slow))
	p.start(slow)
	p.up(0)
	far, mark := theirs.Log.Mark(), p.ours.Log.Mark()
	for range 2 {
		again := p.ours.Log.Mark()
		p.ours.KillChild(lab.BFD)
		p.ours.Log.WaitSince(again, lab.Patience, "Received BFD event: instance peer is in state Up")
	}
	p.steady(mark, 4*time.Second)
	if theirs.Log.Count(far, "Entering") > 0 {
		t.Error("the neighbor noticed")
	}
}

// When the neighbor has noticed, the session comes back before its last result
// is taken back, and no VIP moves. A loss after that is a loss.
func TestChildKilledNoticed(t *testing.T) {
	t.Parallel()
	p := newPair(t, families[0])
	theirs := p.b.Daemon(lab.CKeepalived(t), instance("peer", p.f.theirs, p.f.ours, rates))
	p.start(rates)
	p.up(0)
	far, mark := theirs.Log.Mark(), p.ours.Log.Mark()
	p.ours.KillChild(lab.BFD)
	p.lan.Cut(p.left, p.right)
	theirs.Log.WaitSince(far, lab.Patience, "(peer) Entering Down state")
	p.ours.Log.WaitSince(mark, lab.Patience, "(peer) Entering Down state")
	p.lan.Heal()
	p.ours.Log.WaitSince(mark, lab.Patience, "(peer) Entering Up state")
	if p.ours.Log.Count(mark, "is in state Down")+p.ours.Log.Count(mark, "FAULT") > 0 || !p.a.HasAddr(vip) {
		t.Error("the VIP moved")
	}
	mark = p.ours.Log.Mark()
	theirs.Kill9()
	p.down(mark, expired)
}

// A VRRP child that is killed learns the states of the sessions at once.
func TestVRRPChildKilled(t *testing.T) {
	t.Parallel()
	p := newPair(t, families[0])
	p.b.Daemon(lab.CKeepalived(t), instance("peer", p.f.theirs, p.f.ours, rates))
	p.start(rates)
	p.up(0)
	mark := p.ours.Log.Mark()
	p.ours.KillChild(lab.VRRP)
	p.ours.Log.WaitSince(mark, lab.Patience, "Received BFD event: instance peer is in state Up")
	p.steady(mark, time.Second)
	if p.ours.Log.Count(mark, "FAULT") > 0 {
		t.Error("the new child did not know that the session is up")
	}
	mark = p.ours.Log.Mark()
	p.lan.Cut(p.left, p.right)
	p.down(mark, expired)
}

// The data file shows the session.
func TestData(t *testing.T) {
	t.Parallel()
	p := newPair(t, families[0])
	p.b.Daemon(lab.CKeepalived(t), instance("peer", p.f.theirs, p.f.ours, rates))
	p.start(rates)
	p.up(0)
	p.ours.Signal(lab.BFD, unix.SIGUSR1)
	const file = "/tmp/keepalived_bfd.data"
	lab.Wait(t, lab.Patience, file, func() bool { _, ok := p.a.ReadFile(file); return ok })
	text, _ := p.a.ReadFile(file)
	for _, want := range []string{"------< BFD Topology >------\n BFD Instance = peer\n   Neighbor IP = 192.0.2.2\n   Source IP = 192.0.2.1\n",
		"\n   local state = Up\n   remote state = Up\n", "\n   remote min tx intv = 200000 us\n", "\n   local detection time = 1000000 us\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
