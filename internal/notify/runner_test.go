package notify

import (
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
	"keepalived/test/need"
)

func TestOutcomes(t *testing.T) {
	r, log := newRunner(t, Options{})
	tests := []struct {
		name string
		job  Job
		want Outcome
	}{
		{"success", Job{Command: shellScript(t, "exit 0")}, Outcome{}},
		{"status", Job{Command: shellScript(t, "exit 7")}, Outcome{Status: 7}},
		{"signal", Job{Command: shellScript(t, "kill -USR1 $$")}, Outcome{Signal: 10}},
		{"limit", Job{Command: shellScript(t, "sleep 100"), Limit: 500 * time.Millisecond}, Outcome{TimedOut: true}},
		{"limit, exits well", Job{Command: shellScript(t, "trap 'exit 0' TERM; sleep 100 & wait"), Limit: 500 * time.Millisecond}, Outcome{}}, // its word counts, as with C keepalived
		{"limit, deaf", Job{Command: shellScript(t, "trap '' TERM; while :; do sleep 100; done"), Limit: 500 * time.Millisecond, Grace: 50 * time.Millisecond}, Outcome{TimedOut: true}},
		{"limit, killed at once", Job{Command: shellScript(t, "trap 'exit 3' TERM; sleep 100 & wait"), Limit: 500 * time.Millisecond, Grace: -1}, Outcome{TimedOut: true}},
		{"openable", Job{Command: script.Command{Argv: []string{"</dev/null"}, Test: true}}, Outcome{}},
		{"without interpreter", Job{Command: script.Command{Argv: shellScript(t, "").Argv, Shell: true}}, Outcome{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := run(t, r, tt.job); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	if got := run(t, r, Job{Command: script.Command{Argv: []string{"</none"}, Test: true}}); got.OK() || got.Err != nil {
		t.Errorf("opening a missing file: %+v", got)
	}
	if log.text() != "" {
		t.Errorf("logged %s", log.text())
	}
}

func TestCannotExecute(t *testing.T) {
	r, log := newRunner(t, Options{})
	got := run(t, r, Job{Command: script.Command{Argv: []string{"/none/script"}}})
	if got.Err == nil || got.OK() {
		t.Errorf("outcome %+v", got)
	}
	want := "Error exec-ing command '/none/script', error 2: No such file or directory"
	if log.text() != want {
		t.Errorf("logged %q, want %q", log.text(), want)
	}
}

// ignored is the mask of ignored signals in a process's status. The two that the
// C library keeps for its threads do not count: make(1) starts its commands with
// them ignored.
func ignored(t *testing.T, status string) uint64 {
	t.Helper()
	const threads = 1<<(32-1) | 1<<(33-1)
	_, rest, _ := strings.Cut(status, "SigIgn:")
	f := strings.Fields(rest)
	if len(f) == 0 {
		return 0
	}
	m, err := strconv.ParseUint(f[0], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return m &^ threads
}

// TestSurroundings looks at what a script finds: the state is written by the
// script itself.
func TestSurroundings(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "x")
	t.Setenv("LD_PRELOAD", "")
	t.Setenv("IFS", "x")
	t.Setenv("KEPT", "yes")
	leak, err := unix.Open("/dev/null", unix.O_RDONLY, 0) // without close-on-exec
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(leak)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGPIPE, syscall.SIGHUP)
	defer signal.Stop(caught)
	r, _ := newRunner(t, Options{Hide: []string{"NOTIFY_SOCKET"}, Limits: []Limit{{unix.RLIMIT_CORE, unix.Rlimit{Cur: 0, Max: 4096}}}})

	out := filepath.Join(t.TempDir(), "out")
	c := shellScript(t, `exec 9>`+out+`
env | grep -E '^(NOTIFY_SOCKET|LD_PRELOAD|IFS|KEPT)=' >&9
ls -l /proc/$$/fd | awk '$9 < 9 && $9 != "" { print $9, $11 }' >&9
grep -E '^(SigBlk|SigIgn|Groups|Uid):' /proc/$$/status | tr '\t' ' ' >&9
echo pid $$ pgid $(cut -d' ' -f5 /proc/$$/stat) >&9
sleep 0.05; echo core $(ulimit -c) >&9
echo args $# "$2" >&9`, "one", "two words")
	if got := run(t, r, Job{Command: c}); !got.OK() {
		t.Fatalf("outcome %+v", got)
	}
	text := read(t, out)
	for _, want := range []string{
		"KEPT=yes\n0 /dev/null\n1 /dev/null\n2 /dev/null\n",
		"SigBlk: 0000000000000000\n",
		"Groups: " + strconv.Itoa(os.Getgid()) + " \n", "core 0\n", "args 2 two words\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if m := ignored(t, text); m != 0 {
		t.Errorf("signals %#x are ignored", m)
	}
	var pid, pgid int
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); f[0] == "pid" {
			pid, _ = strconv.Atoi(f[1])
			pgid, _ = strconv.Atoi(f[3])
		}
	}
	if pid == 0 || pid != pgid {
		t.Errorf("process %d is in group %d", pid, pgid)
	}
}

