package lvs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

// corpusDir has configurations of others, where there are any; corpusInside is
// where the guest has them.
const (
	corpusDir    = "../../../../shared/corpus"
	corpusInside = "/guest/corpus"
)

// other are configurations of which C 2.2.7 makes something else, with what ours
// makes of them, as 2.4.3 does, and why.
var other = map[string]struct {
	want []string
	why  string
}{
	"052.conf": {nil, "a comment ends a definition in 2.4.3 and in ours, not in 2.2.7"},
	"217.conf": {nil, "a comment ends a definition in 2.4.3 and in ours, not in 2.2.7"},
	"083.conf": {nil, "neither 2.4.3 nor ours runs with it"},
}

// TestKernelCorpus compares what both daemons put into the kernel's table at
// the start, before any check has failed, for each configuration of the corpus
// that has virtual servers. Ours ends with an empty table. It runs when
// LVS_CORPUS is set:
//
//	LVS_CORPUS=1 go test ./test/lab/lvs -run TestInGuest/TestKernelCorpus
func TestKernelCorpus(t *testing.T) {
	needGuest(t)
	files, _ := filepath.Glob(filepath.Join(corpusInside, "*.conf"))
	if len(files) == 0 {
		t.Skip("it needs the real configurations: run TestInGuest with LVS_CORPUS=1 where ../shared/corpus is")
	}
	for _, file := range files {
		conf, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(conf), "virtual_server") {
			continue
		}
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			l := lab.New(t)
			theirs, runs := started(t, l.Node("C"), theC(), string(conf))
			ours, run := started(t, l.Node("ours"), ours(), string(conf))
			t.Logf("%d lines", len(theirs))
			if o, ok := other[name]; ok {
				if diff := cmp.Diff(o.want, ours); diff != "" {
					t.Errorf("want (-), ours (+):\n%s", diff)
				}
				return
			}
			if run != runs {
				t.Errorf("C runs: %v, ours runs: %v", runs, run)
			}
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("C (-) and ours (+):\n%s", diff)
			}
		})
	}
}

// started returns the table that a daemon makes of a configuration; none if the
// daemon does not run with it.
func started(t *testing.T, n *lab.Node, p lab.Program, conf string) (list []string, runs bool) {
	t.Helper()
	d := n.Daemon(p, conf, lab.Args("-C"))
	begun := func() bool {
		return d.Log.Count(0, "Activating BFD healthchecker") > 0 || d.Log.Count(0, "no configuration to run") > 0 || !d.Running()
	}
	wait(t, p.Name+" has started", func() (bool, string) { return begun(), d.Log.String() })
	if d.Running() {
		// Ours writes its log beside the table; the first check comes a second later.
		for range 4 {
			list = table(t, n)
			time.Sleep(100 * time.Millisecond)
		}
		slices.Sort(list)
		runs = true
		if d.Term(); p.IsC && !ends(d) {
			d.Kill9()
		}
		wait(t, p.Name+" has ended", func() (bool, string) { return !d.Running(), d.Log.String() })
	}
	if left := table(t, n); len(left) > 0 {
		if !p.IsC {
			t.Errorf("left after the stop: %q", left)
		}
		n.Run("ipvsadm", "-C")
	}
	return list, runs
}

// ends reports whether a daemon ends within the time that C gives its children.
func ends(d *lab.Daemon) bool {
	for range 100 {
		if !d.Running() {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}
