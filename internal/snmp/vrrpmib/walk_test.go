package vrrpmib

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/agentx/pdu"
	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
	"keepalived/packaging/mibs"
)

// snapshot is all.conf in a state where V1 and V3 are masters.
func snapshot(t *testing.T) *dump.Snapshot {
	t.Helper()
	r := config.Read(lang.OS{}, "testdata/all.conf", config.Options{Test: true, Static: true}, config.StaticEnv{})
	if r.Config == nil {
		t.Fatal("the configuration was refused")
	}
	for _, d := range r.Diagnostics.All() {
		if d.Severity != lang.Lint {
			t.Log(d.Text)
		}
	}
	s := &dump.Snapshot{Conf: r.Config, Addresses: map[dump.Held]bool{}}
	for i, name := range []string{"lo", "va", "vb", "vc", "vrrp.3"} {
		s.Interfaces = append(s.Interfaces, dump.Interface{Name: name, Index: i + 1})
	}
	for i, c := range r.Config.VRRP.Instances {
		state := fsm.StateBackup
		if c.SyncGroup != "" {
			state = fsm.StateMaster
		}
		in := dump.Instance{Conf: c, Own: c.Interface, Status: fsm.Status{
			ID: fsm.InstanceID(i), Name: c.Name, State: state, Want: state, BasePriority: c.Priority, Priority: c.Priority - 1, Preempt: c.Preempt,
		}}
		if c.VMAC.Use {
			in.Own = c.VMAC.Name
		}
		s.Instances = append(s.Instances, in)
	}
	s.Groups = []fsm.GroupStatus{{Name: "G1", State: fsm.StateMaster}}
	s.Trackers = []dump.Tracker{
		{Kind: fsm.TrackScript, Name: "chk", Ran: true, TrackerStatus: fsm.TrackerStatus{Up: true}},
		{Kind: fsm.TrackScript, Name: "late"},
		{Kind: fsm.TrackFile, Name: "tf", TrackerStatus: fsm.TrackerStatus{Value: -3}},
		{Kind: fsm.TrackBFD, Name: "B1", TrackerStatus: fsm.TrackerStatus{Up: true}},
		{Kind: fsm.TrackProcess, Name: "tp", Count: 4, TrackerStatus: fsm.TrackerStatus{Up: true}},
	}
	s.Addresses[dump.Held{Dev: "va", Addr: netip.MustParseAddr("192.0.2.100")}] = true
	s.Addresses[dump.Held{Dev: "va", Addr: netip.MustParseAddr("2001:db8::1")}] = true // V2 is no master
	return s
}

// board records what was set.
type board struct{ lines []string }

func (b *board) SetPriority(id fsm.InstanceID, p uint8) error {
	b.lines = append(b.lines, fmt.Sprintf("%d priority %d", id, p))
	return nil
}

func (b *board) SetPreempt(id fsm.InstanceID, p bool) error {
	b.lines = append(b.lines, fmt.Sprintf("%d preempt %t", id, p))
	return nil
}

func views(t *testing.T) *snmp.View {
	s := snapshot(t)
	return snmp.Join(View(s, &board{}), global.View(&global.State{Version: "Keepalived v2.4.3 (01/01,1970)", Conf: &s.Conf.Global}))
}

// TestWalk compares every value with the recorded ones, which were compared
// with those of C keepalived. UPDATE=1 in the environment records them again.
func TestWalk(t *testing.T) {
	v := views(t)
	var got strings.Builder
	for at := (pdu.Range{Start: global.Root}); ; {
		x := v.Next(at)
		if x.Value.Type == pdu.TypeEndOfMIBView {
			break
		}
		fmt.Fprintf(&got, "%s = %d %s\n", strings.TrimPrefix(x.Name.String(), global.Root.String()+"."), x.Value.Type, x.Value)
		at.Start = x.Name
	}
	const file = "testdata/walk.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Error(diff)
	}
}

// unnamed are values that the file has no name for and that C keepalived shows
// all the same: the kernel's number of its own protocol, counted from 1, and the
// accept mode of version 2, which has none.
var unnamed = []string{"vrrpRouteProtocol (", "vrrpRuleProtocol (", "vrrpInstanceAccept (1.3.6.1.4.1.9586.100.5.2.3.1.27.1): 0 "}

