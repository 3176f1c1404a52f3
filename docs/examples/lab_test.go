package examples

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// sideBySide is how many pairs run at a time: they mostly wait.
const sideBySide = "6"

func TestMain(m *testing.M) {
	os.Exit(lab.Main(func() int {
		flag.Parse()
		if err := flag.Set("test.parallel", sideBySide); err != nil {
			panic(err)
		}
		return m.Run()
	}))
}

// TestPairs runs the two directors of each page: lb1 has the addresses, and lb2
// when lb1 is gone. What the pages watch is not there, on neither of them.
func TestPairs(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if page == "README.md" {
			continue
		}
		t.Run(strings.TrimSuffix(page, ".md"), func(t *testing.T) {
			t.Parallel()
			failover(t, configurations(t, page))
		})
	}
}

func failover(t *testing.T, confs map[string]string) {
	l := lab.New(t)
	clients, servers := l.Segment("clients"), l.Segment("servers")
	nodes := map[string]*lab.Node{}
	for host, n := range map[string]string{"lb1": "11", "lb2": "12"} {
		nodes[host] = l.Node(host)
		clients.Attach(nodes[host], "eth0", "192.0.2."+n+"/24", "2001:db8:2::"+n+"/64")
		servers.Attach(nodes[host], "eth1", "198.51.100."+n+"/24")
	}
	first := nodes["lb1"].Daemon(lab.Ours(t), confs["lb1"])
	vips := addresses(confs["lb1"])
	for _, vip := range vips {
		nodes["lb1"].WaitAddr(vip)
	}
	nodes["lb2"].Daemon(lab.Ours(t), confs["lb2"])
	first.Stop()
	for _, vip := range vips {
		nodes["lb2"].WaitAddr(vip)
		nodes["lb1"].WaitNoAddr(vip)
	}
}

// addresses returns what stands in the virtual_ipaddress blocks.
func addresses(conf string) (vips []string) {
	for _, block := range strings.Split(conf, "virtual_ipaddress {")[1:] {
		entries, _, _ := strings.Cut(block, "}")
		for _, entry := range strings.Fields(entries) {
			addr, _, _ := strings.Cut(entry, "/")
			vips = append(vips, addr)
		}
	}
	return vips
}
