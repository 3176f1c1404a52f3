package ipvs

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestKernelTimeouts(t *testing.T) {
	c := kernel(t)
	for _, tt := range []struct {
		set  Timeouts
		want string
	}{
		{Timeouts{}, "Timeout (tcp tcpfin udp): 900 120 300"},
		{Timeouts{UDP: 33}, "Timeout (tcp tcpfin udp): 900 120 33"},
		{Timeouts{100, 20, 30}, "Timeout (tcp tcpfin udp): 100 20 30"},
	} {
		if err := c.SetTimeouts(tt.set); err != nil {
			t.Fatal(err)
		}
		got, err := c.Timeouts()
		if err != nil {
			t.Fatal(err)
		}
		ours := fmt.Sprintf("Timeout (tcp tcpfin udp): %d %d %d", got.TCP, got.TCPFin, got.UDP)
		if theirs := strings.TrimSpace(run(t, "ipvsadm", "-ln", "--timeout")); ours != tt.want || theirs != tt.want {
			t.Errorf("got %q, ipvsadm says %q, want %q", ours, theirs, tt.want)
		}
	}
	if err := c.SetTimeouts(Timeouts{TCP: maxTimeout}); err != nil {
		t.Error(err)
	}
	if err := c.SetTimeouts(Timeouts{TCP: maxTimeout + 1}); err == nil {
		t.Error("a timeout beyond the kernel's range was accepted")
	}
}

func TestKernelSync(t *testing.T) {
	c := kernel(t)
	run(t, "ip", "link", "set", "lo", "up", "multicast", "on")
	group := netip.MustParseAddr("224.0.0.99")
	master := SyncDaemon{SyncMaster, "lo", 9, 1000, group, 9999, 3}
	backup := SyncDaemon{Role: SyncBackup, Interface: "lo", SyncID: 10}
	for _, d := range []SyncDaemon{master, backup} {
		if err := c.StartSync(d); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.SyncDaemons()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != master || got[1].Role != SyncBackup || got[1].SyncID != 10 || got[1].Port != 8848 ||
		got[1].Group != netip.MustParseAddr("224.0.0.81") || got[1].TTL != 1 {
		t.Errorf("got %+v", got)
	}
	if out := run(t, "ipvsadm", "-ln", "--daemon"); out != "master sync daemon (mcast=lo, syncid=9, maxlen=1000, group=224.0.0.99, port=9999, ttl=3)\n"+
		fmt.Sprintf("backup sync daemon (mcast=lo, syncid=10, maxlen=%d, group=224.0.0.81, port=8848, ttl=1)\n", got[1].MaxLen) {
		t.Errorf("ipvsadm says %s", out)
	}
	var e *CommandError
	if err := c.StartSync(master); !errors.As(err, &e) || !e.Settled() ||
		e.Error() != "IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: Daemon has already run(17)" {
		t.Errorf("starting a second one: %v", err)
	}
	for _, r := range []SyncRole{SyncMaster, SyncBackup} {
		if err := c.StopSync(r); err != nil {
			t.Error(err)
		}
		if err := c.StopSync(r); !errors.As(err, &e) || !e.Settled() {
			t.Errorf("stopping it again: %v", err)
		}
	}
	if got, err := c.SyncDaemons(); err != nil || len(got) != 0 {
		t.Errorf("left after stopping: %+v, %v", got, err)
	}
	if err := c.StartSync(SyncDaemon{Role: SyncMaster, Interface: "none-such"}); err == nil || errors.As(err, &e) && e.Settled() {
		t.Errorf("on a missing interface: %v", err)
	}
	mixed := Entry{svc("10.0.0.1:80", "rr"), []Destination{{Addr: netip.MustParseAddrPort("[fd00::2]:80"), Forward: Tunnel}}}
	reach(t, c, []Entry{mixed})
	if err := c.StartSync(master); !errors.Is(err, unix.EINVAL) {
		t.Errorf("with mixed families: %v", err)
	}
}

// TestKernelSyncStoppedAtOnce: a sync daemon whose thread has not begun to run is
// stopped without an answer of the kernel. Nothing else gets the processor
// between start and stop where there is but one.
func TestKernelSyncStoppedAtOnce(t *testing.T) {
	c := kernel(t)
	run(t, "ip", "link", "set", "lo", "up", "multicast", "on")
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 50}
	if err := unix.SchedSetAttr(0, &attr, 0); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		for _, r := range []SyncRole{SyncMaster, SyncBackup} {
			begun := time.Now()
			if err := c.StartSync(SyncDaemon{Role: r, Interface: "lo", SyncID: 1}); err != nil {
				t.Fatalf("round %d: starting %v: %v", i, r, err)
			}
			if err := c.StopSync(r); err != nil {
				t.Fatalf("round %d: stopping %v after %v: %v", i, r, time.Since(begun), err)
			}
		}
		if got, err := c.SyncDaemons(); err != nil || len(got) != 0 {
			t.Fatalf("round %d: left after stopping: %+v, %v", i, got, err)
		}
	}
}