// TestMIB holds what is served to the MIB file: each object, its type, its
// access and the range of its value. Each has a value in this configuration.
func TestMIB(t *testing.T) {
	m, err := mibs.Read("KEEPALIVED-MIB.txt")
	if err != nil {
		t.Fatal(err)
	}
	v := views(t)
	for _, root := range []snmp.OID{OID, global.OID} {
		for _, f := range m.Served(v, root) {
			t.Error(f)
		}
		faults, seen := m.Values(v, root)
		for _, f := range faults {
			if !slices.ContainsFunc(unnamed, func(s string) bool { return strings.HasPrefix(f, s) && !strings.Contains(f, "type") }) {
				t.Error(f)
			}
		}
		declared := 0
		for _, o := range v.Objects() {
			if o.OID.HasPrefix(root) {
				declared++
			}
		}
		if seen != declared {
			t.Errorf("%d of %d objects below %v have a value", seen, declared, root)
		}
	}
}

func TestWrite(t *testing.T) {
	s := snapshot(t)
	b := &board{}
	v := View(s, b)
	at := func(column, row uint32, n int) snmp.VarBind {
		return snmp.VarBind{Name: OID.With(3, 1, column, row), Value: snmp.Int(n)}
	}
	for _, c := range []struct {
		set  snmp.VarBind
		want snmp.Status
		log  string
	}{
		{at(7, 1, 77), pdu.NoError, "0 priority 77,0 priority 100"},
		{at(7, 1, 0), pdu.WrongValue, ""},
		{at(7, 1, -1), pdu.WrongValue, ""},
		{at(7, 1, 255), pdu.WrongValue, ""},
		{at(7, 1, 300), pdu.WrongValue, ""},
		{at(7, 4, 77), pdu.InconsistentValue, ""}, // the owner of the addresses
		{at(7, 5, 77), pdu.NoCreation, ""},
		{snmp.VarBind{Name: OID.With(3, 1, 7, 1), Value: snmp.Text("7")}, pdu.WrongType, ""},
		{at(13, 3, 1), pdu.NoError, "2 preempt true,2 preempt false"},
		{at(13, 1, 2), pdu.NoError, "0 preempt false,0 preempt true"},
		{at(13, 1, 3), pdu.WrongValue, ""},
		{at(27, 2, 1), pdu.NoAccess, ""},
		{at(28, 1, 1), pdu.NotWritable, ""},
		{at(29, 1, 1), pdu.NotWritable, ""},
		{at(33, 1, 1), pdu.NotWritable, ""},
	} {
		b.lines = nil
		a, status := v.Prepare(c.set)
		if status == pdu.NoError {
			if err := a.Commit(); err != nil {
				t.Error(err)
			}
			if err := a.Undo(); err != nil {
				t.Error(err)
			}
		}
		if got := strings.Join(b.lines, ","); status != c.want || got != c.log {
			t.Errorf("%v = %v: %v, %q; want %v, %q", c.set.Name, c.set.Value, status, got, c.want, c.log)
		}
	}
}

func TestTraps(t *testing.T) {
	c := &config.Instance{Name: "V1", State: config.StateMaster}
	for _, x := range []struct {
		got  []snmp.VarBind
		want string
	}{
		{InstanceTrap(c, fsm.StateFault, "r"), `2.10.0.2; 2.3.1.2 = "V1"; 2.3.1.4 = 3; 2.3.1.5 = 2; 1.2.0 = "r"`},
		{InstanceTrap(&config.Instance{Name: "V2"}, fsm.StateDeleted, "r"), `2.10.0.2; 2.3.1.2 = "V2"; 2.3.1.4 = 6; 2.3.1.5 = 1; 1.2.0 = "r"`},
		{GroupTrap("G", fsm.StateStop, "r"), `2.10.0.1; 2.1.1.2 = "G"; 2.1.1.3 = 5; 1.2.0 = "r"`},
	} {
		below := func(o snmp.OID) string { return strings.TrimPrefix(o.String(), global.Root.String()+".") }
		text := below(x.got[0].Value.OID())
		for _, v := range x.got[1:] {
			text += fmt.Sprintf("; %s = %s", below(v.Name), v.Value)
		}
		if text != x.want {
			t.Errorf("\n got %s\nwant %s", text, x.want)
		}
	}
}
