package checkmib

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"keepalived/internal/agentx/pdu"
	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/snmp"
	"keepalived/packaging/mibs"
)

// every is the state of a process with the configuration testdata/every.conf:
// the first server has a check that fails and one that has not run.
func every(t *testing.T) *State {
	t.Helper()
	r := config.Read(lang.OS{}, "testdata/every.conf", config.Options{Test: true, Static: true}, config.StaticEnv{})
	if r.Config == nil {
		t.Fatalf("the configuration was refused: %v", r.Diagnostics)
	}
	s := &State{Snapshot: &dump.Snapshot{Conf: r.Config}, Traffic: traffic{}, Set: &setter{}}
	for i := range r.Config.LVS.VirtualServers {
		v := dump.Virtual{Conf: &r.Config.LVS.VirtualServers[i], Up: i > 0}
		for j := range v.Conf.RealServers {
			real := dump.Real{Conf: &v.Conf.RealServers[j], Alive: true, Weight: int64(v.Conf.RealServers[j].Weight)}
			for k := range real.Conf.Checkers {
				real.Checkers = append(real.Checkers, dump.Checker{Conf: &real.Conf.Checkers[k], HasRun: k == 0})
			}
			v.Reals = append(v.Reals, real)
		}
		s.Virtuals = append(s.Virtuals, v)
	}
	s.Virtuals[0].Reals[0].Alive, s.Virtuals[0].Reals[0].Failed = false, 1
	s.Virtuals[1].Reals[0].Weight = -3
	return s
}

// traffic has counters that tell where they come from and need 64 bits.
type traffic struct{}

func counters(n uint64) Counters {
	n += 1 << 32
	return Counters{n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9}
}

func (traffic) Virtual(v int) Counters { return counters(uint64(1000 * (v + 1))) }

func (traffic) Real(v, r int) ServerCounters {
	n := uint64(1000*(v+1) + 100*(r+2))
	return ServerCounters{Counters: counters(n), Active: n + 10, Inactive: n + 11, Persistent: n + 12}
}

type setter struct{ calls []string }

func (s *setter) SetWeight(v *config.VirtualServer, r *config.RealServer, weight uint32) error {
	s.calls = append(s.calls, fmt.Sprintf("%v %v %d", v, r.Addr, weight))
	if weight == 13 {
		return errors.New("no")
	}
	return nil
}

// TestAsInTheMIB holds what is served to the file that is installed: the same
// objects, with values as it says.
func TestAsInTheMIB(t *testing.T) {
	m, err := mibs.Read("KEEPALIVED-MIB.txt")
	if err != nil {
		t.Fatal(err)
	}
	v := View(every(t))
	for _, fault := range m.Served(v, OID) {
		t.Error(fault)
	}
	faults, seen := m.Values(v, OID)
	for _, fault := range faults {
		t.Error(fault)
	}
	if want := len(v.Objects()); seen != want {
		t.Errorf("the configuration shows %d of %d objects", seen, want)
	}
}

