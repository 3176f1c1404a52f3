package check

import (
	"syscall"
	"testing"

	"keepalived/internal/ipvs"
)

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
