package lvs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// world is one machine on which a story is played with one daemon: real
// servers, scripts, FIFO and mail server are all on it.
type world struct {
	t       *testing.T
	program lab.Program
	node    *lab.Node
	daemon  *lab.Daemon
	syslog  *lab.Lines
	fifo    *lab.Lines
	servers map[string]*server

	said, told int // lines of syslog and FIFO that were seen
	calls      int // as many lines of the file that scripts write
}

// notify is what stories' scripts run; it keeps its arguments.
const notifyScript = "#!/bin/sh\necho \"$@\" >>/run/lab/calls\n"

func newWorld(t *testing.T, l *lab.Lab, p lab.Program, s *story) *world {
	w := &world{t: t, program: p, node: l.Node(p.Name), servers: map[string]*server{}}
	w.node.Run("ip", "link", "add", "eth0", "type", "dummy")
	w.node.Run("ip", "link", "set", "eth0", "up")
	for _, a := range slices.Concat([]string{"10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.9", "10.1.0.254", "fd01::1", "fd01::2"}, s.addrs) {
		mask := "/32"
		if strings.Contains(a, ":") {
			mask = "/128"
		}
		w.node.Run("ip", "addr", "add", a+mask, "dev", "eth0")
	}
	w.node.WriteFile("/run/lab/notify.sh", notifyScript, 0o755)
	for name, text := range s.files {
		w.node.WriteFile(name, text, 0o755)
	}
	for _, spec := range s.servers {
		kind, addr, _ := strings.Cut(spec, " ")
		w.servers[addr] = newServer(t, w.node, kind, addr)
	}
	if s.before != nil {
		s.before(w)
	}
	w.syslog = w.node.Syslog()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("syslog of %s:\n%s", p.Name, w.syslog)
		}
	})
	w.fifo = w.node.FIFO("/run/lab/fifo")
	w.daemon = w.node.Daemon(p, s.conf, lab.Plain(), lab.Args(slices.Concat([]string{"-n", "-D"}, s.args)...))
	return w
}

// script is the command line of the notify script.
func script(args string) string { return `"/run/lab/notify.sh ` + args + `"` }

// head is the beginning of most configurations.
const head = "global_defs {\nrouter_id LVS\nlvs_notify_fifo /run/lab/fifo\nscript_user root\n%s\n}\n"

func global(options string) string { return fmt.Sprintf(head, options) }

// activity changes whenever something has happened that can be compared.
func (w *world) activity() string {
	calls, _ := w.node.ReadFile("/run/lab/calls")
	n := 0
	for _, s := range w.servers {
		s.mu.Lock()
		n += len(s.seen)
		s.mu.Unlock()
	}
	return fmt.Sprint(w.syslog.Mark(), w.fifo.Mark(), len(calls), n)
}

// settle waits until nothing has happened in any world for a time of the
// guest's clock, which no load of the host can stretch.
func settle(quiet time.Duration, worlds ...*world) {
	last, since := "", time.Now()
	for begun := time.Now(); time.Since(since) < quiet && time.Since(begun) < 30*time.Second; time.Sleep(500 * time.Millisecond) {
		now := ""
		for _, w := range worlds {
			now += w.activity() + ";"
		}
		if now != last {
			last, since = now, time.Now()
		}
	}
}

// seen is what can be compared since the last call.
type seen struct {
	table, calls, fifo, log, parent, servers, extra []string
	came                                            map[string][]time.Time
}

// ident is the part of a line of syslog before the text.
var ident = regexp.MustCompile(`^<\d+>.*? (Keepalived\S*?)\[\d+\]: `)

// look returns what can be compared since the last call.
func (w *world) look(s *story) *seen {
	w.t.Helper()
	v := &seen{table: table(w.t, w.node), came: map[string][]time.Time{}}
	slices.Sort(v.table)
	if text, ok := w.node.ReadFile("/run/lab/calls"); ok {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		v.calls = slices.Clone(lines[w.calls:])
		w.calls = len(lines)
		slices.Sort(v.calls)
	}
	for _, line := range w.fifo.Since(w.told) {
		v.fifo = append(v.fifo, line.Text)
		w.told++
	}
	slices.Sort(v.fifo)
	for _, line := range w.syslog.Since(w.said) {
		w.said++
		m := ident.FindStringSubmatch(line.Text)
		if m == nil {
			continue
		}
		switch text := normal(strings.TrimPrefix(line.Text, m[0])); m[1] {
		case "Keepalived_healthcheckers":
			v.log = append(v.log, text)
		case "Keepalived":
			v.parent = append(v.parent, text)
		}
	}
	slices.Sort(v.log)
	for addr, srv := range w.servers {
		lines, came := srv.take()
		v.servers = append(v.servers, lines...)
		v.came[addr] = came
	}
	slices.Sort(v.servers)
	for _, argv := range s.look {
		out, err := w.node.Output(strings.Fields(argv)...)
		if err != nil {
			out += "failed\n"
		}
		for line := range strings.Lines(out) {
			v.extra = append(v.extra, argv+": "+strings.TrimSpace(line))
		}
	}
	if s.process && w.daemon.Running() {
		v.extra = append(v.extra, w.process())
	}
	slices.Sort(v.extra) // maps and chains come in any order
	return v
}

var variable = []struct {
	is *regexp.Regexp
	be string
}{
	{regexp.MustCompile(`\bpid[ =]\d+`), "pid N"},
	{regexp.MustCompile(`\((\d+)\) died`), "(N) died"},
	{regexp.MustCompile(`delivered in \d+ usec`), "delivered in N usec"},
	{regexp.MustCompile(`used .* user time, .* system time`), "used N"},
}

// normal leaves out what differs from run to run.
func normal(line string) string {
	for _, v := range variable {
		line = v.is.ReplaceAllString(line, v.be)
	}
	return line
}

// process is what the kernel knows about the checker process.
func (w *world) process() string {
	w.t.Helper()
	p := w.daemon.Process(lab.Checker)
	stat := procText(w.t, p.PID, "stat")
	_, after, _ := strings.Cut(stat, ") ")
	f := strings.Fields(after)
	var b strings.Builder
	fmt.Fprintf(&b, "name %s nice %s rt_priority %s policy %s\n", strings.TrimSpace(procText(w.t, p.PID, "comm")), f[16], f[37], f[38])
	for line := range strings.Lines(procText(w.t, p.PID, "status")) {
		switch key, value, _ := strings.Cut(line, ":"); key {
		case "Cpus_allowed_list":
			b.WriteString(line)
		case "VmLck":
			fmt.Fprintf(&b, "locked %v\n", !strings.HasPrefix(strings.TrimSpace(value), "0 "))
		}
	}
	for line := range strings.Lines(procText(w.t, p.PID, "limits")) {
		if strings.HasPrefix(line, "Max realtime timeout") {
			b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
		}
	}
	return b.String()
}
