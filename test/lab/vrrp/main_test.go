// Package vrrp proves the keywords of the VRRP section one by one: ours beside
// the C daemon on the same configuration, by what is on the wire and in the
// kernel. docs/compat/vrrp.md says which test proves which keyword.
package vrrp

import (
	"flag"
	"os"
	"testing"

	"keepalived/test/lab"
)

// sideBySide is how many labs run at a time: they mostly wait.
const sideBySide = "6"

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
