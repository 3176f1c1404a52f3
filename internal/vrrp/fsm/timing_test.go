package fsm

import (
	"testing"
	"time"
)

func us(n int) time.Duration { return time.Duration(n) * time.Microsecond }

func TestSkewTime(t *testing.T) {
	tests := []struct {
		version, priority uint8
		interval          time.Duration
		want              time.Duration
	}{
		{2, 100, time.Second, us(609375)},
		{2, 100, 3 * time.Second, us(609375)}, // a fraction of a second, not of the interval
		{2, 255, time.Second, us(3906)},
		{2, 254, time.Second, us(7812)},
		{2, 1, time.Second, us(996093)},
		{3, 100, time.Second, us(609375)},
		{3, 100, 3 * time.Second, us(1828125)},
		{3, 100, 10 * time.Millisecond, us(6093)},
		{3, 254, 10 * time.Millisecond, us(78)},
		{3, 255, 10 * time.Millisecond, us(39)},
		{3, 255, 100 * time.Millisecond, us(390)},
		{3, 1, 40950 * time.Millisecond, us(40790039)},
	}
	for _, tt := range tests {
		if got := SkewTime(tt.version, tt.priority, tt.interval); got != tt.want {
			t.Errorf("version %d, priority %d, interval %v: want %v, got %v", tt.version, tt.priority, tt.interval, tt.want, got)
		}
	}
}

func TestActiveDownInterval(t *testing.T) {
	tests := []struct {
		version, priority uint8
		interval          time.Duration
		adverts           int
		want              time.Duration
	}{
		{2, 100, time.Second, 3, us(3609375)},
		{2, 100, time.Second, 1, us(1609375)},
		{3, 200, 10 * time.Millisecond, 3, us(32187)},
		{3, 100, time.Second, 100, us(100609375)},
		{3, 100, time.Second, 0, us(609375)}, // after priority 0: the skew time
	}
	for _, tt := range tests {
		if got := ActiveDownInterval(tt.version, tt.priority, tt.interval, tt.adverts); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

func TestLateLimit(t *testing.T) {
	if got := lateLimit(2, 200, 2*time.Second); got != us(6218750) {
		t.Errorf("version 2: got %v", got)
	}
	if got := lateLimit(3, 200, 2*time.Second); got != us(6437500) {
		t.Errorf("version 3: got %v", got)
	}
}

func TestContribution(t *testing.T) {
	up, down := TrackerStatus{Known: true, Up: true}, TrackerStatus{Known: true}
	value := func(v int) TrackerStatus { return TrackerStatus{Known: true, Value: v} }
	tests := []struct {
		name    string
		kind    TrackerKind
		status  TrackerStatus
		weight  int
		reverse bool
		want    int
		fault   bool
	}{
		{"good without weight", TrackInterface, up, 0, false, 0, false},
		{"bad without weight", TrackInterface, down, 0, false, 0, true},
		{"good without weight, reverse", TrackInterface, up, 0, true, 0, true},
		{"bad without weight, reverse", TrackInterface, down, 0, true, 0, false},
		{"good, positive", TrackScript, up, 20, false, 20, false},
		{"bad, positive", TrackScript, down, 20, false, 0, false},
		{"good, negative", TrackScript, up, -20, false, 0, false},
		{"bad, negative", TrackScript, down, -20, false, -20, false},
		{"good, positive, reverse", TrackProcess, up, 20, true, -20, false},
		{"bad, negative, reverse", TrackProcess, down, -20, true, 20, false},
		{"script not run", TrackScript, TrackerStatus{}, -20, false, 0, false},
		{"script not run, no weight", TrackScript, TrackerStatus{}, 0, false, 0, false},
		{"session not seen", TrackBFD, TrackerStatus{}, 0, false, 0, true},
		{"session not seen, weight", TrackBFD, TrackerStatus{}, -20, false, -20, false},
		{"file zero", TrackFile, value(0), 0, false, 0, false},
		{"file one", TrackFile, value(1), 0, false, 0, true},
		{"file negative", TrackFile, value(-1), 0, false, 0, true},
		{"file zero, reverse", TrackFile, value(0), 0, true, 0, true},
		{"file one, reverse", TrackFile, value(1), 0, true, 0, false},
		{"file times weight", TrackFile, value(3), -5, false, -15, false},
		{"file times weight, reverse", TrackFile, value(3), -5, true, 15, false},
		{"file -253", TrackFile, value(-253), 1, false, -253, false},
		{"file -254", TrackFile, value(-254), 1, false, 0, true},
		{"file 254", TrackFile, value(254), 1, false, 253, false},
		{"file beyond 32 bits", TrackFile, value(1 << 62), 254, false, 253, false},
		{"file beyond 32 bits, negative", TrackFile, value(-1 << 62), 254, false, 0, true},
	}
	for _, tt := range tests {
		k := track{&tracker{p: Tracker{Kind: tt.kind}, s: tt.status}, tt.weight, tt.reverse}
		if got, fault := k.contribution(); got != tt.want || fault != tt.fault {
			t.Errorf("%s: want %d, %v, got %d, %v", tt.name, tt.want, tt.fault, got, fault)
		}
	}
}
