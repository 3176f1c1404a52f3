package surface

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

const (
	signalJSON  = syscall.Signal(36)
	dataFile    = "/tmp/keepalived.data"
	statsFile   = "/tmp/keepalived.stats"
	jsonFile    = "/tmp/keepalived.json"
	lastSection = "------< Interfaces >------"
)

// files are what one daemon has written.
type files struct{ data, stats, json string }

// TestSameFiles runs both daemons on the same configuration, alone in networks
// that are alike, and compares what they write, as far as both know a key.
func TestSameFiles(t *testing.T) {
	ours, c := filesOf(t, lab.Ours(t)), filesOf(t, lab.CKeepalived(t))
	known := differences(t)
	t.Run("data", func(t *testing.T) { compareData(t, c.data, ours.data, known) })
	t.Run("statistics", func(t *testing.T) { compareStats(t, c.stats, ours.stats) })
	t.Run("JSON", func(t *testing.T) { compareJSON(t, c.json, ours.json, known) })
}

func filesOf(t *testing.T, p lab.Program) files {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	conf, err := os.ReadFile("testdata/router.conf")
	if err != nil {
		t.Fatal(err)
	}
	d := n.Daemon(p, string(conf))
	for _, name := range []string{"V2", "V3", "V6", "AH"} {
		d.WaitState(name, "MASTER")
	}
	for _, address := range []string{"192.0.2.10", "192.0.2.20", "2001:db8::10", "192.0.2.30"} {
		lab.Wait(t, lab.Patience, p.Name+" holds "+address, func() bool {
			return strings.Contains(n.Run("ip", "address"), address+"/")
		})
	}
	ask := func(s syscall.Signal, path, complete string) (text string) {
		d.Signal(lab.Parent, s)
		lab.Wait(t, lab.Patience, p.Name+" writes "+path, func() bool {
			text, _ = n.ReadFile(path)
			return strings.Contains(text, complete)
		})
		return text
	}
	return files{
		data:  ask(unix.SIGUSR1, dataFile, lastSection),
		stats: ask(unix.SIGUSR2, statsFile, "VRRP Instance: AH\n"),
		json:  ask(signalJSON, jsonFile, "}]"),
	}
}

// differences are the keys that may have other values.
func differences(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		key, reason, ok := strings.Cut(strings.TrimSpace(line), "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case !ok || reason == "":
			t.Fatalf("%q has no reason", line)
		default:
			known[key] = true
		}
	}
	return known
}

// entry is a line `Key = value` of a data file.
type entry struct{ key, value string }

// blocks are the lines of each instance.
func blocks(data string) map[string][]entry {
	out := map[string][]entry{}
	name := ""
	for line := range strings.Lines(data) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
		switch {
		case strings.HasPrefix(line, "------"):
			name = ""
		case ok && key == "VRRP Instance":
			name = value
		case ok && name != "" && strings.HasPrefix(line, "   ") && !strings.HasPrefix(line, "    "):
			out[name] = append(out[name], entry{key, value})
		}
	}
	return out
}

func compareData(t *testing.T, c, ours string, known map[string]bool) {
	theirs, mine := blocks(c), blocks(ours)
	if len(theirs) != 4 {
		t.Fatalf("the C daemon shows %d instances:\n%s", len(theirs), c)
	}
	for name, block := range theirs {
		want, got := common(block, mine[name])
		if len(want) < 20 {
			t.Errorf("%s: only %d keys in common", name, len(want))
		}
		for i := range want {
			if want[i].key != got[i].key {
				t.Errorf("%s: key %d is %q, want %q", name, i, got[i].key, want[i].key)
				break
			}
			if want[i].value != got[i].value && !known[want[i].key] {
				t.Errorf("%s: %s = %s, want %s", name, want[i].key, got[i].value, want[i].value)
			}
		}
	}
}

// common leaves only entries whose key both have, in the order of each.
func common(a, b []entry) (inA, inB []entry) {
	only := func(list, other []entry) []entry {
		return slices.DeleteFunc(slices.Clone(list), func(e entry) bool {
			return !slices.ContainsFunc(other, func(o entry) bool { return o.key == e.key })
		})
	}
	return only(a, b), only(b, a)
}

// compareStats: what the C daemon has is in ours, in its order.
func compareStats(t *testing.T, c, ours string) {
	keys := func(text string) (out []string) {
		for line := range strings.Lines(text) {
			key, _, _ := strings.Cut(line, ":")
			out = append(out, key)
		}
		return out
	}
	have := keys(ours)
	for _, key := range keys(c) {
		i := slices.Index(have, key)
		if i < 0 {
			t.Fatalf("no line %q at its place in\n%s", key, ours)
		}
		have = have[i+1:]
	}
}

// instance is an object of the JSON file.
type instance struct {
	Data  json.RawMessage `json:"data"`
	Stats json.RawMessage `json:"stats"`
}

func compareJSON(t *testing.T, c, ours string, known map[string]bool) {
	var theirs, mine []instance
	for text, list := range map[string]*[]instance{c: &theirs, ours: &mine} {
		if err := json.Unmarshal([]byte(text), list); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	if len(theirs) != 4 || len(mine) != 4 {
		t.Fatalf("%d and %d instances", len(theirs), len(mine))
	}
	for i := range theirs {
		compareMembers(t, members(t, theirs[i].Data), members(t, mine[i].Data), known)
		compareMembers(t, members(t, theirs[i].Stats), members(t, mine[i].Stats), known)
	}
}

func compareMembers(t *testing.T, theirs, mine []entry, known map[string]bool) {
	want, got := common(theirs, mine)
	if len(want) != len(theirs) {
		t.Errorf("keys are missing: %v of %v", mine, theirs)
	}
	for k := range want {
		if want[k].key != got[k].key {
			t.Errorf("key %d is %q, want %q", k, got[k].key, want[k].key)
			return
		}
		if want[k].value != got[k].value && !known[want[k].key] {
			t.Errorf("%s is %s, want %s", want[k].key, got[k].value, want[k].value)
		}
	}
}

// members are those of an object in their order, values as they are written.
func members(t *testing.T, object json.RawMessage) (out []entry) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		out = append(out, entry{key.(string), string(value)})
	}
	return out
}
