package watchdog

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/logging"
	"keepalived/internal/notify"
	"keepalived/internal/script"
	"keepalived/internal/watchdog/link"
)

// soon bounds waits for what must happen.
const soon = 20 * time.Second

// parentEnv tells the test binary to be a parent process, with these settings.
const parentEnv = "WATCHDOG_TEST_PARENT"

type parentSettings struct {
	Run, Config string
	Background  bool
	DontRespawn bool
	Namespace   string // made by the parent process in its own mount namespace
}

func TestMain(m *testing.M) {
	c, err := link.FromEnv()
	if err != nil {
		panic(err)
	}
	if c != nil {
		os.Exit(fakeChild(c))
	}
	if v := os.Getenv(parentEnv); v != "" {
		var s parentSettings
		if err := json.Unmarshal([]byte(v), &s); err != nil {
			panic(err)
		}
		os.Exit(parentProcess(s))
	}
	os.Exit(m.Run())
}

func parentProcess(s parentSettings) int {
	if s.Namespace != "" {
		makeNetns(s.Namespace)
	}
	log := logging.New(logging.Options{Console: os.Stdout, Detail: 1})
	defer log.Close(time.Second)
	all := map[link.Role]bool{link.RoleVRRP: true, link.RoleChecker: true, link.RoleBFD: true}
	return Run(Options{
		Argv: os.Args, Load: func() config.Result { return readToy(s.Config) }, ConfigName: s.Config, Log: log,
		Roles: all, Foreground: !s.Background, DontRespawn: s.DontRespawn, runDir: s.Run,
		Namespace: s.Namespace,
	})
}

// makeNetns makes a named network namespace that only this process can see; it
// runs in a mount namespace of its own.
func makeNetns(name string) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	must(unix.Mount("tmpfs", "/run", "tmpfs", 0, ""))
	must(os.MkdirAll(netnsDir, 0o755))
	path := filepath.Join(netnsDir, name)
	must(os.WriteFile(path, nil, 0o600))
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			err = unix.Mount("/proc/thread-self/ns/net", path, "", unix.MS_BIND, "")
		}
		done <- err
	}()
	must(<-done)
}

// readToy reads a configuration of one word and its value a line.
func readToy(name string) config.Result {
	r := config.Result{Config: &config.Config{}, Diagnostics: &lang.Diagnostics{}}
	data, err := os.ReadFile(name)
	if err != nil {
		r.Diagnostics.Add(lang.Diagnostic{Class: lang.ClassFileNotFound, Text: err.Error()})
		return r
	}
	r.Files = 1
	g := &r.Config.Global
	g.ChildWaitTime = time.Second
	for i, line := range strings.Split(string(data), "\n") {
		word, value, _ := strings.Cut(line, " ")
		switch word {
		case "vrrp":
			r.Config.VRRP.Instances = append(r.Config.VRRP.Instances, config.Instance{Name: value})
		case "bfd":
			r.Config.BFD.Instances = append(r.Config.BFD.Instances, config.BFDInstance{Name: value})
		case "namespace":
			g.NetNamespace = value
		case "umask":
			n, _ := strconv.ParseUint(value, 8, 32)
			g.Files.Umask = config.Some(uint32(n))
		case "instance":
			g.Instance = value
		case "startup":
			g.Scripts.Startup, g.Scripts.StartupTimeout = toyScript(value), 2*time.Second
		case "shutdown":
			g.Scripts.Shutdown, g.Scripts.ShutdownTimeout = toyScript(value), soon
		case "checklog":
			g.Reload.CheckConfig, g.Reload.CheckConfigLog = true, value
		case "timefile":
			g.Reload.TimeFile = value
		case "marker":
			g.Reload.File = config.Some(value)
		case "error":
			r.Diagnostics.Errorf(lang.Pos{File: name, Line: i + 1, Column: 1}, lang.ClassGeneralError, "%s", value)
		case "missing":
			r.Diagnostics.Abort(lang.StageParent, 2)
		}
	}
	return r
}

func toyScript(text string) config.Script {
	return config.Script{Argv: []string{"/bin/sh", "-c", text}, Path: "/bin/sh", UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}
}

// fakeChild says what happens to it on standard output.
func fakeChild(c *link.Child) int {
	SetName("fake")
	debug.SetTraceback("crash")
	if f := c.Crash(); f != nil {
		_ = debug.SetCrashOutput(f, debug.CrashOptions{})
	}
	tell := func(format string, args ...any) {
		fmt.Printf("%s %d: %s\n", c.Role(), os.Getpid(), fmt.Sprintf(format, args...))
	}
	conf, err := link.DecodePart[config.Config](c.Config())
	if err != nil {
		tell("%v", err)
		return 1
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGTERM, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2, SigStatsClear, SigJSON)
	messages, err := c.Messages()
	if err != nil {
		tell("%v", err)
		return 1
	}
	tell("starts with %s, held %q, notify socket %q", names(conf), c.Held(), os.Getenv("NOTIFY_SOCKET"))
	_ = c.SetHeld(fmt.Appendf(nil, "held by %d", os.Getpid()))
	_ = c.Ready()
	for _, i := range conf.VRRP.Instances {
		switch i.Name {
		case "panic":
			panic("toy panic")
		case "permission":
			return 4
		}
		if line, ok := strings.CutPrefix(i.Name, "runs "); ok {
			go func() { tell("script: %+v", runToy(c.Scripts(), line)) }()
		}
	}
	beat := time.NewTicker(300 * time.Millisecond)
	for {
		_ = c.Hello(time.Now())
		select {
		case <-beat.C:
		case s := <-signals:
			tell("signal %d", s)
			switch s {
			case unix.SIGTERM:
				return 0
			case unix.SIGHUP:
				_ = c.ReloadRequest()
			}
		case m, open := <-messages:
			if !open {
				tell("the parent is gone")
				return 0
			}
			if m.Type == link.Reload {
				conf, err := link.DecodePart[config.Config](m.Part)
				tell("reloads %s, %v", names(conf), err)
				_ = c.ReloadDone("")
			}
		}
	}
}

