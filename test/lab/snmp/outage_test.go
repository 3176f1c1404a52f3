package snmp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

const pairConfig = `
global_defs {
    enable_traps
    enable_snmp_vrrp
    enable_snmp_rfc
    snmp_socket unix:/run/agentx/master
    vrrp_version 3
}
vrrp_instance V {
    interface eth0
    virtual_router_id 3
    advert_int 0.1
    priority PRIORITY
    virtual_ipaddress {
        ADDRESSES
    }
}
vrrp_instance W {
    interface eth1
    virtual_router_id 4
    priority 100
    virtual_ipaddress {
        198.51.100.10/24
    }
}
`

// pair is a router with a master agent, and its backup, which takes over when
// three adverts in a row are missing.
type pair struct {
	agent          *agent
	other          *lab.Link
	master, backup *lab.Daemon
	frames         *lab.Capture
	addresses      string
}

func newPair(t *testing.T, addresses ...string) *pair {
	t.Helper()
	l := lab.New(t)
	n, peer := l.Node("router"), l.Node("peer")
	lan := l.Segment("lan")
	lan.Attach(n, "eth0", "192.0.2.1/24")
	lan.Attach(peer, "eth0", "192.0.2.2/24")
	p := &pair{frames: lan.Capture(), addresses: strings.Join(append(addresses, "192.0.2.10/24"), "\n")}
	p.other = l.Segment("other").Attach(n, "eth1", "198.51.100.1/24")
	p.agent = newAgent(t, n)
	p.master = n.Daemon(lab.Ours(t), p.config("200"))
	p.backup = peer.Daemon(lab.Ours(t), strings.Replace(p.config("100"), "enable_", "#enable_", -1))
	p.master.WaitState("V", "MASTER")
	p.backup.WaitState("V", "BACKUP")
	p.agent.waitValue(keepalivedMIB+".2.3.1.4.1", "2")
	return p
}

func (p *pair) config(priority string) string {
	return strings.NewReplacer("PRIORITY", priority, "ADDRESSES", p.addresses).Replace(pairConfig)
}

// noTakeover fails the test if the backup has taken over since it was backup.
func (p *pair) noTakeover(t *testing.T, mark int) {
	t.Helper()
	if n := p.backup.Log.Count(mark, "(V) Entering MASTER STATE"); n > 0 {
		t.Errorf("the backup took over %d times", n)
	}
}

// adverts waits for some more of the master.
func (p *pair) adverts(t *testing.T, n int) {
	t.Helper()
	since := time.Now()
	lab.Wait(t, lab.Patience, fmt.Sprintf("%d adverts", n), func() bool {
		return len(p.frames.Select(lab.From(p.master.Node), lab.VRID(3), lab.After(since))) >= n
	})
}

// longestGap is that between two adverts of the master.
func (p *pair) longestGap() (longest time.Duration) {
	var last time.Time
	for _, f := range p.frames.Select(lab.From(p.master.Node), lab.VRID(3)) {
		if !last.IsZero() {
			longest = max(longest, f.At.Sub(last))
		}
		last = f.At
	}
	return longest
}

// TestFrozenAgent stops the master agent for longer than the subagent waits for
// it, while there is much to notify of. Not one takeover comes of it, and when
// it goes on, the last notification tells the last state.
func TestFrozenAgent(t *testing.T) {
	p := newPair(t)
	backup := p.backup.Log.Mark()
	p.agent.signal(unix.SIGSTOP)
	log := p.master.Log.Mark()
	for range 10 {
		for _, x := range []struct {
			change func()
			line   string
		}{{p.other.Down, "(W) Entering FAULT STATE"}, {p.other.Up, "(W) Entering BACKUP STATE"}} {
			mark := p.master.Log.Mark()
			x.change()
			p.master.Log.WaitSince(mark, lab.Patience, x.line)
		}
	}
	p.master.Log.WaitSince(log, lab.Patience, "AgentX master disconnected us")
	p.master.Reload() // which has something to do with SNMP, too
	p.master.Log.WaitSince(log, lab.Patience, "Reload complete")
	p.adverts(t, 50)
	p.other.Down()
	p.master.WaitState("W", "FAULT")
	traps := p.agent.traps.Mark()
	p.agent.signal(unix.SIGCONT)
	p.agent.waitValue(keepalivedMIB+".2.3.1.4.2", "3")
	p.noTakeover(t, backup)
	t.Logf("longest gap between adverts: %v of 100 ms", p.longestGap())
	lab.Wait(t, lab.Patience, "the last notification about W says that it is in fault", func() bool {
		last := ""
		for _, line := range p.agent.traps.Since(traps) {
			if strings.Contains(line.Text, keepalivedMIB+`.2.3.1.2 = "W"`) {
				last = line.Text
			}
		}
		return strings.Contains(last, instanceIs("W", "3"))
	})
	p.agent.signal(unix.SIGSTOP)
	traps = p.agent.traps.Mark()
	p.master.Stop() // does not wait for it
	p.agent.signal(unix.SIGCONT)
	for _, name := range []string{"V", "W"} { // told all the same
		p.agent.traps.WaitSince(traps, lab.Patience, instanceIs(name, "5"))
	}
}

