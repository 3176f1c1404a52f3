package snmp

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/test/lab"
)

// different is what is not compared, by the beginning of its name.
var different = []struct {
	oid *regexp.Regexp
	why string
}{
	{under(keepalivedMIB, `1\.1\.0`), "the version"},
	{under(keepalivedMIB, `1\.3\.5\.`), "2.4.3 leaves out the addressees"},
	{under(keepalivedMIB, `1\.12\.0|2\.3\.1\.36\.|2\.9\.1\.1[0-2]\.`), "2.2.7 does not have these"},
	{under(keepalivedMIB, `2\.3\.1\.11\.`), "C shows whether anything is tracked instead"},
	{under(keepalivedMIB, `2\.6\.1\.11\.[2-9]\.`), "C shows the addresses of later instances as not advertised"},
	{under(keepalivedMIB, `2\.8\.1\.3[3-8]\.`), "C does not show these"},
	{under(vrrpMIB, `1\.3\.1\.7\.`), "C shows the last other master"},
	{under(vrrpMIB, `1\.3\.1\.10\.`), "C leaves out the empty key"},
	{under(vrrpMIB, `1\.3\.1\.13\.`), "a time"},
	{under(vrrp3MIB, `1\.1\.1\.1\.12\.`), "a time"},
	{under(vrrp3MIB, `1\.1\.2\.1\.2\.`), "C leaves out the length of the address"},
}

func under(root, pattern string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(root) + `\.(` + pattern + ")")
}

// varying are values that differ between two nodes.
var varying = regexp.MustCompile(`"(FE 80 [^"]*|([0-9A-F]{2} ){6})"`)

// TestSameWalk asks both daemons for everything that they show of the same
// configuration.
func TestSameWalk(t *testing.T) {
	ours, c := walked(t, lab.Ours(t)), walked(t, lab.CKeepalived(t))
	if diff := cmp.Diff(c, ours); diff != "" {
		t.Errorf("C - ours +\n%s", diff)
	}
	if len(ours) < 300 {
		t.Errorf("only %d values compared", len(ours))
	}
}

func walked(t *testing.T, p lab.Program) (out []string) {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	for i, addr := range []string{"192.0.2.1/24", "192.0.3.1/24", "192.0.4.1/24"} {
		name := string(rune('0' + i))
		l.Segment("lan"+name).Attach(n, "eth"+name, addr)
	}
	a := newAgent(t, n)
	conf, err := os.ReadFile("testdata/walk.conf")
	if err != nil {
		t.Fatal(err)
	}
	d := n.Daemon(p, string(conf))
	for _, name := range []string{"V1", "V2", "V3", "V4"} {
		d.WaitState(name, "MASTER")
	}
	n.WaitAddr("192.0.3.100")
	a.waitValue(keepalivedMIB+".2.6.1.10.4.1", "1")
	a.waitValue(keepalivedMIB+".2.9.1.6.1", "3")
	a.waitValue(keepalivedMIB+".2.9.1.6.2", "2")
	for _, root := range []string{keepalivedMIB, vrrpMIB, vrrp3MIB} {
	lines:
		for _, line := range a.walk(root) {
			for _, x := range different {
				if x.oid.MatchString(line) {
					continue lines
				}
			}
			out = append(out, varying.ReplaceAllString(strings.ReplaceAll(line, "\n", " "), "varying"))
		}
	}
	return out
}