// serve accepts connections at an address of the loopback interface.
func serve(t *testing.T, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
}

func TestKernelCounters(t *testing.T) {
	c := kernel(t)
	run(t, "ip", "addr", "add", "10.0.0.1/32", "dev", "lo")
	run(t, "ip", "addr", "add", "10.1.0.1/32", "dev", "lo")
	serve(t, "10.1.0.1:80")
	e := Entry{svc("10.0.0.1:80", "rr"), []Destination{dst("10.1.0.1:80", 1)}}
	e.Service.Persistence = 60
	reach(t, c, []Entry{e})
	for range 3 {
		conn, err := net.Dial("tcp", "10.0.0.1:80")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	var services []ServiceState
	var err error
	// The kernel sums its counters up every two seconds.
	eventually(t, "3 connections counted", func() bool {
		services, err = c.Services()
		if err != nil || len(services) != 1 {
			t.Fatalf("services %+v, %v", services, err)
		}
		return services[0].Stats.Connections == 3
	})
	destinations, err := c.Destinations(e.Service.Key)
	if err != nil || len(destinations) != 1 {
		t.Fatalf("destinations %+v, %v", destinations, err)
	}
	d := destinations[0]
	if d.ActiveConnections != 3 || d.InactiveConnections != 0 || d.PersistentConnections != 1 || d.Stats.Connections != 3 ||
		d.Stats.PacketsIn < 6 || d.Stats.BytesIn < 6*40 {
		t.Errorf("destination %+v", d)
	}
	fields := strings.Fields(run(t, "ipvsadm", "-Ln", "--stats", "--exact"))
	if i := slices.Index(fields, "10.1.0.1:80"); i < 0 || fields[i+1] != "3" || fields[i+2] != fmt.Sprint(d.Stats.PacketsIn) {
		t.Errorf("ipvsadm says %q, ours is %+v", fields, d.Stats)
	}
	for _, zero := range []func() error{func() error { return c.Zero(e.Service.Key) }, c.ZeroAll} {
		if err := zero(); err != nil {
			t.Error(err)
		}
		services, err = c.Services()
		if err != nil || services[0].Stats.Connections != 0 {
			t.Errorf("after zeroing: %+v, %v", services, err)
		}
	}
	// An edit keeps the connections.
	e.Service.Scheduler, e.Destinations[0].Weight = "wlc", 5
	reach(t, c, []Entry{e})
	if destinations, err = c.Destinations(e.Service.Key); err != nil || destinations[0].ActiveConnections != 3 {
		t.Errorf("after an edit: %+v, %v", destinations, err)
	}
}

// A client for another namespace sees that one's table, and the thread that
// opens it stays where it is.
func TestKernelNamespace(t *testing.T) {
	c := kernel(t)
	reach(t, c, []Entry{{Service: svc("10.0.0.1:80", "rr")}})
	here := fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid())
	type result struct {
		table []Entry
		err   error
	}
	done := make(chan result)
	go func() {
		other, err := Open(Options{Namespace: here})
		if err != nil {
			done <- result{err: err}
			return
		}
		defer other.Close()
		table, err := other.Table()
		done <- result{table, err}
	}()
	r := <-done
	if r.err != nil || len(r.table) != 1 {
		t.Errorf("table %+v, %v", r.table, r.err)
	}
	if _, err := Open(Options{Namespace: "none-such"}); err == nil || !strings.Contains(err.Error(), "/run/netns/none-such") {
		t.Errorf("a namespace that is not there: %v", err)
	}
	if diff := cmp.Diff([]string{"-A -t 10.0.0.1:80 -s rr"}, saved(t)); diff != "" {
		t.Error(diff)
	}
}
