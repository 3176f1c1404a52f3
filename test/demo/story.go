package main

import (
	"fmt"
	"time"

	"keepalived/test/lab"
)

// Lengths of the scenes in which nothing happens but adverts and answers.
const (
	quiet     = 2500 * time.Millisecond
	darkness  = 1500 * time.Millisecond
	frameRate = 50 * time.Millisecond
	limit     = 20 * time.Second // for what has to happen
)

// story plays the demo on a scene and remembers what it measured.
type story struct {
	t     lab.TB
	scene *scene
	view  *view
	begin time.Time

	failover, comeback move
}

// move is the address moving from one router to the other.
type move struct {
	from, to *router
	// start is the last advert of the old one, or the time at which the new one
	// appears.
	start   time.Time
	advert  time.Time // first one of the new master
	resumed time.Time // first answered request after the loss
	lost    int       // requests without an answer
}

func newStory(t lab.TB, s *scene, v *view) *story {
	return &story{t: t, scene: s, view: v, begin: time.Now()}
}

func (st *story) play() {
	st.introduce()
	st.startUp()
	st.die()
	st.comeBack()
}

func (st *story) introduce() {
	v := st.view
	v.line("")
	v.line("Two directors share the address " + v.paint(bold, vip) + ", a client pings it 50 times a second.")
	v.line("")
	for _, r := range []*router{st.scene.lb1, st.scene.lb2} {
		v.line(fmt.Sprintf("  %s  %-10s  priority %d, advert every %v, takes over after %.3f s of silence",
			v.paint(bold, fmt.Sprintf("%-6s", r.name)), r.address, r.priority, interval, downInterval(r).Seconds()))
	}
	v.line(fmt.Sprintf("  %s  192.0.2.3", v.paint(bold, "client")))
	if v.live {
		v.line(fmt.Sprintf("\n  %s advert   %s answered   %s lost (a tenth of a second each)",
			v.paint(cyan, "●"), v.paint(green, "▆"), v.paint(red, "▁")))
	}
}

func (st *story) startUp() {
	s, v := st.scene, st.view
	v.rule("start")
	st.begin = time.Now()
	s.start(s.lb1)
	s.start(s.lb2)
	v.event(0, "both", "", "keepalived starts")
	st.becomesMaster(s.lb1, st.begin)
	st.answered(st.begin)
	st.wait(quiet)
}

// die switches the master off and follows the address to the other.
func (st *story) die() {
	s, v := st.scene, st.view
	v.rule("the master dies")
	at := s.powerOff(s.lb1)
	dark := time.Now()
	last, ok := s.frames.Last(lab.From(s.lb1.node), lab.Alive)
	if !ok {
		st.t.Fatalf("lb1 never advertised")
	}
	v.event(last.At.Sub(st.begin), "lb1", dim, "its last advert")
	v.event(at.Sub(st.begin), "lb1", red, "kill -9 of every process, and its power is cut")
	m := move{from: s.lb1, to: s.lb2, start: last.At}
	m.advert = st.becomesMaster(s.lb2, at)
	m.resumed = st.answered(dark)
	m.lost = s.ping.Lost(at.Add(-pingEvery), m.resumed)
	v.event(m.resumed.Sub(st.begin), "client", "", fmt.Sprintf("%d requests were lost", m.lost))
	st.failover = m
	st.wait(quiet)
}

// comeBack switches the old master on again and follows the address back.
func (st *story) comeBack() {
	s, v := st.scene, st.view
	v.rule("the old master comes back")
	s.connect(s.lb1)
	at := time.Now()
	s.start(s.lb1)
	v.event(at.Sub(st.begin), "lb1", "", "boots, keepalived starts")
	m := move{from: s.lb2, to: s.lb1, start: at}
	m.advert = st.becomesMaster(s.lb1, at)
	st.until("lb2 gives the address up", func() bool { return s.lb2.daemon.State("VI_1") == "BACKUP" && !s.lb2.node.HasAddr(vip) })
	v.event(st.enteredAt(s.lb2, "BACKUP").Sub(st.begin), "lb2", yellow, "BACKUP: hears the higher priority, gives the address up")
	m.resumed = st.answered(m.advert)
	st.wait(darkness)
	m.lost = s.ping.Lost(at, time.Now().Add(-settle))
	v.event(time.Since(st.begin), "client", "", fmt.Sprintf("%d requests were lost", m.lost))
	st.comeback = m
}
