package lvs

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

// story is a configuration and what happens under it. It is played with our
// daemon and with the C daemon at the same time, each on a machine of its own,
// and after each step everything that can be seen of them is compared.
type story struct {
	name    string
	conf    string
	args    []string          // of the daemon
	addrs   []string          // of the machine, beside the usual ones
	servers []string          // kind and address
	files   map[string]string // by path
	before  func(*world)      // before the daemon starts
	look    []string          // commands whose output is compared too
	process bool              // the checker process's attributes are compared
	beats   bool              // so are the times between checks
	quiet   time.Duration     // how long nothing happens when a step is over; default 5 s
	steps   []step
	later   string // keywords that only a reload brings, for the list of keywords
	running bool   // the story does not end with a stop
}

// step is something that happens to a machine.
type step struct {
	name string
	do   func(*world)
	// phase: what is asked depends on which URL was the next when it happened,
	// so what servers saw is not compared.
	phase bool
}

func (w *world) up(addr string)           { w.servers[addr].up() }
func (w *world) down(addr string)         { w.servers[addr].down() }
func (w *world) answer(addr, page string) { w.servers[addr].answer(page) }

// answerAt changes what the server says to requests for one path.
func (w *world) answerAt(addr, path, page string) { w.servers[addr].answerAt(path, page) }

func (w *world) write(path, text string) { w.node.WriteFile(path, text, 0o755) }
func (w *world) reload(conf string) {
	w.daemon.Configure(conf)
	w.daemon.Reload()
}

func up(addr string) step   { return step{name: addr + " comes back", do: func(w *world) { w.up(addr) }} }
func down(addr string) step { return step{name: addr + " dies", do: func(w *world) { w.down(addr) }} }
func answer(addr, page string) step {
	return step{name: fmt.Sprintf("%s answers %.40q", addr, page), do: func(w *world) { w.answer(addr, page) }}
}
func write(path, text string) step {
	return step{name: fmt.Sprintf("%s says %q", filepath.Base(path), text), do: func(w *world) { w.write(path, text) }}
}
func reload(what, conf string) step {
	return step{name: "reload: " + what, do: func(w *world) { w.reload(conf) }}
}

// TestKernelBesideC plays every story.
func TestKernelBesideC(t *testing.T) {
	needGuest(t)
	rules := readIntended(t)
	for _, s := range share(stories(), os.Getenv(shareEnv)) {
		t.Run(s.name, func(t *testing.T) {
			s.play(t, rules)
		})
	}
}

// share is the part of a list that is meant by words like "1,2/3": of each three
// in turn the last two.
func share(list []*story, which string) []*story {
	mine, of, ok := strings.Cut(which, "/")
	n, err := strconv.Atoi(of)
	if !ok || err != nil || n < 1 {
		return list
	}
	var out []*story
	for i, s := range list {
		if slices.Contains(strings.Split(mine, ","), strconv.Itoa(i%n)) {
			out = append(out, s)
		}
	}
	return out
}

func (s *story) play(t *testing.T, rules []rule) {
	l := lab.New(t)
	a, c := newWorld(t, l, ours(), s), newWorld(t, l, theC(), s)
	quiet := s.quiet
	if quiet == 0 {
		quiet = 5 * time.Second
	}
	compare := func(what string, phase bool) {
		settle(quiet, a, c)
		ours, theirs := a.look(s), c.look(s)
		if phase {
			ours.servers, theirs.servers = nil, nil
		}
		s.compare(t, what, ours, theirs, rules)
	}
	compare("start", false)
	for _, step := range s.steps {
		step.do(a)
		step.do(c)
		compare(step.name, step.phase)
	}
	if s.running {
		return
	}
	a.daemon.Stop()
	c.daemon.Stop()
	compare("stop", true) // the last checks are not synchronous
}

func (s *story) compare(t *testing.T, what string, a, c *seen, rules []rule) {
	t.Helper()
	// Our parent reads the configuration once and reports what is wrong with
	// it; C's checker process does.
	for _, line := range c.log {
		if slices.Contains(a.parent, line) && !slices.Contains(a.log, line) {
			a.log = append(a.log, line)
		}
	}
	slices.Sort(a.log)
	for _, v := range []struct {
		name string
		a, c []string
	}{
		{"table", a.table, c.table}, {"notify calls", a.calls, c.calls}, {"FIFO", a.fifo, c.fifo},
		{"servers saw", a.servers, c.servers}, {"kernel", a.extra, c.extra}, {"log", a.log, c.log},
	} {
		ours := keep(v.a, "ours", s.name, what, v.name, rules)
		theirs := keep(v.c, "C", s.name, what, v.name, rules)
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("%s: %s, C (-) and ours (+):\n%s", what, v.name, diff)
		}
	}
	if s.beats {
		for addr := range a.came {
			ours, theirs := gaps(a.came[addr]), gaps(c.came[addr])
			n := min(len(ours), len(theirs))
			if what == "start" && n < 2 || !slices.Equal(ours[:n], theirs[:n]) {
				t.Errorf("%s: seconds between the checks of %s: C %v, ours %v", what, addr, theirs, ours)
			}
		}
	}
	if os.Getenv("LVS_SHOW") != "" {
		t.Logf("%s: table %q\ncalls %q\nfifo %q\nservers %q\nextra %q\nlog %s", what, a.table, a.calls, a.fifo, a.servers, a.extra, strings.Join(a.log, "\n"))
	}
}

// gaps are the times between checks in whole seconds, the first few.
func gaps(came []time.Time) []int {
	var out []int
	for i := 1; i < len(came) && len(out) < 5; i++ {
		out = append(out, int(math.Round(came[i].Sub(came[i-1]).Seconds())))
	}
	return out
}

// rule is an intended difference: what one of the daemons says that the other
// does not.
type rule struct {
	who   string // ours or C
	story string // name, or * for all; "name @ step" for one step
	view  string // what is compared
	is    *regexp.Regexp

	reason string
}

// readIntended reads testdata/intended.tsv.
func readIntended(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile("testdata/intended.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 5 || f[4] == "" {
			t.Fatalf("testdata/intended.tsv: want who, story, view, pattern and reason in %q", line)
		}
		rules = append(rules, rule{f[0], f[1], f[2], regexp.MustCompile("^(?:" + f[3] + ")$"), f[4]})
	}
	return rules
}

// keep is the lines without those that are meant to differ.
func keep(lines []string, who, story, step, view string, rules []rule) []string {
	out := []string{}
	for _, line := range lines {
		if !slices.ContainsFunc(rules, func(r rule) bool {
			return r.who == who && slices.Contains([]string{"*", story, story + " @ " + step}, r.story) && r.view == view && r.is.MatchString(line)
		}) {
			out = append(out, line)
		}
	}
	return out
}

func procText(t *testing.T, pid int, name string) string {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
