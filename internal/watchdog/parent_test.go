package watchdog

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

func TestLifeOfADaemon(t *testing.T) {
	d := newDaemon(t, "bfd B\nvrrp A\n").start(nil)
	d.wait(`Command line: '` + os.Args[0] + `' '-one' 'two words'`)
	d.wait("Configuration file " + d.config())
	d.wait("Starting VRRP child process, pid=")
	d.wait("Starting BFD child process, pid=")
	d.wait("Startup complete")
	if got := d.pid("keepalived.pid"); got != d.cmd.Process.Pid {
		t.Errorf("keepalived.pid has %d, want %d", got, d.cmd.Process.Pid)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "checkers.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("checkers.pid without a checker: %v", err)
	}
	vrrp := d.pid("vrrp.pid")
	args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", vrrp))
	if err != nil || !strings.HasSuffix(string(args), "\x00-one\x00two words\x00") {
		t.Errorf("the child's command line: %q, %v", args, err)
	}
	if comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", vrrp)); string(comm) != "fake\n" {
		t.Errorf("the child's name: %q", comm)
	}

	d.configure("vrrp A\nvrrp C\nbfd B\n")
	d.parent(unix.SIGHUP)
	d.wait("Reloading ...")
	d.wait("reloads A+C+B, <nil>")
	d.wait("Reload complete")
	if d.pid("vrrp.pid") != vrrp {
		t.Error("a reload replaced the child")
	}

	d.parent(unix.SIGTERM)
	d.wait("Stopping")
	d.wait("Stopped Keepalived")
	if got := d.status(); got != 0 {
		t.Errorf("status %d", got)
	}
	left, _ := filepath.Glob(filepath.Join(d.dir, "*.pid"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReloadIsATransaction(t *testing.T) {
	d := newDaemon(t, "vrrp A\nerror old one\n").start(nil)
	d.wait("Startup complete")
	vrrp := d.pid("vrrp.pid")

	for _, bad := range []string{
		"vrrp B\nerror old one\nerror new one\n",     // one more
		"vrrp B\nerror old one\nerror old one\n",     // the same twice
		"vrrp A\nerror old one\ninstance X\n",        // cannot change
		"vrrp B\n\nerror another\nerror old one\n\n", // moved and one more
	} {
		d.configure(bad)
		d.parent(unix.SIGHUP)
		d.wait("Reload refused: ")
	}
	d.configure("")
	d.parent(unix.SIGHUP)
	d.wait("Reload refused: it configures nothing")
	os.Remove(d.config())
	d.parent(unix.SIGHUP)
	d.wait("Reload refused: Config files missing")

	d.configure("\nvrrp D\n\n\nerror old one\n")
	d.parent(unix.SIGHUP)
	line := d.wait("reloads ")
	if !strings.Contains(line, "reloads D,") {
		t.Errorf("a refused configuration came through: %s", line)
	}
	d.wait("Reload complete")
	if d.pid("vrrp.pid") != vrrp {
		t.Error("the child was replaced")
	}
}

// The parent starts the scripts of the VRRP child, which inherit its umask.
func TestReloadChangesTheUmask(t *testing.T) {
	d := newDaemon(t, "vrrp A\numask 022\n").start(nil)
	d.wait("Startup complete")
	umask := func(want string) {
		t.Helper()
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
		if err != nil || !strings.Contains(string(status), "\nUmask:\t"+want+"\n") {
			t.Errorf("the umask is not %s: %v, %s", want, err, status)
		}
	}
	umask("0022")
	for _, c := range [][2]string{{"umask 027\n", "0027"}, {"", "0177"}} {
		d.configure("vrrp A\n" + c[0])
		d.parent(unix.SIGHUP)
		d.wait("Reload complete")
		umask(c[1])
	}
}

func TestReloadStartsAChild(t *testing.T) {
	d := newDaemon(t, "").start(nil)
	d.wait("keepalived has no configuration to run")
	d.configure("vrrp A\n")
	d.parent(unix.SIGHUP)
	d.wait("starts with A")
	d.wait("Reload complete")
	if d.pid("vrrp.pid") == 0 {
		t.Error("no pid file for a child that a reload brought")
	}
}

func TestReloadAskedByAChild(t *testing.T) {
	d := newDaemon(t, "vrrp A\n").start(nil)
	d.wait("Startup complete")
	d.configure("vrrp B\n")
	d.kill(d.pid("vrrp.pid"), unix.SIGHUP)
	d.wait("reloads B")
	d.wait("Reload complete")
}

func TestReloadCheckLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "check.log")
	d := newDaemon(t, "vrrp A\nchecklog "+log+"\n").start(nil)
	d.wait("Startup complete")
	d.configure("vrrp B\nchecklog " + log + "\nerror no such thing\n")
	d.parent(unix.SIGHUP)
	d.wait("New config failed validation, see " + log + " for details")
	data, err := os.ReadFile(log)
	if want := fmt.Sprintf("(%s: Line 3) no such thing\n", d.config()); string(data) != want || err != nil {
		t.Errorf("log %q, %v; want %q", data, err, want)
	}
	d.configure("vrrp C\nchecklog " + log + "\n")
	d.parent(unix.SIGHUP)
	d.wait("reloads C")
}