// runToy runs a line of shell as a script of this process.
func runToy(line *os.File, text string) notify.Outcome {
	r, err := notify.NewRunner(logging.New(logging.Options{Console: os.Stdout}), notify.Options{Server: line})
	if err != nil {
		return notify.Outcome{Err: err}
	}
	out := make(chan notify.Outcome)
	s := toyScript(text)
	r.Run(notify.Job{Command: script.Command{Argv: s.Argv, Path: s.Path, UID: s.UID, GID: s.GID}, Done: func(o notify.Outcome) { out <- o }})
	return <-out
}

func names(c config.Config) string {
	var out []string
	for _, i := range c.VRRP.Instances {
		out = append(out, i.Name)
	}
	for _, i := range c.BFD.Instances {
		out = append(out, i.Name)
	}
	return strings.Join(out, "+")
}

// daemon is a parent process under test and what it and its children print.
type daemon struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	extra  []*os.File // inherited
	mu     sync.Mutex
	lines  []string
	taken  []bool // lines that were waited for
	closed bool
	more   chan struct{}
	done   chan struct{}
}

func newDaemon(t *testing.T, conf string) *daemon {
	t.Helper()
	d := &daemon{t: t, dir: t.TempDir(), more: make(chan struct{}, 1), done: make(chan struct{})}
	d.configure(conf)
	return d
}

func (d *daemon) config() string { return filepath.Join(d.dir, "conf") }

func (d *daemon) configure(text string) {
	d.t.Helper()
	if err := os.WriteFile(d.config(), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *daemon) start(change func(*parentSettings), env ...string) *daemon {
	d.t.Helper()
	s := parentSettings{Run: d.dir, Config: d.config()}
	if change != nil {
		change(&s)
	}
	v, err := json.Marshal(s)
	if err != nil {
		d.t.Fatal(err)
	}
	d.cmd = exec.Command(os.Args[0], "-one", "two words")
	d.cmd.Env = append(append(os.Environ(), parentEnv+"="+string(v)), env...)
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	d.cmd.Stdout, d.cmd.Stderr, d.cmd.ExtraFiles = w, w, d.extra
	if s.Namespace != "" {
		d.cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	w.Close()
	go d.collect(r)
	go func() { d.cmd.Wait(); close(d.done) }()
	d.t.Cleanup(d.end)
	return d
}

func (d *daemon) collect(r *os.File) {
	defer r.Close()
	in := bufio.NewScanner(r)
	for in.Scan() {
		d.mu.Lock()
		d.lines, d.taken = append(d.lines, in.Text()), append(d.taken, false)
		d.mu.Unlock()
		d.signal()
	}
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.signal()
}

func (d *daemon) signal() {
	select {
	case d.more <- struct{}{}:
	default:
	}
}

// end stops what is left of the daemon.
func (d *daemon) end() {
	for _, pid := range append(d.children(), d.cmd.Process.Pid) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	<-d.done
	if d.t.Failed() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.t.Logf("output:\n%s", strings.Join(d.lines, "\n"))
	}
}

// children are the pids in the child pid files.
func (d *daemon) children() (pids []int) {
	for _, name := range []string{"vrrp.pid", "bfd.pid"} {
		if pid := d.pid(name); pid > 0 {
			pids = append(pids, pid)
		}
	}
	return pids
}

func (d *daemon) pid(name string) int {
	data, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return n
}

// wait waits for a line that contains text and was not waited for before. The
// order is free: parent and children print by themselves.
func (d *daemon) wait(text string) string {
	d.t.Helper()
	limit := time.After(soon)
	for {
		line, closed := d.take(text)
		if line != "" {
			return line
		}
		if closed {
			d.t.Fatalf("the output ended without %q", text)
		}
		select {
		case <-d.more:
		case <-limit:
			d.t.Fatalf("no %q", text)
		}
	}
}

func (d *daemon) take(text string) (line string, closed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, line := range d.lines {
		if !d.taken[i] && strings.Contains(line, text) {
			d.taken[i] = true
			return line, false
		}
	}
	return "", d.closed
}

func (d *daemon) kill(pid int, sig unix.Signal) {
	d.t.Helper()
	if pid < 2 {
		d.t.Fatalf("no process to signal: %d", pid)
	}
	if err := unix.Kill(pid, sig); err != nil {
		d.t.Fatal(err)
	}
}

func (d *daemon) parent(sig unix.Signal) { d.kill(d.cmd.Process.Pid, sig) }

// status waits for the end of the parent.
func (d *daemon) status() int {
	d.t.Helper()
	select {
	case <-d.done:
		return d.cmd.ProcessState.ExitCode()
	case <-time.After(soon):
		d.t.Fatal("the parent does not end")
		return -1
	}
}

// gone waits until a process has ended.
func (d *daemon) gone(pid int) {
	d.t.Helper()
	for limit := time.Now().Add(soon); ; time.Sleep(time.Millisecond) {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		if time.Now().After(limit) {
			d.t.Fatalf("process %d is still there", pid)
		}
	}
}
