package examples

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

const (
	oursInGuest  = "/guest/ours/keepalived"
	pagesInGuest = "/guest/pages"
)

// balancing are the pages that need IPVS, with the addresses that their servers
// have.
var balancing = map[string][]string{
	"lvs-nat.md": {"198.51.100.21", "198.51.100.22"},
	"lvs-dr.md":  {"192.0.2.21", "192.0.2.22"},
	"lvs-tun.md": {"203.0.113.21", "203.0.113.22"},
}

// TestBalancing runs TestKernelBalancing in a kernel that has IPVS.
func TestBalancing(t *testing.T) {
	guest.Boots(t)
	config := guest.Config{
		Env:      []string{"LAB_REQUIRED=1"},
		Files:    []string{lab.Ours(t).Path + ":" + oursInGuest},
		Programs: []string{"ip", "sh"},
		Icount:   "shift=1,sleep=off",
		Timeout:  20 * time.Minute,
	}
	for page := range balancing {
		config.Files = append(config.Files, page+":"+filepath.Join(pagesInGuest, page))
	}
	out := guest.Test(t, "^TestKernelBalancing$", config)
	for page := range balancing {
		if !strings.Contains(out, "--- PASS: TestKernelBalancing/"+page) {
			t.Errorf("%s was not tried:\n%s", page, out)
		}
	}
}

// TestKernelBalancing does what the pages say on directors and servers. A client
// is answered by both servers, by one when the other is dead, and all the same
// when the first director is gone.
func TestKernelBalancing(t *testing.T) {
	guest.Only(t, "TestBalancing")
	for page, servers := range balancing {
		t.Run(page, func(t *testing.T) { balance(t, filepath.Join(pagesInGuest, page), servers) })
	}
}

func balance(t *testing.T, page string, servers []string) {
	if err := os.RemoveAll("/etc/sysctl.d"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("/etc/sysctl.d", 0o755); err != nil {
		t.Fatal(err)
	}
	l := lab.New(t)
	clients, behind := l.Segment("clients"), l.Segment("behind")
	client := l.Node("client")
	clients.Attach(client, "eth0", "192.0.2.100/24")
	behind.Attach(client, "eth1", "203.0.113.100/24")
	var webs []io.Closer
	for i, addr := range servers {
		n := l.Node(fmt.Sprintf("web%d", i+1))
		if strings.HasPrefix(addr, "192.0.2.") {
			clients.Attach(n, "eth0", addr+"/24")
		} else {
			behind.Attach(n, "eth0", addr+"/24")
		}
		if strings.HasPrefix(addr, "203.0.113.") { // answers go by a way of their own
			n.Run("ip", "route", "add", "192.0.2.0/24", "via", "203.0.113.100")
		}
		n.Run("sh", "-c", commands(t, page, "servers", true))
		webs = append(webs, serveName(t, n))
	}
	confs := configurations(t, page)
	director := func(name string, host int) *lab.Daemon {
		n := l.Node(name)
		clients.Attach(n, "eth0", fmt.Sprintf("192.0.2.%d/24", host))
		behind.Attach(n, "eth1", fmt.Sprintf("198.51.100.%d/24", host), fmt.Sprintf("203.0.113.%d/24", host))
		n.Run("sh", "-c", commands(t, page, "directors", false))
		return n.Daemon(lab.Program{Name: "ours", Path: oursInGuest}, confs[name])
	}
	first := director("lb1", 11)
	answered(t, client, "web1", "web2")
	director("lb2", 12)
	first.Stop()
	answered(t, client, "web1", "web2")
	webs[0].Close()
	answered(t, client, "web2")
}

// block is commands in a page, with the machines that they are for.
var block = regexp.MustCompile("(?ms)^```sh (\\S+)\n(.*?)^```$")

// withSysctl gives the shell of the guest what its own sysctl cannot do.
const withSysctl = `sysctl() {
	case "$*" in
	--system) for f in /etc/sysctl.d/*.conf; do busybox sysctl -p "$f"; done ;;
	*) busybox sysctl "$@" ;;
	esac
}
set -e
`

// commands are those of a page for some machines; wanted: there have to be some.
func commands(t *testing.T, page, who string, wanted bool) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	all := withSysctl
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		if m[1] == who {
			all += m[2]
			wanted = false
		}
	}
	if wanted {
		t.Fatalf("%s says nothing for %s", page, who)
	}
	return all
}

// serveName answers each request to port 80 of a node with the node's name.
func serveName(t *testing.T, n *lab.Node) io.Closer {
	t.Helper()
	var l net.Listener
	err := n.Do(func() (err error) {
		l, err = net.Listen("tcp", ":80")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(time.Minute))
				for in := bufio.NewScanner(c); in.Scan() && in.Text() != ""; {
				}
				fmt.Fprintf(c, "HTTP/1.0 200 OK\r\n\r\n%s", n.Name)
			}()
		}
	}()
	return l
}

// answered waits until exactly these servers answer the client by turns.
func answered(t *testing.T, client *lab.Node, want ...string) {
	t.Helper()
	var last any
	defer func() {
		if t.Failed() {
			t.Logf("the client was answered by %v, want %v", last, want)
		}
	}()
	lab.Wait(t, lab.Patience, fmt.Sprintf("answers of %v", want), func() bool {
		var seen []string
		for range 4 {
			name, err := fetch(client)
			if err != nil {
				last = err
				return false
			}
			seen = append(seen, name)
		}
		slices.Sort(seen)
		seen = slices.Compact(seen)
		last = seen
		return slices.Equal(seen, want)
	})
}

func fetch(client *lab.Node) (string, error) {
	var c net.Conn
	err := client.Do(func() (err error) {
		c, err = (&net.Dialer{Timeout: 2 * time.Second}).Dial("tcp", "192.0.2.10:80")
		return err
	})
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(2 * time.Second))
	fmt.Fprintf(c, "GET / HTTP/1.0\r\n\r\n")
	page, err := io.ReadAll(c)
	_, name, _ := strings.Cut(string(page), "\r\n\r\n")
	return name, err
}
