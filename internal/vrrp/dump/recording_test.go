package dump

import (
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/vrrp/fsm"
)

// The recordings are what C keepalived 2.4.3 wrote about the same
// configuration, with times and descriptors replaced.
var recordings = []string{"routers", "vmac", "backup"}

// TestDataAsRecorded compares data files line by line.
func TestDataAsRecorded(t *testing.T) {
	for _, name := range recordings {
		t.Run(name, func(t *testing.T) {
			want := read(t, name+".data")
			s := recorded(t, name, want)
			diff(t, significant(t, want), significant(t, normal(string(s.Data().Bytes()))))
		})
	}
}

// TestJSONAsRecorded compares keys, their order, types and values.
func TestJSONAsRecorded(t *testing.T) {
	for _, name := range recordings {
		t.Run(name, func(t *testing.T) {
			s := recorded(t, name, read(t, name+".data"))
			got := s.JSON()
			if !json.Valid(got) {
				t.Fatalf("no JSON: %s", got)
			}
			split := func(text string) []string { return strings.Split(strings.ReplaceAll(text, `,"`, "\n\""), "\n") }
			diff(t, significant(t, strings.Join(split(read(t, name+".json")), "\n")),
				significant(t, strings.Join(split(string(got)), "\n")))
		})
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// recorded is the configuration in the state that a recording shows.
func recorded(t *testing.T, name, data string) *Snapshot {
	t.Helper()
	r := config.Read(lang.OS{}, "testdata/"+name+".conf", config.Options{Test: true, Static: true}, config.StaticEnv{})
	if r.Config == nil {
		t.Fatal("the configuration was refused")
	}
	s := &Snapshot{Time: time.Unix(0, 0).UTC(), Conf: r.Config, Addresses: map[Held]bool{}, FirewallTable: table(data)}
	blocks := instanceBlocks(data)
	for _, c := range r.Config.VRRP.Instances {
		block, ok := blocks[c.Name]
		if !ok {
			t.Fatalf("no recording of %s", c.Name)
		}
		s.Instances = append(s.Instances, instanceFrom(c, block))
		s.hold(block)
	}
	for _, g := range r.Config.VRRP.SyncGroups {
		s.Groups = append(s.Groups, fsm.GroupStatus{Name: g.Name, State: fsm.StateMaster})
	}
	s.Trackers = []Tracker{
		{Kind: fsm.TrackScript, Name: "chk", Result: 1, Ran: true, TrackerStatus: fsm.TrackerStatus{Up: true}},
		{Kind: fsm.TrackScript, Name: "chk0", Result: 2, Ran: true, TrackerStatus: fsm.TrackerStatus{Up: true}},
	}
	s.Addresses[Held{"eth1", netip.MustParseAddr("198.51.100.1")}] = true
	return s
}

func table(data string) string {
	if strings.Contains(data, "nftables table name") {
		return "keepalived"
	}
	return ""
}

// instanceBlocks is the lines of each instance.
func instanceBlocks(data string) map[string][]string {
	blocks := map[string][]string{}
	current := ""
	for line := range strings.Lines(data) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "VRRP Instance = ")
		switch {
		case ok:
			current = name
		case strings.HasPrefix(line, "------"):
			current = ""
		}
		if current != "" {
			blocks[current] = append(blocks[current], strings.TrimSpace(line))
		}
	}
	return blocks
}

func instanceFrom(c config.Instance, block []string) Instance {
	v := map[string]string{}
	for _, line := range block {
		if key, value, ok := strings.Cut(line, " = "); ok {
			v[key] = value
		}
	}
	number := func(key string) int {
		n, _ := strconv.Atoi(strings.Fields(v[key] + " 0")[0])
		return n
	}
	states := map[string]fsm.State{"MASTER": fsm.StateMaster, "BACKUP": fsm.StateBackup, "FAULT": fsm.StateFault}
	in := Instance{Conf: c, Own: c.Interface, Base: map[string]string{}, Blocked: !c.Accept}
	st := fsm.Status{
		State: states[v["State"]], Want: states[v["Wantstate"]],
		BasePriority: c.Priority, Priority: uint8(number("Effective priority")), Total: number("Total priority"),
		MasterPriority: uint8(number("Master priority")), ActiveAdverInterval: c.AdvertInt,
		ActiveDownInterval: time.Duration(number("Master down timer")) * time.Microsecond,
	}
	st.MasterAddr, _ = netip.ParseAddr(v["Master router"])
	st.Source, _ = netip.ParseAddr(strings.Fields(strings.ReplaceAll(v["Using src_ip"], "LL", "fe80::1") + " x")[0])
	if slices.Contains(block, "i/f down") {
		st.Faults = st.Faults.With(fsm.FaultInterfaceDown)
	}
	if v["Read timeout"] != "DISABLED" {
		st.Deadline = time.Unix(1, 0)
	}
	in.Status = st
	in.Interface = Interface{Up: st.State != fsm.StateFault, Index: 5}
	if c.VMAC.Use {
		in.Own = c.VMAC.Name
		in.Base[in.Own] = c.Interface
	}
	if c.IPVLAN.Use {
		in.Own = c.IPVLAN.Name
	}
	for _, a := range slices.Concat(c.VIPs, c.ExcludedVIPs) {
		dev := a.Dev
		if dev == c.Interface && c.VMAC.Use {
			dev = in.Own
		}
		in.Devs = append(in.Devs, dev)
	}
	return in
}

var heldLine = regexp.MustCompile(`^([0-9a-f.:]+)(?:/\d+)?(?: brd \S+)? dev ([^ @]+)(?:@\S+)? .* set( nftable_set)?$`)

// hold notes the addresses that a recording shows as set.
func (s *Snapshot) hold(block []string) {
	for _, line := range block {
		if m := heldLine.FindStringSubmatch(line); m != nil {
			s.Addresses[Held{m[2], netip.MustParseAddr(m[1])}] = true
		}
	}
}

var volatile = []struct {
	is *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`(Last transition|Read timeout) = \d+\.\d{6} \(.*\)`), "$1 = T (DATE)"},
	{regexp.MustCompile(`Last advert sent = .*`), "Last advert sent = T"},
	{regexp.MustCompile(`fe80::1\b`), "LL"},
}

func normal(text string) string {
	for _, v := range volatile {
		text = v.is.ReplaceAllString(text, v.to)
	}
	return text
}

// significant is the lines of a text that are not expected to differ.
func significant(t *testing.T, text string) (lines []string) {
	t.Helper()
	reasons := differences(t)
	for line := range strings.Lines(normal(text)) {
		line = strings.TrimRight(line, "\n")
		known := slices.ContainsFunc(slices.Collect(maps.Keys(reasons)), func(prefix string) bool {
			return strings.HasPrefix(strings.TrimLeft(strings.ReplaceAll(line, `\/`, "/"), ` "`), prefix)
		})
		if !known {
			lines = append(lines, line)
		}
	}
	return lines
}

// differences maps beginnings of lines to the reason for which they differ.
func differences(t *testing.T) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(read(t, "differences.txt")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		prefix, reason, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || reason == "" {
			t.Fatalf("differences.txt: %q has no reason", line)
		}
		out[prefix] = reason
	}
	return out
}

func diff(t *testing.T, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		var w, g string
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			t.Fatalf("line %d:\nwant %q\n got %q", i+1, w, g)
		}
	}
}
