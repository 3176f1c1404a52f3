package watchdog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/watchdog/link"
)

// scenario drives a policy in virtual time and writes down what it wants. A
// start is answered at once, with pids from 101 on.
type scenario struct {
	p   *policy
	now time.Time
	pid int
	log []string
}

func newScenario(respawn bool) *scenario {
	return &scenario{p: newPolicy(respawn, 5*time.Second), now: time.Unix(1_000_000, 0), pid: 100}
}

var zero = time.Unix(1_000_000, 0)

func (s *scenario) step(ev event) {
	for _, e := range append([]effect(nil), s.p.step(s.now, ev)...) {
		s.note(e)
		if e, ok := e.(startChild); ok {
			s.pid++
			s.step(childStarted{role: e.role, pid: s.pid})
		}
	}
}

func (s *scenario) note(e effect) {
	text := strings.TrimPrefix(fmt.Sprintf("%T%+v", e, e), "watchdog.")
	if m, ok := e.(say); ok {
		text = m.text
	}
	s.log = append(s.log, fmt.Sprintf("%.1f %s", s.now.Sub(zero).Seconds(), text))
}

// next is the earlier one of the policy's deadlines.
func (s *scenario) next() time.Time { return earliest(s.p.next(), s.p.watch()) }

// run passes time in the steps that the policy asks for.
func (s *scenario) run(d time.Duration) {
	for end := s.now.Add(d); ; {
		next := s.next()
		if next.IsZero() || next.After(end) {
			s.now = end
			return
		}
		s.now = next
		s.step(tick{})
	}
}

// talk lets time pass while the children of these pids say Hello.
func (s *scenario) talk(d time.Duration, roles map[link.Role]int) {
	for end := s.now.Add(d); s.now.Before(end); {
		for r, pid := range roles {
			s.step(childSaid{role: r, pid: pid, msg: link.Hello})
		}
		s.run(min(time.Second, end.Sub(s.now)))
	}
}

// since returns what was noted after the last call.
func (s *scenario) since() []string {
	defer func() { s.log = nil }()
	return s.log
}

func (s *scenario) up(t *testing.T, roles ...link.Role) {
	t.Helper()
	s.step(begin{roles: roles})
	for i, r := range roles {
		s.step(childSaid{role: r, pid: 101 + i, msg: link.Ready})
	}
	if got := s.since(); !strings.Contains(got[len(got)-1], "startupDone") {
		t.Fatalf("start: %v", got)
	}
}

func (s *scenario) expect(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.since()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func killed(sig int, name string) exitResult { return exitResult{signal: sig, name: name} }

func TestStartOrder(t *testing.T) {
	s := newScenario(true)
	s.step(begin{roles: []link.Role{link.RoleChecker, link.RoleVRRP}})
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	s.step(childSaid{role: link.RoleChecker, pid: 101, msg: link.Ready})
	s.expect(t,
		"0.0 startChild{role:check again:false}",
		"0.0 Starting Healthcheck child process, pid=101",
		"0.0 startChild{role:vrrp again:false}",
		"0.0 Starting VRRP child process, pid=102",
		"0.0 startupDone{children:2}")
}

func TestNothingToRun(t *testing.T) {
	s := newScenario(true)
	s.step(begin{})
	s.expect(t, "0.0 Warning - keepalived has no configuration to run", "0.0 startupDone{children:0}")
	if !s.p.next().IsZero() {
		t.Error("an idle parent wakes up")
	}
	s.step(hangup{})
	s.step(loaded{ok: true, roles: []link.Role{link.RoleVRRP}})
	s.step(childSaid{role: link.RoleVRRP, pid: 101, msg: link.Ready})
	s.expect(t, "0.0 loadConfig{}", "0.0 startChild{role:vrrp again:false}",
		"0.0 Starting VRRP child process, pid=101", "0.0 reloadOver{ok:true}")
}

func TestStuckChildIsReplaced(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.run(3 * time.Second)
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(9, "Killed")})
	s.expect(t,
		"1.1 pingChild{role:vrrp}",
		"2.5 VRRP child process(101) has not answered for 2.5 seconds: killing it",
		"2.5 killChild{pid:101 force:true}",
		"3.0 pid 101 exited due to signal 9 (Killed)",
		"3.0 VRRP child process(101) died: Respawning",
		"3.0 Restart of VRRP process delayed 0 seconds to limit respawn rate",
		"3.0 startChild{role:vrrp again:true}",
		"3.0 Starting VRRP child process, pid=102")
}

