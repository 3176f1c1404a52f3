package config

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// A day and more are as long as they say, to the longest time there is.
func TestLongDurations(t *testing.T) {
	for places, seconds := range map[int][]int64{0: {86400, 1 << 32}, 3: {86400, 4294967}, 6: {9223, 9224, 86400, int64(forever / time.Second)}} {
		for _, s := range seconds {
			lim := decimals{places: places, hi: math.MaxInt64}
			v, bad := parseDecimal(strconv.FormatInt(s, 10), lim)
			if got := lim.duration(v); bad != nil || got != time.Duration(s)*time.Second {
				t.Errorf("%d s with %d places: %v, %v", s, places, got, bad)
			}
		}
	}
}
