package wire

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// cable is two network namespaces, near and far, with one cable between them:
// v0 in both. The test's thread is in the near one, except in onFar.
type cable struct {
	near, far           int // descriptors of the namespaces
	nearIndex, farIndex int
	nearMAC, farMAC     net.HardwareAddr
}

// newCable never gives the thread back: it ends with the test's goroutine, and
// the namespaces with it.
func newCable(t testing.TB) *cable {
	t.Helper()
	need.Root(t, "to make a network namespace")
	runtime.LockOSThread()
	c := &cable{far: newNamespace(t), near: newNamespace(t)}
	t.Cleanup(func() { unix.Close(c.near); unix.Close(c.far) })
	ip(t, fmt.Sprintf("link add v0 type veth peer name v0 netns /proc/%d/fd/%d", os.Getpid(), c.far))
	c.nearIndex, c.nearMAC = setUp(t, "192.0.2.1/24", "fe80::1/64", "2001:db8::1/64")
	c.onFar(t, func() {
		c.farIndex, c.farMAC = setUp(t, "192.0.2.2/24", "fe80::2/64", "2001:db8::2/64")
		waitReady(t)
	})
	waitReady(t)
	return c
}

func newNamespace(t testing.TB) int {
	t.Helper()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("making a network namespace: %v", err)
	}
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

func setUp(t testing.TB, addresses ...string) (int, net.HardwareAddr) {
	t.Helper()
	ip(t, "link set lo up")
	ip(t, "link set v0 addrgenmode none")
	ip(t, "link set v0 up")
	for _, a := range addresses {
		ip(t, "address add "+a+" dev v0"+nodad(a))
	}
	i, err := net.InterfaceByName("v0")
	if err != nil {
		t.Fatal(err)
	}
	return i.Index, i.HardwareAddr
}

// waitReady waits until the kernel has noticed that the other end is up and has
// put the addresses to use. It does both on its own time, and till then drops
// what v0 sends or receives without a word.
func waitReady(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		link, routes := show(t, "link show v0"), show(t, "-6 route show table local dev v0")
		if strings.Contains(link, "qdisc noqueue") && strings.Contains(link, "state UP") &&
			strings.Count(routes, "local ") == 2 && strings.Contains(routes, "ff00::/8") {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("v0 does not get ready")
}

func nodad(address string) string {
	if strings.Contains(address, ":") {
		return " nodad"
	}
	return ""
}

// onFar runs f in the far namespace.
func (c *cable) onFar(t testing.TB, f func()) {
	t.Helper()
	if err := unix.Setns(c.far, unix.CLONE_NEWNET); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setns(c.near, unix.CLONE_NEWNET); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}

// ip runs iproute2 in the thread's namespace.
func ip(t testing.TB, args string) {
	t.Helper()
	show(t, args)
}

// show runs iproute2 in the thread's namespace and returns what it prints.
func show(t testing.TB, args string) string {
	t.Helper()
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
	return string(out)
}

// capture opens a packet socket for everything that arrives at v0 on the far
// end, sent frames not included.
func (c *cable) capture(t testing.TB) (fd int) {
	t.Helper()
	c.onFar(t, func() {
		var err error
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(swap16(unix.ETH_P_ALL)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		sa := &unix.SockaddrLinklayer{Protocol: swap16(unix.ETH_P_ALL), Ifindex: c.farIndex}
		if err := unix.Bind(fd, sa); err != nil {
			t.Fatal(err)
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20); err != nil {
			t.Fatal(err)
		}
	})
	return fd
}

func swap16(v uint16) uint16 { return v<<8 | v>>8 }

// waitReadable fails the test when nothing comes.
func waitReadable(t testing.TB, fd int) {
	t.Helper()
	if !readable(t, fd, 10*time.Second) {
		t.Fatal("nothing arrived")
	}
}

func readable(t testing.TB, fd int, timeout time.Duration) bool {
	t.Helper()
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(p, int(timeout.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
}

// nextFrame returns the next captured frame for which match holds.
func nextFrame(t testing.TB, fd int, match func(frame []byte) bool) []byte {
	t.Helper()
	for {
		waitReadable(t, fd)
		b := make([]byte, 4096)
		n, _, err := unix.Recvfrom(fd, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		if match(b[:n]) {
			return b[:n]
		}
	}
}
