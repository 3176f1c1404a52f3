package main

import (
	"fmt"
	"time"
)

// tolerance is how much later than the protocol says a busy machine may do
// what it has to.
const tolerance = 2 * time.Second

// summary prints what was measured and judges it.
func (st *story) summary() {
	v, f := st.view, st.failover
	bound := downInterval(f.to)
	took := f.advert.Sub(f.start)
	v.rule("result")
	v.line(fmt.Sprintf("  failover    %s -> %s  %.3f s after the last advert of %s; the protocol waits %.3f s, so %.1f ms of it are ours",
		f.from.name, f.to.name, took.Seconds(), f.from.name, bound.Seconds(), float64((took-bound).Microseconds())/1000))
	v.line(fmt.Sprintf("  client                  %d requests lost, %.3f s from the last advert to the first answered request",
		f.lost, f.resumed.Sub(f.start).Seconds()))
	c := st.comeback
	v.line(fmt.Sprintf("  return      %s -> %s  %.3f s after its start, %d requests lost",
		c.from.name, c.to.name, c.advert.Sub(c.start).Seconds(), c.lost))
	v.line(fmt.Sprintf("  adverts     %d from lb1, %d from lb2", st.adverts("192.0.2.1"), st.adverts("192.0.2.2")))
	v.line("")
	if took > bound+tolerance || f.resumed.Sub(f.start) > bound+tolerance {
		v.line("  " + v.paint(red, "The address moved, but far too late."))
		st.t.Fatalf("the failover took %v, %v more than the protocol's %v", took, took-bound, bound)
	}
	v.line("  " + v.paint(green, "The address moved, and the client was answered again."))
	v.line("")
}

func (st *story) adverts(src string) int {
	n := 0
	for _, f := range st.scene.frames.Frames(0) {
		if f.Advert != nil && f.Advert.Src.String() == src {
			n++
		}
	}
	return n
}
