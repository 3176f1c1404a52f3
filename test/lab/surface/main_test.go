// Package surface compares what an operator gets to see of our daemon and of
// the C daemon that run the same configuration.
package surface

import (
	"os"
	"testing"

	"keepalived/test/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }
