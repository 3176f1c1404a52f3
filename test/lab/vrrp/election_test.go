package vrrp

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestElection is the keywords that decide who is master, and when.
func TestElection(t *testing.T) {
	runFeatures(t, []feature{
		{name: "down_timer_adverts", lines: "    down_timer_adverts 8\n", run: takeoverAfter(8)},
		{name: "vrrp_down_timer_adverts", global: "    vrrp_down_timer_adverts 6\n", run: takeoverAfter(6)},
		{name: "advert_int", run: takeoverAfter(3)},
		{name: "higher_prio_send_advert", lines: "    higher_prio_send_advert on\n", run: answerToHigher(true)},
		{name: "vrrp_higher_prio_send_advert", global: "    vrrp_higher_prio_send_advert on\n", run: answerToHigher(true)},
		{name: "higher_prio_send_advert off", global: "    vrrp_higher_prio_send_advert on\n", lines: "    higher_prio_send_advert off\n", run: answerToHigher(false)},
		{name: "lower_prio_no_advert", lines: "    lower_prio_no_advert on\n    garp_lower_prio_repeat 0\n", run: answerToLower(false)},
		{name: "vrrp_lower_prio_no_advert", global: "    vrrp_lower_prio_no_advert on\n", run: answerToLower(false)},
		{name: "lower_prio_no_advert off", lines: "    lower_prio_no_advert off\n", run: answerToLower(true)},
		{name: "nopreempt", lines: "    nopreempt\n", run: noPreempt},
		{name: "preempt_delay", lines: "    preempt_delay 2.5\n", run: preemptDelay},
		{name: "priority owner", run: owner},
		{name: "owner_ignore_adverts", newer: true, lines: "    owner_ignore_adverts on\n", run: owner},
		{name: "vrrp_owner_ignore_adverts", newer: true, global: "    vrrp_owner_ignore_adverts on\n", run: owner},
		{name: "state MASTER", lines: "    state MASTER\n", run: masterAtOnce},
		{name: "timer_expired_backup", newer: true, lines: "    nopreempt\n    timer_expired_backup\n", run: thawed},
		{name: "thread_timer_expired", newer: true, lines: "    nopreempt\n    thread_timer_expired 200\n", run: thawed},
		{name: "check_unicast_src", lines: "    check_unicast_src\n    unicast_peer {\n        192.0.2.9\n    }\n", run: deaf},
		{name: "unicast_peer max_ttl", lines: "    unicast_ttl 9\n    unicast_peer {\n        PEER max_ttl 8\n    }\n", run: deaf},
		{name: "unicast_peer min_ttl", lines: "    unicast_ttl 9\n    unicast_peer {\n        PEER min_ttl 10\n    }\n", run: deaf},
		{name: "unicast_fault_no_peer", lines: "    unicast_src_ip OWN\n    unicast_fault_no_peer\n", run: never},
		{name: "track_src_ip", lines: "    unicast_src_ip OWN\n    track_src_ip\n    unicast_peer {\n        PEER\n    }\n", run: sourceRemoved(true)},
		{name: "mcast_src_ip untracked", lines: "    mcast_src_ip OWN\n", run: sourceRemoved(false)},
		{name: "dont_track_primary", lines: "    dont_track_primary\n", run: notTracked},
		{name: "vrrp_startup_delay", global: "    vrrp_startup_delay 3\n", run: startsLate(3 * time.Second)},
		{name: "vrrp_delay_after_boot", newer: true, global: "    vrrp_delay_after_boot 1\n", run: startsLate(0)},
		{name: "log_unknown_vrids", newer: true, global: "    log_unknown_vrids\n", run: unknownVRID},
	})
}

// startBoth starts both and waits until high is in charge.
func (p *pair) startBoth() {
	p.t.Helper()
	p.start(p.high)
	p.start(p.low)
	p.settled(p.high, p.low)
}

// takeoverAfter: a killed master is replaced after so many adverts and the
// skew time, not before and not much later.
func takeoverAfter(adverts int) func(*pair) {
	return func(p *pair) {
		p.startBoth()
		p.high.daemon.Kill9()
		last, _ := p.frames.Last(lab.From(p.high.Node), lab.Alive)
		first := p.frames.Wait(lab.Patience, "an advert of "+p.low.Name, lab.After(last.At), lab.From(p.low.Node), lab.Alive)
		want := time.Duration(adverts)*interval + interval*(256-lowPriority)/256
		if took := first.At.Sub(last.At); took < want-early || took > want+late {
			p.t.Errorf("%s took over after %v, want %v", p.low.Name, took, want)
		}
	}
}

