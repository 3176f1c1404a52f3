package vrrp

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/watchdog/link"
	"keepalived/test/guest"
	"keepalived/test/need"
)

// These tests run the whole child against the kernel, so the test binary moves
// into a network namespace of its own first.

const inNamespace = "VRRP_TEST_NAMESPACE"

func TestMain(m *testing.M) {
	if os.Getenv(inNamespace) != "" || os.Getuid() != 0 {
		os.Exit(m.Run())
	}
	if !insideGuest {
		// There is no network to fetch it by in the namespace; TestInGuest says
		// what is wrong.
		_ = guest.Prepare(guest.Config{Command: []string{"/proc/self/exe"}, Programs: []string{"ip"}})
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &unix.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: unix.SIGKILL}
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// testRouter is a child with its interface vrrp0; wire0 is the other end of
// the cable, where adverts are heard.
type testRouter struct {
	t       *testing.T
	parent  *link.Peer
	hear    int
	status  chan int
	stopped bool
	loop    chan *loop // not nil: gets the loop when it is about to run

	mu      sync.Mutex
	log     []string
	reloads int // that are over
	held    chan []byte
}

func startRouter(t *testing.T, instances ...config.Instance) *testRouter {
	t.Helper()
	return startConfigured(t, config.Config{VRRP: config.VRRP{Instances: instances}})
}

// startConfigured runs commands of ip(8) before it starts the child.
func startConfigured(t *testing.T, conf config.Config, commands ...string) *testRouter {
	t.Helper()
	return startPrepared(t, conf, func() {
		for _, args := range commands {
			ip(t, args)
		}
	})
}

// startPrepared makes the cable, has prepare change the interfaces, and starts
// the child.
func startPrepared(t *testing.T, conf config.Config, prepare func()) *testRouter {
	t.Helper()
	needsNamespace(t)
	ip(t, "link add vrrp0 type veth peer name wire0")
	t.Cleanup(func() { ip(t, "link delete vrrp0") })
	base := []string{"address add 192.0.2.1/24 dev vrrp0", "link set vrrp0 up", "link set wire0 up"}
	for _, args := range base {
		ip(t, args)
	}
	if prepare != nil {
		prepare()
	}
	r := newTestRouter(t)
	r.listen()
	r.start(conf)
	t.Cleanup(r.stop)
	return r
}

func needsNamespace(t *testing.T) {
	t.Helper()
	need.Root(t, "for a network namespace of its own")
}

func newTestRouter(t *testing.T) *testRouter {
	umask := unix.Umask(0) // the child changes that of its process
	unix.Umask(umask)
	t.Cleanup(func() { unix.Umask(umask) })
	return &testRouter{t: t, status: make(chan int, 1), held: make(chan []byte, 64)}
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
}

// listen captures below the IP layer, which drops what comes from an address of
// its own machine.
func (r *testRouter) listen() {
	r.t.Helper()
	const ipv4 = unix.ETH_P_IP<<8&0xff00 | unix.ETH_P_IP>>8
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, ipv4)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { unix.Close(fd) })
	end, err := net.InterfaceByName("wire0")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: ipv4, Ifindex: end.Index}); err != nil {
		r.t.Fatal(err)
	}
	r.hear = fd
}

// start runs the child as the parent would.
func (r *testRouter) start(conf config.Config) {
	r.t.Helper()
	peer, end, err := link.NewPair()
	if err != nil {
		r.t.Fatal(err)
	}
	part, err := link.EncodePart(conf)
	if err != nil {
		r.t.Fatal(err)
	}
	h := link.Handover{Role: link.RoleVRRP, Ident: "test", Socket: end, Config: part}
	// The descriptors get the numbers that they would have in a new process.
	const first = 100
	for i, f := range h.Files() {
		if err := unix.Dup2(int(f.Fd()), first+i); err != nil {
			r.t.Fatal(err)
		}
	}
	name, value, _ := strings.Cut(h.Environ(first), "=")
	r.t.Setenv(name, value)
	child, err := link.FromEnv()
	if err != nil {
		r.t.Fatal(err)
	}
	r.parent = peer
	log := logging.New(logging.Options{Detail: 1, Tee: func(_ logging.Level, text string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.log = append(r.log, text)
	}})
	go func() { r.status <- r.run(child, log) }()
	go r.collect()
	r.waitLog("Entering BACKUP STATE (init)", "entering FAULT state")
}

// run is Run, for a test that wants to have the loop in pieces.
func (r *testRouter) run(c *link.Child, log *logging.Logger) int {
	if r.loop == nil {
		return Run(c, log, Flags{})
	}
	conf, err := link.DecodePart[config.Config](c.Config())
	if err != nil {
		return exitFatal
	}
	l, err := newLoop(c, log, Flags{})
	if err != nil || l.start(&conf, nil, 0) != nil {
		return exitFatal
	}
	r.loop <- l
	if l.run() != nil {
		return exitFatal
	}
	return exitOK
}

// collect takes what the child tells its parent.
func (r *testRouter) collect() {
	for {
		m, err := r.parent.Recv()
		if err != nil {
			return
		}
		if m.Type == link.ReloadDone {
			r.mu.Lock()
			r.reloads++
			r.mu.Unlock()
		}
		if m.Type == link.Held {
			if data, err := link.ReadPart(m.Part); err == nil {
				select {
				case r.held <- data:
				default: // nobody looks at them
				}
			}
			m.Part.Close()
		}
	}
}

