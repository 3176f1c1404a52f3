package check

import (
	"net/netip"
	"syscall"
	"testing"
	"time"

	"keepalived/internal/ipvs"
)

// TestPatrolOfZones: the kernel does not keep the zone of a link-local address,
// which is no change that somebody else has made.
func TestPatrolOfZones(t *testing.T) {
	conf := parse(t, "virtual_server fd00::1 80 {\nprotocol TCP\nreal_server fe80::1%lo 81 {\n}\n}")
	k, table := keeperOf(newTopology(conf, nil, marks{}))
	k.conf = conf
	d := &table.entries[0].Destinations[0]
	d.Addr = netip.AddrPortFrom(d.Addr.Addr().WithZone(""), d.Addr.Port())
	kernel := &testKernel{kernelTable: table}
	k.table = &recorder{table, kernel}
	for range 2 * parts {
		k.patrolOnce(time.Now())
	}
	if steps := kernel.sent(); len(steps) > 0 {
		t.Errorf("sent %q", steps)
	}
}

// TestRefusedUntilDone: a service is known as refused until the kernel has taken
// a change of it; then whoever changes it is somebody else again.
func TestRefusedUntilDone(t *testing.T) {
	var p patrol
	steps := []ipvs.Step{}
	for _, addr := range []string{"10.0.0.1:80", "10.0.0.2:80"} {
		steps = append(steps, ipvs.Step{Op: ipvs.AddService, Service: &ipvs.Service{Key: ipvs.AddressKey(ipvs.TCP, addrPort(addr))}})
	}
	refusal := func(errno syscall.Errno) []ipvs.Failure {
		return []ipvs.Failure{{Step: 1, Err: &ipvs.CommandError{Command: ipvs.CmdAdd, Errno: errno, Service: "10.0.0.2:tcp:80"}}}
	}
	// A server cannot be taken out of a service that is not there.
	nothing := func() []ipvs.Failure {
		return []ipvs.Failure{{Step: 1, Err: &ipvs.CommandError{Command: ipvs.CmdDelDest, Errno: syscall.ESRCH}}}
	}
	for i, tt := range []struct {
		failures []ipvs.Failure
		refused  bool
	}{
		{refusal(syscall.EINVAL), true}, {refusal(syscall.EINVAL), true}, {nothing(), true}, {nil, false},
		{refusal(syscall.EEXIST), false}, // is as good as done
	} {
		p.note(steps, tt.failures)
		if p.refused[steps[0].Service.Key] || p.refused[steps[1].Service.Key] != tt.refused {
			t.Errorf("change %d: refused %v", i, p.refused)
		}
	}
}
