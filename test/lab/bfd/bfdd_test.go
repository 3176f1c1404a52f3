package bfd

import (
	"fmt"
	"testing"
	"time"

	"keepalived/test/lab"
)

// bfddConfig is a session of bfdd with a neighbor on the same segment.
func bfddConfig(f family) string {
	return fmt.Sprintf("bfd\n peer %s local-address %s\n  receive-interval 200\n  transmit-interval 200\n  detect-multiplier 5\n  no shutdown\n", f.ours, f.theirs)
}

// FRR as the neighbor: up, changed rates, AdminDown in both directions, cut,
// restarts of either side.
func TestWithFRR(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		p := newPair(t, f)
		theirs := startFRR(t, p.b, bfddConfig(f))
		p.start(rates)
		p.up(0)
		theirs.waitStatus("up")
		peer := fmt.Sprintf("peer %s local-address %s", f.ours, f.theirs)

		mark := p.ours.Log.Mark() // a poll of theirs
		theirs.say("configure terminal", "bfd", peer, "transmit-interval 300", "receive-interval 250")
		p.ours.Log.WaitSince(mark, lab.Patience, "Detection time is 1500000 us")
		p.steady(mark, time.Second)

		mark = p.ours.Log.Mark() // a poll of ours
		p.ours.Configure(p.config("min_rx 400\nmin_tx 350\nmultiplier 5\n"))
		p.ours.Reload()
		p.ours.Log.WaitSince(mark, lab.Patience, "Detection time is 2000000 us")
		p.steady(mark, 2*time.Second)
		theirs.waitStatus("up")

		mark = p.ours.Log.Mark()
		theirs.say("configure terminal", "bfd", peer, "shutdown")
		p.down(mark, toldByPeer)
		mark = p.ours.Log.Mark()
		theirs.say("configure terminal", "bfd", peer, "no shutdown")
		p.up(mark)

		mark = p.ours.Log.Mark()
		p.lan.Cut(p.left, p.right)
		p.down(mark, expired)
		theirs.waitStatus("down")
		mark = p.ours.Log.Mark()
		p.lan.Heal()
		p.up(mark)

		mark = p.ours.Log.Mark()
		p.lan.CutOneWay(p.left, p.right)
		p.down(mark, toldByPeer)
		mark = p.ours.Log.Mark()
		p.lan.Heal()
		p.up(mark)

		mark = p.ours.Log.Mark()
		theirs.kill()
		p.down(mark, expired)
		mark = p.ours.Log.Mark()
		theirs.start()
		p.up(mark)

		p.ours.Stop() // AdminDown
		theirs.waitStatus("down")
		p.start(rates)
		p.up(0)
		theirs.waitStatus("up")
	})
}
