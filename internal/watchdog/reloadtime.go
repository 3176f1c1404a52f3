package watchdog

import (
	"strings"
	"time"
)

// reloadTime is what a reload_time_file asks for.
type reloadTime struct {
	at    time.Time // zero: nothing
	dated bool      // it named a day, so it happens once
}

// reloadLayouts are the forms of keepalived.conf(5), by their length.
var reloadLayouts = map[int]string{
	len("15:04:05"):            "15:04:05",
	len("06-01-02 15:04:05"):   "06-01-02 15:04:05",
	len("2006-01-02 15:04:05"): "2006-01-02 15:04:05",
}

// parseReloadTime reads HH:MM:SS, YY-MM-DD HH:MM:SS or YYYY-MM-DD HH:MM:SS, each
// with an optional Z for UTC; without it the zone of now counts. A time of day
// is its next occurrence after now; a moment that has passed is nothing.
func parseReloadTime(text string, now time.Time) (r reloadTime, ok bool) {
	zone := now.Location()
	word, utc := strings.CutSuffix(strings.TrimSpace(text), "Z")
	if utc {
		zone = time.UTC
	}
	layout := reloadLayouts[len(word)]
	at, err := time.ParseInLocation(layout, word, zone)
	if layout == "" || err != nil {
		return reloadTime{}, false
	}
	if len(word) == len("15:04:05") {
		return reloadTime{at: nextOccurrence(at, now.In(zone))}, true
	}
	if !at.After(now) {
		return reloadTime{}, true
	}
	return reloadTime{at: at, dated: true}, true
}

// nextOccurrence is the first time after now with that time of day.
func nextOccurrence(clock, now time.Time) time.Time {
	h, m, s := clock.Clock()
	at := time.Date(now.Year(), now.Month(), now.Day(), h, m, s, 0, now.Location())
	if !at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+1, h, m, s, 0, now.Location())
	}
	return at
}
