package lab_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }

// pair is two nodes and a client on one segment.
type pair struct {
	lan     *lab.Segment
	a, b, c *lab.Node
	la, lb  *lab.Link
	frames  *lab.Capture
}

func newPair(t *testing.T) *pair {
	l := lab.New(t)
	p := &pair{lan: l.Segment("lan"), a: l.Node("a"), b: l.Node("b"), c: l.Node("client")}
	p.la = p.lan.Attach(p.a, "eth0", "192.0.2.1/24", "2001:db8::1/64")
	p.lb = p.lan.Attach(p.b, "eth0", "192.0.2.2/24", "2001:db8::2/64")
	p.lan.Attach(p.c, "eth0", "192.0.2.3/24", "2001:db8::3/64")
	p.frames = p.lan.Capture()
	return p
}

func TestNodesArePrivate(t *testing.T) {
	p := newPair(t)
	// The name is of this run: a file of the machine is not one of the node.
	name := "keepalived-lab-" + strconv.FormatUint(rand.Uint64(), 36)
	for _, dir := range []string{"/run", "/tmp", "/dev"} {
		path := filepath.Join(dir, name)
		p.a.WriteFile(path, "a", 0o644)
		if _, ok := p.b.ReadFile(path); ok {
			t.Errorf("%s of one node is visible in the other", path)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s of a node is visible outside", path)
		}
	}
	if got := p.a.Run("sh", "-c", "echo $PPID; ls -d /proc/[0-9]* | wc -l; echo >/dev/null"); !strings.HasPrefix(got, "0\n") {
		t.Errorf("processes of a node see others outside: %s", got)
	}
}

func TestPingCutsAndCables(t *testing.T) {
	p := newPair(t)
	for _, target := range []string{"192.0.2.2", "2001:db8::2"} {
		ping := p.a.Ping(target, 5*time.Millisecond)
		ping.WaitAnswer(time.Now())
		for _, c := range []struct {
			name        string
			break_, fix func()
		}{
			{"cut", func() { p.lan.Cut(p.la, p.lb) }, p.lan.Heal},
			{"one way", func() { p.lan.CutOneWay(p.lb, p.la) }, p.lan.Heal},
			{"isolated", func() { p.lan.Isolate(p.lb) }, p.lan.Heal},
			{"unplugged", p.lb.Unplug, p.lb.Plug},
		} {
			c.break_()
			at := time.Now()
			lab.Wait(t, lab.Patience, c.name+": 20 requests lost", func() bool { return ping.Lost(at, time.Now()) >= 20 })
			time.Sleep(20 * time.Millisecond)
			if n := ping.Lost(at, time.Now()); n < 20 {
				t.Errorf("%s: %s is answered nevertheless (%d lost)", c.name, target, n)
			}
			c.fix()
			ping.WaitAnswer(time.Now())
		}
		p.lan.Lose(p.la, p.lb, 50)
		at := time.Now()
		lab.Wait(t, lab.Patience, "some requests are lost, some answered", func() bool {
			lost := ping.Lost(at, time.Now().Add(-200*time.Millisecond))
			return lost > 10 && len(ping.Echoes()) > lost
		})
		ping.WaitAnswer(time.Now())
		p.lan.Heal()
		ping.Stop()
	}
}

func TestCaptureNamesTheSender(t *testing.T) {
	p := newPair(t)
	p.a.Ping("192.0.2.2", 10*time.Millisecond).WaitAnswer(time.Now().Add(-time.Second))
	f := p.frames.Wait(lab.Patience, "an ARP reply of b", lab.From(p.b), func(f *lab.Frame) bool { return f.ARP != nil && !f.ARP.Request })
	if got := f.ARP.SenderMAC.String(); got != p.lb.MAC.String() {
		t.Errorf("sender is %s, want %s", got, p.lb.MAC)
	}
	if d := time.Since(f.At); d < 0 || d > time.Minute {
		t.Errorf("the kernel's time is %v before ours", d)
	}
}

func TestAddressWatchAndSinks(t *testing.T) {
	l := lab.New(t)
	n := l.Node("a")
	w := n.WatchAddrs()
	n.Run("ip", "address", "add", "192.0.2.9/32", "dev", "lo")
	n.WaitAddr("192.0.2.9")
	n.Run("ip", "address", "del", "192.0.2.9/32", "dev", "lo")
	n.WaitNoAddr("192.0.2.9")
	lab.Wait(t, lab.Patience, "both events", func() bool { return len(w.Events("192.0.2.9")) == 2 })

	fifo := n.FIFO("/tmp/fifo")
	n.Run("sh", "-c", "echo one >/tmp/fifo; echo two >/tmp/fifo")
	fifo.Wait("two")
	if got := fifo.Count(0, "o"); got != 2 {
		t.Errorf("%d lines, want 2:\n%s", got, fifo)
	}
	syslog := n.Syslog()
	n.Run("logger", "--tag", "x", "hello")
	syslog.Wait("hello")
}
