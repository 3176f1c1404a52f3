package dump

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

// TestDataAsRecorded compares line by line with what C keepalived 2.4.3 wrote
// about the same configuration in the same state.
func TestDataAsRecorded(t *testing.T) {
	_, want, _ := strings.Cut(read(t, "testdata/every.data"), "------< SSL definitions >------\n")
	r := config.Read(lang.OS{}, "testdata/every.conf", config.Options{Test: true, Static: true}, config.StaticEnv{})
	if r.Config == nil {
		t.Fatal("the configuration was refused")
	}
	s := snapshotOf(r.Config)
	s.Files = map[string]int{"load": 3}
	impose(s, want)
	_, got, _ := strings.Cut(string(s.Data().Bytes()), "------< SSL definitions >------\n")
	compare(t, want, got)
}

// corpusDir holds configurations as people wrote them, with the C daemon's dump
// of what it makes of them before it starts.
const corpusDir = "../../../../shared/corpus"

func TestDataOfCorpus(t *testing.T) {
	files, err := filepath.Glob(corpusDir + "/dumps-2.4.3/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("it needs the dumps recorded in ../shared/corpus")
	}
	compared := 0
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		_, want, ok := strings.Cut(read(t, f), "------< LVS Topology >------\n")
		if !ok || name == "012" { // host blocks of SMTP_CHECK, which C does not get right
			continue
		}
		t.Run(name, func(t *testing.T) {
			r := config.Read(lang.OS{}, corpusDir+"/"+name+".conf", config.Options{Test: true, Static: true}, config.StaticEnv{})
			if r.Config == nil {
				t.Fatal("the configuration was refused")
			}
			want, _, _ := strings.Cut(want, "------< Global definitions >------")
			s := snapshotOf(r.Config)
			impose(s, want)
			_, got, _ := strings.Cut(string(s.Data().Bytes()), "------< LVS Topology >------\n")
			compare(t, strings.ReplaceAll(want, "VS alive = 0", "VS alive = 1"), got)
			compared++
		})
	}
	if compared < 20 {
		t.Errorf("only %d files were compared", compared)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func snapshotOf(c *config.Config) *Snapshot {
	s := &Snapshot{Time: time.Unix(0, 0).UTC(), Conf: c}
	for i := range c.LVS.VirtualServers {
		v := Virtual{Conf: &c.LVS.VirtualServers[i]}
		for j := range v.Conf.RealServers {
			r := Real{Conf: &v.Conf.RealServers[j], Weight: int64(v.Conf.RealServers[j].Weight)}
			for k := range r.Conf.Checkers {
				x := &r.Conf.Checkers[k]
				r.Checkers = append(r.Checkers, Checker{Conf: x, Timing: &c.LVS.Timings[x.Timing]})
			}
			v.Reals = append(v.Reals, r)
		}
		s.Virtuals = append(s.Virtuals, v)
	}
	return s
}

var (
	stateLine = regexp.MustCompile(`(?m)^ *(sorry server|quorum_state_up|effective weight|alive|num failed checkers|RS set|RIP|Up|Has run|Current weight|Retries iterations|Failed URL|Keepalive method|VS (?:VIP|GROUP|FWMARK)) .*?= ?(.*)$`)
	number    = regexp.MustCompile(`-?\d+`)
)

// impose gives a snapshot the state that a data file shows.
func impose(s *Snapshot, data string) {
	var reals []*Real
	var checkers []*Checker
	var virtuals []*Virtual
	for i := range s.Virtuals {
		virtuals = append(virtuals, &s.Virtuals[i])
		for j := range s.Virtuals[i].Reals {
			r := &s.Virtuals[i].Reals[j]
			reals = append(reals, r)
			for k := range r.Checkers {
				checkers = append(checkers, &r.Checkers[k])
			}
		}
	}
	v, r, c := &Virtual{}, (*Real)(nil), &Checker{}
	for _, m := range stateLine.FindAllStringSubmatch(data, -1) {
		text := m[2]
		n := atoi(text)
		switch m[1] {
		case "VS VIP", "VS GROUP", "VS FWMARK":
			v, virtuals, r = virtuals[0], virtuals[1:], nil
		case "RIP":
			r, reals = reals[0], reals[1:]
		case "quorum_state_up":
			v.Up = n == 1
		case "alive":
			if r == nil {
				v.Sorry = n == 1
			} else {
				r.Alive = n == 1
			}
		case "effective weight":
			r.Weight = int64(n)
		case "num failed checkers":
			r.Failed = n
		case "RS set":
			r.InTable = n == 1
		case "Up":
			c, checkers = checkers[0], checkers[1:]
			c.Up = text == "yes"
		case "Has run":
			c.HasRun = text == "yes"
		case "Current weight":
			c.Weight = int64(n)
		case "Retries iterations":
			c.Tries = uint32(n)
		case "Failed URL":
			c.FailedURL = text
		}
	}
}

func atoi(text string) (n int) {
	for _, d := range strings.TrimPrefix(number.FindString(text), "-") {
		n = n*10 + int(d-'0')
	}
	if strings.HasPrefix(text, "-") {
		return -n
	}
	return n
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(significant(t, want), significant(t, got)); diff != "" {
		t.Errorf("(-C keepalived +ours):\n%s", diff)
	}
}

// untold is what C keepalived says about the delays of a BFD_CHECK, which has
// none.
var untold = regexp.MustCompile(`(?m)^   Alpha = .*\n(.*(18446744073709551615|4294967295).*\n)+   Default delay .*\n`)

// significant leaves out what differs on purpose.
func significant(t *testing.T, text string) (lines []string) {
	t.Helper()
	var known []string
	for line := range strings.Lines(read(t, "testdata/differences.txt")) {
		prefix, reason, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok && !strings.HasPrefix(line, "#") || ok && reason == "" {
			t.Fatalf("differences.txt: %q has no reason", line)
		}
		if ok {
			known = append(known, prefix)
		}
	}
	text = strings.ReplaceAll(text, "/bin/busybox, params = ", "")
	text = untold.ReplaceAllString(text, "")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if !slices.ContainsFunc(known, func(p string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), p) }) {
			lines = append(lines, line)
		}
	}
	return lines
}
