package check

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/ipvs"
	"keepalived/internal/watchdog/link"
)

const suspendConf = `virtual_server_group G {
	192.0.2.10-20 80
}
virtual_server 192.0.2.1 80 {
	protocol TCP
	lvs_sched rr
	lvs_method NAT
	delay_loop 0.1
	delay_before_retry 0.05
	warmup 0
	ha_suspend
	real_server 127.0.0.1 7081 {
		TCP_CHECK {
		}
	}
}
virtual_server group G {
	protocol TCP
	lvs_sched rr
	lvs_method NAT
	delay_loop 0.1
	delay_before_retry 0.05
	warmup 0
	ha_suspend
	real_server 127.0.0.1 7082 {
		TCP_CHECK {
		}
	}
}`

func address(t *testing.T, verb, addr string) {
	t.Helper()
	if out, err := exec.Command("ip", "address", verb, addr, "dev", "lo").CombinedOutput(); err != nil {
		t.Fatalf("ip address %s %s: %v: %s", verb, addr, err, out)
	}
}

// TestKernelSuspend: checks go on while the virtual address is here; a server
// keeps its last state when it leaves.
func TestKernelSuspend(t *testing.T) {
	needNamespace(t)
	k := newTestKernel(t)
	c := startChild(t, k, Flags{}, suspendConf)
	const first, second = "[127.0.0.1]:tcp:7081 for VS [192.0.2.1]:tcp:80", "[127.0.0.1]:tcp:7082 for VS [G]:0"
	c.waitLog("Deactivating healthchecker for service " + first)
	c.waitLog("Deactivating healthchecker for service " + second)
	here := func() bool { return k.has(t, "192.0.2.1:tcp:80 rr", " 127.0.0.1:7081 nat 1") }
	eventually(t, "a server that was not asked in use", here)

	address(t, "add", "192.0.2.1/32")
	c.waitLog("Activating healthchecker for service " + first)
	c.waitLog("TCP_CHECK on service [127.0.0.1]:tcp:7081 failed.")
	eventually(t, "the server out", func() bool { return !here() })
	if c.logged("TCP_CHECK on service [127.0.0.1]:tcp:7082") > 0 {
		t.Error("the other virtual server's address is not here, and its server was asked")
	}
	openServer(t, "127.0.0.1:7081")
	eventually(t, "the server back", here)

	address(t, "del", "192.0.2.1/32")
	c.waitLog("Suspending healthchecker for service " + first)
	address(t, "add", "192.0.2.15/32") // one of the range
	c.waitLog("Activating healthchecker for service " + second)
	c.waitLog("TCP_CHECK on service [127.0.0.1]:tcp:7082 failed.")
	address(t, "del", "192.0.2.15/32")
	c.waitLog("Suspending healthchecker for service " + second)
}

// has says whether the table has a service with exactly this server.
func (k *testKernel) has(t *testing.T, service, server string) bool {
	t.Helper()
	list := k.table(t)
	for i, line := range list {
		if line == service {
			return i+1 < len(list) && list[i+1] == server
		}
	}
	return false
}

// TestKernelTimeouts: what is configured holds until the end, then what was
// there before.
func TestKernelTimeouts(t *testing.T) {
	needNamespace(t)
	k := newTestKernel(t)
	before, err := k.Timeouts()
	if err != nil {
		t.Fatal(err)
	}
	timeouts := func(want ipvs.Timeouts) {
		t.Helper()
		var got ipvs.Timeouts
		eventually(t, fmt.Sprintf("timeouts %+v", want), func() bool {
			got, _ = k.Timeouts()
			return got == want
		})
	}
	conf := "global_defs {\n\tlvs_timeouts %s\n}\nvirtual_server 10.0.0.1 80 {\n\tprotocol TCP\n\tlvs_sched rr\n\tlvs_method NAT\n\treal_server 127.0.0.1 7081 {\n\t}\n}\n"
	c := startChild(t, k, Flags{}, fmt.Sprintf(conf, "tcp 100 tcpfin 20 udp 30"))
	timeouts(ipvs.Timeouts{TCP: 100, TCPFin: 20, UDP: 30})
	eventually(t, "the old timeouts with the parent", func() bool {
		return strings.Contains(string(c.held()), fmt.Sprintf(`"Timeouts":{"TCP":%d,`, before.TCP))
	})
	left := c.held()
	c.reload(fmt.Sprintf(conf, "udp 33"))
	timeouts(ipvs.Timeouts{TCP: before.TCP, TCPFin: before.TCPFin, UDP: 33})
	c.stop()
	timeouts(before)

	// A predecessor that died had changed them.
	if err := k.SetTimeouts(ipvs.Timeouts{TCP: 100, TCPFin: 20, UDP: 30}); err != nil {
		t.Fatal(err)
	}
	c = startChildAfter(t, k, Flags{}, c.part, left)
	c.waitTable("10.0.0.1:tcp:80 rr", " 127.0.0.1:7081 nat 1")
	c.stop()
	timeouts(before)
}

