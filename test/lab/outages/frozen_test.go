package outages

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

var frozenOutages = []outage{
	{"frozen log reader", "nobody reads /dev/log", calm(frozenLog)},
	{"full stdout", "nobody reads the pipe that the log is printed to", calm(fullPipe)},
	{"planted FIFO", "a FIFO without reader under the name of the dump file, SIGUSR1", calm(plantedFIFO)},
	{"dead resolver", "a name server that does not answer, `smtp_server NAME` at a reload", calm(deadResolver)},
	{"frozen disk", "the disk under the dump files hangs, SIGUSR1, SIGUSR2 and a reload", calm(frozenDumps)},
	{"frozen snmpd", "snmpd hangs at transitions of 200 other instances, a reload and the stop", calm(frozenAgent)},
	{"frozen dbus-daemon", "dbus-daemon hangs at transitions of 200 other instances, a reload and the stop", calm(frozenBus)},
	{"hanging helpers", "notify scripts that hang, a FIFO without reader and a silent mail server, at transitions of another instance", calm(hangingHelpers)},
}

// calm makes adverts rare enough in the short form for what other tests do to the
// machine at the same time not to count as a gap: a fifth of an interval is then
// more than that.
func calm(run func(*site)) func(*site) {
	return func(s *site) {
		if !*full {
			s.interval = time.Second
		}
		run(s)
	}
}

// frozenLog: what the daemon says fills the socket's queue, then nothing fits.
func frozenLog(s *site) {
	d := s.a
	s.listenDeaf(d, "/dev/log")
	d.daemon = d.Node.Daemon(s.program, d.config(), lab.Plain(), lab.Args("-n", "-D"))
	d.inCharge()
	start := time.Now()
	s.chatter(d)
	d.steady(start)
	s.stopsWithin(d, 3*time.Second)
}

// listenDeaf makes a socket that is never read.
func (s *site) listenDeaf(d *director, path string) {
	s.Helper()
	err := d.Do(func() error {
		c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
		if err == nil {
			s.Cleanup(func() { c.Close() })
		}
		return err
	})
	if err != nil {
		s.Fatalf("making %s: %v", path, err)
	}
}

// chatter makes the daemon log a lot for a while.
func (s *site) chatter(d *director) {
	s.Helper()
	p := d.daemon.Process(lab.Parent)
	for range times(60, 40) {
		unix.Kill(p.PID, unix.SIGHUP)
		time.Sleep(100 * time.Millisecond)
	}
}

// stopsWithin ends the daemon; where other tests run at the same time its processes
// and what they end may have to wait for a processor.
func (s *site) stopsWithin(d *director, most time.Duration) {
	s.Helper()
	most += 2 * leeway()
	start := time.Now()
	unix.Kill(d.daemon.Process(lab.Parent).PID, unix.SIGTERM)
	if !happens(10*time.Second, func() bool { return !d.daemon.Running() }) {
		s.note(false, "does not stop", "it stops")
		return
	}
	s.measured("stops in", time.Since(start), most)
	s.saw(!d.HasAddr(vip), "address removed at the stop", "address left behind")
}

// fullPipe: the log goes to a program that hangs.
func fullPipe(s *site) {
	d := s.a
	// The daemon is started by a shell whose own output goes on to be read.
	d.WriteFile("/run/lab/ours.conf", d.config(), 0o644)
	r, w, err := os.Pipe()
	if err != nil {
		s.Fatalf("%v", err)
	}
	s.Cleanup(func() { r.Close() })
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 4096); err != nil {
		s.Fatalf("shrinking the pipe: %v", err)
	}
	cmd := exec.Command(s.program.Path, "-f", "/run/lab/ours.conf", "-n", "-l", "-D")
	cmd.Stdout, cmd.Stderr = w, w
	if err := d.Start(cmd); err != nil {
		s.Fatalf("starting the daemon: %v", err)
	}
	w.Close()
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	if !happens(5*time.Second, func() bool { return d.HasAddr(vip) }) {
		s.note(false, "no master", "a master")
		return
	}
	d.advertises(time.Now())
	start := time.Now()
	for range times(60, 40) {
		cmd.Process.Signal(unix.SIGHUP)
		time.Sleep(100 * time.Millisecond)
	}
	d.steady(start)
	stop := time.Now()
	cmd.Process.Signal(unix.SIGTERM)
	select {
	case <-ended:
		s.measured("stops in", time.Since(stop), 3*time.Second+2*leeway())
		s.saw(!d.HasAddr(vip), "address removed at the stop", "address left behind")
	case <-time.After(10 * time.Second):
		s.note(false, "does not stop", "it stops")
	}
}