func TestAnsweringChildIsLeftAlone(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	for range 20 {
		s.run(1100 * time.Millisecond)
		s.step(childSaid{role: link.RoleVRRP, pid: 101, msg: link.Hello})
	}
	for _, line := range s.since() {
		if !strings.Contains(line, "pingChild") {
			t.Error(line)
		}
	}
}

// A child that even SIGKILL does not end (its disk is frozen) must not keep the
// service down.
func TestUnkillableChildIsLeftBehind(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.run(4 * time.Second)
	got := s.since()
	want := []string{"3.5 VRRP child process(101) cannot be ended by the kernel: leaving it behind",
		"3.5 VRRP child process(101) died: Respawning",
		"3.5 Restart of VRRP process delayed 0 seconds to limit respawn rate",
		"3.5 startChild{role:vrrp again:true}", "3.5 Starting VRRP child process, pid=102"}
	if diff := cmp.Diff(want, got[len(got)-5:]); diff != "" {
		t.Error(diff)
	}
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(9, "Killed")}) // at last
	s.expect(t)
}

// After a pause of the parent itself, children are asked, not killed.
func TestOwnPauseKillsNobody(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.now = s.now.Add(6 * time.Second)
	s.step(tick{})
	s.expect(t, "6.0 pingChild{role:vrrp}")
	s.run(2 * time.Second)
	if got := s.since(); len(got) != 2 {
		t.Errorf("a child that is silent after the pause: %v", got)
	}
}

// A parent that is always late finds a silent child nevertheless.
func TestLateParentFindsSilentChild(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	for range 5 {
		s.now = s.next().Add(paused)
		s.step(tick{})
	}
	got := s.since()
	if len(got) == 0 || !strings.HasSuffix(got[len(got)-1], "killChild{pid:101 force:true}") {
		t.Errorf("got %v", got)
	}
}

// A parent that has to wait for a processor nearly until its deadline, and reads
// the last Hello late, replaces a stuck child in time. It comes first until the
// successor speaks.
func TestStarvedParentFindsStuckChild(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	said := s.now.Add(time.Second)
	s.run(watchAfter) // still nothing was read
	if !s.p.urgent() {
		t.Error("not urgent while nothing is heard of the child")
	}
	s.step(childSaid{role: link.RoleVRRP, pid: 101, msg: link.Hello, at: said})
	if s.p.urgent() {
		t.Error("urgent although the child has spoken")
	}
	s.run(said.Add(watchAfter).Sub(s.now))
	if !s.p.urgent() {
		t.Error("not urgent while the child is silent")
	}
	s.run(said.Add(killAfter).Sub(s.now))
	if got := s.since(); len(got) == 0 || !strings.HasSuffix(got[len(got)-1], "killChild{pid:101 force:true}") {
		t.Errorf("after %v: %v", killAfter, got)
	}
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(9, "Killed")})
	if !s.p.urgent() {
		t.Error("not urgent while the successor starts")
	}
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	if s.p.urgent() {
		t.Error("urgent although the successor has spoken")
	}
}

// Health checks share the processors with everybody: a parent above all others
// would not make them faster.
func TestSilentCheckerIsNotUrgent(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleChecker)
	for range 40 {
		s.run(100 * time.Millisecond)
		if s.p.urgent() || !s.p.watch().IsZero() {
			t.Fatalf("urgent after %v", s.now.Sub(zero))
		}
	}
}

// A child that speaks between its parent's pauses is not killed.
func TestPausesOneAfterTheOther(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	for range 10 {
		s.now = s.now.Add(6 * time.Second)
		s.step(tick{})
		s.step(childSaid{role: link.RoleVRRP, pid: 101, msg: link.Hello})
	}
	for _, line := range s.since() {
		if strings.Contains(line, "kill") {
			t.Errorf("killed: %s", line)
		}
	}
}

func TestSlowStartIsNotSilence(t *testing.T) {
	s := newScenario(true)
	s.step(begin{roles: []link.Role{link.RoleChecker}})
	s.since()
	s.run(9 * time.Second)
	s.expect(t)
	s.run(2 * time.Second)
	if got := s.since(); len(got) < 2 || !strings.HasSuffix(got[1], "killChild{pid:101 force:true}") {
		t.Errorf("after 10 seconds: %v", got)
	}
}

