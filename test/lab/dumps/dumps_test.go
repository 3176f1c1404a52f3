package dumps

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"keepalived/test/lab"
)

//go:embed testdata/newer.txt
var newerFile string

// dataFiles are what SIGUSR1 makes each process write, and the last line of
// which part tells that it is complete.
var dataFiles = []string{"/tmp/keepalived.data", "/tmp/keepalived_parent.data", "/tmp/keepalived_bfd.data", checkFile}

// checkFile is the health checker's, which the C daemon has only where the kernel
// has IPVS.
const checkFile = "/tmp/keepalived_check.data"

// TestSameMeaning runs both daemons on configurations with every keyword that
// both know.
func TestSameMeaning(t *testing.T) {
	known, err := differences(differencesFile)
	if err != nil {
		t.Fatal(err)
	}
	sameMeaning(t, known, func(name string) bool { return name != servers })
}

// sameMeaning compares the configurations whose names are wanted. All known
// differences have to be there.
func sameMeaning(t *testing.T, known []*difference, wanted func(string) bool) {
	list, err := samples()
	if err != nil {
		t.Fatal(err)
	}
	newer := newerKeywords()
	t.Logf("%d samples, %d keywords are newer than the C daemon", len(list), len(newer))
	for _, c := range configurations(list, func(k id) bool { return !newer[k] }) {
		if wanted(c.name) {
			t.Run(c.name, func(t *testing.T) { run(t, c, known) })
		}
	}
	for _, d := range known {
		if !d.used && !t.Failed() {
			t.Errorf("no such difference: %s %s", d.kind, d.where)
		}
	}
}

// TestEveryKeyword makes sure that no sample is left out of the configurations.
func TestEveryKeyword(t *testing.T) {
	list, err := samples()
	if err != nil {
		t.Fatal(err)
	}
	newer := newerKeywords()
	used := map[id]bool{}
	for _, c := range configurations(list, func(k id) bool { return !newer[k] }) {
		for _, l := range c.lines {
			used[l.from] = true
		}
	}
	for _, s := range list {
		if used[s.id] == newer[s.id] {
			t.Errorf("%s %s: compared %t, newer than the C daemon %t", s.block, s.name, used[s.id], newer[s.id])
		}
	}
}

func newerKeywords() map[id]bool {
	newer := map[id]bool{}
	for line := range strings.Lines(newerFile) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 2 {
			newer[id{f[0], f[1]}] = true
		}
	}
	return newer
}

// run compares the data files of both daemons until they agree, because what is
// in them may be about to change: a script has not run yet, a file is being
// written. What they still disagree about in the end is an error.
func run(t *testing.T, c configuration, known []*difference) {
	theirs, ours := start(t, theC(t), c), start(t, ours(t), c)
	for deadline := time.Now().Add(lab.Patience); ; {
		unknown, used, same := judge(ours.data(t), theirs.data(t), known)
		if len(unknown) > 0 && time.Now().Before(deadline) {
			continue
		}
		for _, text := range unknown {
			t.Error(text)
		}
		for _, d := range used {
			d.used = true
		}
		if same < 150 {
			t.Errorf("only %d fields are the same", same)
		}
		t.Logf("%d fields are the same", same)
		return
	}
}

// judge compares the data files: what differs unexpectedly, which differences were
// expected, how much is the same.
func judge(ours, theirs map[string]string, known []*difference) (unknown []string, used []*difference, same int) {
	for _, file := range dataFiles {
		list, n := compare(fields(ours[file]), fields(theirs[file]))
		same += n
		for _, m := range list {
			i := slices.IndexFunc(known, func(d *difference) bool { return d.covers(m) })
			if i < 0 {
				unknown = append(unknown, fmt.Sprintf("%s: %s [%s]", file, m, m.where()))
				continue
			}
			used = append(used, known[i])
		}
	}
	return unknown, used, same
}

// running is a daemon with a configuration.
type running struct {
	*lab.Daemon
	program lab.Program
	files   []string // that it writes
}

// start runs a daemon on a configuration, alone in its network.
func start(t *testing.T, p lab.Program, c configuration) running {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	for i := range 3 {
		eth, peer := fmt.Sprintf("eth%d", i), fmt.Sprintf("peer%d", i)
		n.Run("ip", "link", "add", eth, "address", fmt.Sprintf("02:00:00:00:01:0%d", i), "type", "veth",
			"peer", "name", peer, "address", fmt.Sprintf("02:00:00:00:02:0%d", i))
		n.Run("ip", "link", "set", peer, "up")
		n.Run("ip", "address", "add", fmt.Sprintf("192.0.%d.1/24", 2+10*i), "dev", eth)
		n.Run("ip", "link", "set", eth, "up")
	}
	lab.Wait(t, lab.Patience, "the link-local addresses", func() bool {
		text := n.Run("ip", "-6", "address")
		return strings.Count(text, "scope link") == 6 && !strings.Contains(text, "tentative")
	})
	if p.IsC {
		checkAccepted(t, n, p, c)
	}
	r := running{Daemon: n.Daemon(p, c.text()), program: p}
	for _, file := range dataFiles {
		switch {
		case strings.Contains(file, "bfd") && !strings.Contains(c.text(), "bfd_instance"):
		case file == checkFile && c.name != servers:
		default:
			r.files = append(r.files, file)
		}
	}
	r.WaitState(firstInstance(c), "BACKUP")
	return r
}

// data makes the daemon write its data files and reads them.
func (r running) data(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, file := range r.files {
		if err := r.Node.Do(func() error { return os.Remove(file) }); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for _, file := range r.files {
		lab.Wait(t, lab.Patience, r.program.Name+" writes "+file, func() bool {
			if out[file] == "" { // a signal while a file is being written may count for that one
				r.Signal(lab.Parent, syscall.SIGUSR1)
			}
			text, _ := r.Node.ReadFile(file)
			same := text != "" && text == out[file]
			out[file] = text
			return same
		})
	}
	return out
}

var instanceHeader = regexp.MustCompile(`(?m)^vrrp_instance (\S+) \{`)

func firstInstance(c configuration) string { return instanceHeader.FindStringSubmatch(c.text())[1] }

var complaint = regexp.MustCompile(`(?m)^.*\(?Line (\d+)\) (.*)$`)

// checkAccepted makes sure that the C daemon takes every line of the
// configuration: a sample that it refuses would compare nothing.
func checkAccepted(t *testing.T, n *lab.Node, p lab.Program, c configuration) {
	t.Helper()
	n.WriteFile("/run/lab/test.conf", c.text(), 0o644)
	cmd := exec.Command(p.Path, "-t", "-f", "/run/lab/test.conf")
	var text strings.Builder
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := n.Start(cmd); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its status is that of warnings, too
	said := map[string]bool{}
	for _, m := range complaint.FindAllStringSubmatch(text.String(), -1) {
		number, _ := strconv.Atoi(m[1])
		from := c.lines[number-1].from
		if key := m[1] + m[2]; !said[key] && !strings.Contains(m[2], "deprecated") && !strings.Contains(m[2], "not tracking") {
			said[key] = true
			t.Errorf("the C daemon does not take %s %s (%q): %s", from.block, from.name, c.lines[number-1].text, m[2])
		}
	}
}
