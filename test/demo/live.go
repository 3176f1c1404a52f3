package main

import (
	"fmt"
	"strings"
	"time"

	"keepalived/test/lab"
)

const (
	cell   = 100 * time.Millisecond // of the strip of answered requests
	recent = 120 * time.Millisecond // how long an advert stays lit
	settle = 60 * time.Millisecond  // younger requests may still be answered, as a rule
)

// strip draws the latest requests, a character for each tenth of a second.
func (v *view) strip(echoes []lab.Echo, begin, now time.Time, cells int) string {
	var b strings.Builder
	last := int(now.Add(-settle).Sub(begin) / cell)
	lost, sent := map[int]int{}, map[int]int{}
	for _, e := range echoes {
		i := int(e.Sent.Sub(begin) / cell)
		if i <= last-cells || i >= last {
			continue
		}
		sent[i]++
		if e.Answered.IsZero() {
			lost[i]++
		}
	}
	for i := last - cells; i < last; i++ {
		switch {
		case i < 0 || sent[i] == 0:
			b.WriteString(" ")
		case lost[i] == 0:
			b.WriteString(v.paint(green, "▆"))
		case lost[i] < sent[i]:
			b.WriteString(v.paint(yellow, "▃"))
		default:
			b.WriteString(v.paint(red, "▁"))
		}
	}
	return b.String()
}

// draw draws the line with the present state of everything.
func (st *story) draw(now time.Time) {
	echoes := st.scene.ping.Echoes()
	head := fmt.Sprintf("%8.1f s  %s %s  ping ", now.Sub(st.begin).Seconds(), st.box(st.scene.lb1, now), st.box(st.scene.lb2, now))
	plainWidth := len("    0.0 s  ") + 2*boxWidth + len("   ping ")
	cells := max(0, min(50, st.view.width-plainWidth-1))
	st.view.status(head + st.view.strip(echoes, st.begin, now, cells))
}

const boxWidth = len("lb1 MASTER * ")

// box shows a router: its name, its state and a light when it advertises.
func (st *story) box(r *router, now time.Time) string {
	state, colour := "off", dim
	if r.daemon != nil && r.daemon.Running() {
		state = r.daemon.State("VI_1")
		switch state {
		case "MASTER":
			colour = green
		case "":
			state = "start"
		default:
			colour = yellow
		}
	}
	light := " "
	if f, ok := st.scene.frames.Last(lab.From(r.node), lab.Alive); ok && now.Sub(f.At) < recent {
		light = "●"
	}
	return st.view.paint(bold, r.name) + " " + st.view.paint(colour, fmt.Sprintf("%-6s", state)) + " " + st.view.paint(cyan, light) + " "
}