func TestRespawnDelays(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleChecker)
	var got []int
	for i := range 10 {
		if i == 9 {
			s.talk(61*time.Second, map[link.Role]int{link.RoleChecker: s.pid})
		}
		s.since()
		died, old := s.now, s.pid
		s.step(childExited{role: link.RoleChecker, pid: s.pid, result: exitResult{status: 3}})
		for s.pid == old && s.now.Sub(died) < 2*time.Minute {
			s.run(500 * time.Millisecond)
		}
		for _, line := range s.since() {
			var at float64
			if _, err := fmt.Sscanf(line, "%f startChild", &at); err == nil && strings.Contains(line, "startChild") {
				got = append(got, int(at-died.Sub(zero).Seconds()))
			}
		}
	}
	if diff := cmp.Diff([]int{0, 1, 2, 4, 8, 16, 32, 60, 60, 0}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPermanentError(t *testing.T) {
	for status, name := range map[int]string{1: "FATAL", 2: "CONFIG", 4: "missing permission"} {
		s := newScenario(true)
		s.step(begin{roles: []link.Role{link.RoleChecker, link.RoleVRRP}})
		s.since()
		s.step(childExited{role: link.RoleVRRP, pid: 102, result: exitResult{status: status}})
		s.step(childExited{role: link.RoleChecker, pid: 101, result: exitResult{}})
		s.expect(t,
			"0.0 pid 102 exited with permanent error "+name+". Terminating",
			fmt.Sprintf("0.0 permanent{status:%d}", status),
			"0.0 stopBegun{}", "0.0 killChild{pid:101 force:false}",
			fmt.Sprintf("0.0 finish{status:%d}", status))
	}
}

// A service that has run is not given up because its successor cannot start
// for now: the interface may come back.
func TestPermanentErrorOfASuccessor(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(6, "Aborted")})
	s.since()
	s.step(childExited{role: link.RoleVRRP, pid: 102, result: exitResult{status: 2}})
	s.run(time.Second)
	s.expect(t, "0.0 pid 102 exited with status 2", "0.0 VRRP child process(102) died: Respawning",
		"0.0 Restart of VRRP process delayed 1 seconds to limit respawn rate",
		"1.0 startChild{role:vrrp again:true}", "1.0 Starting VRRP child process, pid=103")
}

func TestPolicyDontRespawn(t *testing.T) {
	s := newScenario(false)
	s.up(t, link.RoleChecker, link.RoleBFD)
	s.step(childExited{role: link.RoleChecker, pid: 101, result: killed(9, "Killed")})
	s.step(childExited{role: link.RoleBFD, pid: 102, result: exitResult{}})
	s.expect(t,
		"0.0 pid 101 exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?",
		"0.0 Healthcheck child process(101) died: Exiting", "0.0 stopBegun{}",
		"0.0 killChild{pid:102 force:false}", "0.0 finish{status:0}")
}

func TestReloadQueue(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.step(hangup{})
	s.step(hangup{})
	s.step(hangup{})
	s.step(loaded{ok: true, roles: []link.Role{link.RoleVRRP, link.RoleBFD}})
	s.step(childSaid{role: link.RoleVRRP, pid: 101, msg: link.ReloadDone})
	s.step(childSaid{role: link.RoleBFD, pid: 102, msg: link.Ready})
	s.step(loaded{ok: false})
	s.expect(t, "0.0 loadConfig{}", "0.0 Reload already in progress, request queued",
		"0.0 sendReload{role:vrrp}", "0.0 startChild{role:bfd again:false}", "0.0 Starting BFD child process, pid=102",
		"0.0 reloadOver{ok:true}", "0.0 Processing queued reload", "0.0 loadConfig{}", "0.0 reloadOver{ok:false}")
}

func TestReloadDuringStartIsQueued(t *testing.T) {
	s := newScenario(true)
	s.step(begin{roles: []link.Role{link.RoleVRRP}})
	s.since()
	s.step(hangup{})
	s.step(childSaid{role: link.RoleVRRP, pid: 101, msg: link.Ready})
	s.expect(t, "0.0 Reload already in progress, request queued", "0.0 startupDone{children:1}",
		"0.0 Processing queued reload", "0.0 loadConfig{}")
}

// A child whose start was under way when a configuration was taken over has been
// handed the one before.
func TestReloadReachesAChildThatIsBeingStarted(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.step(hangup{})
	s.p.step(s.now, childExited{role: link.RoleVRRP, pid: 101, result: killed(11, "Segmentation fault")})
	s.since() // startChild is not answered yet
	s.step(loaded{ok: true, roles: []link.Role{link.RoleVRRP}})
	s.step(childStarted{role: link.RoleVRRP, pid: 102})
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	s.expect(t, "0.0 Starting VRRP child process, pid=102", "0.0 sendReload{role:vrrp}")
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.ReloadDone})
	s.expect(t, "0.0 reloadOver{ok:true}")
	s.step(childExited{role: link.RoleVRRP, pid: 102, result: killed(11, "Segmentation fault")})
	s.since()
	s.step(childSaid{role: link.RoleVRRP, pid: 103, msg: link.Ready})
	s.expect(t)
}

