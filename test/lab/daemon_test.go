package lab_test

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

const vip = "192.0.2.100"

const config = `global_defs {
    router_id lab
    vrrp_version 3
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 0.1
    virtual_ipaddress {
        192.0.2.100/24
    }
}
`

// eachKind runs a test with both daemons.
func eachKind(t *testing.T, f func(t *testing.T, p lab.Program)) {
	for _, kind := range []func(lab.TB) lab.Program{lab.Ours, lab.CKeepalived} {
		p := kind(t)
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
}

func TestDaemonLife(t *testing.T) {
	eachKind(t, func(t *testing.T, p lab.Program) {
		r := newPair(t)
		d := r.a.Daemon(p, config)
		d.WaitState("VI_1", "MASTER")
		r.a.WaitAddr(vip)
		if n := len(d.Processes()); n < 2 {
			t.Errorf("%d processes, want the parent and a child", n)
		}
		parent, child := d.Process(lab.Parent), d.Process(lab.VRRP)
		if child.Parent != parent.PID {
			t.Errorf("the VRRP process %+v is not a child of the parent %+v", child, parent)
		}
		if rss := child.RSS(); rss < 1<<20 || rss > 1<<30 {
			t.Errorf("RSS is %d bytes", rss)
		}

		mark := d.Log.Mark()
		d.Configure(strings.Replace(config, "priority 100", "priority 90", 1))
		at := time.Now()
		d.Reload()
		r.frames.Wait(lab.Patience, "an advert with the new priority", lab.After(at), lab.Priority(90), lab.VRID(51))
		d.Log.WaitSince(mark, lab.Patience, "Reload")

		d.KillChild(lab.VRRP)
		lab.Wait(t, lab.Patience, "another VRRP process", func() bool { return d.Process(lab.VRRP).PID != child.PID })
		at = time.Now()
		r.frames.Wait(lab.Patience, "an advert of the new process", lab.After(at), lab.From(r.a), lab.Alive)

		d.Stop()
		if r.a.HasAddr(vip) || len(r.a.Processes()) != 0 {
			t.Errorf("it left %v and processes %v behind", r.a.Addrs(), r.a.Processes())
		}
	})
}

func TestKill9LeavesNoProcess(t *testing.T) {
	eachKind(t, func(t *testing.T, p lab.Program) {
		r := newPair(t)
		d := r.a.Daemon(p, config)
		r.a.WaitAddr(vip)
		d.Kill9()
		if left := d.Processes(); len(left) != 0 || d.Running() {
			t.Errorf("still there: %v", left)
		}
		if !r.a.HasAddr(vip) {
			t.Errorf("the address is gone although nobody can have removed it")
		}
		if zero := r.frames.Select(lab.Priority(0)); len(zero) != 0 {
			t.Errorf("a killed daemon said goodbye %d times", len(zero))
		}
	})
}

func TestPauseOfTheMachine(t *testing.T) {
	eachKind(t, func(t *testing.T, p lab.Program) {
		r := newPair(t)
		d := r.a.Daemon(p, config)
		r.a.WaitAddr(vip)
		d.PauseAll()
		at := time.Now().Add(20 * time.Millisecond)
		time.Sleep(500 * time.Millisecond)
		if got := r.frames.Select(lab.After(at), lab.From(r.a), lab.AnyAdvert); len(got) != 0 {
			t.Errorf("%d adverts of a daemon that is stopped", len(got))
		}
		at = time.Now()
		d.ResumeAll()
		r.frames.Wait(lab.Patience, "an advert after the pause", lab.After(at), lab.From(r.a), lab.Alive)
	})
}

func TestSyslogOfADaemonInTheBackground(t *testing.T) {
	eachKind(t, func(t *testing.T, p lab.Program) {
		r := newPair(t)
		syslog := r.a.Syslog()
		d := r.a.Daemon(p, config, lab.Plain(), lab.Args("-D", "-S", "2"))
		line := syslog.Wait("(VI_1) Entering MASTER STATE")
		// Facility local2 is 18: 18*8 and a severity.
		if !strings.HasPrefix(line.Text, "<15") || !strings.Contains(line.Text, "Keepalived_vrrp[") {
			t.Errorf("syslog line is %q", line.Text)
		}
		r.a.WaitAddr(vip)
		d.Stop()
		if r.a.HasAddr(vip) {
			t.Errorf("the address is still there")
		}
	})
}
