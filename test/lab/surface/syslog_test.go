package surface

import (
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// changing is what differs between two runs of the same daemon.
var changing = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`^<(\d+)>\w+ +\d+ [\d:]+ (\w+)\[\d+\]`), "<$1>$2"},
	{regexp.MustCompile(`pid=\d+|process\(\d+\)|child process\(\d+\)|\[\d+\]`), "PID"},
	{regexp.MustCompile(`v2\.[\d.]+ \([^)]*\)[^"]*`), "VERSION"},
	{regexp.MustCompile(`fd\(\d+,\d+\)|ifindex\( *\d+\)`), "N"},
	{regexp.MustCompile(`\d+\.\d{6}(/\d+\.\d{6})?`), "TIME"},
	{regexp.MustCompile(`Running on Linux .*`), "Running on Linux"},
}

// unlike is what only one of the daemons says, or says elsewhere.
var unlike = []string{
	"setting config option max_auto_priority", // ours has real-time priority already
	"Script user 'keepalived_script'",         // with each data file
	"Assigned address fe80",                   // when the kernel has made sure that it is alone
	"removing VIPs",                           // what is not there once or twice, depending on the release
	"Stopped - used",                          // 2.2.7 has fewer words
}

// TestSameSyslog: what the processes log from the start to the stop, with
// a reload and all signals in between, has the same words, priorities and names
// in the same order.
func TestSameSyslog(t *testing.T) {
	ours, c := logged(t, lab.Ours(t)), logged(t, lab.CKeepalived(t))
	for ident, least := range map[string]int{"Keepalived": 5, "Keepalived_vrrp": 15, "announcements": 2} {
		if diff := cmp.Diff(c[ident], ours[ident]); diff != "" || len(ours[ident]) < least {
			t.Errorf("%s: C - ours +\n%s", ident, diff)
		}
	}
}

// logged is the lines of each process.
func logged(t *testing.T, p lab.Program) map[string][]string {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	waitUp(t, n, "eth0")
	log := n.Syslog()
	d := n.Daemon(p, oneInstance, lab.Plain(), lab.Args("-n", "-D"))
	log.Wait("(V) Entering MASTER STATE")
	n.WaitAddr("192.0.2.10")
	reloaded := log.Mark()
	d.Reload()
	log.WaitSince(reloaded, lab.Patience, "Reload complete")
	for _, x := range []struct {
		signal syscall.Signal
		says   string
	}{{unix.SIGUSR1, "Printing VRRP data"}, {unix.SIGUSR2, "Printing VRRP stats"}, {syscall.Signal(63), "Printing and clearing VRRP stats"}} {
		mark := log.Mark()
		d.Signal(lab.Parent, x.signal)
		log.WaitSince(mark, lab.Patience, x.says)
	}
	d.Stop()
	log.Wait("Stopped Keepalived")
	out, sent := map[string][]string{}, []string{}
	for _, line := range log.Since(0) {
		text := line.Text
		for _, x := range changing {
			text = x.pattern.ReplaceAllString(text, x.text)
		}
		ident, _, _ := strings.Cut(text[strings.IndexByte(text, '>')+1:], ":")
		if strings.Contains(text, "Sending") { // beside the rest, and repeated
			if !slices.Contains(sent, text) {
				sent = append(sent, text)
			}
			continue
		}
		if !slices.ContainsFunc(unlike, func(s string) bool { return strings.Contains(text, s) }) {
			out[ident] = append(out[ident], text)
		}
	}
	out["announcements"] = sent
	return out
}
