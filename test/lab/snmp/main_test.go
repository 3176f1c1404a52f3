// Package snmp asks our daemon and the C daemon by SNMP, through Debian's
// master agent, and freezes and restarts that.
package snmp

import (
	"os"
	"testing"

	"keepalived/test/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }
