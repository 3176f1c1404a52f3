package lab

import (
	"fmt"
	"net/netip"
	"time"
)

// Match selects frames.
type Match func(*Frame) bool

// From selects what a node sent on any of its links.
func From(n *Node) Match { return func(f *Frame) bool { return f.From.Node == n } }

// After selects what came at or after a time.
func After(t time.Time) Match { return func(f *Frame) bool { return !f.At.Before(t) } }

// Before selects what came before a time.
func Before(t time.Time) Match { return func(f *Frame) bool { return f.At.Before(t) } }

// AnyAdvert selects advertisements.
func AnyAdvert(f *Frame) bool { return f.Advert != nil }

// VRID selects the advertisements of a virtual router.
func VRID(id uint8) Match {
	return func(f *Frame) bool { return f.Advert != nil && f.Advert.VRID == id }
}

// Priority selects the advertisements with a priority.
func Priority(p uint8) Match {
	return func(f *Frame) bool { return f.Advert != nil && f.Advert.Priority == p }
}

// Alive selects the advertisements of a master that means to stay: those whose
// priority is not 0.
func Alive(f *Frame) bool { return f.Advert != nil && f.Advert.Priority != 0 }

// Announces selects the gratuitous ARPs and unsolicited neighbour
// advertisements for an address.
func Announces(addr string) Match {
	want := netip.MustParseAddr(addr)
	return func(f *Frame) bool {
		got, ok := f.Announced()
		return ok && got == want
	}
}

// Select returns the frames that all matches select, in the order of arrival.
func (c *Capture) Select(matches ...Match) []Frame {
	var out []Frame
	for _, f := range c.Frames(0) {
		if selected(&f, matches) {
			out = append(out, f)
		}
	}
	return out
}

// Last returns the latest frame that all matches select.
func (c *Capture) Last(matches ...Match) (Frame, bool) {
	all := c.Frames(0)
	for i := len(all) - 1; i >= 0; i-- {
		if selected(&all[i], matches) {
			return all[i], true
		}
	}
	return Frame{}, false
}

func selected(f *Frame, matches []Match) bool {
	for _, m := range matches {
		if !m(f) {
			return false
		}
	}
	return true
}

// Wait returns the first frame that all matches select, also one that was
// there before; it ends the test when none comes within the given time.
func (c *Capture) Wait(within time.Duration, what string, matches ...Match) Frame {
	c.segment.t.Helper()
	var found Frame
	seen := 0
	Wait(c.segment.t, within, fmt.Sprintf("%s on %s", what, c.segment.Name), func() bool {
		for _, f := range c.Frames(seen) {
			seen++
			if selected(&f, matches) {
				found = f
				return true
			}
		}
		return false
	})
	return found
}

// Gap is a time between two frames.
type Gap struct {
	From, To time.Time
	Length   time.Duration
}

// LongestGap returns the longest time between successive frames.
func LongestGap(frames []Frame) Gap {
	var longest Gap
	for i := 1; i < len(frames); i++ {
		if d := frames[i].At.Sub(frames[i-1].At); d > longest.Length {
			longest = Gap{From: frames[i-1].At, To: frames[i].At, Length: d}
		}
	}
	return longest
}
