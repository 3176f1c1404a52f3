package dumps

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

// Where the guest has our daemon, and what tells the test there where C
// keepalived is.
const (
	oursPath = "/guest/ours/keepalived"
	cPathEnv = "DUMPS_C_KEEPALIVED"
)

// insideGuest says that there is a kernel with IPVS.
var insideGuest = os.Getenv(guest.EnvInside) != ""

func ours(t *testing.T) lab.Program {
	if insideGuest {
		return lab.Program{Name: "ours", Path: oursPath}
	}
	return lab.Ours(t)
}

func theC(t *testing.T) lab.Program {
	if insideGuest {
		return lab.Program{Name: "C", Path: os.Getenv(cPathEnv), IsC: true}
	}
	return lab.CKeepalived(t)
}

// TestKernelServers compares what the health checkers hold of every keyword of
// virtual servers. TestInGuest runs it.
func TestKernelServers(t *testing.T) {
	if !insideGuest {
		t.Skip("run by TestInGuest")
	}
	known, err := differences(differencesOfServers)
	if err != nil {
		t.Fatal(err)
	}
	general, err := differences(differencesFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range general {
		d.used = true // elsewhere
	}
	sameMeaning(t, append(known, general...), func(name string) bool { return name == servers })
}

// TestInGuest runs this test binary on a kernel with IPVS, without which the C
// daemon has no health checker.
func TestInGuest(t *testing.T) {
	if insideGuest {
		t.Skip("this is the guest")
	}
	if testing.Short() {
		t.Skip("boots a kernel of its own")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := lab.CKeepalived(t) // with the libraries that it needs
	var out bytes.Buffer
	status, err := guest.Run(t.Context(), guest.Config{
		Command:  []string{self, "-test.v", "-test.timeout", "30m", "-test.run", "^TestKernelServers$"},
		Env:      []string{"LAB_REQUIRED=1", cPathEnv + "=" + c.Path},
		Files:    []string{lab.Ours(t).Path + ":" + oursPath, "/etc/passwd", "/etc/group"},
		Programs: []string{"ip", "sh", "nft", c.Path},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		// The clock counts instructions: a busy host is not seen.
		Icount:  "shift=1,sleep=off",
		Timeout: 30 * time.Minute,
		Output:  &out,
	})
	if errors.Is(err, guest.ErrUnavailable) && os.Getenv(guest.EnvRequired) == "" {
		t.Skip(err)
	}
	if err != nil || status != 0 || !bytes.Contains(out.Bytes(), []byte("--- PASS: TestKernelServers")) {
		t.Fatalf("status %d, %v\n%s", status, err, out.Bytes())
	}
}
