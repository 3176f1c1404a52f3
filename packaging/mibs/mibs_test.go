package mibs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/agentx/pdu"
	"keepalived/internal/snmp"
	"keepalived/test/need"
)

var names = []string{"KEEPALIVED-MIB", "VRRP-MIB", "VRRPv3-MIB"}

// TestLint has smilint judge the files, and a file with a mistake, which it must
// find.
func TestLint(t *testing.T) {
	need.Program(t, "smilint", "smitools")
	for _, name := range names {
		if out := lint(t, name+".txt"); out != "" {
			t.Errorf("%s:\n%s", name, out)
		}
	}
	text, err := files.ReadFile("VRRP-MIB.txt")
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "VRRP-MIB.txt")
	if err := os.WriteFile(broken, []byte(strings.Replace(string(text), "SYNTAX VrId", "SYNTAX VrIdent", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := lint(t, broken); !strings.Contains(out, "VrIdent") {
		t.Errorf("smilint finds nothing wrong with an unknown type: %q", out)
	}
}

func lint(t *testing.T, file string) string {
	t.Helper()
	cmd := exec.Command("smilint", "-l", "3", file)
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "SMIPATH="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("smilint %s: %v", file, err)
	}
	return string(out)
}

// TestTranslate compares what net-snmp makes of the files with what the parser
// here makes of them.
func TestTranslate(t *testing.T) {
	need.Program(t, "snmptranslate", "snmp")
	cmd := exec.Command("snmptranslate", "-M", "testdata:.", "-m", "ALL", "-Tz")
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("snmptranslate: %v\n%s", err, complaints.String())
	}
	theirs := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) >= 3 {
			theirs[strings.Trim(f[len(f)-1], `"`)] = strings.Trim(f[0], `"`)
		}
	}
	for _, name := range names {
		m := read(t, name)
		for _, o := range m.Objects {
			if got := theirs[o.OID.String()]; got != o.Name {
				t.Errorf("%s::%s is %v here; there that is %q", name, o.Name, o.OID, got)
			}
		}
	}
}

func read(t *testing.T, name string) *Module {
	t.Helper()
	m, err := Read(name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestRead looks at definitions of each sort.
func TestRead(t *testing.T) {
	m := read(t, "KEEPALIVED-MIB")
	at := map[string]Object{}
	for _, o := range m.Objects {
		at[o.Name] = o
	}
	w := at["realServerWeight"]
	if w.OID.String() != "1.3.6.1.4.1.9586.100.5.3.4.1.7" || w.Syntax != "Integer32" || !w.readable() || !w.writable() {
		t.Errorf("realServerWeight is %+v", w)
	}
	if p := at["virtualServerProtocol"]; len(p.Values) != 4 || p.Values[3] != "sctp" || p.writable() {
		t.Errorf("virtualServerProtocol is %+v", p)
	}
	if r := at["lvsTimeoutUdp"].Range; r == nil || *r != [2]int64{1, 2678400} {
		t.Errorf("lvsTimeoutUdp has the range %v", r)
	}
	if n := at["realServerStateChange"]; n.Macro != "NOTIFICATION-TYPE" || len(n.Refers) != 9 {
		t.Errorf("realServerStateChange is %+v", n)
	}
	if len(m.Objects) < 500 || len(m.types) != 6 {
		t.Errorf("%d objects and %d types", len(m.Objects), len(m.types))
	}
}

// TestCompare gives the comparison views that are wrong in one way each.
func TestCompare(t *testing.T) {
	m, root := read(t, "KEEPALIVED-MIB"), snmp.MustOID("1.3.6.1.4.1.9586.100.5.3.7")
	scalar := func(n uint32, v snmp.Value, w *snmp.Write[int]) snmp.Declaration[int] {
		return snmp.Scalar[int]{OID: root.With(n), Get: func(int) snmp.Value { return v }, Write: w}
	}
	good := snmp.MIB[int]{scalar(1, snmp.Int(1), nil), scalar(2, snmp.Int(1), nil), scalar(3, snmp.Int(1), nil)}
	for what, x := range map[string]struct {
		mib      snmp.MIB[int]
		declared bool // the declarations are wrong, not the values
	}{
		"one is missing":  {good[:2], true},
		"one too many":    {append(good[:3:3], scalar(4, snmp.Value{}, nil)), true},
		"writable":        {append(good[:2:2], scalar(3, snmp.Int(1), &snmp.Write[int]{Type: pdu.TypeInteger})), true},
		"of another type": {append(good[:2:2], scalar(3, snmp.Gauge(1), nil)), false},
		"out of range":    {append(good[:2:2], scalar(3, snmp.Int(0), nil)), false},
	} {
		v := x.mib.View(0)
		values, _ := m.Values(v, root)
		if served := m.Served(v, root); (len(served) > 0) != x.declared || (len(values) > 0) == x.declared {
			t.Errorf("%s: %v, %v", what, served, values)
		}
	}
	v := good.View(0)
	if faults, seen := m.Values(v, root); len(m.Served(v, root)) > 0 || len(faults) > 0 || seen != 3 {
		t.Errorf("what is right: %v, %v, %d seen", m.Served(v, root), faults, seen)
	}
	if faults := m.Served(v, root, "lvsTimeoutUdp"); len(faults) != 1 {
		t.Errorf("an object that should not be served: %v", faults)
	}
}