// What the child held goes to its successor, at once.
func TestDeadChildIsReplaced(t *testing.T) {
	d := newDaemon(t, "vrrp A\n").start(nil)
	d.wait("Startup complete")
	old := d.pid("vrrp.pid")
	start := time.Now()
	d.kill(old, unix.SIGKILL)
	d.wait(fmt.Sprintf("pid %d exited due to signal 9 (Killed)", old))
	d.wait(fmt.Sprintf("VRRP child process(%d) died: Respawning", old))
	d.wait(fmt.Sprintf("held \"held by %d\"", old))
	if took := time.Since(start); took > time.Second {
		t.Errorf("the successor took %v", took)
	}
}

func TestStoppedChildIsReplaced(t *testing.T) {
	d := newDaemon(t, "vrrp A\n").start(nil)
	d.wait("Startup complete")
	old := d.pid("vrrp.pid")
	d.kill(old, unix.SIGSTOP)
	start := time.Now()
	d.wait(fmt.Sprintf("VRRP child process(%d) has not answered for 2.5 seconds: killing it", old))
	d.wait(fmt.Sprintf("held \"held by %d\"", old))
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("found and replaced after %v", took)
	}
}

func TestCrashIsLogged(t *testing.T) {
	d := newDaemon(t, "vrrp panic\n").start(nil)
	d.wait("panic: toy panic")
	d.wait("exited due to signal 6 (Aborted)")
}

func TestPermanentErrorEndsTheDaemon(t *testing.T) {
	d := newDaemon(t, "bfd B\n").start(nil)
	d.wait("Startup complete")
	d.configure("bfd B\nvrrp permission\n")
	d.parent(unix.SIGHUP)
	d.wait("exited with status 4") // it was ready once: no permanent error
}

// The parent is killed: the children stop by themselves and the next start
// succeeds, whatever was left behind.
func TestParentKilled(t *testing.T) {
	d := newDaemon(t, "vrrp A\nbfd B\n").start(nil)
	d.wait("Startup complete")
	kids := d.children()
	d.parent(unix.SIGKILL)
	again := &daemon{t: t, dir: d.dir, more: make(chan struct{}, 1), done: make(chan struct{})}
	again.start(nil)
	again.wait("Startup complete")
	for _, pid := range kids {
		d.gone(pid)
	}
}

func TestOrphanThatDoesNotStop(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it waits for five seconds")
	}
	d := newDaemon(t, "vrrp A\n").start(nil)
	d.wait("Startup complete")
	vrrp := d.pid("vrrp.pid")
	d.kill(vrrp, unix.SIGSTOP)
	d.parent(unix.SIGKILL)
	again := &daemon{t: t, dir: d.dir, more: make(chan struct{}, 1), done: make(chan struct{})}
	again.start(nil)
	again.wait(fmt.Sprintf("Process %d of an earlier daemon does not stop - forcing termination", vrrp))
	again.wait("Startup complete")
}

func TestSecondDaemon(t *testing.T) {
	d := newDaemon(t, "vrrp A\n").start(nil)
	d.wait("Startup complete")
	second := &daemon{t: t, dir: d.dir, more: make(chan struct{}, 1), done: make(chan struct{})}
	second.start(nil)
	path := filepath.Join(d.dir, "keepalived.pid")
	second.wait("Another process has pid file " + path + " locked")
	second.wait(fmt.Sprintf("daemon is already running (%s: process %d)", path, d.cmd.Process.Pid))
	if got := second.status(); got != 0 {
		t.Errorf("status %d", got)
	}
	if d.pid("keepalived.pid") != d.cmd.Process.Pid {
		t.Error("the second daemon touched the pid file")
	}
}

