package vrrp

import (
	"fmt"
	"testing"
	"time"

	"keepalived/test/guest"
)

// icount has the guest's clock count instructions: it does not see the host, so
// the tests wait for the kernel and not for a busy machine.
const icount = "shift=0,sleep=off"

// TestInGuest runs the tests that want a kernel's IPVS on such a kernel.
func TestInGuest(t *testing.T) {
	runInGuest(t, "^TestKernel", guest.Config{})
}

// TestConvergesInGuest is TestConverges on a kernel with VLANs and bonds.
func TestConvergesInGuest(t *testing.T) {
	runInGuest(t, "^TestConverges$", guest.Config{
		Command: []string{fmt.Sprint("-converge.orders=", *orders), fmt.Sprint("-converge.first=", *firstOrder), fmt.Sprint("-converge.seed=", *orderSeed)},
		Timeout: 20*time.Minute + time.Duration(*orders)*time.Minute,
		Modules: []string{"veth", "macvlan", "8021q", "bonding", "bridge"},
	})
}

func runInGuest(t *testing.T, pattern string, c guest.Config) {
	t.Helper()
	c.Programs, c.Icount = []string{"ip"}, icount
	guest.Test(t, pattern, c)
}
