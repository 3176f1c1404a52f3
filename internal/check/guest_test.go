package check

import (
	"testing"

	"keepalived/test/guest"
)

// TestInGuest runs the tests that want a kernel's IPVS on such a kernel, where
// they also compare its table with that of C keepalived.
func TestInGuest(t *testing.T) {
	guest.Test(t, "^TestKernel", guestConfig())
}

func guestConfig() guest.Config {
	return guest.Config{
		Programs: []string{"ip", "sh", "keepalived"},
		Packages: []string{"keepalived", "libnl-3-200", "libnl-genl-3-200"},
	}
}