// TestValues looks at what a reader might take for something else.
func TestValues(t *testing.T) {
	v := View(every(t))
	for name, want := range map[string]snmp.Value{
		// The group's mark is its first member.
		"1.1.2.1":   snmp.Text("mixed"),
		"2.1.2.1.1": snmp.Int(1), "2.1.3.1.1": snmp.Gauge(7), "2.1.4.1.1": pdu.NoSuchInstance,
		"2.1.2.1.2": snmp.Int(2), "2.1.5.1.2": snmp.Octets([]byte{192, 0, 2, 10}), "2.1.8.1.2": snmp.Gauge(80),
		"2.1.2.1.3": snmp.Int(3), "2.1.5.1.3": pdu.NoSuchInstance,
		"2.1.6.1.3": snmp.Octets([]byte{192, 0, 2, 20}), "2.1.7.1.3": snmp.Octets([]byte{192, 0, 2, 22}),

		"3.1.2.1": snmp.Int(2), "3.1.2.3": snmp.Int(1), "3.1.2.4": snmp.Int(3),
		"3.1.3.4": snmp.Text("mixed"), "3.1.4.3": snmp.Gauge(9), "3.1.5.2": snmp.Int(2), "3.1.6.3": pdu.NoSuchInstance, "3.1.7.4": pdu.NoSuchInstance,
		"3.1.8.1": snmp.Int(1), "3.1.8.2": snmp.Int(2), "3.1.8.3": pdu.NoSuchInstance, "3.1.8.4": snmp.Int(3),
		"3.1.9.1": snmp.Int(8), "3.1.9.2": snmp.Int(13), "3.1.9.4": snmp.Int(11),
		"3.1.10.1": snmp.Int(1), "3.1.10.2": snmp.Int(2), "3.1.10.3": snmp.Int(3),
		"3.1.15.1": snmp.Octets([]byte{255, 255, 255, 0}), "3.1.15.2": pdu.NoSuchInstance, "3.1.51.1": pdu.NoSuchInstance, "3.1.51.2": snmp.Gauge(64),
		"3.1.16.1": snmp.Gauge(30), "3.1.64.1": snmp.Gauge(30500000), "3.1.58.1": snmp.Gauge(1), "3.1.65.1": snmp.Gauge(1500000),
		"3.1.20.1": snmp.Gauge(2), "3.1.21.1": snmp.Gauge(1), "3.1.23.1": snmp.Int(2), "3.1.23.2": snmp.Int(1),
		"3.1.24.1": snmp.Text("'/bin/true' 'up'"), "3.1.72.1": snmp.Text("/bin/true"), "3.1.24.2": pdu.NoSuchInstance,
		"3.1.60.1": snmp.Int(5), "3.1.60.2": snmp.Int(1), "3.1.68.3": snmp.Int(3), "3.1.69.3": pdu.NoSuchInstance, "3.1.69.4": snmp.Gauge(5555), "3.1.70.3": snmp.Int(1),
		"3.1.27.2": snmp.Gauge(2000), "3.1.38.2": snmp.BigCounter(1<<32 + 2000), "3.1.28.2": snmp.Counter(2001), "3.1.30.2": snmp.BigCounter(1<<32 + 2003),
		"3.1.32.2": snmp.Gauge(2005), "3.1.41.2": snmp.Gauge(2005), "3.1.42.2": snmp.Gauge(1), "3.1.49.2": snmp.Gauge(2009), "3.1.78.2": snmp.BigCounter(1<<32 + 2009),

		// The sorry server is the first.
		"4.1.2.1.1": snmp.Int(2), "4.1.4.1.1": snmp.Octets([]byte{192, 0, 2, 99}), "4.1.6.1.1": pdu.NoSuchInstance, "4.1.7.1.1": pdu.NoSuchInstance,
		"4.1.15.1.1": snmp.Gauge(1110), "4.1.40.1.1": snmp.Int(1), "4.1.63.1.1": snmp.Gauge(0),
		"4.1.2.1.2": snmp.Int(1), "4.1.6.1.2": snmp.Int(2), "4.1.7.1.2": snmp.Int(3), "4.1.13.1.2": snmp.Gauge(1), "4.1.63.1.2": snmp.Gauge(1),
		"4.1.27.1.2": snmp.BigCounter(1<<32 + 1200), "4.1.17.1.2": snmp.Gauge(1212), "4.1.58.1.2": snmp.BigCounter(1<<32 + 1205),
		"4.1.8.1.3": pdu.NoSuchInstance, "4.1.52.1.3": snmp.Int(2), "4.1.53.1.3": snmp.Gauge(6666), "4.1.54.1.3": snmp.Int(2), "4.1.47.1.3": snmp.Int(2),
		// A weight below zero counts as zero.
		"4.1.7.2.1": snmp.Int(0),

		"6.1.0": snmp.Int(1), "6.4.0": snmp.Int(7), "7.2.0": snmp.Int(20),
	} {
		oid := OID.With(snmp.MustOID(name)...)
		if got := v.Get(oid); !got.Equal(want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if got := scheduler("of another kernel"); got.Int64() != 99 {
		t.Errorf("another scheduler is %v", got)
	}
}

func TestWeightIsSet(t *testing.T) {
	s := every(t)
	v, set := View(s), s.Set.(*setter)
	name := OID.With(4, 1, 7, 1, 2)
	a, status := v.Prepare(snmp.VarBind{Name: name, Value: snmp.Int(300)})
	if status != pdu.NoError {
		t.Fatalf("300 is refused: %v", status)
	}
	if err := a.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := a.Undo(); err != nil {
		t.Fatal(err)
	}
	want := []string{"[192.0.2.1]:tcp:80 198.51.100.1 300", "[192.0.2.1]:tcp:80 198.51.100.1 3"}
	if fmt.Sprint(set.calls) != fmt.Sprint(want) {
		t.Errorf("set %q, want %q", set.calls, want)
	}
	for what, x := range map[string]struct {
		name  snmp.OID
		value snmp.Value
		want  snmp.Status
	}{
		"a weight below zero":        {name, snmp.Int(-1), pdu.WrongValue},
		"a text":                     {name, snmp.Text("1"), pdu.WrongType},
		"the weight of a sorry one":  {OID.With(4, 1, 7, 1, 1), snmp.Int(1), pdu.NoCreation},
		"a server that is not there": {OID.With(4, 1, 7, 1, 9), snmp.Int(1), pdu.NoCreation},
		"an address":                 {OID.With(4, 1, 4, 1, 2), snmp.Text("1234"), pdu.NotWritable},
	} {
		if _, got := v.Prepare(snmp.VarBind{Name: x.name, Value: x.value}); got != x.want {
			t.Errorf("%s: %v, want %v", what, got, x.want)
		}
	}
	if a, _ := v.Prepare(snmp.VarBind{Name: name, Value: snmp.Int(13)}); a.Commit() == nil {
		t.Error("a weight that was not set is no error")
	}
}

// TestTraps compares notifications with the objects that the MIB has for them,
// and with the ways to say which virtual server it is.
func TestTraps(t *testing.T) {
	m, err := mibs.Read("KEEPALIVED-MIB.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := every(t)
	for i, names := range [][]string{
		{"virtualServerAddrType", "virtualServerAddress", "virtualServerPort"},
		{"virtualServerAddrType", "virtualServerAddress", "virtualServerPort"},
		{"virtualServerFwMark"},
		{"virtualServerNameOfGroup"},
	} {
		v := &s.Virtuals[i]
		service := Service{Conf: v.Conf, Up: v.Alive(), Total: len(v.Reals), RouterID: "lab"}
		compareTrap(t, m, "realServerStateChange", service.RealChanged(v.Reals[0].Conf, false), names)
		compareTrap(t, m, "virtualServerQuorumStateChange", service.QuorumChanged(QuorumShutdown), names)
	}
	real := Service{Conf: s.Virtuals[1].Conf, Up: 3, Total: 4, RouterID: "lab"}.RealChanged(s.Virtuals[1].Reals[0].Conf, true)
	for name, want := range map[string]snmp.Value{
		"4.1.4": snmp.InetAddress(netip.MustParseAddr("2001:db8::2")), "4.1.6": snmp.Int(1), "3.1.8": snmp.Int(2), "3.1.21": snmp.Gauge(3), "3.1.20": snmp.Gauge(4),
	} {
		if got := valueOf(real, OID.With(snmp.MustOID(name)...)); !got.Equal(want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func valueOf(vars []snmp.VarBind, name snmp.OID) snmp.Value {
	for _, v := range vars {
		if v.Name.Compare(name) == 0 {
			return v.Value
		}
	}
	return snmp.Value{}
}

func compareTrap(t *testing.T, m *mibs.Module, name string, vars []snmp.VarBind, also []string) {
	t.Helper()
	var trap *mibs.Object
	names := map[string]string{}
	for i := range m.Objects {
		o := &m.Objects[i]
		names[o.OID.String()] = o.Name
		if o.Name == name {
			trap = o
		}
	}
	if got := vars[0].Value.OID(); got.Compare(trap.OID) != 0 {
		t.Errorf("%s is sent as %v", name, got)
	}
	left := map[string]bool{}
	for _, n := range append(append([]string(nil), trap.Refers...), also...) {
		left[n] = true
	}
	for _, v := range vars[1:] {
		n := names[v.Name.String()]
		if n == "" { // a scalar, with its instance
			n = names[v.Name[:len(v.Name)-1].String()]
		}
		if !left[n] {
			t.Errorf("%s has %v (%s) once too often", name, v.Name, n)
		}
		delete(left, n)
	}
	for n := range left {
		t.Errorf("%s has no %s", name, n)
	}
}
