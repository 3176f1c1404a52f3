package main

import (
	"fmt"
	"strings"
	"time"

	"keepalived/test/lab"
)

// until shows the live line until cond holds.
func (st *story) until(what string, cond func() bool) {
	for end := time.Now().Add(limit); !cond(); time.Sleep(frameRate) {
		now := time.Now()
		if now.After(end) {
			st.t.Fatalf("after %v still waiting: %s", limit, what)
		}
		st.draw(now)
	}
}

func (st *story) wait(d time.Duration) {
	end := time.Now().Add(d)
	st.until("time passes", func() bool { return time.Now().After(end) })
}

// becomesMaster waits until a router is in charge and tells by what that
// shows. It returns the time of its first advert.
func (st *story) becomesMaster(r *router, since time.Time) time.Time {
	match := []lab.Match{lab.After(since), lab.From(r.node), lab.Alive}
	st.until(r.name+" is master", func() bool {
		return r.daemon.State("VI_1") == "MASTER" && r.node.HasAddr(vip) && len(st.scene.frames.Select(match...)) > 0
	})
	first := st.scene.frames.Select(match...)[0]
	st.view.event(first.At.Sub(st.begin), r.name, green, fmt.Sprintf("MASTER: advert with priority %d", first.Advert.Priority))
	announced := []lab.Match{lab.After(since), lab.From(r.node), lab.Announces(vip)}
	st.until(r.name+" announces the address", func() bool { return len(st.scene.frames.Select(announced...)) > 0 })
	garp := st.scene.frames.Select(announced...)[0]
	st.view.event(garp.At.Sub(st.begin), r.name, green, fmt.Sprintf("has %s, tells it the network (gratuitous ARP, %s)", vip, garp.Src))
	return first.At
}

// answered waits for the first answer to a request that was sent after a time,
// and returns when that request was sent.
func (st *story) answered(since time.Time) time.Time {
	var found lab.Echo
	st.until("the client is answered", func() bool {
		for _, e := range st.scene.ping.Echoes() {
			if e.Sent.After(since) && !e.Answered.IsZero() {
				found = e
				return true
			}
		}
		return false
	})
	st.view.event(found.Answered.Sub(st.begin), "client", green, "is answered")
	return found.Sent
}

// enteredAt is when a router's log last said that it entered a state.
func (st *story) enteredAt(r *router, state string) time.Time {
	at := st.begin
	for _, line := range r.daemon.Log.Since(0) {
		if strings.Contains(line.Text, "Entering "+state+" STATE") {
			at = line.At
		}
	}
	return at
}
