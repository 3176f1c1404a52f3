package config

import (
	"math"
	"strings"
	"time"

	"keepalived/internal/config/lang"
)

// timingOf returns the timing that a keyword sets.
type timingOf func(d *decoder) *timingDraft

func serverTiming(d *decoder) *timingDraft { return &d.lvs.server.timing }

func realTiming(d *decoder) *timingDraft { return &d.lvs.real.timing }

func checkTiming(d *decoder) *timingDraft { return &d.lvs.checker.timing }

// The longest time of the C daemon, in seconds, and the longest one here, which
// has the same effect.
const (
	maxSeconds = "18446744073709.551614"
	forever    = 290 * 365 * 24 * time.Hour
)

// longSeconds reads a time of up to half a million years, at least lo
// microseconds.
func (d *decoder) longSeconds(s stmt, i int, lo int64) (time.Duration, bool) {
	lim := decimals{lo: lo, hi: int64(forever / time.Microsecond), places: 6}
	v, bad := parseDecimal(s.arg(i), lim)
	if bad != nil && strings.Contains(bad.text, " outside range") {
		whole, frac, _ := strings.Cut(s.arg(i), ".")
		if u, _, _ := scaled(whole, frac, lim.places); u > uint64(lim.hi) && u < math.MaxUint64 {
			return forever, true
		}
		low := "0.000000"
		if lo > 0 {
			low = "0.000001"
		}
		bad.text = "number '" + s.arg(i) + "' outside range [" + low + ", " + maxSeconds + "]"
	}
	ok := d.checkNumber(s, i, bad)
	return lim.duration(v), ok || bad.lenient
}

// longSpan is a keyword with such a time.
func longSpan(lo int64, text string, set func(d *decoder, v time.Duration)) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.longSeconds(s, 1, lo)
		if !ok {
			d.refuse(s, 1, text)
			return
		}
		set(d, v)
	}
}

func delayLoop(of timingOf, text string) handler {
	return longSpan(1, text, func(d *decoder, v time.Duration) { of(d).delayLoop = Some(v) })
}

func warmup(of timingOf, text string) handler {
	return longSpan(0, text, func(d *decoder, v time.Duration) { of(d).warmup = Some(v) })
}

func delayBeforeRetry(of timingOf, text string) handler {
	return longSpan(0, text, func(d *decoder, v time.Duration) { of(d).delayBeforeRetry = Some(v) })
}

func connectTimeout(of timingOf, text string) handler {
	return span(microTimer, text, func(d *decoder, v time.Duration) { of(d).connectTimeout = Some(v) })
}

// retry is strict in servers, where 0 is refused, and lenient in checkers.
func retry(of timingOf, lim limits, text string) handler {
	return whole(lim, text, func(d *decoder, v int64) { of(d).retry = Some(uint32(v)) })
}

// oldRetry is the older name of retry in HTTP_GET.
func oldRetry(d *decoder, s stmt) {
	d.help(s.at(0), lang.ClassDeprecated, "write retry", "nb_get_retry is deprecated - please use 'retry'")
	if s.n() < 2 {
		d.missing(d.row, s)
		return
	}
	retry(checkTiming, anyUint, "Invalid nb_get_retry value '{v}'")(d, s)
}