// A child that is not ready begins with the configuration before, and says so first.
func TestReloadWaitsForAChildThatBegins(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: killed(11, "Segmentation fault")})
	s.since()
	s.step(hangup{})
	s.step(loaded{ok: true, roles: []link.Role{link.RoleVRRP}})
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.Ready})
	s.expect(t, "0.0 loadConfig{}", "0.0 sendReload{role:vrrp}")
	s.step(childSaid{role: link.RoleVRRP, pid: 102, msg: link.ReloadDone})
	s.expect(t, "0.0 reloadOver{ok:true}")
}

func TestReloadEndsWithoutADeadOrLazyChild(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP, link.RoleBFD)
	s.step(hangup{})
	s.step(loaded{ok: true})
	s.step(childExited{role: link.RoleBFD, pid: 102, result: killed(11, "Segmentation fault")})
	s.since()
	s.talk(31*time.Second, map[link.Role]int{link.RoleVRRP: 101, link.RoleBFD: 103})
	s.expect(t, "30.0 VRRP child process(101) has not finished the reload", "30.0 reloadOver{ok:true}")
}

func TestStop(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleChecker, link.RoleVRRP)
	s.step(stop{})
	s.step(stop{})
	s.step(childExited{role: link.RoleChecker, pid: 101, result: exitResult{}})
	s.run(6 * time.Second)
	s.step(childExited{role: link.RoleVRRP, pid: 102, result: killed(9, "Killed")})
	s.expect(t, "0.0 stopBegun{}", "0.0 killChild{pid:101 force:false}", "0.0 killChild{pid:102 force:false}",
		"5.0 vrrp process failed to die - forcing termination", "5.0 killChild{pid:102 force:true}",
		"6.0 finish{status:0}")
}

func TestStopWhileAChildWaitsForItsRestart(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleChecker)
	s.step(childExited{role: link.RoleChecker, pid: 101, result: exitResult{status: 3}})
	s.step(childExited{role: link.RoleChecker, pid: 102, result: exitResult{status: 3}})
	s.since()
	s.step(stop{})
	s.run(time.Minute)
	s.expect(t, "0.0 stopBegun{}", "0.0 finish{status:0}")
}

func TestStartFailure(t *testing.T) {
	s := newScenario(true)
	s.p.step(s.now, begin{roles: []link.Role{link.RoleVRRP}})
	for _, e := range s.p.step(s.now, childFailed{role: link.RoleVRRP, err: fmt.Errorf("no memory")}) {
		s.note(e)
	}
	s.run(time.Second)
	s.expect(t, "0.0 Unable to start VRRP child process: no memory",
		"0.0 Restart of VRRP process delayed 1 seconds to limit respawn rate",
		"1.0 startChild{role:vrrp again:true}", "1.0 Starting VRRP child process, pid=101")
}

func TestHealthy(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP)
	if !s.p.healthy(s.now) {
		t.Error("not healthy after the start")
	}
	if s.p.healthy(s.now.Add(killAfter)) {
		t.Error("healthy with a silent child")
	}
	s.step(childExited{role: link.RoleVRRP, pid: 101, result: exitResult{status: 3}})
	s.p.step(s.now, childExited{role: link.RoleVRRP, pid: 102, result: exitResult{status: 3}})
	if !s.p.healthy(s.now) {
		t.Error("not healthy while a start is put off")
	}
	s.now = s.now.Add(time.Second)
	s.p.step(s.now, tick{}) // the start is not answered
	if s.p.healthy(s.now) {
		t.Error("healthy with a child that does not start")
	}
}

// A child that crashes again and again is started at longer and longer intervals.
// The service manager, which allows 10 s without a sign of life, must not end the
// others for it.
func TestHealthyWhileOneChildCrashes(t *testing.T) {
	s := newScenario(true)
	s.up(t, link.RoleVRRP, link.RoleChecker)
	checker, healthy := 102, s.now
	for end := s.now.Add(5 * time.Minute); s.now.Before(end); {
		if c := s.p.find(link.RoleChecker); c.pid == checker {
			s.step(childExited{role: link.RoleChecker, pid: checker, result: killed(11, "Segmentation fault")})
			checker = s.pid + 1
		}
		s.talk(time.Second, map[link.Role]int{link.RoleVRRP: 101})
		if s.p.healthy(s.now) {
			healthy = s.now
		}
		if silence := s.now.Sub(healthy); silence >= 5*time.Second {
			t.Fatalf("no sign of life for %v", silence)
		}
	}
	if checker < 107 {
		t.Fatalf("the child has died %d times only", checker-102)
	}
}