// sent is how many adverts a router has sent since; a last word is none.
func (p *pair) sent(s *side, since time.Time) int {
	return len(p.frames.Select(lab.After(since), lab.From(s.Node), lab.Alive))
}

// answerToHigher: a master that hears a better one steps down, with one more
// advert or without.
func answerToHigher(want bool) func(*pair) {
	return func(p *pair) {
		p.start(p.low)
		p.low.daemon.WaitState("VI_1", "MASTER")
		p.low.WaitAddr(vip)
		p.start(p.high)
		first := p.frames.Wait(lab.Patience, "an advert of "+p.high.Name, lab.From(p.high.Node), lab.Alive)
		p.low.daemon.WaitState("VI_1", "BACKUP")
		p.frames.Wait(lab.Patience, "a later advert", lab.After(first.At.Add(2*interval)), lab.From(p.high.Node), lab.Alive)
		if n := p.sent(p.low, first.At); (n > 0) != want {
			p.t.Errorf("%s sends %d adverts after it heard the better one", p.low.Name, n)
		}
	}
}

// answerToLower: a master that hears a worse one answers at once, or at its
// time.
func answerToLower(want bool) func(*pair) {
	return func(p *pair) {
		p.start(p.high)
		p.high.daemon.WaitState("VI_1", "MASTER")
		p.high.WaitAddr(vip)
		early := 0
		for range 8 {
			from := p.high.forge(p)
			next := p.frames.Wait(lab.Patience, "an advert of "+p.high.Name, lab.After(from), lab.From(p.high.Node), lab.Alive)
			before, _ := p.frames.Last(lab.Before(from), lab.From(p.high.Node), lab.Alive)
			if next.At.Sub(before.At) < interval-20*time.Millisecond {
				early++
			}
		}
		// A busy machine may hold up an answer until its time has come.
		if want && early < 3 || !want && early > 0 {
			p.t.Errorf("%s answers %d of 8 lower adverts before its time", p.high.Name, early)
		}
	}
}

// forge sends an advert of priority 1 in the middle between two of the master,
// and tells when.
func (s *side) forge(p *pair) time.Time {
	p.t.Helper()
	mark := time.Now()
	f := p.frames.Wait(lab.Patience, "an advert", lab.After(mark), lab.From(s.Node), lab.Alive)
	time.Sleep(time.Until(f.At.Add(interval / 3)))
	p.sendAdvert(advert3(vrid, 1))
	sent := p.frames.Wait(lab.Patience, "the forged advert", lab.After(mark), lab.From(p.client), lab.AnyAdvert)
	return sent.At
}

func noPreempt(p *pair) {
	p.start(p.low)
	p.low.daemon.WaitState("VI_1", "MASTER")
	p.start(p.high)
	p.high.daemon.WaitState("VI_1", "BACKUP")
	p.frames.Wait(lab.Patience, "adverts for longer than a takeover takes", lab.After(time.Now().Add(8*interval)), lab.From(p.low.Node), lab.Alive)
	p.settled(p.low, p.high)
}

func preemptDelay(p *pair) {
	p.start(p.low)
	p.low.daemon.WaitState("VI_1", "MASTER")
	p.start(p.high)
	at := p.high.daemon.Log.Wait("start preempt delay").At
	first := p.frames.Wait(lab.Patience, "an advert of "+p.high.Name, lab.From(p.high.Node), lab.Alive)
	// After the delay it waits for as long as for a silent master.
	if took := first.At.Sub(at); took < 2500*time.Millisecond-early || took > 2500*time.Millisecond+5*interval+late {
		p.t.Errorf("%s preempts after %v", p.high.Name, took)
	}
	p.settled(p.high, p.low)
}

// owner: priority 255 is master at once, and stays.
func owner(p *pair) {
	p.high.config = strings.Replace(p.high.config, "priority 150", "priority 255", 1)
	p.low.config = strings.Replace(p.low.config, "    owner_ignore_adverts on\n", "", 1)
	p.handOver()
	if a := p.advert(p.high); a.Priority != 255 {
		p.t.Errorf("the owner advertises %+v", *a)
	}
}

