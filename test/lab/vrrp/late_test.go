package vrrp

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestLateEndOfScript: while the parent, which sees the ends of scripts, gets no
// processor, a script that has ended in time does not time out.
func TestLateEndOfScript(t *testing.T) {
	t.Parallel()
	const started, timeout = "/run/lab/started", 4 * time.Second
	r := newRouter(t, lab.Ours(t))
	r.WriteFile("/run/lab/check", "#!/bin/sh\necho >>"+started+"\nsleep 0.5\n", 0o755)
	r.start(strings.Replace(global, "}\n", "    script_user root\n}\n", 1) +
		"vrrp_script S {\n    script /run/lab/check\n    interval 1\n    timeout 4\n}\n" +
		instance("VI_1", 51, 100, "    track_script {\n        S\n    }\n"+defVIPs))
	r.daemon.WaitState("VI_1", "MASTER")
	runs := func() int {
		text, _ := r.ReadFile(started)
		return strings.Count(text, "\n")
	}
	another := func() {
		t.Helper()
		before := runs()
		lab.Wait(t, lab.Patience, "another run of the script", func() bool { return runs() > before })
	}
	for range 2 {
		another()
		r.daemon.Pause(lab.Parent)
		time.Sleep(timeout + timeout/2)
		r.daemon.Resume(lab.Parent)
		another()
		another()
	}
	if n := r.daemon.Log.Count(0, "VRRP_Script(S) timed_out"); n > 0 {
		t.Errorf("the script timed out %d times", n)
	}
	if zeros := r.frames.Select(lab.From(r.Node), lab.Priority(0)); len(zeros) > 0 {
		t.Errorf("%s has resigned", r.Name)
	}
}

// TestBackupThatStoodStill: a backup whose machine stood still, so that adverts
// were lost, waits for the next one before it takes over; if the master has died
// meanwhile, it does take over.
func TestBackupThatStoodStill(t *testing.T) {
	t.Parallel()
	ours := lab.Ours(t)
	p := newPair(t, feature{v2: true}, ours, ours) // with an interval of 1 s
	p.start(p.high)
	p.start(p.low)
	p.settled(p.high, p.low)
	start := time.Now()
	// miss lets the backup stand still for longer than its patience lasts.
	miss := func() {
		t.Helper()
		p.lan.CutOneWay(p.high.eth0, p.low.eth0)
		p.low.daemon.PauseAll()
		at := time.Now()
		lab.Wait(t, lab.Patience, "longer than a takeover takes", func() bool { return time.Since(at) > 5*time.Second })
	}
	const excuse = "waiting for one more advert from 192.0.2.1"
	for try := 0; ; try++ {
		miss()
		mark := p.low.daemon.Log.Mark()
		// Just after an advert, so that none waits to be read when it goes on.
		p.frames.Wait(lab.Patience, "an advert", lab.After(time.Now()), lab.From(p.high.Node), lab.Alive)
		p.lan.Heal()
		healed := time.Now()
		p.low.daemon.ResumeAll()
		for range 3 {
			f := p.frames.Wait(lab.Patience, "the next advert", lab.After(healed), lab.From(p.high.Node), lab.Alive)
			healed = f.At.Add(1)
		}
		if p.low.daemon.Log.Count(mark, excuse) == 1 {
			break
		}
		if try == 5 {
			t.Fatal("it never said that it had stood still")
		}
	}
	if f, ok := p.frames.Last(lab.After(start), lab.From(p.low.Node), lab.Alive); ok {
		t.Errorf("the backup has advertised: %+v", *f.Advert)
	}
	p.settled(p.high, p.low)

	miss()
	p.high.daemon.Kill9()
	mark := p.low.daemon.Log.Mark()
	p.lan.Heal()
	p.low.daemon.ResumeAll()
	p.low.daemon.Log.WaitSince(mark, lab.Patience, excuse)
	p.low.WaitAddr(vip)
}
