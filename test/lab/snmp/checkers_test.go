package snmp

import (
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

const checkMIB = keepalivedMIB + ".3"

// differentChecks is what is not compared of the checkers' part.
var differentChecks = []struct {
	oid *regexp.Regexp
	why string
}{
	{under(keepalivedMIB, `1\.1\.0`), "the version"},
	{under(keepalivedMIB, `1\.3\.[13]\.0`), "C shows ipv6 and 0 without a mail server"},
	{under(keepalivedMIB, `1\.12\.0|3\.4\.1\.63\.`), "2.2.7 does not have these"},
	{under(checkMIB, `3\.1\.51\.`), "C shows -1 as the length of a prefix"},
	{under(checkMIB, `3\.1\.7[23]\.|4\.1\.5[67]\.`), "2.2.7 does not show what a script's name leads to"},
	{under(checkMIB, `3\.1\.(3[2-6]|4[1-9]|50|7[4-8])\.`), "rates of the last seconds"},
	{under(checkMIB, `4\.1\.(2[2-6]|3[0-9]|5[89]|6[0-2])\.`), "rates of the last seconds"},
}

// TestGuest runs what needs a kernel with IPVS on one.
func TestGuest(t *testing.T) {
	if guest.Inside() {
		t.Run("checkers", sameChecks)
		return
	}
	guest.Boots(t)
	ours, c := lab.Ours(t).Path, lab.CKeepalived(t).Path
	t.Log(guest.Test(t, "^TestGuest$", guest.Config{
		Programs: []string{ours, c, "ip", "sh", "snmpd", "snmptrapd", "snmpget", "snmpset", "snmpbulkwalk"},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		Modules:  []string{"bridge", "veth"},
		Env:      []string{"LAB_KEEPALIVED=" + ours, "LAB_C_KEEPALIVED=" + c, "LAB_REQUIRED=1"},
		// The clock counts instructions: what is timed does not see a busy host.
		Icount:  "shift=1,sleep=off",
		Timeout: 35 * time.Minute,
	}))
}

// sameChecks has both daemons forward the same packets and compares everything
// that they show, the counters among it.
func sameChecks(t *testing.T) {
	ours, c := checksOf(t, lab.Ours(t)), checksOf(t, lab.CKeepalived(t))
	compareLines(t, ours, c)
	if len(ours) < 300 {
		t.Errorf("only %d values compared", len(ours))
	}
}

// questions is how many packets the client sends; each gets an answer.
const questions = 100

func checksOf(t *testing.T, p lab.Program) (out []string) {
	t.Helper()
	l := lab.New(t)
	client, n, server := l.Node("client-"+p.Name), l.Node("router-"+p.Name), l.Node("server-"+p.Name)
	front, back := l.Segment("front"), l.Segment("back")
	front.Attach(client, "eth0", "192.0.2.2/24")
	front.Attach(n, "eth0", "192.0.2.1/24")
	back.Attach(n, "eth1", "198.51.100.1/24")
	back.Attach(server, "eth0", "198.51.100.11/24")
	server.Run("ip", "address", "add", "198.51.100.12/24", "dev", "eth0")
	server.Run("ip", "route", "add", "default", "via", "198.51.100.1")
	n.Run("ip", "address", "add", "192.0.2.11/32", "dev", "eth0")
	n.WriteFile("/proc/sys/net/ipv4/ip_forward", "1", 0o644)
	for _, a := range []string{"198.51.100.11:5353", "198.51.100.12:5353"} {
		echo(t, server, a)
	}
	a := newAgent(t, n)
	conf, err := os.ReadFile("testdata/checkers.conf")
	if err != nil {
		t.Fatal(err)
	}
	d := n.Daemon(p, string(conf))
	d.WaitState("VI_1", "MASTER")
	a.waitValue(checkMIB+".3.1.23.1", "1")
	ask(t, client, "192.0.2.11:5353")
	a.waitValue(checkMIB+".3.1.27.1", "100") // connections
	a.waitValue(checkMIB+".4.1.18.1.2", "50")
	for _, root := range []string{keepalivedMIB} {
	lines:
		for _, line := range a.walk(root) {
			for _, x := range differentChecks {
				if x.oid.MatchString(line) {
					continue lines
				}
			}
			out = append(out, strings.ReplaceAll(line, "\n", " "))
		}
	}
	return out
}

// echo answers packets with themselves.
func echo(t *testing.T, n *lab.Node, address string) {
	t.Helper()
	var c net.PacketConn
	if err := n.Do(func() (err error) { c, err = net.ListenPacket("udp", address); return err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		var b [2000]byte
		for {
			size, from, err := c.ReadFrom(b[:])
			if err != nil {
				return
			}
			_, _ = c.WriteTo(b[:size], from)
		}
	}()
}

// ask sends questions, each from a port of its own, and waits for the answers.
func ask(t *testing.T, n *lab.Node, address string) {
	t.Helper()
	for i := range questions {
		var c net.Conn
		// The kernel may give the same port twice, which is one connection then.
		from := net.Dialer{LocalAddr: &net.UDPAddr{Port: 20000 + i}}
		if err := n.Do(func() (err error) { c, err = from.Dial("udp", address); return err }); err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(lab.Patience))
		_, err := c.Write(make([]byte, 500))
		if err == nil {
			_, err = c.Read(make([]byte, 2000))
		}
		c.Close()
		if err != nil {
			t.Fatalf("asking %s: %v", address, err)
		}
	}
}
