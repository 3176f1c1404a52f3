// Package failover proves that two directors share virtual addresses, in all
// pairings of ours and the C daemon.
package failover

import (
	"flag"
	"os"
	"testing"

	"keepalived/test/lab"
)

// sideBySide is how many labs run at a time: they mostly wait.
const sideBySide = "8"

func TestMain(m *testing.M) {
	os.Exit(lab.Main(func() int {
		flag.Parse()
		given := false
		flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
		if !given {
			flag.Set("test.parallel", sideBySide)
		}
		return m.Run()
	}))
}
