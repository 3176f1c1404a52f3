package vrrp

import (
	"testing"
)

func TestPromoteSecondaries(t *testing.T) {
	in := testInstance()
	in.PromoteSecondaries = true
	r := startRouter(t, in)
	value := func() string { return sysctl(t, "net", "ipv4", "conf", "vrrp0", "promote_secondaries") }
	r.wait("promote_secondaries", func() bool { return value() == "1" })
	r.parent.Close()
	r.wait("its old value", func() bool { return value() == "0" })
}
