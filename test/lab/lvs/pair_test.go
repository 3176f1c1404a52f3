package lvs

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// pair is two directors with a virtual address, two web servers on the same
// network that answer clients directly, and a client.
type pair struct {
	*site
	dirs    [2]*lab.Node
	cables  [2]*lab.Link // of the directors
	daemons [2]*lab.Daemon
	webs    [2]*web
}

const vip = "192.0.2.10"

// tutorialPair is a pair as tutorials set it up.
func tutorialPair(t *testing.T, programs [2]lab.Program, global string) *pair {
	l := lab.New(t)
	p := &pair{site: &site{t: t, lab: l, front: l.Segment("front")}}
	p.client = l.Node("client")
	p.front.Attach(p.client, "eth0", "192.0.2.100/24", "192.0.2.101/24")
	f := families[0]
	for i := range p.webs {
		r := l.Node(fmt.Sprintf("r%d", i+1))
		p.reals = append(p.reals, r)
		p.front.Attach(r, "eth0", f.mask(f.front(21+i)))
		p.acceptOnLoopback(i+1, f, vip)
		p.webs[i] = newWeb(t, r, "80")
	}
	for i := range p.dirs {
		d := l.Node(fmt.Sprintf("lb%d", i+1))
		p.dirs[i] = d
		p.cables[i] = p.front.Attach(d, "eth0", f.mask(f.front(1+i)))
		sysctl(t, d, "net/ipv4/ip_forward", "1")
		p.daemons[i] = d.Daemon(programs[i], tutorialConf(i, global))
	}
	p.daemons[0].WaitState("VI_1", "MASTER")
	p.daemons[1].WaitState("VI_1", "BACKUP")
	p.dirs[0].WaitAddr(vip)
	return p
}

func tutorialConf(i int, global string) string {
	state, priority := "MASTER", 100
	if i == 1 {
		state, priority = "BACKUP", 90
	}
	var b strings.Builder
	fmt.Fprintf(&b, `! Configuration File for keepalived
global_defs {
   router_id LVS_DEVEL_%d
   %s
}
vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        %s
    }
}
virtual_server %s 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    persistence_timeout 50
    protocol TCP
`, i+1, global, state, priority, vip, vip)
	for i := range 2 {
		fmt.Fprintf(&b, `    real_server 192.0.2.%d 80 {
        weight 1
        TCP_CHECK {
            connect_port 80
            connect_timeout 3
            nb_get_retry 3
            delay_before_retry 3
        }
    }
`, 21+i)
	}
	return b.String() + "}\n"
}

// from fetches a page from the virtual address as the client with an address.
func (p *pair) from(addr string) (string, error) {
	return fetchFrom(p.client, addr, vip, "80")
}

// servers waits until both directors have just these real servers.
func (p *pair) servers(want ...int) {
	p.t.Helper()
	for _, d := range p.dirs {
		wait(p.t, fmt.Sprintf("%s has servers %v", d.Name, want), func() (bool, string) {
			out := strings.Join(table(p.t, d), "\n")
			ok := strings.Count(out, " -r ") == len(want)
			for _, i := range want {
				ok = ok && strings.Contains(out, fmt.Sprintf(" -r 192.0.2.%d:80 -g", 20+i))
			}
			return ok, out
		})
	}
}

// The pair of the tutorials: persistence, a web server that dies and comes
// back, a director that dies and comes back; ours with ours and with C.
func TestKernelTutorialPair(t *testing.T) {
	needGuest(t)
	for _, programs := range [][2]lab.Program{{ours(), ours()}, {ours(), theC()}, {theC(), ours()}} {
		t.Run(programs[0].Name+"_"+programs[1].Name, func(t *testing.T) {
			p := tutorialPair(t, programs, "")
			page := func(addr, want string) {
				t.Helper()
				wait(t, addr+" gets its page from "+want, func() (bool, string) {
					got, err := p.from(addr)
					return got == want, fmt.Sprint(got, err)
				})
			}
			first, err := p.from("192.0.2.100")
			if err != nil {
				t.Fatal(err)
			}
			other := map[string]string{"r1": "r2", "r2": "r1"}[first]
			page("192.0.2.101", other) // the next in turn
			for range 4 {              // and each stays where it is
				page("192.0.2.100", first)
				page("192.0.2.101", other)
			}
			dies, number := p.webs[0], 1
			if first == "r2" {
				dies, number = p.webs[1], 2
			}
			dies.die()
			p.servers(3 - number)
			page("192.0.2.100", other)
			dies.start()
			p.servers(1, 2)
			page("192.0.2.100", other) // persistent
			p.daemons[0].Kill9()
			p.front.Isolate(p.cables[0]) // the machine died
			p.daemons[1].WaitState("VI_1", "MASTER")
			wait(t, "the other director serves", func() (bool, string) {
				got, err := p.from("192.0.2.100")
				return err == nil, fmt.Sprint(got, err)
			})
		})
	}
}