func TestSignalsReachTheChildren(t *testing.T) {
	d := newDaemon(t, "vrrp A\nbfd B\n").start(nil)
	d.wait("Startup complete")
	vrrp, bfd := d.pid("vrrp.pid"), d.pid("bfd.pid")
	for _, s := range []unix.Signal{unix.SIGUSR2, SigStatsClear, SigJSON, unix.SIGUSR1} {
		d.parent(s)
		d.wait(fmt.Sprintf("vrrp %d: signal %d", vrrp, s))
	}
	d.wait(fmt.Sprintf("bfd %d: signal %d", bfd, unix.SIGUSR1))
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.lines {
		if strings.Contains(line, fmt.Sprintf("bfd %d: signal", bfd)) && !strings.HasSuffix(line, fmt.Sprint(int(unix.SIGUSR1))) {
			t.Errorf("a signal that is not for BFD: %s", line)
		}
	}
}

func TestDontRespawn(t *testing.T) {
	d := newDaemon(t, "vrrp A\nbfd B\n").start(func(s *parentSettings) { s.DontRespawn = true })
	d.wait("Startup complete")
	d.kill(d.pid("vrrp.pid"), unix.SIGKILL)
	d.wait("died: Exiting")
	d.wait("Stopping")
	if got := d.status(); got != 0 {
		t.Errorf("status %d", got)
	}
}

func TestStubbornChildIsKilledAtStop(t *testing.T) {
	d := newDaemon(t, "vrrp A\n").start(nil)
	d.wait("Startup complete")
	d.kill(d.pid("vrrp.pid"), unix.SIGSTOP)
	d.parent(unix.SIGTERM)
	d.wait("vrrp process failed to die - forcing termination")
	if got := d.status(); got != 0 {
		t.Errorf("status %d", got)
	}
}

func TestBadStarts(t *testing.T) {
	for name, tt := range map[string]struct {
		conf   string
		status int
		text   string
	}{
		"missing file":      {"", exitNoConfig, "no such file"},
		"missing parameter": {"vrrp A\nmissing\n", exitConfig, "Configuration error CONFIG"},
	} {
		for _, background := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, background %v", name, background), func(t *testing.T) {
				d := newDaemon(t, tt.conf)
				if tt.conf == "" {
					os.Remove(d.config())
				}
				d.start(func(s *parentSettings) { s.Background = background })
				d.wait(tt.text)
				if got := d.status(); got != tt.status {
					t.Errorf("status %d, want %d", got, tt.status)
				}
			})
		}
	}
}

func TestBackground(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d := newDaemon(t, "vrrp A\n")
	d.extra = []*os.File{w}
	d.start(func(s *parentSettings) { s.Background = true })
	w.Close()
	if got := d.status(); got != 0 {
		t.Fatalf("status %d", got)
	}
	if err := r.SetReadDeadline(time.Now().Add(soon)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the daemon keeps a stray descriptor of its caller: %v", err)
	}
	pid := d.pid("keepalived.pid")
	defer d.gone(pid)
	defer d.kill(pid, unix.SIGTERM)
	if sid, err := unix.Getsid(pid); err != nil || sid != pid {
		t.Errorf("session %d, %v; want its own", sid, err)
	}
	for link, want := range map[string]string{"cwd": "/", "fd/0": os.DevNull, "fd/1": os.DevNull, "fd/2": os.DevNull} {
		if got, _ := os.Readlink(fmt.Sprintf("/proc/%d/%s", pid, link)); got != want {
			t.Errorf("%s is %s, want %s", link, got, want)
		}
	}
}

func TestScripts(t *testing.T) {
	dir := t.TempDir()
	up, down := filepath.Join(dir, "up"), filepath.Join(dir, "down")
	d := newDaemon(t, fmt.Sprintf("vrrp A\nstartup echo 1 > %s; sleep 60\nshutdown echo 1 > %s; exit 3\n", up, down)).start(nil)
	d.wait("Running startup script")
	d.wait("it took too long")
	d.wait("Startup complete")
	if _, err := os.Stat(up); err != nil {
		t.Error(err)
	}
	d.parent(unix.SIGTERM)
	d.wait("shutdown script")
	d.wait("failed: exited with status 3")
	if got := d.status(); got != 0 {
		t.Errorf("status %d", got)
	}
	if _, err := os.Stat(down); err != nil {
		t.Error(err)
	}
}

