package watchdog

import (
	"testing"
	"time"

	"keepalived/internal/watchdog/link"
)

// With -R a VRRP child that dies is not replaced; what it held is given up.
func TestReleaseWithoutRespawn(t *testing.T) {
	s := newScenario(false)
	s.up(t, link.RoleVRRP)
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(9, "Killed")})
	s.since()
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	s.expect(t, "0.0 killChild{pid:102 force:false}")
	s.step(childExited{role: link.RoleVRRP, pid: 102})
	s.expect(t, "0.0 finish{status:0}")
}

// A stop finds the child dead, or its successor not ready yet.
func TestReleaseAtTheStop(t *testing.T) {
	for name, until := range map[string]time.Duration{"dead": 0, "successor not ready": time.Second} {
		t.Run(name, func(t *testing.T) {
			s := newScenario(true)
			s.up(t, link.RoleVRRP)
			for pid := 101; pid <= 102; pid++ { // the second successor is delayed
				s.step(childExited{role: link.RoleVRRP, pid: pid, result: killed(11, "Segmentation fault")})
			}
			s.run(until)
			s.step(stop{})
			s.since()
			s.step(childSaid{role: link.RoleVRRP, pid: 103, msg: link.Ready})
			s.step(childExited{role: link.RoleVRRP, pid: 103})
			at := map[time.Duration]string{0: "0.0", time.Second: "1.0"}[until]
			s.expect(t, at+" killChild{pid:103 force:false}", at+" finish{status:0}")
		})
	}
}

// A child that had to be killed at the stop has left its addresses behind.
func TestReleaseAfterForcedStop(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.step(stop{})
	s.run(5 * time.Second)
	s.since()
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(9, "Killed")})
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	s.step(childExited{role: link.RoleVRRP, pid: 102, result: killed(9, "Killed")}) // one attempt
	s.expect(t, "5.0 startChild{role:vrrp again:true}", "5.0 Starting VRRP child process, pid=102",
		"5.0 killChild{pid:102 force:false}", "5.0 finish{status:0}")
}

// Between the crashes of a series the addresses are given up, and the successor
// comes when it is due.
func TestReleaseInASeriesOfCrashes(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	crash := func(pid int) {
		s.step(childExited{role: link.RoleVRRP, pid: pid, result: killed(11, "Segmentation fault")})
	}
	crash(101)
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	crash(102)
	s.run(time.Second)
	s.step(childSaid{role: link.RoleVRRP, pid: 103, msg: link.Ready})
	s.since()
	crash(103) // the next one is due after 2 s
	s.step(childSaid{role: link.RoleVRRP, pid: 104, msg: link.Ready})
	s.step(childExited{role: link.RoleVRRP, pid: 104})
	s.run(2 * time.Second)
	s.expect(t, "1.0 pid 103 exited due to segmentation fault (SIGSEGV).", "1.0 VRRP child process(103) died: Respawning",
		"1.0 Restart of VRRP process delayed 2 seconds to limit respawn rate",
		"1.0 startChild{role:vrrp again:true}", "1.0 Starting VRRP child process, pid=104", "1.0 killChild{pid:104 force:false}",
		"3.0 startChild{role:vrrp again:true}", "3.0 Starting VRRP child process, pid=105")
}
