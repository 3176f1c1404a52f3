package watchdog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParseReloadTime(t *testing.T) {
	zone := time.FixedZone("test", 2*3600)
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, zone)
	for _, tt := range []struct {
		text string
		want string // RFC 3339; "": nothing, "error"
		once bool
	}{
		{"10:30:01", "2026-11-21T10:30:01+02:00", false},
		{"10:30:00\n", "2026-11-22T10:30:00+02:00", false},
		{"09:00:00", "2026-11-22T09:00:00+02:00", false},
		{"09:00:00Z", "2026-11-21T09:00:00Z", false},
		{"08:00:00Z", "2026-11-22T08:00:00Z", false},
		{"26-12-01 00:00:00", "2026-12-01T00:00:00+02:00", true},
		{"2027-01-01 00:00:00Z", "2027-01-01T00:00:00Z", true},
		{"2026-11-21 10:29:59", "", false},
		{"", "error", false},
		{"9:00:00", "error", false},
		{"25:00:00", "error", false},
		{"2026-13-01 00:00:00", "error", false},
		{"tomorrow", "error", false},
	} {
		r, ok := parseReloadTime(tt.text, now)
		got := ""
		switch {
		case !ok:
			got = "error"
		case !r.at.IsZero():
			got = r.at.Format(time.RFC3339)
		}
		if got != tt.want || r.dated != tt.once {
			t.Errorf("%q: %s, dated %v; want %s, %v", tt.text, got, r.dated, tt.want, tt.once)
		}
	}
}

func FuzzParseReloadTime(f *testing.F) {
	f.Add("10:30:01Z")
	f.Add("2027-01-01 00:00:00")
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := parseReloadTime(text, now); ok && !r.at.IsZero() && !r.at.After(now) {
			t.Errorf("%q gives a moment that has passed: %v", text, r.at)
		}
	})
}

func TestReloadAtATime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "when")
	d := newDaemon(t, "vrrp A\ntimefile "+file+"\n").start(nil)
	d.wait("Startup complete")
	write := func(at time.Time) {
		t.Helper()
		if err := os.WriteFile(file, []byte(at.UTC().Format("2006-01-02 15:04:05Z\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(time.Now().Add(time.Hour))
	d.wait("Scheduling reload for ")
	write(time.Now().Add(2 * time.Hour))
	d.wait("Reload time updated from ")
	os.Remove(file)
	d.wait("Cancelling reload scheduled for ")
	write(time.Now().Add(2 * time.Second))
	d.wait("Scheduling reload for ")
	d.configure("vrrp B\ntimefile " + file + "\n")
	d.wait("reloads B")
	d.wait("Reload complete")
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if err := os.WriteFile(file, []byte("noon"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.wait("Reload time noon format is incorrect - ignoring")
}

// The clock may have rung just before the file was changed or deleted.
func TestRingOfAReloadThatWasMoved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "when")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := newParent(Options{}, &systemd{})
	if err := p.openAlarms(); err != nil {
		t.Fatal(err)
	}
	if p.reloadDue() {
		t.Error("a reload without a file")
	}
	p.timed = &reloadWatch{name: file}
	if p.reloadDue() {
		t.Error("a reload that was cancelled")
	}
	p.timed.want.at = time.Now().Add(time.Hour)
	if p.reloadDue() || p.timed.want.at.IsZero() {
		t.Error("a reload an hour early")
	}
	p.timed.want.at = time.Now()
	if !p.reloadDue() || !p.timed.want.at.IsZero() {
		t.Error("no reload at its time")
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestReloadMarker(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "reloading")
	d := newDaemon(t, "vrrp A\nmarker "+marker+"\n").start(nil)
	d.wait("Startup complete")
	if err := os.Mkdir(marker, 0o700); err != nil { // cannot be made: said, and no obstacle
		t.Fatal(err)
	}
	d.parent(unix.SIGHUP)
	d.wait(fmt.Sprintf("Failed to create reload file: open %s: ", marker))
	d.wait("Reload complete")
	os.Remove(marker)
	d.parent(unix.SIGHUP)
	d.wait("Reload complete")
	if _, err := os.Stat(marker); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the marker is left: %v", err)
	}
}