const fileConf = `track_file load {
	file %[1]s/load
	weight 2
}
track_file maintenance {
	file %[1]s/maintenance
	weight 0
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	lvs_sched wrr
	lvs_method NAT
	real_server 127.0.0.1 7081 {
		weight 10
		FILE_CHECK {
			track_file load
		}
		FILE_CHECK {
			track_file maintenance
		}
	}
}`

// TestKernelFiles: a file drives a weight, another one takes the server out.
func TestKernelFiles(t *testing.T) {
	needNamespace(t)
	k := newTestKernel(t)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("load", "5")
	c := startChild(t, k, Flags{}, fmt.Sprintf(fileConf, dir))
	c.waitTable(vs1, " 127.0.0.1:7081 nat 20")
	write("load", "0x10")
	c.waitTable(vs1, " 127.0.0.1:7081 nat 42")
	c.waitLog("Changing weight from 20 to 42 for active service [127.0.0.1]:tcp:7081 of VS [10.0.0.1]:tcp:80")
	write("maintenance", "1")
	c.waitTable(vs1)
	c.waitLog("([127.0.0.1]:tcp:7081): tracked file maintenance now FAULT state")
	if err := os.Remove(filepath.Join(dir, "maintenance")); err != nil {
		t.Fatal(err)
	}
	c.waitTable(vs1, " 127.0.0.1:7081 nat 42")
	write("load", "-20")
	c.waitTable(vs1, " 127.0.0.1:7081 nat 0")
}

const bfdConf = `bfd_instance peer {
	neighbor_ip 198.51.100.9
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	lvs_sched wrr
	lvs_method NAT
	real_server 127.0.0.1 7081 {
		BFD_CHECK {
			name peer
		}
	}
	real_server 127.0.0.1 7082 {
		BFD_CHECK {
			name peer
			alpha
		}
	}
}`

// TestKernelSessions: servers follow the session that the parent tells of.
func TestKernelSessions(t *testing.T) {
	needNamespace(t)
	k := newTestKernel(t)
	c := startChild(t, k, Flags{}, bfdConf)
	c.waitTable(vs1, " 127.0.0.1:7081 nat 1")
	tell := func(up bool) {
		t.Helper()
		if err := c.parent.Send(link.NewSessionState("peer", up).Message()); err != nil {
			t.Fatal(err)
		}
	}
	tell(false)
	c.waitTable(vs1)
	c.waitLog("BFD check of [peer] RS([127.0.0.1]:tcp:7081) is DOWN")
	c.waitLog("Received BFD event: instance peer is in state Down (delivered in ")
	tell(true)
	c.waitTable(vs1, " 127.0.0.1:7081 nat 1", " 127.0.0.1:7082 nat 1")
	tell(false)
	c.waitTable(vs1)
}

// TestKernelSessionOfNewServer: a server that comes by a reload is told what is
// known of its session, which may have been said before the reload was done.
func TestKernelSessionOfNewServer(t *testing.T) {
	needNamespace(t)
	k := newTestKernel(t)
	before, _, _ := strings.Cut(bfdConf, "\treal_server 127.0.0.1 7082")
	c := startChild(t, k, Flags{}, before+"}")
	if err := c.parent.Send(link.NewSessionState("peer", true).Message()); err != nil {
		t.Fatal(err)
	}
	c.waitLog("BFD check of [peer] RS([127.0.0.1]:tcp:7081) is UP")
	c.reload(bfdConf)
	c.waitTable(vs1, " 127.0.0.1:7081 nat 1", " 127.0.0.1:7082 nat 1")
	if n := c.logged("BFD check of [peer] RS([127.0.0.1]:tcp:7081) is UP"); n != 1 {
		t.Errorf("the first server was told %d times", n)
	}
}
