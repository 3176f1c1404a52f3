package lvs

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// site is a director, real servers and a client. The client's network is
// 192.0.2.0/24 and 2001:db8::/64, that behind the director 10.1.0.0/24 and
// fd01::/64. Real servers are in the client's network, or behind the director
// and then send all through it.
type site struct {
	t      *testing.T
	lab    *lab.Lab
	front  *lab.Segment
	back   *lab.Segment
	dir    *lab.Node
	client *lab.Node
	reals  []*lab.Node
}

// family is how addresses are written.
type family struct {
	name string
	v6   bool
}

var families = []family{{name: "IPv4"}, {name: "IPv6", v6: true}}

// front and back are host n of the two networks.
func (f family) front(n int) string {
	if f.v6 {
		return fmt.Sprintf("2001:db8::%d", n)
	}
	return fmt.Sprintf("192.0.2.%d", n)
}

func (f family) back(n int) string {
	if f.v6 {
		return fmt.Sprintf("fd01::%d", n)
	}
	return fmt.Sprintf("10.1.0.%d", n)
}

// mask adds the length of the networks' prefix.
func (f family) mask(addr string) string {
	if f.v6 {
		return addr + "/64"
	}
	return addr + "/24"
}

// host adds the length of a host's prefix.
func (f family) host(addr string) string {
	if f.v6 {
		return addr + "/128"
	}
	return addr + "/32"
}

const (
	vipHost    = 10 // the virtual address in the client's network
	clientHost = 100
	gateway    = 254 // the director behind
)

// newSite makes a site whose servers 1 to n are behind the director or not.
func newSite(t *testing.T, n int, behind bool) *site {
	l := lab.New(t)
	s := &site{t: t, lab: l, front: l.Segment("front"), back: l.Segment("back")}
	v4, v6 := families[0], families[1]
	s.dir, s.client = l.Node("dir"), l.Node("client")
	s.front.Attach(s.dir, "eth0", v4.mask(v4.front(1)), v6.mask(v6.front(1)))
	s.back.Attach(s.dir, "eth1", v4.mask(v4.back(gateway)), v6.mask(v6.back(gateway)))
	s.front.Attach(s.client, "eth0", v4.mask(v4.front(clientHost)), v6.mask(v6.front(clientHost)))
	for i := 1; i <= n; i++ {
		r := l.Node(fmt.Sprintf("r%d", i))
		s.reals = append(s.reals, r)
		if behind {
			s.back.Attach(r, "eth0", v4.mask(v4.back(i)), v6.mask(v6.back(i)))
			r.Run("ip", "route", "add", "default", "via", v4.back(gateway))
			r.Run("ip", "-6", "route", "add", "default", "via", v6.back(gateway))
		} else {
			s.front.Attach(r, "eth0", v4.mask(v4.front(20+i)), v6.mask(v6.front(20+i)))
		}
	}
	sysctl(t, s.dir, "net/ipv4/ip_forward", "1")
	sysctl(t, s.dir, "net/ipv6/conf/all/forwarding", "1")
	return s
}

// real is the address of server i, from 1; 0 is the director's.
func (s *site) real(f family, i int) string {
	if i == 0 {
		return f.front(1)
	}
	if addr := f.back(i); s.reals[i-1].HasAddr(addr) {
		return addr
	}
	return f.front(20 + i)
}

// serve gives the director the virtual address. It is no source of what the
// director itself sends.
func (s *site) serve(f family, vip string) {
	add := []string{"ip", "addr", "add", f.host(vip), "dev", "eth0"}
	if f.v6 {
		add = append(add, "preferred_lft", "0")
	}
	s.dir.Run(add...)
}

func sysctl(t *testing.T, n *lab.Node, name, value string) {
	t.Helper()
	n.WriteFile("/proc/sys/"+name, value, 0o644)
}

// table is what ipvsadm -Sn says of a node, sorted within each service.
func table(t *testing.T, n *lab.Node) []string {
	t.Helper()
	out := strings.TrimSpace(n.Run("ipvsadm", "-Sn"))
	if out == "" {
		return nil
	}
	return strings.Split(out, "\n")
}

// fetch gets a page and returns its body.
func fetch(n *lab.Node, addr, port string) (string, error) { return fetchFrom(n, "", addr, port) }

// fetchFrom is fetch with one of the client's addresses.
func fetchFrom(n *lab.Node, from, addr, port string) (string, error) {
	dialer := net.Dialer{Timeout: 2 * time.Second}
	if from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	var conn net.Conn
	err := n.Do(func() (err error) {
		conn, err = dialer.Dial("tcp", net.JoinHostPort(addr, port))
		return err
	})
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	fmt.Fprintf(conn, "GET / HTTP/1.0\r\nHost: client\r\n\r\n")
	b := make([]byte, 4096)
	n2 := 0
	for {
		k, err := conn.Read(b[n2:])
		n2 += k
		if err != nil {
			break
		}
	}
	_, body, ok := strings.Cut(string(b[:n2]), "\r\n\r\n")
	if !ok {
		return "", fmt.Errorf("no page from %s: %q", addr, b[:n2])
	}
	return body, nil
}

// answers fetches pages until the servers that answered, one after another
// without an error, are just those that are wanted.
func (s *site) answers(vip string, want ...string) {
	s.t.Helper()
	wait(s.t, fmt.Sprintf("pages of %s come from %q", vip, want), func() (bool, string) {
		seen := map[string]bool{}
		for range 2 * len(want) {
			body, err := fetch(s.client, vip, "80")
			if err != nil {
				return false, err.Error()
			}
			seen[body] = true
		}
		ok := len(seen) == len(want)
		for _, w := range want {
			ok = ok && seen[w]
		}
		return ok, fmt.Sprint(seen)
	})
}
