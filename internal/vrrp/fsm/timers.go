package fsm

import "time"

// instant is a time since the machine was made. Comparing it is cheaper than
// comparing time.Time, and the wall clock cannot get in.
type instant time.Duration

func (t instant) add(d time.Duration) instant { return t + instant(d) }

func (t instant) sub(u instant) time.Duration { return time.Duration(t - u) }

// timerKind is what a timer of an instance is for.
type timerKind uint8

const (
	timerMain     timerKind = iota // next advert of a master, patience of a backup
	timerGarp                      // second burst after becoming master
	timerRefresh                   // periodic announcements
	timerExtra                     // periodic announcements on secondary interfaces
	timerLower                     // second burst after a lower priority advert
	timerSettle                    // announcements after a second master was heard
	timerFarewell                  // the winner has not answered our goodbye
	timerRogue                     // waiting for another address owner to stop
	timerRestore                   // addresses that went missing are set again
	timerStartup                   // end of the startup delay, of no instance
	numTimers     = int(timerStartup)
)

// timer is a deadline in the heap of its machine.
type timer struct {
	at   instant
	inst *instance // nil: timerStartup
	kind timerKind
	pos  int // place in the heap plus 1; 0: not running
}

func (t *timer) running() bool { return t.pos != 0 }

// before orders timers by time, then by instance and kind, so that equal
// inputs give equal outputs.
func (t *timer) before(u *timer) bool {
	switch {
	case t.at != u.at:
		return t.at < u.at
	case t.inst == nil || u.inst == nil:
		return t.inst == nil && u.inst != nil
	case t.inst != u.inst:
		return t.inst.id < u.inst.id
	}
	return t.kind < u.kind
}

// early reports whether the timer may be served a little before its time:
// everything but decisions, where microseconds decide who comes first.
func (t *timer) early() bool {
	switch t.kind {
	case timerMain:
		return t.inst.state == StateMaster
	case timerRogue, timerStartup:
		return false
	}
	return true
}

// timerHeap is a binary heap that knows the place of each timer in it.
type timerHeap []*timer

func (h timerHeap) first() *timer {
	if len(h) == 0 {
		return nil
	}
	return h[0]
}

// set starts a timer or moves a running one.
func (h *timerHeap) set(t *timer, at instant) {
	t.at = at
	if !t.running() {
		*h = append(*h, t)
		t.pos = len(*h)
	}
	h.fix(t.pos - 1)
}

// cancel stops a timer; one that is not running stays so.
func (h *timerHeap) cancel(t *timer) {
	if !t.running() {
		return
	}
	i, last := t.pos-1, len(*h)-1
	h.swap(i, last)
	(*h)[last] = nil
	*h = (*h)[:last]
	t.pos = 0
	if i < last {
		h.fix(i)
	}
}

func (h timerHeap) swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].pos, h[j].pos = i+1, j+1
}

func (h timerHeap) fix(i int) {
	for i > 0 && h[i].before(h[(i-1)/2]) {
		h.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h); c++ {
			if h[c].before(h[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		h.swap(i, least)
		i = least
	}
}