// stop ends the child once; the log is shown when the test has failed then, or
// when stop is called again.
func (r *testRouter) stop() {
	if !r.stopped {
		r.stopped = true
		r.parent.Close() // as if the parent had died
		if s := <-r.status; s != exitOK {
			r.t.Errorf("exit status %d", s)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.t.Failed() && len(r.log) > 0 {
		r.t.Logf("log:\n%s", strings.Join(r.log, "\n"))
		r.log = nil
	}
}

// waitLog waits for a line that contains one of the texts.
func (r *testRouter) waitLog(texts ...string) {
	r.t.Helper()
	r.wait("log line "+texts[0], func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.ContainsFunc(r.log, func(line string) bool {
			return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(line, text) })
		})
	})
}

func (r *testRouter) logged(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.log, func(line string) bool { return strings.Contains(line, text) })
}

// count is how many lines of the log contain the text.
func (r *testRouter) count(text string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.log {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (r *testRouter) wait(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("no %s", what)
		}
	}
}

func (r *testRouter) reload(conf config.Config) {
	r.t.Helper()
	part, err := link.EncodePart(conf)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.parent.Send(link.Message{Type: link.Reload, Part: part}); err != nil {
		r.t.Fatal(err)
	}
}

// waitReloads waits until so many reloads are over.
func (r *testRouter) waitReloads(n int) {
	r.t.Helper()
	r.wait("end of the reload", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.reloads == n
	})
}

// waitIP waits until what an ip command prints contains text, or no longer does
// where present is false.
func (r *testRouter) waitIP(args, text string, present bool) {
	r.t.Helper()
	r.wait(fmt.Sprintf("%q in ip %s (want %v)", text, args, present), func() bool {
		out, _ := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
		return strings.Contains(string(out), text) == present
	})
}

func (r *testRouter) hasAddress(prefix string) bool {
	out, _ := exec.Command("ip", "-br", "address", "show", "dev", "vrrp0").Output()
	return slices.Contains(strings.Fields(string(out)), prefix)
}

// nextAdvert waits for an advert with the priority.
func (r *testRouter) nextAdvert(priority uint8) {
	r.t.Helper()
	var buf [2048]byte
	r.wait("advert of priority "+strconv.Itoa(int(priority)), func() bool {
		n, err := unix.Read(r.hear, buf[:])
		return err == nil && n > 22 && buf[9] == packet.ProtocolVRRP && buf[22] == priority
	})
}

func testInstance() config.Instance {
	return config.Instance{
		Name: "VI_1", Family: config.IPv4, Version: 3, VRID: 51, Interface: "vrrp0", State: config.StateBackup,
		Priority: 100, AdvertInt: 50 * time.Millisecond, McastDst: netip.MustParseAddr("224.0.0.18"), Preempt: true,
		Accept: true, DownTimerAdverts: 3, GarpMasterRepeat: 1, GarpMasterRefreshRepeat: 1,
		VIPs: []config.Address{{
			Prefix: netip.MustParsePrefix("192.0.2.10/32"), Dev: "vrrp0", PreferredLft: config.LifetimeForever,
		}},
	}
}

func TestChildTakesOverAndLeavesNothing(t *testing.T) {
	r := startRouter(t, testInstance())
	r.waitLog("(VI_1) Entering MASTER STATE")
	r.nextAdvert(100)
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	r.parent.Close()
	r.nextAdvert(0)
	r.wait("removal of the VIP", func() bool { return !r.hasAddress("192.0.2.10/32") })
	r.waitLog("VRRP sockpool: [ifindex(")
	r.waitLog("family(IPv4), proto(112), fd(")
	r.waitLog(" multicast, address(224.0.0.18)]")
	r.waitLog("Stopped - used (self/children) ")
}

func TestChildRestoresAnAddress(t *testing.T) {
	r := startRouter(t, testInstance())
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	ip(t, "address delete 192.0.2.10/32 dev vrrp0")
	r.wait("VIP again", func() bool { return r.hasAddress("192.0.2.10/32") })
	r.waitLog("192.0.2.10/32 on vrrp0")
	r.nextAdvert(100)
}

func TestChildFollowsItsInterface(t *testing.T) {
	r := startRouter(t, testInstance())
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	ip(t, "link set wire0 down")
	r.waitLog("(VI_1) Entering FAULT STATE")
	r.wait("removal of the VIP", func() bool { return !r.hasAddress("192.0.2.10/32") })
	ip(t, "link set wire0 up")
	r.wait("VIP after the link came back", func() bool { return r.hasAddress("192.0.2.10/32") })
	r.nextAdvert(100)
}

func TestChildTellsItsParentWhatItHolds(t *testing.T) {
	r := startRouter(t, testInstance())
	r.waitLog("(VI_1) Entering MASTER STATE")
	r.wait("report of the master", func() bool {
		select {
		case data := <-r.held:
			masters := readHeld(data, nil).resumed(0)
			return len(masters) == 1 && masters[0].Key.VRID == 51
		default:
			return false
		}
	})
}

func TestChildReloadKeepsMastership(t *testing.T) {
	in := testInstance()
	r := startRouter(t, in)
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	second := in.VIPs[0]
	second.Prefix = netip.MustParsePrefix("192.0.2.11/32")
	in.VIPs, in.Priority = []config.Address{in.VIPs[0], second}, 120
	r.reload(config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}})
	r.nextAdvert(120)
	r.wait("the new VIP", func() bool { return r.hasAddress("192.0.2.11/32") })
	if !r.hasAddress("192.0.2.10/32") {
		t.Error("the VIP that stays is gone")
	}
}