// The daemon is stopped while its startup script runs: whose end is not that of
// the shutdown script.
func TestStopDuringStartupScript(t *testing.T) {
	down := filepath.Join(t.TempDir(), "down")
	d := newDaemon(t, fmt.Sprintf("vrrp A\nstartup sleep 1\nshutdown sleep 2; echo 1 > %s\n", down)).start(nil)
	d.wait("Running startup script")
	d.parent(unix.SIGTERM)
	d.wait("Running shutdown script")
	if got := d.status(); got != 0 {
		t.Errorf("status %d", got)
	}
	if _, err := os.Stat(down); err != nil {
		t.Errorf("the shutdown script was not waited for: %v", err)
	}
}

func TestServiceManager(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	next := func(want string) string {
		t.Helper()
		buf := make([]byte, 4096)
		for {
			c.SetReadDeadline(time.Now().Add(soon))
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("no %s: %v", want, err)
			}
			if text := string(buf[:n]); strings.Contains(text, want) {
				return text
			}
		}
	}
	d := newDaemon(t, "vrrp A\n").start(nil, "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=200000")
	if got, want := next("READY=1"), fmt.Sprintf("READY=1\nMAINPID=%d\n", d.cmd.Process.Pid); !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	d.wait(`notify socket ""`)
	next("WATCHDOG=1")
	d.parent(unix.SIGHUP)
	next("RELOADING=1\nMONOTONIC_USEC=")
	next("READY=1")
	d.configure("vrrp A\nerror spelling\n")
	d.parent(unix.SIGHUP)
	next("RELOADING=1")
	if got := next("READY=1"); !strings.Contains(got, "reload refused") || !strings.Contains(got, "spelling") {
		t.Errorf("status after a refused reload: %q", got)
	}

	d.kill(d.pid("vrrp.pid"), unix.SIGSTOP)
	d.wait("killing it")
	d.parent(unix.SIGTERM)
	next("STOPPING=1")
	d.status()
}

// A child that is just being replaced when a sign of life is due costs that one, and
// the service manager must not end the daemon for it.
func TestSignsOfLifeMayBeMissed(t *testing.T) {
	t.Setenv("WATCHDOG_PID", "")
	for _, limit := range []time.Duration{time.Second, 10 * time.Second, time.Minute} {
		t.Setenv("WATCHDOG_USEC", strconv.FormatInt(limit.Microseconds(), 10))
		every := watchdogInterval()
		if every <= 0 || 3*every >= limit {
			t.Errorf("a sign of life every %v, for a limit of %v", every, limit)
		}
	}
}

// The service manager's watchdog is silent while a child does not answer.
func TestServiceManagerWatchdogNeedsChildren(t *testing.T) {
	s := newScenario(true)
	s.up(t, "vrrp")
	beats := 0
	for range 40 { // 4 s
		s.run(100 * time.Millisecond)
		if s.p.healthy(s.now) {
			beats++
		}
	}
	if beats < 20 || beats > 30 {
		t.Errorf("%d of 40 signs of life from a child that fell silent at once", beats)
	}
}

func TestNetworkNamespace(t *testing.T) {
	need.Root(t, "for a network namespace")
	d := newDaemon(t, "vrrp A\n").start(func(s *parentSettings) { s.Namespace = "lab" })
	d.wait("Changing syslog ident to Keepalived_lab")
	d.wait("Startup complete")
	vrrp := d.pid("keepalived/lab/vrrp.pid")
	outside, _ := os.Readlink("/proc/self/ns/net")
	inside, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", vrrp))
	if err != nil || inside == outside {
		t.Errorf("the child is in %s, the test in %s, %v", inside, outside, err)
	}
	d.parent(unix.SIGTERM)
	d.status()
}

func TestMissingNetworkNamespace(t *testing.T) {
	d := newDaemon(t, "vrrp A\nnamespace no-such-namespace\n").start(nil)
	d.wait("opening network namespace no-such-namespace: ")
	if got := d.status(); got != exitFatal {
		t.Errorf("status %d", got)
	}
}
