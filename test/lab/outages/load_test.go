package outages

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

var loadOutages = []outage{
	{"CPU hogs", "four processes per processor that only compute", hogs},
	{"scripts", "200 scripts at once, every second", manyScripts},
	{"churn", "interfaces and addresses made and removed all the time", churn},
}

// hogs: the daemon competes for the processor with the usual priority.
func hogs(s *site) {
	d := s.a
	d.master()
	for range 8 {
		cmd := exec.Command("sh", "-c", "while :; do :; done")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := d.Start(cmd); err != nil {
			s.Fatalf("starting a process that computes: %v", err)
		}
		defer func() {
			cmd.Process.Kill()
			cmd.Wait()
		}()
	}
	start := time.Now()
	d.intervals(times(50, 15))
	d.steady(start)
}

func manyScripts(s *site) {
	d := s.a
	var scripts, tracks strings.Builder
	for i := range times(200, 100) {
		fmt.Fprintf(&scripts, "vrrp_script s%d {\n    script \"/bin/sleep 0.2\"\n    interval 1\n    timeout 5\n}\n", i)
		fmt.Fprintf(&tracks, "    s%d\n", i)
	}
	d.global = "script_user root\n"
	d.instance = "track_script {\n" + tracks.String() + "}\n"
	d.scripts = scripts.String()
	d.start()
	d.inCharge()
	start := time.Now()
	d.intervals(times(50, 20))
	d.steady(start)
	d.endsClean()
}

// endsClean ends the daemon; none of its scripts may be left.
func (d *director) endsClean() {
	s := d.site
	unix.Kill(d.daemon.Process(lab.Parent).PID, unix.SIGTERM)
	happens(5*time.Second, func() bool { return !d.daemon.Running() })
	s.saw(happens(time.Second, func() bool { return len(d.Processes()) == 0 }), "no script left at the stop", "scripts left at the stop")
}

// churn: what the kernel reports has nothing to do with the instance.
func churn(s *site) {
	d := s.a
	d.master()
	watch := d.WatchAddrs()
	start := time.Now()
	n := times(200, 40)
	d.Run("sh", "-c", fmt.Sprintf(`for i in $(seq %d); do
		ip link add d$i type veth peer name e$i && ip addr add 10.1.$i.1/24 dev d$i && ip link set d$i up
		ip addr add 192.0.2.50/24 dev eth0 && ip addr del 192.0.2.50/24 dev eth0
		ip link del d$i
	done`, n))
	d.steady(start)
	s.saw(!dropped(watch, vip), "address kept", "address dropped")
}
