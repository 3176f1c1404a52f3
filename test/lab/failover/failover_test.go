package failover

import (
	"testing"
	"time"

	"keepalived/test/lab"
)

// kinds are the daemons that can be on either side.
var kinds = []func(lab.TB) lab.Program{lab.Ours, lab.CKeepalived}

// scenarios are what happens to a pair, each with the protocols that it may
// depend on.
var scenarios = []struct {
	name      string
	protocols []protocol
	run       func(*pair)
}{
	{"graceful stop", []protocol{v2, v3, pass}, gracefulStop},
	{"kill -9", []protocol{v2, v3, pass}, kill9},
	{"link loss", []protocol{v2, v3, pass}, linkLoss},
	{"split and heal", []protocol{v2, v3, pass}, splitAndHeal},
	{"nopreempt", []protocol{v2, v3}, noPreempt},
	{"sync group", []protocol{v2, v3}, syncGroup},
	{"other password", []protocol{pass}, otherPassword},
}

func TestFailover(t *testing.T) {
	for _, s := range scenarios {
		for _, p := range s.protocols {
			for _, high := range kinds {
				for _, low := range kinds {
					hi, lo := high(t), low(t)
					t.Run(s.name+"/"+p.name+"/"+hi.Name+"-"+lo.Name, func(t *testing.T) {
						t.Parallel()
						s.run(newPair(t, p, hi, lo))
					})
				}
			}
		}
	}
}

// gracefulStop: the master says goodbye, the backup follows after its skew
// time, and nothing is left on the first until it is started again.
func gracefulStop(r *pair) {
	r.startBoth()
	at := time.Now()
	r.high.daemon.Stop()
	zero := r.frames.Wait(lab.Patience, "the priority 0 advert", lab.After(at), lab.From(r.high.Node), lab.Priority(0))
	r.checkTakeover(r.low, zero, r.p.skew(lowPriority))
	r.low.waitState(r.t, "VI_1", "MASTER")
	r.inCharge(r.low, r.high)
	r.checkAdvert(r.low)
	r.high.start()
	r.settled(r.high, r.low)
}

// kill9: the master dies without a word; its successor waits as long as the
// protocol says. The address that it left behind does not matter when it
// comes back.
func kill9(r *pair) {
	r.startBoth()
	r.high.daemon.Kill9()
	last := r.lastAdvert(r.high)
	r.checkTakeover(r.low, last, r.p.downInterval(lowPriority))
	r.low.waitState(r.t, "VI_1", "MASTER")
	r.low.WaitAddr(vip)
	if !r.high.HasAddr(vip) {
		r.t.Errorf("the killed daemon's address is gone, nobody can have removed it")
	}
	r.high.start()
	r.settled(r.high, r.low)
}

// linkLoss: the master's cable is pulled and put back.
func linkLoss(r *pair) {
	r.startBoth()
	r.hi.Unplug()
	last := r.lastAdvert(r.high)
	r.high.waitState(r.t, "VI_1", "FAULT")
	r.checkTakeover(r.low, last, r.p.downInterval(lowPriority))
	r.low.waitState(r.t, "VI_1", "MASTER")
	r.inCharge(r.low, r.high)
	r.hi.Plug()
	r.settled(r.high, r.low)
}

// splitAndHeal: each is alone and in charge, then only the better one is.
func splitAndHeal(r *pair) {
	r.startBoth()
	last := r.lastAdvert(r.high) // that low hears
	r.lan.Cut(r.hi, r.lo)
	r.low.waitState(r.t, "VI_1", "MASTER")
	r.checkTakeover(r.low, last, r.p.downInterval(lowPriority))
	if got := r.high.daemon.State("VI_1"); got != "MASTER" || !r.high.HasAddr(vip) {
		r.t.Errorf("the better one left its state when it was alone: %s", got)
	}
	r.lan.Heal()
	r.settled(r.high, r.low)
}

// noPreempt: who comes back does not take over from a worse one that is there.
func noPreempt(r *pair) {
	r.configure("    nopreempt\n")
	r.high.start() // first: low would not give way either
	r.high.waitState(r.t, "VI_1", "MASTER")
	r.low.start()
	r.settled(r.high, r.low)
	r.high.daemon.Stop()
	r.low.waitState(r.t, "VI_1", "MASTER")
	r.high.start()
	r.high.waitState(r.t, "VI_1", "BACKUP")
	// Twice the time in which it would have taken over.
	end := time.Now().Add(2 * r.p.downInterval(highPriority))
	r.frames.Wait(lab.Patience, "an advert of "+r.low.Name, lab.After(end), lab.From(r.low.Node), lab.Alive)
	r.settled(r.low, r.high)
	r.low.daemon.Stop()
	r.high.waitState(r.t, "VI_1", "MASTER")
	r.inCharge(r.high, r.low)
}

// otherPassword: directors that do not share the password do not hear each
// other. The C daemon puts its own adverts off whenever it refuses one, so it
// may fall silent; it still is master.
func otherPassword(r *pair) {
	other := pass
	other.password = "another"
	r.low.config = other.global() + other.instance("VI_1", vrid, lowPriority, "eth0", vip, "")
	r.high.start()
	r.low.start()
	for _, d := range []*director{r.high, r.low} {
		d.waitState(r.t, "VI_1", "MASTER")
		d.WaitAddr(vip)
	}
	now := time.Now()
	for _, d := range []*director{r.high, r.low} {
		if !d.program.IsC {
			r.frames.Wait(lab.Patience, "an advert of "+d.Name, lab.After(now), lab.From(d.Node), lab.Alive)
		}
	}
}
