package check

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"keepalived/test/guest"
)

// TestInGuest runs the tests that want a kernel's IPVS on such a kernel, where
// they also compare its table with that of C keepalived.
func TestInGuest(t *testing.T) {
	if insideGuest || testing.Short() {
		t.Skip("boots a kernel of its own")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	config := guestConfig(self)
	config.Output = &out
	status, err := guest.Run(context.Background(), config)
	if errors.Is(err, guest.ErrUnavailable) && os.Getenv(guest.EnvRequired) == "" {
		t.Skip(err)
	}
	if err != nil || status != 0 {
		t.Fatalf("status %d, %v\n%s", status, err, out.Bytes())
	}
}

func guestConfig(self string) guest.Config {
	return guest.Config{
		Command:  []string{self, "-test.v", "-test.run", "^TestKernel"},
		Programs: []string{"ip", "sh", "keepalived"},
		Packages: []string{"keepalived", "libnl-3-200", "libnl-genl-3-200"},
	}
}