// masterAtOnce: who is to begin as master waits only for one advert.
func masterAtOnce(p *pair) {
	p.startBoth()
	p.high.daemon.Stop()
	p.low.daemon.WaitState("VI_1", "MASTER")
	p.start(p.high)
	p.settled(p.high, p.low)
}

// thawed: a master that was stopped for longer than a takeover takes steps down
// by itself, without a last word.
func thawed(p *pair) {
	p.start(p.high)
	p.high.daemon.WaitState("VI_1", "MASTER")
	p.start(p.low)
	p.settled(p.high, p.low)
	p.high.daemon.PauseAll()
	p.low.daemon.WaitState("VI_1", "MASTER")
	at := time.Now()
	p.high.daemon.ResumeAll()
	p.high.daemon.WaitState("VI_1", "BACKUP")
	p.inCharge(p.low, p.high)
	if n := len(p.frames.Select(lab.After(at), lab.From(p.high.Node), lab.Priority(0))); n != 0 {
		p.t.Errorf("%s said goodbye %d times", p.high.Name, n)
	}
}

// deaf: adverts that the other sends are not taken, so both are masters. The C
// daemon puts its own adverts off when it refuses one.
func deaf(p *pair) {
	for _, s := range []*side{p.high, p.low} {
		p.start(s)
	}
	for _, s := range []*side{p.high, p.low} {
		s.daemon.WaitState("VI_1", "MASTER")
		s.WaitAddr(vip)
	}
}

func never(p *pair) {
	p.start(p.high)
	p.start(p.low)
	for _, s := range []*side{p.high, p.low} {
		at := s.daemon.Log.Wait("Cannot use unicast without any peers - going to fault state").At
		lab.Wait(p.t, lab.Patience, "longer than a takeover takes", func() bool { return time.Since(at) > 10*interval })
	}
	if p.high.HasAddr(vip) || p.low.HasAddr(vip) || len(p.frames.Select(lab.AnyAdvert)) > 0 {
		p.t.Error("one without peers is in charge")
	}
}

// sourceRemoved: without its source address an instance is faulty if that is
// tracked. The C daemon looks at it only when it starts.
func sourceRemoved(tracked bool) func(*pair) {
	return func(p *pair) {
		for _, s := range []*side{p.high, p.low} {
			s.Run("ip", "address", "add", "192.0.2.20"+last(s.own)+"/24", "dev", "eth0")
			s.config = strings.NewReplacer("_src_ip "+s.own, "_src_ip 192.0.2.20"+last(s.own), "        "+s.peer+"\n", "        192.0.2.20"+last(s.peer)+"\n").Replace(s.config)
		}
		p.startBoth()
		p.high.Run("ip", "address", "del", "192.0.2.201/24", "dev", "eth0")
		if !tracked || p.high.p.IsC {
			p.frames.Wait(lab.Patience, "an advert", lab.After(time.Now().Add(5*interval)), lab.From(p.high.Node), lab.Alive)
			p.settled(p.high, p.low)
			return
		}
		p.high.daemon.WaitState("VI_1", "FAULT")
		p.low.daemon.WaitState("VI_1", "MASTER")
		p.high.Run("ip", "address", "add", "192.0.2.201/24", "dev", "eth0")
		p.settled(p.high, p.low)
	}
}

// notTracked: the interface's fall changes nothing.
func notTracked(p *pair) {
	p.startBoth()
	p.high.eth0.Unplug()
	p.low.daemon.WaitState("VI_1", "MASTER")
	if got := p.high.daemon.State("VI_1"); got != "MASTER" || !p.high.HasAddr(vip) {
		p.t.Errorf("%s is %s without a carrier", p.high.Name, got)
	}
	p.high.eth0.Plug()
	p.settled(p.high, p.low)
}

func startsLate(delay time.Duration) func(*pair) {
	return func(p *pair) {
		at := time.Now()
		p.start(p.high)
		first := p.frames.Wait(lab.Patience, "an advert", lab.From(p.high.Node), lab.Alive)
		if took := first.At.Sub(at); took < delay+3*interval {
			p.t.Errorf("%s advertises after %v, want no sooner than %v and a takeover", p.high.Name, took, delay)
		}
	}
}

func unknownVRID(p *pair) {
	p.start(p.high)
	p.high.daemon.WaitState("VI_1", "MASTER")
	p.sendAdvert(advert3(77, 200))
	p.high.daemon.Log.Wait("Unknown VRID(77) received on interface(eth0)")
}
