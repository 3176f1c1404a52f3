package vrrp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
)

// A reload changes nothing about when vrrp_delay_after_boot is over.
func TestReloadKeepsTheDelayAfterBoot(t *testing.T) {
	conf := configOf(testInstance())
	conf.Global.VRRPDefaults.DelayAfterBoot = uptime() + time.Hour
	r := startConfigured(t, conf)
	r.waitLog("Delaying startup for ")
	began := uptime()
	r.wait("time that has passed since the start", func() bool { return uptime() > began+500*time.Millisecond })
	r.reload(conf)
	r.waitReloads(1)
	if left, least := r.delayLeft(), conf.Global.VRRPDefaults.DelayAfterBoot-uptime(); left < least.Seconds() {
		t.Errorf("%v seconds are left, which is less than %v", left, least)
	}
}

// delayLeft is what the log says of the startup delay after a reload.
func (r *testRouter) delayLeft() (seconds float64) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.log {
		if _, err := fmt.Sscanf(line, "Delaying startup for a further %g seconds", &seconds); err == nil {
			return seconds
		}
	}
	r.t.Fatalf("nothing is said of it:\n%s", strings.Join(r.log, "\n"))
	return 0
}

// A configuration whose preparation has waited for a disk does not replace a
// newer one.
func TestReloadThatTakesLongerThanTheNext(t *testing.T) {
	slow := testInstance()
	r, l := startInPieces(t, configOf(slow))
	file := filepath.Join(t.TempDir(), "hangs")
	if err := unix.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	slow.Priority, slow.TrackFiles = 77, []config.Track{{Name: "hangs", Weight: 1}}
	conf := configOf(slow)
	conf.TrackFiles = []config.TrackFile{{Name: "hangs", Path: file}}
	r.reload(conf)
	next := testInstance()
	next.Priority = 88
	r.reload(configOf(next))
	r.waitReloads(1)
	r.standStill(l, func(next func() message) {
		if err := os.WriteFile(file, []byte("1"), 0o600); err != nil { // it can be read now
			t.Error(err)
		}
		for {
			switch next().(type) {
			case reloaded, nil:
				return
			}
		}
	})
	priority := make(chan uint8)
	l.inbox.post(busCall(func(l *loop) { priority <- l.conf.VRRP.Instances[0].Priority }))
	if p := <-priority; p != 88 {
		t.Errorf("the priority is %d", p)
	}
}