// TestRestartedAgent kills the master agent and starts another one.
func TestRestartedAgent(t *testing.T) {
	p := newPair(t)
	backup := p.backup.Log.Mark()
	for range 2 {
		p.agent.kill()
		p.adverts(t, 10)
		traps := p.agent.traps.Mark()
		p.other.Down()
		p.master.WaitState("W", "FAULT")
		p.other.Up()
		p.agent.start()
		p.agent.waitValue(keepalivedMIB+".2.3.1.4.1", "2")
		p.agent.waitValue(vrrp3MIB+".1.1.1.1.6.2.3.1", "3")
		p.agent.traps.WaitSince(traps, lab.Patience, instanceIs("W", "3")) // of the time without it
		p.master.WaitState("W", "MASTER")
		p.agent.traps.WaitSince(traps, lab.Patience, instanceIs("W", "2"))
	}
	p.noTakeover(t, backup)
}

// TestReload switches SNMP off and on, and parts of it.
func TestReload(t *testing.T) {
	p := newPair(t)
	backup := p.backup.Log.Mark()
	reload := func(edit ...string) {
		t.Helper()
		mark := p.master.Log.Mark()
		p.master.Configure(strings.NewReplacer(edit...).Replace(p.config("200")))
		p.master.Reload()
		p.master.Log.WaitSince(mark, lab.Patience, "Reload complete")
	}
	state, rfc := keepalivedMIB+".2.3.1.4.1", vrrp3MIB+".1.1.1.1.6.2.3.1"
	for range 3 {
		reload("enable_", "#enable_")
		p.agent.waitGone(state)
		p.agent.waitGone(rfc)
		reload()
		p.agent.waitValue(state, "2")
		p.agent.waitValue(rfc, "3")
	}
	reload("enable_snmp_rfc", "")
	p.agent.waitGone(rfc)
	p.agent.waitValue(state, "2")
	reload("enable_snmp_vrrp", "")
	p.agent.waitGone(state)
	p.agent.waitValue(rfc, "3")
	traps := p.agent.traps.Mark()
	reload("enable_traps", "")
	p.other.Down()
	p.master.WaitState("W", "FAULT")
	p.agent.waitValue(keepalivedMIB+".2.3.1.4.2", "3")
	if n := p.agent.traps.Count(traps, keepalivedMIB+`.2.3.1.2 = "W"`); n > 0 {
		t.Errorf("%d notifications about W, which are switched off", n)
	}
	p.noTakeover(t, backup)
}

// TestManyAddresses walks a column of 1,000 addresses again and again while
// adverts go on.
func TestManyAddresses(t *testing.T) {
	var addresses []string
	for i := range 1000 {
		addresses = append(addresses, fmt.Sprintf("10.%d.%d.%d/32", 1+i/500, i%500/100, 1+i%100))
	}
	// Adverts have room for 255: the others are not advertised.
	p := newPair(t, strings.Join(addresses[:200], "\n")+"\n192.0.2.11/24\n}\nvirtual_ipaddress_excluded {\n"+strings.Join(addresses[200:], "\n"))
	const set = keepalivedMIB + ".2.6.1.10.1.1001"
	p.agent.waitValue(set, "1")
	backup := p.backup.Log.Mark()
	for range 10 {
		if lines := p.agent.walk(keepalivedMIB + ".2.6.1.3.1"); len(lines) != 1002 {
			t.Errorf("%d addresses", len(lines))
		}
	}
	p.noTakeover(t, backup)
}

// TestChildDies kills the VRRP child: its successor serves the same objects, by
// TCP as well.
func TestChildDies(t *testing.T) {
	l := lab.New(t)
	n := l.Node("router")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	a := newAgent(t, n)
	d := n.Daemon(lab.Ours(t), strings.Replace(setConfig, "unix:"+agentxSocket, "tcp:127.0.0.1:705", 1))
	state := keepalivedMIB + ".2.3.1.4.1"
	a.waitValue(state, "2")
	for range 3 {
		mark := d.Log.Mark()
		d.KillChild(lab.VRRP)
		d.Log.WaitSince(mark, lab.Patience, "AgentX subagent connected")
		a.waitValue(state, "2")
	}
	// A reload can change the way, too.
	mark := d.Log.Mark()
	d.Configure(setConfig)
	d.Reload()
	d.Log.WaitSince(mark, lab.Patience, "AgentX subagent connected")
	a.waitValue(state, "2")
}