// TestBusyScript: a script that is being written is tried again.
func TestBusyScript(t *testing.T) {
	r, log := newRunner(t, Options{})
	c := shellScript(t, "exit 3")
	w, err := os.OpenFile(c.Argv[0], os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(busyPause*3/2, func() { w.Close() })
	if got := run(t, r, Job{Command: c}); got.Status != 3 {
		t.Errorf("outcome %+v, log %s", got, log.text())
	}
}

func TestArgvZeroAndPath(t *testing.T) {
	r, _ := newRunner(t, Options{})
	out := filepath.Join(t.TempDir(), "out")
	c := script.Command{Argv: []string{"/etc/check", "-c", "echo $0 >" + out, "shown"}, Path: "/bin/sh"}
	if got := run(t, r, Job{Command: c}); !got.OK() || read(t, out) != "shown\n" {
		t.Errorf("outcome %+v, wrote %q", got, read(t, out))
	}
}

func TestOtherUser(t *testing.T) {
	need.Root(t, "to become another user")
	r, _ := newRunner(t, Options{})
	out := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(out, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(out, 0o666); err != nil {
		t.Fatal(err)
	}
	for dir := filepath.Dir(out); dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := script.Command{Argv: []string{"/bin/sh", "-c", "id -u >" + out + "; id -g >>" + out + "; id -G >>" + out}, UID: 4711, GID: 4712}
	if got := run(t, r, Job{Command: c}); !got.OK() || read(t, out) != "4711\n4712\n4712\n" {
		t.Errorf("outcome %+v, ids %q", got, read(t, out))
	}
	c = script.Command{Argv: []string{"/bin/sleep", "100"}, UID: 4711, GID: 4712}
	if got := run(t, r, Job{Command: c, Limit: 3 * time.Second}); !got.TimedOut {
		t.Errorf("another user's script was not ended: %+v", got)
	}
}

func TestRealTimeIsNotInherited(t *testing.T) {
	r, _ := newRunner(t, Options{})
	done := make(chan Outcome, 1)
	c := shellScript(t, `set -- $(cut -d')' -f2 /proc/$$/stat); [ "${39}" = 0 ] && [ "${17}" = 0 ]`)
	old, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	// The whole process, as the daemon does; new threads inherit it.
	for _, tid := range threads(t) {
		err = unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1}, 0)
		defer unix.SchedSetAttr(tid, old, 0)
	}
	if err != nil {
		t.Skipf("it needs the right to schedule in real time (CAP_SYS_NICE): %v", err)
	}
	r.Run(Job{Command: c, Done: func(o Outcome) { done <- o }})
	if out := <-done; !out.OK() {
		t.Errorf("policy or nice value is not 0: %+v", out)
	}
}

func threads(t *testing.T) []int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	var tids []int
	for _, n := range names {
		tid, _ := strconv.Atoi(n.Name())
		tids = append(tids, tid)
	}
	return tids
}

// TestGroupIsEnded: children of a script go with it.
func TestGroupIsEnded(t *testing.T) {
	r, _ := newRunner(t, Options{})
	tests := []struct{ name, body string }{
		{"all listen", "sleep 100 & echo $! >$1; wait"},
		{"child is deaf", `sh -c 'trap "" TERM; while :; do sleep 100; done' & echo $! >$1; wait`},
		{"script is deaf", "trap '' TERM; sleep 100 & echo $! >$1; while :; do wait; done"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "pid")
			job := r.Run(Job{Command: shellScript(t, tt.body, out)})
			child := 0
			eventually(t, "the child's number", func() bool {
				child, _ = strconv.Atoi(strings.TrimSpace(read(t, out)))
				return child > 0
			})
			job.Terminate(100 * time.Millisecond)
			<-job.Ended()
			eventually(t, "end of the child", func() bool { return gone(child) })
			if job.Pid() == 0 || !gone(job.Pid()) {
				t.Errorf("process %d was not reaped", job.Pid())
			}
		})
	}
}

