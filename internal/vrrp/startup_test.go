package vrrp

import (
	"fmt"
	"strings"
	"testing"
	"time"
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
