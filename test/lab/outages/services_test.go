package outages

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// service is a program that the daemon talks to, and that stops answering.
type service struct{ cmd *exec.Cmd }

// serve starts a program in the director's node; when it answers is up to the
// caller.
func (d *director) serve(argv ...string) *service {
	d.site.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		lab.Must(d.site, &lab.Missing{What: "it needs " + argv[0] + " (apt-get install dbus snmpd snmp)"})
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR=/run/snmp", "SNMPCONFPATH=/run/lab")
	if err := d.Start(cmd); err != nil {
		d.site.Fatalf("starting %s: %v", argv[0], err)
	}
	d.site.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &service{cmd}
}

func (s *service) freeze() { unix.Kill(s.cmd.Process.Pid, unix.SIGSTOP) }

// frozenAgent: the master agent of SNMP.
func frozenAgent(s *site) {
	d := s.a
	d.Run("mkdir", "-p", "/run/agentx", "/run/snmp")
	d.WriteFile("/run/lab/snmpd.conf", `master agentx
agentXSocket unix:/run/agentx/master
agentAddress udp:127.0.0.1:161
rwcommunity public 127.0.0.1
trap2sink 127.0.0.1 public
`, 0o644)
	agent := d.serve("snmpd", "-f", "-C", "-c", "/run/lab/snmpd.conf", "-Lf", "/run/lab/snmpd.log")
	d.talkative("enable_traps\nenable_snmp_vrrp\nenable_snmp_rfc\nsnmp_socket unix:/run/agentx/master\n")
	d.start(lab.Args("-x"))
	d.inCharge()
	const instanceState = ".1.3.6.1.4.1.9586.100.5.2.3.1.4.1"
	lab.Wait(s, lab.Patience, "the agent knows the state of an instance", func() bool {
		out, err := d.Output("env", "MIBS=", "SNMPCONFPATH=/run/lab", "snmpget", "-v2c", "-c", "public", "-t", "2", "-On", "-Oe", "-OQ", "127.0.0.1", instanceState)
		return err == nil && strings.Contains(out, " = 2")
	})
	s.servesOn(d, agent)
}

// frozenBus: the system bus.
func frozenBus(s *site) {
	d := s.a
	const socket, config = "/run/dbus/system_bus_socket", "/run/lab/bus.conf"
	root, err := filepath.Abs("../../..")
	if err != nil {
		s.Fatalf("%v", err)
	}
	// The C daemon reads the descriptions of its interfaces from there.
	d.Run("mount", "-t", "tmpfs", "none", "/usr/share/dbus-1")
	d.Run("mkdir", "-p", "/usr/share/dbus-1/interfaces", filepath.Dir(socket))
	for _, name := range []string{"Vrrp", "Instance"} {
		file := "org.keepalived.Vrrp1." + name + ".xml"
		d.Run("cp", root+"/internal/dbus/"+file, "/usr/share/dbus-1/interfaces/")
	}
	d.WriteFile(config, `<busconfig>
  <type>system</type>
  <listen>unix:path=`+socket+`</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`, 0o644)
	bus := d.serve("dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile")
	lab.Wait(s, lab.Patience, "the bus listens", func() bool {
		_, err := d.Output("test", "-S", socket)
		return err == nil
	})
	d.talkative("enable_dbus\n")
	d.start()
	d.inCharge()
	lab.Wait(s, lab.Patience, "the daemon is on the bus", func() bool {
		out, err := d.Output("dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.keepalived.Vrrp1")
		return err == nil && strings.Contains(out, "boolean true")
	})
	s.servesOn(d, bus)
}

// chatty is how many instances say something at each change of a link.
func chatty() int { return times(200, 60) }

// talkative gives the director instances on another network.
func (d *director) talkative(global string) {
	s := d.site
	s.lab.Segment("other").Attach(d.Node, "eth1", "203.0.113.1/24")
	d.global = global
	var b strings.Builder
	for i := range chatty() {
		fmt.Fprintf(&b, `
vrrp_instance T_%d {
    state MASTER
    interface eth1
    virtual_router_id %d
    advert_int %g
    virtual_ipaddress {
        198.51.100.%d/32
    }
}
`, i, i+1, s.interval.Seconds(), i+1)
	}
	d.rest = b.String()
}

// servesOn freezes what the daemon talks to. It has more to say than fits into
// the queue, is told to reload, and at last to stop.
func (s *site) servesOn(d *director, frozen *service) {
	s.Helper()
	frozen.freeze()
	start := time.Now()
	n := times(10, 3)
	went := 0
	for range n {
		mark := d.daemon.Log.Mark()
		d.Run("ip", "link", "set", "eth1", "down")
		down := d.follow(mark, "Entering FAULT STATE")
		d.Run("ip", "link", "set", "eth1", "up")
		if !down || !d.follow(mark, "Entering BACKUP STATE") {
			break
		}
		went++
	}
	s.saw(went == n, "all transitions made", fmt.Sprintf("after %d transitions no other in %v", 2*went, followWithin))
	mark := d.daemon.Log.Mark()
	d.daemon.Reload()
	asked := time.Now()
	s.saw(happens(15*time.Second, func() bool { return d.reloadOver(mark) }), "reloaded", "not reloaded in 15 s")
	s.measured("reload over after", time.Since(asked), 5*time.Second)
	d.intervals(times(25, 4))
	d.steady(start)
	s.stopsWithin(d, 4*time.Second)
}

// followWithin is how long the instances may take to follow their link.
const followWithin = 15 * time.Second

func (d *director) follow(mark int, line string) bool {
	return happens(followWithin, func() bool { return d.daemon.Log.Count(mark, line) >= chatty() })
}