func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestTerminateBeforeStart(t *testing.T) {
	r, log := newRunner(t, Options{})
	fifo := filepath.Join(t.TempDir(), "script")
	if err := unix.Mkfifo(fifo, 0o755); err != nil { // reading it does not return
		t.Fatal(err)
	}
	got := make(chan Outcome, 1)
	job := r.Run(Job{Command: script.Command{Argv: []string{fifo}}, Limit: 50 * time.Millisecond, Done: func(o Outcome) { got <- o }})
	if out := <-got; !out.TimedOut {
		t.Errorf("outcome of a script that cannot be read: %+v", out)
	}
	other := run(t, r, Job{Command: shellScript(t, "exit 0")})
	if !other.OK() {
		t.Errorf("another script was held up: %+v", other)
	}
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	<-job.Ended()
	if job.Pid() != 0 || log.text() != "" {
		t.Errorf("it was executed nevertheless: process %d, %s", job.Pid(), log.text())
	}
}

func TestClose(t *testing.T) {
	noLeaks(t)
	log := &record{}
	r, err := NewRunner(log, Options{})
	if err != nil {
		t.Fatal(err)
	}
	polite := r.Run(Job{Command: shellScript(t, "sleep 100")})
	deaf := r.Run(Job{Command: shellScript(t, "trap '' TERM; while :; do sleep 100; done")})
	<-polite.Started()
	<-deaf.Started()
	eventually(t, "the trap is set", func() bool {
		status := read(t, "/proc/"+strconv.Itoa(deaf.Pid())+"/status")
		return ignored(t, status) == 1<<(syscall.SIGTERM-1)
	})
	r.Close(100 * time.Millisecond)
	<-polite.Ended()
	<-deaf.Ended()
	if r.Running() != 0 || r.Run(Job{Command: shellScript(t, "")}) != nil {
		t.Error("a closed runner runs")
	}
	r.Close(time.Hour) // harmless
}

// TestDeathOfTheDaemon: scripts get SIGTERM when the process that started them
// is killed. The test starts itself as that process.
func TestDeathOfTheDaemon(t *testing.T) {
	out := os.Getenv("NOTIFY_TEST_OUT")
	if out != "" {
		daemonToKill(t, out)
		return
	}
	out = filepath.Join(t.TempDir(), "out")
	proc, err := os.StartProcess("/proc/self/exe", []string{"test", "-test.run=^TestDeathOfTheDaemon$"},
		&os.ProcAttr{Env: append(os.Environ(), "NOTIFY_TEST_OUT="+out), Files: []*os.File{nil, nil, nil}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the script runs", func() bool { return strings.Contains(read(t, out), "running") })
	if err := proc.Kill(); err != nil {
		t.Fatal(err)
	}
	proc.Wait()
	eventually(t, "the script got SIGTERM", func() bool { return strings.Contains(read(t, out), "terminated") })
}

func daemonToKill(t *testing.T, out string) {
	r, _ := newRunner(t, Options{})
	r.Run(Job{Command: shellScript(t, "trap 'echo terminated >>"+out+"; exit' TERM; echo running >"+out+"; sleep 100 & wait")})
	// Threads that come and go must not matter.
	for range 50 {
		go func() { time.Sleep(time.Millisecond) }()
	}
	time.Sleep(time.Minute)
}

func TestManyRunsLeaveNothing(t *testing.T) {
	noLeaks(t)
	log := &record{}
	r, err := NewRunner(log, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(time.Second)
	c := script.Command{Argv: []string{"/bin/true"}}
	const parallel = 20
	for range 1000 / parallel {
		outs := make(chan Outcome, parallel)
		for range parallel {
			r.Run(Job{Command: c, Limit: time.Minute, Done: func(o Outcome) { outs <- o }})
		}
		for range parallel {
			if o := <-outs; !o.OK() {
				t.Fatalf("outcome %+v", o)
			}
		}
	}
}
