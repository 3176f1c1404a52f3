package check

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
	"keepalived/internal/watchdog/link"
)

// testChild is the whole child with its kernel.
type testChild struct {
	t      *testing.T
	kernel *testKernel
	parent *link.Peer
	ended  chan struct{}
	said   chan link.Message

	part *os.File

	mu   sync.Mutex
	log  []string
	left []byte // with the parent, for a successor
}

func startChild(t *testing.T, k *testKernel, flags Flags, text string) *testChild {
	t.Helper()
	part, err := link.EncodePart(*parse(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return startChildAfter(t, k, flags, part, nil)
}

// startChildAfter starts a child in the place of one that has left something.
func startChildAfter(t *testing.T, k *testKernel, flags Flags, part *os.File, held []byte) *testChild {
	t.Helper()
	needNamespace(t)
	umask := unix.Umask(0) // the child changes that of its process
	unix.Umask(umask)
	t.Cleanup(func() { unix.Umask(umask) })
	c := &testChild{t: t, kernel: k, ended: make(chan struct{}), said: make(chan link.Message, 64), part: part}
	log := logging.New(logging.Options{Detail: 2, Tee: func(_ logging.Level, line string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.log = append(c.log, line)
	}})
	conf, err := link.DecodePart[config.Config](part)
	if err != nil {
		t.Fatal(err)
	}
	parent, child, err := link.InProcess(link.RoleChecker, part, held)
	if err != nil {
		t.Fatal(err)
	}
	c.parent = parent
	l, err := newLoop(child, log, flags, &conf, k.open)
	if err != nil {
		t.Fatal(err)
	}
	go c.listen()
	go func() {
		l.start(child.Held())
		l.run()
		close(c.ended)
	}()
	t.Cleanup(c.stop)
	return c
}

func (c *testChild) listen() {
	for {
		m, err := c.parent.Recv()
		if err != nil {
			return
		}
		switch m.Type {
		case link.ReloadDone:
			c.said <- m
		case link.Held:
			data, err := link.ReadPart(m.Part)
			m.Part.Close()
			c.mu.Lock()
			if err == nil {
				c.left = data
			}
			c.mu.Unlock()
		}
	}
}

// held is what the child has left with the parent last.
func (c *testChild) held() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left
}

// stop ends the child as a parent that goes away does.
func (c *testChild) stop() {
	c.parent.Close()
	select {
	case <-c.ended:
	case <-time.After(20 * time.Second):
		c.t.Error("the child does not end")
	}
}

func (c *testChild) reload(text string) {
	c.t.Helper()
	part, err := link.EncodePart(*parse(c.t, text))
	if err != nil {
		c.t.Fatal(err)
	}
	defer part.Close()
	if err := c.parent.Send(link.Message{Type: link.Reload, Part: part}); err != nil {
		c.t.Fatal(err)
	}
	select {
	case m := <-c.said:
		if m.Text != "" {
			c.t.Fatalf("reload: %s", m.Text)
		}
	case <-time.After(20 * time.Second):
		c.t.Fatal("the reload does not end")
	}
}

func (c *testChild) logged(text string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, line := range c.log {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (c *testChild) waitLog(text string) {
	c.t.Helper()
	eventually(c.t, fmt.Sprintf("log line %q", text), func() bool { return c.logged(text) > 0 })
}

func (c *testChild) waitTable(want ...string) {
	c.t.Helper()
	var got []string
	defer func() {
		if c.t.Failed() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.t.Logf("table %q, log:\n%s", got, strings.Join(c.log, "\n"))
		}
	}()
	eventually(c.t, fmt.Sprintf("table %q", want), func() bool {
		got = c.kernel.table(c.t)
		return slices.Equal(got, append([]string{}, want...))
	})
}

// server is a TCP server that can be closed and opened again.
type server struct {
	t    *testing.T
	addr string
	l    net.Listener
}

func openServer(t *testing.T, addr string) *server {
	s := &server{t: t, addr: addr}
	s.open()
	t.Cleanup(func() { s.l.Close() })
	return s
}

func (s *server) open() {
	s.t.Helper()
	var err error
	if s.l, err = net.Listen("tcp", s.addr); err != nil {
		s.t.Fatal(err)
	}
	go func(l net.Listener) {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}(s.l)
}

const childConf = `global_defs {
	lvs_notify_fifo %[1]s/fifo
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	lvs_sched wrr
	lvs_method NAT
	delay_loop 0.2
	delay_before_retry 0.05
	warmup 0
	%[2]s
	real_server 127.0.0.1 7081 {
		weight 5
		notify_up "/bin/sh -c 'echo up >>%[1]s/calls'"
		notify_down "/bin/sh -c 'echo down >>%[1]s/calls'"
		TCP_CHECK {
		}
	}
	real_server 127.0.0.1 7082 {
		weight 3
		TCP_CHECK {
		}
	}
}`

const (
	vs1 = "10.0.0.1:tcp:80 wrr"
	rs1 = " 127.0.0.1:7081 nat 5"
	rs2 = " 127.0.0.1:7082 nat 3"
)

func TestKernelLifeCycle(t *testing.T) {
	needNamespace(t)
	dir := t.TempDir()
	one := openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	c := startChild(t, k, Flags{}, fmt.Sprintf(childConf, dir, "omega"))
	c.waitTable(vs1, rs1, rs2) // before any check
	c.waitTable(vs1, rs1)      // nobody listens at the second
	c.waitLog("TCP_CHECK on service [127.0.0.1]:tcp:7082 failed.")
	two := openServer(t, "127.0.0.1:7082")
	c.waitTable(vs1, rs1, rs2)
	one.l.Close()
	c.waitTable(vs1, rs2)
	c.waitLog("TCP_CHECK on service [127.0.0.1]:tcp:7081 failed after 1 retries.")
	one.open()
	c.waitTable(vs1, rs1, rs2)
	two.l.Close()
	c.waitTable(vs1, rs1)
	calls := func() string {
		b, _ := os.ReadFile(filepath.Join(dir, "calls"))
		return string(b)
	}
	eventually(t, "notify scripts", func() bool { return calls() == "down\nup\n" })
	c.stop()
	if got := k.table(t); len(got) > 0 {
		t.Errorf("after the stop: %q", got)
	}
	if got := calls(); got != "down\nup\ndown\n" {
		t.Errorf("omega: the scripts ran as %q", got)
	}
	if c.logged("Shutting down service [127.0.0.1]:tcp:7082 from VS [10.0.0.1]:tcp:80") != 1 {
		t.Error("no line about the end of the second server")
	}
}

func TestKernelReload(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	conf := fmt.Sprintf(childConf, t.TempDir(), "")
	c := startChild(t, k, Flags{}, conf)
	c.waitTable(vs1, rs1)
	k.sent()
	c.reload(conf)
	c.waitLog("Reinitializing ipvs")
	if got := k.sent(); len(got) > 0 {
		t.Errorf("a reload that changes nothing sent %q", got)
	}
	c.reload(strings.NewReplacer("weight 5", "weight 7", "wrr", "wlc").Replace(conf))
	c.waitTable("10.0.0.1:tcp:80 wlc", " 127.0.0.1:7081 nat 7")
	want := []string{"edit service 10.0.0.1:tcp:80", "edit destination 10.0.0.1:tcp:80 -> 127.0.0.1:7081"}
	if got := k.sent(); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
	c.reload(strings.Replace(conf, "10.0.0.1 80", "10.0.0.2 80", 1))
	c.waitTable("10.0.0.2:tcp:80 wrr", rs1)
}

func TestKernelKeep(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	conf := fmt.Sprintf(childConf, t.TempDir(), "")
	c := startChild(t, k, Flags{KeepIPVS: true}, conf)
	c.waitTable(vs1, rs1)
	c.stop()
	if got := k.table(t); !slices.Equal(got, []string{vs1, rs1}) {
		t.Errorf("after the end with -I: %q", got)
	}
	// The next one takes over what is there, and leaves alone what is others'.
	foreign := ipvs.AddressKey(ipvs.TCP, addrPort("10.0.0.99:80"))
	if _, err := k.Apply([]ipvs.Step{{Op: ipvs.AddService, Service: &ipvs.Service{Key: foreign, Scheduler: "rr"}}}); err != nil {
		t.Fatal(err)
	}
	k.sent()
	c = startChild(t, k, Flags{}, strings.Replace(conf, "wrr", "wlc", 1))
	c.waitTable("10.0.0.1:tcp:80 wlc", rs1, "10.0.0.99:tcp:80 rr")
	c.stop()
	if got := k.table(t); !slices.Equal(got, []string{"10.0.0.99:tcp:80 rr"}) {
		t.Errorf("after the end: %q", got)
	}
	c = startChild(t, k, Flags{}, "global_defs {\nlvs_flush\nlvs_flush_on_stop\n}\n"+strings.Replace(conf, "global_defs {", "global_defs {", 1))
	c.waitTable(vs1, rs1)
	c.stop()
	if got := k.table(t); len(got) > 0 || c.logged("Shutting down service") > 0 {
		t.Errorf("after the end with lvs_flush_on_stop: %q", got)
	}
}

func TestKernelDrift(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	c := startChild(t, k, Flags{}, fmt.Sprintf(childConf, t.TempDir(), ""))
	c.waitTable(vs1, rs1)
	if err := k.Flush(); err != nil {
		t.Fatal(err)
	}
	c.waitTable(vs1, rs1)
	dest := ipvs.Destination{Addr: addrPort("127.0.0.1:7081"), Weight: 9}
	steps := []ipvs.Step{{Op: ipvs.EditDestination, Service: &ipvs.Service{Key: ipvs.AddressKey(ipvs.TCP, addrPort("10.0.0.1:80"))}, Destination: &dest}}
	if _, err := k.Apply(steps); err != nil {
		t.Fatal(err)
	}
	c.waitTable(vs1, rs1)
	if c.logged("IPVS was changed by somebody else") == 0 {
		t.Error("nothing about it in the log")
	}
	// A server that is down may have been put back; others' are not our business.
	for _, addr := range []string{"127.0.0.1:7082", "127.0.0.1:7099"} {
		steps[0].Op, steps[0].Destination = ipvs.AddDestination, &ipvs.Destination{Addr: addrPort(addr), Weight: 1}
		if _, err := k.Apply(steps); err != nil {
			t.Fatal(err)
		}
	}
	c.waitTable(vs1, rs1, " 127.0.0.1:7099 nat 1")
}

// TestKernelRefusal: what the kernel does not do is said once and tried again
// silently; nobody else is blamed for it.
func TestKernelRefusal(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	conf := strings.Replace(fmt.Sprintf(childConf, t.TempDir(), ""), "global_defs {", "global_defs {\n\tlvs_timeouts tcp 100", 1)
	refused := strings.NewReplacer("10.0.0.1", "10.0.0.2", "wrr", missingScheduler).Replace(conf[strings.Index(conf, "virtual_server"):])
	c := startChild(t, k, Flags{}, conf+"\n"+refused)
	c.waitTable(vs1, rs1)
	c.waitLog("IPVS cmd IP_VS_SO_SET_ADD(1154) error: Scheduler or persistence engine not found(2) (10.0.0.2:tcp:80)")
	for range 3 { // rounds of the patrol
		if err := k.Flush(); err != nil {
			t.Fatal(err)
		}
		c.waitTable(vs1, rs1)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	blamed, refusals := 0, 0
	for _, line := range c.log {
		if strings.Contains(line, "somebody else") {
			blamed++
			if strings.Contains(line, "10.0.0.2") {
				t.Errorf("logged: %s", line)
			}
		}
		if strings.Contains(line, "Scheduler or persistence engine not found") {
			refusals++
		}
	}
	if blamed == 0 || refusals != 1 {
		t.Errorf("%d lines about changes, %d about the refusal", blamed, refusals)
	}
}

// A kernel that has no IPVS is no reason to end; when it gets it, the table is
// made.
func TestWithoutIPVS(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	k.set(true)
	c := startChild(t, k, Flags{}, fmt.Sprintf(childConf, t.TempDir(), ""))
	c.waitLog("Can't initialize ipvs")
	c.waitLog("Removing service [127.0.0.1]:tcp:7082")
	k.set(false)
	c.waitTable(vs1, rs1)
	if c.logged("Can't initialize ipvs") != 1 {
		t.Error("the same complaint again and again")
	}
}

func TestFIFO(t *testing.T) {
	needNamespace(t)
	dir := t.TempDir()
	if err := mkfifo(filepath.Join(dir, "fifo")); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "fifo"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	openServer(t, "127.0.0.1:7081")
	startChild(t, newTestKernel(t), Flags{}, fmt.Sprintf(childConf, dir, ""))
	want := "VS [10.0.0.1]:tcp:80 UP\nRS [127.0.0.1]:tcp:7082 [10.0.0.1]:tcp:80 DOWN\n"
	got := make([]byte, len(want))
	f.SetReadDeadline(time.Now().Add(20 * time.Second))
	for n := 0; n < len(got); {
		m, err := f.Read(got[n:])
		if err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		n += m
	}
	if string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
}
