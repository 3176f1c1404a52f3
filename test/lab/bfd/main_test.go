// Package bfd proves that BFD sessions come up and fall as they should, with
// the C daemon and with FRR's bfdd as the neighbor, over IPv4 and IPv6.
package bfd

import (
	"flag"
	"os"
	"testing"

	"keepalived/test/lab"
)

// sideBySide is how many labs run at a time: they mostly wait.
const sideBySide = "4"

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
