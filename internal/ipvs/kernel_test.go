package ipvs

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	moby "github.com/moby/ipvs"
	"golang.org/x/sys/unix"
)

// The tests named TestKernel need a kernel with IPVS and root; test/guest runs
// them on a kernel of their own. Each works in a network namespace of its own.

// insideGuest says that the test may do to the machine what it likes, and must
// not be skipped.
var insideGuest = os.Getenv("KEEPALIVED_GUEST") != ""

// The first thread of a process cannot end with a goroutine, so it is kept away
// from the tests: it would hold on to their namespaces.
func init() { runtime.LockOSThread() }

// ownNamespace moves the test to a new network namespace. Its thread ends with
// the test.
func ownNamespace(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		if insideGuest {
			t.Fatal(err)
		}
		t.Skipf("needs root: a network namespace of its own: %v", err)
	}
}

// kernel returns a client for an empty table.
func kernel(t *testing.T) *Client {
	t.Helper()
	ownNamespace(t)
	c, err := Open(Options{NoLoad: !insideGuest})
	if errors.Is(err, ErrUnavailable) && !insideGuest {
		t.Skipf("run by test/guest: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	// Before the loopback interface was up, every IPv4 destination is invalid.
	run(t, "ip", "link", "set", "lo", "up")
	return c
}

// run runs a program in the namespace of the test.
func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// eventually waits until a state is reached.
func eventually(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !reached(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// saved is what `ipvsadm -Sn` says, each service followed by its destinations,
// in a stable order.
func saved(t *testing.T) []string {
	t.Helper()
	lines := strings.FieldsFunc(run(t, "ipvsadm", "-Sn"), func(r rune) bool { return r == '\n' })
	slices.Sort(lines)
	return lines
}

// apply applies steps of which none may fail.
func apply(t *testing.T, c *Client, steps []Step) {
	t.Helper()
	failures, err := c.Apply(steps)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range failures[:min(len(failures), 10)] {
		t.Errorf("%v: %v", steps[f.Step], f.Err)
	}
}

// reach brings the kernel's table to wanted and checks that it is there.
func reach(t *testing.T, c *Client, wanted []Entry) {
	t.Helper()
	present, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	apply(t, c, Diff(present, wanted))
	checkReached(t, c, wanted)
}

func checkReached(t *testing.T, c *Client, wanted []Entry) {
	t.Helper()
	present, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	steps := Diff(present, wanted)
	for _, s := range steps[:min(len(steps), 10)] {
		t.Errorf("still to do, of %d: %v", len(steps), s)
	}
}

func TestKernelWithoutModule(t *testing.T) {
	if !insideGuest {
		t.Skip("unloads the module: only for test/guest")
	}
	ownNamespace(t)
	unloadIPVS(t)
	restore := hide(t, "/lib/modules")
	_, err := Open(Options{NoLoad: true})
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want that IPVS is unavailable", err)
	}
	_, err = Open(Options{})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(fmt.Sprint(err), `root with "modprobe ip_vs"`) {
		t.Errorf("got %v, want that modprobe failed and what to do", err)
	}
	t.Log(err)
	restore()

	// Without the table of aliases the kernel cannot load it when it is asked
	// for the family, as old kernels never do.
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		t.Fatal(err)
	}
	defer hide(t, "/lib/modules/"+unix.ByteSliceToString(name.Release[:])+"/modules.alias")()
	t.Setenv("PATH", "/nowhere")
	c, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	info, err := c.Info()
	if out := run(t, "/usr/sbin/ipvsadm", "-Ln"); err != nil || !strings.HasPrefix(out, info.String()) {
		t.Errorf("got %v, %v; ipvsadm says %s", info, err, out)
	}
}

// hide renames a file until the function that it returns is called.
func hide(t *testing.T, name string) (restore func()) {
	t.Helper()
	if err := os.Rename(name, name+".hidden"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Rename(name+".hidden", name); err != nil {
			t.Fatal(err)
		}
	}
}

func unloadIPVS(t *testing.T) {
	t.Helper()
	modules, err := os.ReadFile("/proc/modules")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(modules)) { // users come before what they use
		name, _, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(name, "ip_vs") {
			continue
		}
		// The namespaces of other tests are still being cleaned up.
		eventually(t, "unloading "+name, func() bool { return exec.Command("rmmod", name).Run() == nil })
	}
}

// everything is a table with every attribute, as ipvsadm shows it.
func everything() ([]Entry, []string) {
	ap := netip.MustParseAddrPort
	v4, v6 := ap("10.0.0.1:80"), ap("[fd00::1]:80")
	return []Entry{
			{Service{Key: AddressKey(TCP, v4), Scheduler: "sh", Flags: SHFallback | SHPort}, []Destination{
				{Addr: ap("10.1.0.1:8080"), Weight: 65536, Upper: 20, Lower: 10},
				{Addr: ap("10.1.0.2:80"), Forward: DirectRoute},
				{Addr: ap("10.1.0.3:80"), Forward: Tunnel, Weight: MaxWeight},
				{Addr: ap("[fd00::3]:80"), Forward: Tunnel, Weight: 2},
			}},
			{Service{Key: AddressKey(UDP, v4), Scheduler: "rr", Flags: OnePacket | SchedFlag1 | SchedFlag3}, []Destination{
				{Addr: ap("10.1.0.1:80"), Weight: 1},
			}},
			{Service{Key: AddressKey(SCTP, v4), Scheduler: "wlc", Persistence: 100, Netmask: 0xffffff00}, []Destination{
				{Addr: ap("10.1.0.1:80"), Forward: Tunnel, Weight: 1, TunnelType: GUE, TunnelPort: 5555, TunnelFlags: TunnelChecksum},
				{Addr: ap("10.1.0.2:80"), Forward: Tunnel, Weight: 1, TunnelType: GRE, TunnelFlags: TunnelChecksum},
				{Addr: ap("10.1.0.3:80"), Forward: Tunnel, Weight: 1, TunnelType: GUE, TunnelPort: 6666, TunnelFlags: TunnelRemoteChecksum},
				{Addr: ap("10.1.0.4:80"), Forward: Tunnel, Weight: 1, TunnelType: GRE},
			}},
			{Service{Key: AddressKey(TCP, v6), Scheduler: "mh", Flags: MHFallback | MHPort, Persistence: 360, Netmask: 64}, []Destination{
				{Addr: ap("[fd00::2]:81"), Weight: 1},
			}},
			{Service{Key: AddressKey(UDP, v6), Scheduler: "rr", Persistence: 60, PE: "sip"}, nil},
			{Service{Key: AddressKey(TCP, ap("10.0.0.10:0")), Scheduler: "rr", Persistence: 360}, []Destination{
				{Addr: ap("10.1.0.1:0"), Forward: DirectRoute, Weight: 1},
			}},
			{Service{Key: MarkKey(IPv4, 7), Scheduler: "rr"}, []Destination{{Addr: ap("10.1.0.1:0"), Forward: DirectRoute, Weight: 1}}},
			{Service{Key: MarkKey(IPv6, 7), Scheduler: "lc"}, []Destination{{Addr: ap("[fd00::2]:0"), Forward: DirectRoute, Weight: 1}}},
			{Service{Key: MarkKey(IPv4, 1<<32-1), Scheduler: "rr"}, nil},
		}, []string{
			"-A --sctp-service 10.0.0.1:80 -s wlc -p 100 -M 255.255.255.0",
			"-A -f -1 -s rr", // ipvsadm takes it for a signed number
			"-A -f 7 -6 -s lc",
			"-A -f 7 -s rr",
			"-A -t 10.0.0.10:0 -s rr -p 360",
			"-A -t 10.0.0.1:80 -s sh -b sh-fallback,sh-port",
			"-A -t [fd00::1]:80 -s mh -p 360 -M 64 -b mh-fallback,mh-port",
			"-A -u 10.0.0.1:80 -s rr -o -b flag-1,flag-3",
			"-A -u [fd00::1]:80 -s rr -p 60 --pe sip",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.1:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-csum",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.2:80 -i -w 1 --tun-type gre --tun-csum",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.3:80 -i -w 1 --tun-type gue --tun-port 6666 --tun-remcsum",
			"-a --sctp-service 10.0.0.1:80 -r 10.1.0.4:80 -i -w 1 --tun-type gre --tun-nocsum",
			"-a -f 7 -6 -r [fd00::2]:0 -g -w 1",
			"-a -f 7 -r 10.1.0.1:0 -g -w 1",
			"-a -t 10.0.0.10:0 -r 10.1.0.1:0 -g -w 1",
			"-a -t 10.0.0.1:80 -r 10.1.0.1:8080 -m -w 65536",
			"-a -t 10.0.0.1:80 -r 10.1.0.2:80 -g -w 0",
			"-a -t 10.0.0.1:80 -r 10.1.0.3:80 -i -w 2147483647 --tun-type ipip",
			"-a -t 10.0.0.1:80 -r [fd00::3]:80 -i -w 2 --tun-type ipip",
			"-a -t [fd00::1]:80 -r [fd00::2]:81 -m -w 1",
			"-a -u 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1",
		}
}

func TestKernelEverything(t *testing.T) {
	c := kernel(t)
	table, want := everything()
	reach(t, c, table)
	if diff := cmp.Diff(want, saved(t)); diff != "" {
		t.Errorf("ipvsadm -Sn: %s", diff)
	}
	thresholds := strings.Fields(run(t, "ipvsadm", "-Ln", "--thresholds"))
	if i := slices.Index(thresholds, "10.1.0.1:8080"); i < 0 || !slices.Equal(thresholds[i+1:i+3], []string{"20", "10"}) {
		t.Errorf("ipvsadm -Ln --thresholds: %q", thresholds)
	}
	checkWitness(t, table)

	// Backwards through other settings of all, then nothing.
	for i := range table {
		s := &table[i].Service
		s.Scheduler, s.Flags = "wrr", s.Flags^SchedFlag2
		s.PE = ""
		for j := range table[i].Destinations {
			d := &table[i].Destinations[j]
			d.Weight, d.Upper, d.Lower = 3, 5, 2
			d.TunnelFlags = 0
		}
	}
	slices.Reverse(table)
	reach(t, c, table)
	reach(t, c, nil)
	if left := saved(t); len(left) != 0 {
		t.Errorf("ipvsadm -Sn after deleting all: %q", left)
	}
}

// checkWitness compares with what another client reads, as far as it can.
func checkWitness(t *testing.T, table []Entry) {
	t.Helper()
	h, err := moby.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	services, err := h.GetServices()
	if err != nil || len(services) != len(table) {
		t.Fatalf("%d services, want %d; %v", len(services), len(table), err)
	}
	for _, s := range services {
		i := slices.IndexFunc(table, func(e Entry) bool {
			k := e.Service.Key
			addr, _ := netip.AddrFromSlice(s.Address)
			return uint16(k.Family) == s.AddressFamily && k.FWMark == s.FWMark &&
				(s.FWMark != 0 || uint16(k.Protocol) == s.Protocol && k.Addr == netip.AddrPortFrom(addr, s.Port))
		})
		if i < 0 {
			t.Errorf("unexpected %+v", s)
			continue
		}
		e := table[i]
		if e.Service.Scheduler != s.SchedName || e.Service.Persistence != 0 && e.Service.Persistence != s.Timeout {
			t.Errorf("got %+v, want %+v", s, e.Service)
		}
		destinations, err := h.GetDestinations(s)
		if err != nil || len(destinations) != len(e.Destinations) {
			t.Errorf("%v: %d destinations, want %d; %v", e.Service.Key, len(destinations), len(e.Destinations), err)
		}
	}
}

// What others put into the table is read as it is.
func TestKernelForeign(t *testing.T) {
	c := kernel(t)
	for _, args := range []string{
		"-A -t 10.0.0.1:80 -s mh -b mh-port -p 33 -M 255.255.0.0", "-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 7 -x 5 -y 2",
		"-a -t 10.0.0.1:80 -r 10.1.0.2:80 -i --tun-type gue --tun-port 77 --tun-remcsum", "-A -f 3 -6 -p", "-a -f 3 -6 -r [fd00::2]:0 -g",
	} {
		run(t, append([]string{"ipvsadm"}, strings.Fields(args)...)...)
	}
	ap := netip.MustParseAddrPort
	want := []Entry{
		{Service{AddressKey(TCP, ap("10.0.0.1:80")), "mh", MHPort, 33, 0xffff0000, ""}, []Destination{
			{Addr: ap("10.1.0.1:80"), Weight: 7, Upper: 5, Lower: 2},
			{Addr: ap("10.1.0.2:80"), Forward: Tunnel, Weight: 1, TunnelType: GUE, TunnelPort: 77, TunnelFlags: TunnelRemoteChecksum}}},
		{Service{MarkKey(IPv6, 3), "wlc", 0, 360, 128, ""}, []Destination{{Addr: ap("[fd00::2]:0"), Forward: DirectRoute, Weight: 1}}},
	}
	got, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	s, err := c.Service(want[0].Service.Key)
	if err != nil || s.Service != want[0].Service {
		t.Errorf("got %+v, %v; want %+v", s, err, want[0].Service)
	}
	if _, err := c.Service(key("10.9.9.9:80")); !errors.Is(err, unix.ESRCH) {
		t.Errorf("reading a missing service: %v", err)
	}
	if d, err := c.Destinations(key("10.9.9.9:80")); err != nil || len(d) != 0 {
		t.Errorf("reading the destinations of a missing service: %v, %v", d, err)
	}
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
	if left := saved(t); len(left) != 0 {
		t.Errorf("ipvsadm -Sn after a flush: %q", left)
	}
}

// Each failure is reported for its own step, the others go through, also
// across many batches.
func TestKernelFailures(t *testing.T) {
	c := kernel(t)
	table := bigTable(600)
	steps := Diff(nil, table)
	bad := Service{Key: key("10.9.0.1:80"), Scheduler: "none-such"}
	d := dst("10.1.0.9:80", 1)
	remote := dst("[fd00::9]:80", 1)
	missing := Service{Key: key("10.9.0.2:80"), Scheduler: "rr"}
	insert := []struct {
		at   int
		step Step
		want string // empty for success
	}{
		{0, Step{AddService, &bad, nil}, "IPVS cmd IP_VS_SO_SET_ADD(1154) error: Scheduler or persistence engine not found(2) (10.9.0.1:tcp:80)"},
		{1, Step{AddDestination, &bad, &d}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: No such file or directory(2) (10.9.0.1:tcp:80 -> 10.1.0.9:80)"},
		{255, Step{AddDestination, &table[0].Service, &table[0].Destinations[1]}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Destination already exists(17) (10.0.0.0:tcp:80 -> 10.1.1.0:80)"},
		{256, Step{AddService, &table[0].Service, nil}, "IPVS cmd IP_VS_SO_SET_ADD(1154) error: Service already exists(17) (10.0.0.0:tcp:80)"},
		{257, Step{AddDestination, &table[0].Service, &remote}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Invalid argument(22) (10.0.0.0:tcp:80 -> fd00::9:80)"},
		{300, Step{EditDestination, &table[0].Service, &d}, ""},
		{301, Step{EditDestination, &missing, &d}, "IPVS cmd IP_VS_SO_SET_EDITDEST(1161) error: No such destination(2) (10.9.0.2:tcp:80 -> 10.1.0.9:80)"},
		{302, Step{Op: AddService}, "encoding step: add service with the wrong operands"},
		{303, Step{EditService, &missing, nil}, "IPVS cmd IP_VS_SO_SET_EDIT(1155) error: No such service(3) (10.9.0.2:tcp:80)"},
		{2000, Step{DeleteService, &missing, nil}, "IPVS cmd IP_VS_SO_SET_DEL(1156) error: No such file or directory(2) (10.9.0.2:tcp:80)"},
		{2001, Step{DeleteDestination, &missing, &d}, "IPVS cmd IP_VS_SO_SET_DELDEST(1160) error: No such destination(2) (10.9.0.2:tcp:80 -> 10.1.0.9:80)"},
	}
	want := make(map[int]string)
	for _, in := range insert {
		steps = slices.Insert(steps, in.at, in.step)
		if in.want != "" {
			want[in.at] = in.want
		}
	}
	failures, err := c.Apply(steps)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[int]string)
	for _, f := range failures {
		got[f.Step] = f.Err.Error()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	table[0].Destinations = append(table[0].Destinations, d) // the edit that became an addition
	checkReached(t, c, table)

	// A batch in which everything fails answers for everything.
	again := Diff(nil, bigTable(600))
	failures, err = c.Apply(again)
	if err != nil || len(failures) != len(again) {
		t.Errorf("%d of %d failed, %v", len(failures), len(again), err)
	}
	for _, f := range failures {
		var e *CommandError
		if !errors.As(f.Err, &e) || !e.Settled() {
			t.Fatalf("%v: %v", again[f.Step], f.Err)
		}
	}
}
