package dump

import (
	"fmt"
	"time"
)

// since is seconds and microseconds since 1970.
func since(t time.Time) string {
	if t.IsZero() {
		return "0.000000"
	}
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}

// moment is since with the date in the given zone.
func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return since(t) + t.In(zone).Format(" (Mon Jan _2 15:04:05.000000 2006)")
}

func enabled(b bool) string {
	if b {
		return "enabled"
	}
	return "disabled"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func seconds(d time.Duration) int { return int(d / time.Second) }
