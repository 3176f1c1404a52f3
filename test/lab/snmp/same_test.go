package snmp

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// different is what is not compared, by the beginning of its name.
var different = []struct {
	oid *regexp.Regexp
	why string
}{
	{under(keepalivedMIB, `1\.1\.0`), "the version"},
	{under(keepalivedMIB, `1\.3\.5\.`), "2.4.3 leaves out the addressees"},
	{under(keepalivedMIB, `1\.3\.[13]\.0`), "C shows ipv6 and 0 without a mail server"},
	{under(keepalivedMIB, `2\.7\.1\.(46|47|54)\.|2\.11\.1\.1[0-8]\.`), "C shows other numbers of encapsulations, and none of next hops"},
	{under(keepalivedMIB, `2\.7\.1\.14\.1\.(7|1[01])(\.| )`), "routes that are not the same, since C leaves out a part of them"},
	{under(keepalivedMIB, `2\.8\.1\.28\.1\.3 `), "2.2.7 loses the upper half of the tunnel's number"},
	{under(keepalivedMIB, `2\.1[26]\.1\.[34]\.2\.1|2\.16\.1\.[34]\.1\.1|2\.1[79]\.1\.3\.|2\.21\.1\.5\.`), "C shows the defaults of the tracked object, and exchanges two of param_match"},
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

// hardware is MAC addresses: a random one may consist of letters alone, which
// are shown as a text.
var hardware = regexp.MustCompile("^((" + regexp.QuoteMeta(vrrpMIB+".1.3.1.2.") + "|" + regexp.QuoteMeta(vrrp3MIB+".1.1.1.1.5.") + `)[0-9.]+ = )".*"$`)

// TestSameWalk asks both daemons for everything that they show of the same
// configuration.
func TestSameWalk(t *testing.T) {
	for _, x := range []walk{
		{"bare.conf", "", []string{"V1"}, 80},
		{"walk.conf", "32", []string{"V1", "V2", "V3", "V4"}, 300},
		{"every.conf", "3", []string{"V1", "V2", "V3", "V4"}, 500},
	} {
		t.Run(x.file, func(t *testing.T) {
			ours, c := x.walked(t, lab.Ours(t)), x.walked(t, lab.CKeepalived(t))
			compareLines(t, ours, c)
			if len(ours) < x.least {
				t.Errorf("only %d values compared", len(ours))
			}
		})
	}
}

// compareLines compares what both daemons show.
func compareLines(t *testing.T, ours, c []string) {
	t.Helper()
	for _, line := range c {
		if !slices.Contains(ours, line) {
			t.Errorf("C:    %s", line)
		}
	}
	for _, line := range ours {
		if !slices.Contains(c, line) {
			t.Errorf("ours: %s", line)
		}
	}
}

// walk is a configuration that is asked for everything.
type walk struct {
	file    string
	results string   // of its scripts, in the end
	masters []string // all of its instances
	least   int      // values
}

func (x walk) walked(t *testing.T, p lab.Program) (out []string) {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	for i, addr := range []string{"192.0.2.1/24", "192.0.3.1/24", "192.0.4.1/24"} {
		name := string(rune('0' + i))
		l.Segment("lan"+name).Attach(n, "eth"+name, addr)
	}
	a := newAgent(t, n)
	conf, err := os.ReadFile("testdata/" + x.file)
	if err != nil {
		t.Fatal(err)
	}
	d := n.Daemon(p, string(conf))
	for _, name := range x.masters {
		d.WaitState(name, "MASTER")
	}
	n.WaitAddr("192.0.3.100")
	for _, status := range []string{keepalivedMIB + ".2.6.1.10", keepalivedMIB + ".2.8.1.7"} { // addresses first, rules last
		lab.Wait(t, lab.Patience, p.Name+" has set all of "+status, func() bool {
			return !slices.ContainsFunc(a.walk(status), func(line string) bool {
				return strings.HasSuffix(line, " = 2") && !strings.HasPrefix(line, status+".0.")
			})
		})
	}
	for i, result := range x.results {
		a.waitValue(fmt.Sprintf("%s.2.9.1.6.%d", keepalivedMIB, i+1), string(result))
	}
	for _, root := range []string{keepalivedMIB, vrrpMIB, vrrp3MIB} {
	lines:
		for _, line := range a.walk(root) {
			for _, x := range different {
				if x.oid.MatchString(line) {
					continue lines
				}
			}
			line = hardware.ReplaceAllString(strings.ReplaceAll(line, "\n", " "), "${1}varying")
			out = append(out, varying.ReplaceAllString(line, "varying"))
		}
	}
	return out
}
