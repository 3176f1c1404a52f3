package fsm

import (
	"time"

	"keepalived/internal/vrrp/packet"
)

// defaultAdvertInt stands in for an interval that is missing; nothing in the
// protocol works with less than minAdvertInt.
const (
	defaultAdvertInt = time.Second
	minAdvertInt     = 10 * time.Millisecond
	defaultAdverts   = 3
)

// SkewTime is how much longer than its fellows a router of this priority waits
// (RFC 3768 6.1, RFC 9568 6.1), in whole microseconds. Version 2 takes a
// fraction of a second, version 3 of the active router's interval, which counts
// in whole centiseconds.
func SkewTime(version, priority uint8, interval time.Duration) time.Duration {
	n := 256 - int64(priority)
	if version == packet.Version2 {
		return time.Duration(n*1_000_000/256) * time.Microsecond
	}
	centi := int64(interval / (10 * time.Millisecond))
	return time.Duration(n*centi*625/16) * time.Microsecond
}

// ActiveDownInterval is the silence after which a router takes over.
func ActiveDownInterval(version, priority uint8, interval time.Duration, adverts int) time.Duration {
	return time.Duration(adverts)*interval + SkewTime(version, priority, interval)
}

// lateLimit is how old the last advert of a master may be before it must
// assume that a router of priority other has taken over (timer_expired_backup).
func lateLimit(version, other uint8, interval time.Duration) time.Duration {
	share := time.Duration(256-int64(other)) * interval / 256
	if version == packet.Version2 {
		share = SkewTime(version, other, interval)
	}
	return 3*interval + share.Truncate(time.Microsecond)
}
