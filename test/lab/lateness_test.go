package lab

import (
	"strings"
	"testing"
	"time"
)

func TestWorstLateness(t *testing.T) {
	l := &Lateness{}
	l.read(strings.NewReader("1000 7\nnonsense\n3000 5\n2000 6\n"))
	for _, tt := range []struct {
		since int64
		want  time.Duration
	}{{0, 7}, {1000, 6}, {2500, 5}, {3000, 0}} {
		if got := l.Worst(time.Unix(0, tt.since)); got != tt.want {
			t.Errorf("since %d: %d, want %d", tt.since, got, tt.want)
		}
	}
}
