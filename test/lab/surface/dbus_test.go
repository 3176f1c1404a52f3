package surface

import (
	"os"
	"slices"
	"strings"
	"testing"

	"keepalived/test/lab"
)

const (
	path4 = "/org/keepalived/Vrrp1/Instance/eth0_5/10/IPv4"
	path6 = "/org/keepalived/Vrrp1/Instance/eth0_5/11/IPv6"
)

// TestSameOnTheBus asks both daemons the same on a bus of their own, and listens
// to what they signal.
func TestSameOnTheBus(t *testing.T) {
	ours, c := onTheBus(t, lab.Ours(t)), onTheBus(t, lab.CKeepalived(t))
	for i := range c {
		if ours[i] != c[i] {
			t.Errorf("%s\nours: %s\nC:    %s", c[i].what, ours[i].said, c[i].said)
		}
	}
}

// said is what a daemon says to something.
type said struct{ what, said string }

func onTheBus(t *testing.T, p lab.Program) (all []said) {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	lan := l.Segment("lan")
	lan.Attach(n, "eth0.5", "192.0.2.1/24")
	waitUp(t, n, "eth0.5")
	b := newBus(t, n)
	signals := b.monitor()
	frames := lan.Capture()
	conf, err := os.ReadFile("testdata/dbus.conf")
	if err != nil {
		t.Fatal(err)
	}
	d := n.Daemon(p, string(conf))
	b.waitState(path4, "Master")
	b.waitState(path6, "Master")
	note := func(what, text string) { all = append(all, said{what, text}) }
	ask := func(path, method string, args ...string) { note(path+" "+method, b.send(path, method, args...)) }

	note("paths", strings.Join(slices.Sorted(slices.Values(b.paths("/"))), " "))
	note("State", b.property(path4, "State"))
	ask(path4, busInterface+"Properties.GetAll", "string:a.b")
	ask(path4, busInterface+"Properties.Get", "string:"+busName+".Instance", "string:Nothing")
	ask(path4, busInterface+"Properties.Get", "string:a.b", "string:State")
	ask(path4, busInterface+"Properties.Set", "string:"+busName+".Instance", "string:Nothing", "variant:int32:1")
	ask(path4, busInterface+"Peer.Ping")
	ask(processPath, busInterface+"Properties.GetAll", "string:"+busName+".Vrrp")
	ask(processPath, busName+".Vrrp.Nothing")
	ask(processPath, busName+".Nothing.PrintData")
	ask(processPath, busName+".Vrrp.PrintData", "string:x")
	ask(processPath+"/nothing", busName+".Vrrp.PrintData")
	note("nobody calls", b.sendAsNobody(processPath, busName+".Vrrp.PrintData"))
	note("nobody announces", b.sendAsNobody(path4, busName+".Instance.SendGarp"))
	note("nobody looks", b.sendAsNobody(path4, busInterface+"Properties.Get", "string:"+busName+".Instance", "string:State"))

	// What has been asked for is there when the answer comes.
	for method, file := range map[string]string{"PrintData": dataFile, "PrintStats": statsFile, "PrintStatsClear": statsFile} {
		n.Run("rm", "-f", file)
		ask(processPath, busName+".Vrrp."+method)
		if text, _ := n.ReadFile(file); !strings.Contains(text, "V6") {
			t.Errorf("%s: after %s, %s is %q", p.Name, method, file, text)
		}
	}
	slices.SortStableFunc(all, func(x, y said) int { return strings.Compare(x.what, y.what) })

	before := len(frames.Select(lab.Announces("192.0.2.10")))
	ask(path4, busName+".Instance.SendGarp")
	lab.Wait(t, lab.Patience, p.Name+" announces", func() bool { return len(frames.Select(lab.Announces("192.0.2.10"))) > before })
	ask(processPath, busName+".Vrrp.ReloadConfig")
	signals.Wait("member=VrrpReloaded")
	mark := signals.Mark()
	d.Stop()
	signals.WaitSince(mark, lab.Patience, "member=VrrpStopped")
	note("signals of the process", heard(signals, "org.keepalived.Vrrp1.Vrrp; "))
	note("signals of V4", heard(signals, "path="+path4))
	return all
}

// heard are the members of the signals in lines with some text, with their first
// argument, each run of equal ones once.
func heard(signals *lab.Lines, text string) string {
	var out []string
	lines := signals.Since(0)
	for i, line := range lines {
		if !strings.Contains(line.Text, text) {
			continue
		}
		_, member, _ := strings.Cut(line.Text, "member=")
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1].Text, "   ") {
			member += strings.TrimRight(lines[i+1].Text, " ")
		}
		out = append(out, member)
	}
	return strings.Join(slices.Compact(out), ", ")
}
