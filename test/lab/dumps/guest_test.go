package dumps

import (
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
var insideGuest = guest.Inside()

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
	guest.Only(t, "TestInGuest")
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
	guest.Boots(t)
	c := lab.CKeepalived(t) // with the libraries that it needs
	guest.Test(t, "^TestKernelServers$", guest.Config{
		Env:      []string{"LAB_REQUIRED=1", cPathEnv + "=" + c.Path},
		Files:    []string{lab.Ours(t).Path + ":" + oursPath, "/etc/passwd", "/etc/group"},
		Programs: []string{"ip", "sh", "nft", c.Path},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		// The clock counts instructions: a busy host is not seen.
		Icount:  "shift=1,sleep=off",
		Timeout: 30 * time.Minute,
	})
}
