package proctrack

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestMatches(t *testing.T) {
	run := func(args ...string) Process {
		return Process{Comm: filepath.Base(args[0])[:min(15, len(filepath.Base(args[0])))], Args: args}
	}
	tests := []struct {
		name string
		p    Pattern
		x    Process
		want bool
	}{
		{"name", Pattern{Path: "haproxy"}, run("/usr/sbin/haproxy", "-f"), true},
		{"no part of a name", Pattern{Path: "ssh"}, run("/usr/sbin/sshd"), false},
		{"name from a path", Pattern{Path: "/usr/sbin/haproxy"}, run("/other/haproxy"), true},
		{"long name", Pattern{Path: "a-very-long-process-name"}, run("/a-very-long-process-name"), true},
		{"full command", Pattern{Path: "/usr/sbin/haproxy", FullCommand: true}, run("/usr/sbin/haproxy", "-f"), true},
		{"another path", Pattern{Path: "/usr/sbin/haproxy", FullCommand: true}, run("/bin/haproxy"), false},
		{"kernel thread", Pattern{Path: "kthreadd", FullCommand: true}, Process{Comm: "kthreadd"}, false},
		{"exact", Pattern{Path: "/x", FullCommand: true, Match: MatchExact, Params: []string{"a", "b"}}, run("/x", "a", "b"), true},
		{"exact, one more", Pattern{Path: "/x", FullCommand: true, Match: MatchExact, Params: []string{"a"}}, run("/x", "a", "b"), false},
		{"exact, none", Pattern{Path: "/x", FullCommand: true, Match: MatchExact}, run("/x"), true},
		{"partial", Pattern{Path: "/x", FullCommand: true, Match: MatchPartial, Params: []string{"a"}}, run("/x", "a", "b"), true},
		{"partial, longer", Pattern{Path: "/x", FullCommand: true, Match: MatchPartial, Params: []string{"a"}}, run("/x", "ab"), false},
		{"initial", Pattern{Path: "/x", FullCommand: true, Match: MatchInitial, Params: []string{"a", "b"}}, run("/x", "a", "bc"), true},
		{"initial, too few", Pattern{Path: "/x", FullCommand: true, Match: MatchInitial, Params: []string{"a", "b"}}, run("/x", "a"), false},
	}
	for _, tt := range tests {
		if got := tt.p.Matches(tt.x); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestQuorum(t *testing.T) {
	tests := []struct {
		name string
		q    Quorum
		up   []bool // for 0, 1, 2, 3 processes
	}{
		{"default", Quorum{Min: 1, Max: -1}, []bool{false, true, true, true}},
		{"range", Quorum{Min: 2, Max: 2}, []bool{false, false, true, false}},
		{"none may run", Quorum{Min: 1, Max: 0}, []bool{true, false, false, false}},
		{"no minimum", Quorum{Min: 0, Max: -1}, []bool{true, true, true, true}},
	}
	for _, tt := range tests {
		for n, want := range tt.up {
			if got := tt.q.met(n); got != want {
				t.Errorf("%s: %d processes: %v, want %v", tt.name, n, got, want)
			}
		}
	}
}

func TestDelays(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	c := counter{q: Quorum{Min: 1, Max: -1, ForkDelay: 100 * time.Millisecond, TerminateDelay: 200 * time.Millisecond}}
	steps := []struct {
		at, count   int
		changed, up bool
	}{
		{0, 1, true, true},   // the first decides
		{10, 0, false, true}, // lost, but not yet for long
		{150, 1, false, true},
		{160, 0, false, true},
		{359, 0, false, true},
		{360, 0, true, false},
		{400, 2, false, false},
		{499, 1, false, false}, // a fork less does not begin the wait again
		{500, 1, true, true},
	}
	for _, s := range steps {
		if changed := c.set(s.count, at(s.at)); changed != s.changed || c.up != s.up {
			t.Fatalf("at %d ms with %d: changed %v, up %v", s.at, s.count, changed, c.up)
		}
	}
}

func TestTableCountsOnce(t *testing.T) {
	tab := newTable([]Pattern{{Path: "a"}, {Path: "b"}})
	tab.set(1, Process{Comm: "a"})
	tab.set(1, Process{Comm: "a"})
	tab.fork(1, 2)
	tab.fork(1, 2)
	if tab.counts[0] != 2 {
		t.Fatalf("%d, want 2", tab.counts[0])
	}
	tab.set(2, Process{Comm: "b"}) // executes another program
	tab.remove(1)
	tab.remove(1)
	if tab.counts[0] != 0 || tab.counts[1] != 1 {
		t.Fatalf("counts %v", tab.counts)
	}
	tab.keep(map[int]bool{})
	if tab.counts[1] != 0 || len(tab.pids) != 0 {
		t.Errorf("counts %v, %d processes", tab.counts, len(tab.pids))
	}
}

func FuzzParseEvents(f *testing.F) {
	f.Add(listenRequest())
	f.Add([]byte{20, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, e := range parseEvents(b) {
			if e.pid < 0 {
				t.Errorf("process %d", e.pid)
			}
		}
	})
}

// program makes a program of its own name, so that no other process counts.
func program(t *testing.T, name string) string {
	t.Helper()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWatch(t *testing.T) {
	told := make(chan error, 1)
	follow(t, func(specs []Spec, report func(Result)) *Watcher {
		return Watch(Options{}, specs, report, func(err error) { told <- err })
	})
	select {
	case err := <-told:
		if !errors.Is(err, errNoEvents) {
			t.Error(err)
		}
		t.Logf("by reading /proc: %v", err)
	default:
	}
}

func TestPoll(t *testing.T) {
	follow(t, func(specs []Spec, report func(Result)) *Watcher {
		w := newWatcher(specs, report)
		go w.poll()
		return w
	})
}

// follow starts and ends processes under the eyes of a watcher.
func follow(t *testing.T, watch func([]Spec, func(Result)) *Watcher) {
	path := program(t, "kaproctest")
	results := make(chan Result, 16)
	w := watch([]Spec{{Name: "p", Pattern: Pattern{Path: "kaproctest"}, Quorum: Quorum{Min: 2, Max: -1}}}, func(r Result) { results <- r })
	defer w.Close()
	if r := next(t, results); r.Up {
		t.Fatalf("at first: %+v", r)
	}
	var running []*exec.Cmd
	for range 2 {
		cmd := exec.Command(path, "1000")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}()
		running = append(running, cmd)
	}
	if r := next(t, results); !r.Up || r.Count != 2 {
		t.Errorf("with two: %+v", r)
	}
	// Not waited for yet: a process that has ended does not count any more.
	if err := running[0].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if r := next(t, results); r.Up {
		t.Errorf("with one: %+v", r)
	}
}

func next(t *testing.T, results chan Result) Result {
	t.Helper()
	select {
	case r := <-results:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("no result")
		return Result{}
	}
}
