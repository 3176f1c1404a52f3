package outages

import (
	"fmt"
	"time"
)

// measured notes a time that must not be longer than most.
func (s *site) measured(what string, got, most time.Duration) {
	s.Helper()
	s.note(got <= most, fmt.Sprintf("%s %.2f s", what, got.Seconds()), fmt.Sprintf("at most %v", most))
}

// counted notes a number that must be want.
func (s *site) counted(what string, got, want int) {
	s.Helper()
	s.note(got == want, fmt.Sprintf("%s %d", what, got), fmt.Sprintf("want %d", want))
}

// saw notes which of two things was the case; the first is the good one.
func (s *site) saw(good bool, ifGood, ifNot string) {
	s.Helper()
	if good {
		s.note(true, ifGood, "")
		return
	}
	s.note(false, ifNot, "want "+ifGood)
}

// steady notes that a master advertised without a gap since a time, and did not
// resign. A fifth of an interval is for the daemon; what the machine was late
// itself is added, and a little if it runs other tests at the same time and the
// interval is short.
func (d *director) steady(since time.Time) {
	s := d.site
	s.Helper()
	gap := d.gap(since)
	bound := s.interval * 12 / 10
	text := fmt.Sprintf("longest gap %.2f intervals", gap.Seconds()/s.interval.Seconds())
	if late := machine.Worst(since); gap > bound && late > 0 {
		text += fmt.Sprintf(" (the machine itself was late by %.2f)", late.Seconds()/s.interval.Seconds())
		bound += late
	}
	if *report == "" && s.interval < time.Second {
		bound += busy
	}
	s.note(gap <= bound, text, fmt.Sprintf("at most %v", bound))
	if d.resigned(since) {
		s.note(false, "priority 0 sent", "want none")
	}
}

// busy is how late anything may be on a machine that is busy with other tests.
const busy = 150 * time.Millisecond

// leeway is for what is measured with processes that have to wait for a processor
// where other tests run at the same time, such as ping(8).
func leeway() time.Duration {
	if *report == "" {
		return time.Second
	}
	return 0
}

func (s *site) note(ok bool, text, want string) {
	s.Helper()
	s.figures = append(s.figures, figure{text: text, bad: !ok})
	if !ok && !s.program.IsC {
		s.Errorf("%s, %s", text, want)
	}
}

// happens waits for something that need not come.
func happens(within time.Duration, cond func() bool) bool {
	for end := time.Now().Add(within); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}
