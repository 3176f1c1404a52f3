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

func TestLatenessWithin(t *testing.T) {
	l := &Lateness{}
	l.read(strings.NewReader("1000 100\n2000 50\n"))
	for _, tt := range []struct {
		from, to int64
		want     time.Duration
	}{{0, 3000, 100}, {0, 900, 0}, {0, 901, 100}, {999, 1100, 100}, {1000, 1950, 0}, {1500, 1951, 50}} {
		if got := l.Within(time.Unix(0, tt.from), time.Unix(0, tt.to)); got != tt.want {
			t.Errorf("%d to %d: %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
}