func plantedFIFO(s *site) {
	d := s.a
	for _, name := range []string{"/tmp/keepalived.data", "/tmp/keepalived.stats"} {
		d.Run("mkfifo", name)
	}
	d.master()
	start := time.Now()
	d.daemon.Signal(lab.Parent, unix.SIGUSR1)
	d.daemon.Signal(lab.Parent, unix.SIGUSR2)
	d.intervals(times(10, 4))
	d.steady(start)
	s.stopsWithin(d, 3*time.Second)
}

// intervals lets time pass in which the director should advertise.
func (d *director) intervals(n int) {
	start := time.Now()
	happens(time.Duration(n+1)*d.site.interval, func() bool { return len(d.adverts(start)) >= n })
}

func deadResolver(s *site) {
	d := s.a
	d.WriteFile("/run/lab/resolv.conf", "nameserver 192.0.2.99\noptions timeout:5 attempts:4\n", 0o644)
	d.Run("mount", "--bind", "/run/lab/resolv.conf", "/etc/resolv.conf")
	d.master()
	start := time.Now()
	d.global = "notification_email {\n    admin@example.net\n}\nsmtp_server mail.example.net\nsmtp_alert\n"
	mark := d.daemon.Log.Mark()
	d.daemon.Configure(d.config())
	d.daemon.Reload()
	finished := happens(25*time.Second, func() bool { return !d.daemon.Running() || d.reloadOver(mark) })
	s.measured("reload over after", time.Since(start), 6*time.Second)
	s.saw(finished && d.daemon.Running(), "goes on", "does not go on")
	d.steady(start)
}

// hangingHelpers: an instance on another network goes up and down; nothing that
// it calls ever answers.
func hangingHelpers(s *site) {
	d := s.a
	other := s.lab.Segment("other")
	link := other.Attach(d.Node, "eth1", "203.0.113.1/24")
	d.WriteFile("/run/lab/hang", "#!/bin/sh\nexec sleep 1000\n", 0o755)
	d.Run("mkfifo", "/run/lab/fifo")
	s.silentServer()
	d.global = `script_user root
enable_script_security
notification_email {
    admin@example.net
}
smtp_server 192.0.2.3 25
vrrp_notify_fifo /run/lab/fifo
`
	d.rest = fmt.Sprintf(`
vrrp_instance VI_2 {
    state BACKUP
    interface eth1
    virtual_router_id 52
    advert_int %g
    notify /run/lab/hang
    smtp_alert
    virtual_ipaddress {
        203.0.113.100/24
    }
}
`, s.interval.Seconds())
	d.master()
	start := time.Now()
	for range times(10, 3) {
		d.WaitAddr("203.0.113.100")
		link.Unplug()
		d.WaitNoAddr("203.0.113.100")
		link.Plug()
	}
	d.intervals(4)
	d.steady(start)
	s.stopsWithin(d, 4*time.Second)
}

// silentServer accepts mail connections on the client and says nothing.
func (s *site) silentServer() {
	s.Helper()
	err := s.client.Do(func() error {
		l, err := net.Listen("tcp", "192.0.2.3:25")
		if err != nil {
			return err
		}
		s.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go io.Copy(io.Discard, c)
			}
		}()
		return nil
	})
	if err != nil {
		s.Fatalf("making a mail server: %v", err)
	}
}
