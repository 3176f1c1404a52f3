package main

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/ipvs"
	"keepalived/test/lab"
)

// config is services with real servers; each hundredth has servers of a given
// weight, among them the last. With a checker each server is checked every
// second.
func config(services, servers, weight int, checker string) string {
	var b strings.Builder
	b.WriteString("global_defs {\nrouter_id bench\n}\n")
	loop := 60
	if checker != "" {
		loop = 1
	}
	for i := range services {
		w := 1
		if i%100 == 99 {
			w = weight
		}
		fmt.Fprintf(&b, "virtual_server %s 80 {\ndelay_loop %d\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n", serviceAddr(i), loop)
		for j := range servers {
			fmt.Fprintf(&b, "real_server %s 80 {\nweight %d\n%s}\n", serverAddr(i*servers+j), w, checker)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func serviceAddr(i int) netip.Addr { return number(20, i) }
func serverAddr(i int) netip.Addr  { return number(100, i) }

func number(net byte, i int) netip.Addr {
	i++
	return netip.AddrFrom4([4]byte{10, net + byte(i>>16), byte(i >> 8), byte(i)})
}

func key(i int) ipvs.ServiceKey {
	return ipvs.AddressKey(unix.IPPROTO_TCP, netip.AddrPortFrom(serviceAddr(i), 80))
}

// director is a node with a daemon and a view of its table.
type director struct {
	*bench
	node   *lab.Node
	daemon *lab.Daemon
	kernel *ipvs.Client
}

func (b *bench) director() (*director, error) {
	d := &director{bench: b, node: lab.New(b.t).Node("dir")}
	err := d.node.Do(func() (err error) {
		d.kernel, err = ipvs.Open(ipvs.Options{})
		return err
	})
	if err == nil {
		b.t.Cleanup(func() { d.kernel.Close() })
	}
	return d, err
}

func (d *director) start(conf string) {
	d.daemon = d.node.Daemon(d.program, conf, lab.Plain(), lab.Args("-n", "-l", "-G", "-C"))
}

// warmUp starts and stops the daemon once with next to nothing to do: the first
// start of all has files to read and nodes to prepare, which is about neither
// binary.
func (d *director) warmUp() error {
	d.start(config(1, 1, 1, ""))
	if _, err := until(10*time.Minute, func() bool { return d.has(0, 1, 1) }); err != nil {
		return err
	}
	_, err := d.stopped()
	return err
}

// has reports whether a service has so many servers with a weight.
func (d *director) has(service, servers, weight int) bool {
	list, err := d.kernel.Destinations(key(service))
	if err != nil || len(list) != servers {
		return false
	}
	for _, s := range list {
		if int(s.Weight) != weight {
			return false
		}
	}
	return true
}

// count is the services and servers, and the servers with weight 2.
func (d *director) count() (services, servers, two int) {
	table, err := d.kernel.Table()
	if err != nil {
		return -1, -1, -1
	}
	for _, e := range table {
		services++
		for _, s := range e.Destinations {
			servers++
			if s.Weight == 2 {
				two++
			}
		}
	}
	return services, servers, two
}

// cpu is the processor time of all the daemon's processes so far, in seconds.
func (d *director) cpu() float64 {
	user, system := d.times()
	return user + system
}

// times is that time in the program and in the kernel.
func (d *director) times() (inUser, inSystem float64) {
	for _, p := range d.daemon.Processes() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID))
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(after)
		user, _ := strconv.Atoi(f[11])
		system, _ := strconv.Atoi(f[12])
		inUser += float64(user) / 100
		inSystem += float64(system) / 100
	}
	return inUser, inSystem
}

// rss is what all the daemon's processes hold, in MB.
func (d *director) rss() float64 {
	total := 0.0
	for _, p := range d.daemon.Processes() {
		mb := float64(p.RSS()) / 1e6
		fmt.Printf("# %c process %d: %.1f MB\n", 'A'+d.figures.turn, p.PID, mb)
		total += mb
	}
	return total
}

// stopped ends the daemon and returns how long that took.
func (d *director) stopped() (time.Duration, error) {
	begun := time.Now()
	d.daemon.Term()
	_, err := until(10*time.Minute, func() bool { return !d.daemon.Running() })
	return time.Since(begun), err
}
