package watchdog

import (
	"testing"
	"time"
)

// A limit that would kill a child while it reads its configuration is not kept.
func TestRTTimeLimit(t *testing.T) {
	for _, tt := range []struct {
		configured time.Duration
		want       uint64
	}{{10 * time.Millisecond, 2000000}, {3 * time.Second, 3000000}} {
		if got := rttimeLimit(tt.configured); got.Max != tt.want || got.Cur != tt.want/2 {
			t.Errorf("%v: %+v", tt.configured, got)
		}
	}
}