// talk is a connection on which each line gets an answer.
type talk struct {
	conn net.Conn
	in   *bufio.Reader
	n    int
}

func (p *pair) talk() *talk {
	p.t.Helper()
	c := new(talk)
	err := p.client.Do(func() (err error) {
		c.conn, err = net.DialTimeout("tcp", vip+":80", 5*time.Second)
		return err
	})
	if err != nil {
		p.t.Fatalf("connecting to the virtual address: %v", err)
	}
	p.t.Cleanup(func() { c.conn.Close() })
	c.in = bufio.NewReader(c.conn)
	return c
}

// say sends a line and waits for its answer.
func (c *talk) say() (string, error) {
	c.n++
	c.conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := fmt.Fprintf(c.conn, "echo %d\n", c.n); err != nil {
		return "", err
	}
	line, err := c.in.ReadString('\n')
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if err == nil && rest != fmt.Sprintf("echo %d", c.n) {
		err = fmt.Errorf("wrong answer %q", line)
	}
	return name, err
}

// The active director dies and the other goes on with the connections that the
// sync daemon carried over. Without one they break.
func TestKernelSyncDaemon(t *testing.T) {
	needGuest(t)
	for _, c := range []struct {
		name     string
		programs [2]lab.Program
		global   string
	}{
		{"ours_ours", [2]lab.Program{ours(), ours()}, "lvs_sync_daemon eth0 VI_1 id 51"},
		{"ours_C", [2]lab.Program{ours(), theC()}, "lvs_sync_daemon eth0 VI_1 id 51"},
		{"C_ours", [2]lab.Program{theC(), ours()}, "lvs_sync_daemon eth0 VI_1 id 51"},
		{"without", [2]lab.Program{ours(), ours()}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := tutorialPair(t, c.programs, c.global)
			synced := c.global != ""
			if synced {
				p.syncs(0, "master")
				p.syncs(1, "backup")
			}
			conn := p.talk()
			name := ""
			for range 10 { // the kernel tells of a connection after some packets
				got, err := conn.say()
				if err != nil {
					t.Fatal(err)
				}
				name = got
			}
			if synced {
				wait(t, "the other director knows the connection", func() (bool, string) {
					out := p.dirs[1].Run("ipvsadm", "-Lcn")
					return strings.Contains(out, "ESTABLISHED"), out
				})
			}
			p.daemons[0].Kill9()
			p.front.Isolate(p.cables[0])
			p.daemons[1].WaitState("VI_1", "MASTER")
			if synced {
				p.syncs(1, "master")
			}
			got, err := conn.say()
			if synced && (err != nil || got != name) {
				t.Errorf("after the director died the connection got %q, %v; want %s", got, err, name)
			}
			if !synced && err == nil {
				t.Error("the connection survived without a sync daemon, so the test shows nothing")
			}
			p.daemons[1].Stop()
			if out := p.dirs[1].Run("ipvsadm", "-L", "--daemon"); strings.TrimSpace(out) != "" {
				t.Errorf("left after the stop: %q", out)
			}
		})
	}
}

// syncs waits until a director runs the sync daemon of a kind, and only that.
func (p *pair) syncs(i int, kind string) {
	p.t.Helper()
	wait(p.t, p.dirs[i].Name+" runs the "+kind+" sync daemon", func() (bool, string) {
		out := p.dirs[i].Run("ipvsadm", "-L", "--daemon")
		return strings.Contains(out, kind+" sync daemon (mcast=eth0, syncid=51") && strings.Count(out, "sync daemon") == 1, out
	})
}
