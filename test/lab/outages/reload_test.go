package outages

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

var reloadOutages = []outage{
	{"mutations", "150 one-token mistakes in a valid file, each followed by SIGHUP", mutations(basic, 150)},
	{"mutations groups", "60 in a file with sync groups, scripts, FIFO, unicast, tracked files, processes and interfaces", mutations(grouped, 60)},
	{"mutations VMAC", "60 in a file with VMACs, IPv6, virtual routes and rules", mutations(vmacs, 60)},
	{"mutations BFD", "60 in a file with BFD sessions, while a backup listens", mutations(bfds, 60)},
	{"rewrites", "file rewritten in place while reloads run", rewrites},
	{"reloads", "500 reloads in a row", reloads},
}

// extra is what the good file of every other reload has and the others do not.
const extra = "192.0.2.109"

// goods are two valid versions of a configuration; the second one has one more
// address.
func (d *director) goods() [2]string {
	one := d.config()
	line := "        " + vip + "/24\n"
	return [2]string{one, strings.Replace(one, line, line+"        "+extra+"/24\n", 1)}
}

// mutations makes n mistakes in a kind of file, one at a time. After each of
// them a good file is read, and must be in use.
func mutations(k kind, n int) func(*site) {
	return func(s *site) {
		d := k.of(s)
		vips := append([]string{extra}, k.vips...)
		goods := d.goods()
		d.master()
		waitVIPs(s, d, named(goods[0], vips...))
		var alive, harmless, stranded int
		all := mutate(goods[0], times(n, max(n/6, 15)), *seed)
		for i, m := range all {
			t := trial{s, d, k, vips, m, goods[(i+1)%2]}
			ok, left := t.run()
			if left {
				stranded++
			}
			if d.daemon.Running() {
				alive++
			} else {
				t.revive()
			}
			if ok {
				harmless++
			}
		}
		s.counted(fmt.Sprintf("of %d, harmless", len(all)), harmless, len(all))
		s.counted("daemon alive after", alive, len(all))
		s.counted("addresses left behind by", stranded, 0)
	}
}

// trial is one mistake and the good file that is read after it.
type trial struct {
	*site
	d    *director
	kind kind
	vips []string
	m    mutation
	next string
}

// run says whether the mistake did no harm, and whether a dead daemon left the
// address.
func (t trial) run() (harmless, left bool) {
	d := t.d
	t.Helper()
	start, before := time.Now(), held(d, t.vips)
	services := t.kind.services(d)
	refused := d.reload(t.m.text)
	after, want := held(d, t.vips), named(t.m.text, t.vips...)
	if t.newVMAC() && !refused {
		// Another interface: the router on it begins as backup.
		happens(5*time.Second, func() bool {
			after = held(d, t.vips)
			return slices.Equal(after, want) || !d.daemon.Running()
		})
	}
	var harm []string
	if !slices.Equal(after, before) && (refused || !slices.Equal(after, want)) {
		harm = append(harm, fmt.Sprintf("addresses %v, before %v, in the file %v", after, before, want))
	}
	if lost := changed(services, t.kind.services(d)); refused && lost > 0 || lost > atMostChanged {
		harm = append(harm, fmt.Sprintf("%d of %d services changed", lost, len(services)))
	}
	if !d.daemon.Running() {
		harm = append(harm, "the daemon ended")
		left = d.HasAddr(vip)
	} else if good := named(t.next, t.vips...); d.reload(t.next) {
		harm = append(harm, "the next good file refused")
	} else if !happens(lab.Patience, func() bool { return slices.Equal(held(d, t.vips), good) }) {
		harm = append(harm, fmt.Sprintf("addresses %v after the next good file, which has %v", held(d, t.vips), good))
	}
	// A virtual router that the file has given another identity may say goodbye.
	if d.resigned(start) && !t.newVMAC() && strings.Count(t.m.text, "virtual_router_id ") == strings.Count(t.next, "virtual_router_id ") && t.sameIDs() {
		harm = append(harm, "priority 0 sent")
	}
	if gap := d.between(start.Add(-2 * t.interval)); !t.newVMAC() && gap > t.interval*19/10+machine.Worst(start) {
		harm = append(harm, fmt.Sprintf("gap of %v", gap))
	}
	if len(harm) > 0 && !t.program.IsC {
		t.Errorf("%s: %s", t.m.what, strings.Join(harm, ", "))
	}
	return len(harm) == 0, left
}

// newVMAC says whether the file gives a router another interface of its own.
func (t trial) newVMAC() bool {
	for line := range strings.Lines(t.next) {
		if strings.HasPrefix(strings.TrimSpace(line), "use_vmac ") && !strings.Contains(t.m.text, line) {
			return true
		}
	}
	return false
}

// sameIDs says whether the file with the mistake has the virtual routers of the
// good one.
func (t trial) sameIDs() bool {
	for line := range strings.Lines(t.next) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "virtual_router_id" && !strings.Contains(t.m.text, line) {
			return false
		}
	}
	return true
}

// revive replaces a daemon that has ended.
func (t trial) revive() {
	d := t.d
	t.Helper()
	d.daemon.WaitExit()
	d.Output("ip", "addr", "flush", "dev", "eth0", "to", "192.0.2.96/28")
	d.Output("sh", "-c", "for i in $(ls /sys/class/net | grep ^vrrp); do ip link del $i; done; ip rule del priority 1234; ip route flush 198.51.100.0/24")
	d.daemon = d.Node.Daemon(t.program, t.next)
	d.inCharge()
	waitVIPs(t.site, d, named(t.next, t.vips...))
}

// settled are the words with which the log says that a reload is over.
var settled = []string{"Reload complete", "Reload refused", "Stopped Keepalived", "Stopped"}

// afterReload is how long what a reload changes in the kernel may take.
const afterReload = 50 * time.Millisecond

// reload makes the daemon read a text, waits until it has done so or has ended,
// and says whether it refused the text.
func (d *director) reload(text string) (refused bool) {
	d.site.Helper()
	d.daemon.Configure(text)
	mark := d.daemon.Log.Mark()
	d.hangup()
	lab.Wait(d.site, lab.Patience, "the reload on "+d.Name+" is over", func() bool {
		return !d.daemon.Running() || d.reloadOver(mark)
	})
	time.Sleep(afterReload)
	return d.daemon.Log.Count(mark, "Reload refused") > 0
}

// hangup tells the daemon to reload, unless it ends before it can be found.
func (d *director) hangup() {
	d.site.Helper()
	lab.Wait(d.site, lab.Patience, "the daemon's parent process", func() bool {
		for _, p := range d.daemon.Processes() {
			if p.Inner == d.parentPID() {
				return unix.Kill(p.PID, unix.SIGHUP) == nil
			}
		}
		return !d.daemon.Running()
	})
}

// parentPID is what the daemon's pid file says; 0 without one.
func (d *director) parentPID() int {
	for _, name := range []string{"/run/keepalived.pid", "/run/keepalived/keepalived.pid"} {
		if text, ok := d.ReadFile(name); ok {
			pid, _ := strconv.Atoi(strings.TrimSpace(text))
			return pid
		}
	}
	return 0
}

func (d *director) reloadOver(mark int) bool {
	for _, words := range settled {
		if d.daemon.Log.Count(mark, words) > 0 {
			return true
		}
	}
	// The C daemon's parent says nothing at the end; its child does.
	return d.site.program.IsC && d.daemon.Log.Count(mark, "Reload finished in") > 0
}

// held are those of the addresses that the director has.
func held(d *director, vips []string) []string {
	var out []string
	for _, v := range vips {
		if d.HasAddr(v) {
			out = append(out, v)
		}
	}
	return out
}

func waitVIPs(s *site, d *director, vips []string) {
	s.Helper()
	lab.Wait(s, lab.Patience, d.Name+" has "+strings.Join(vips, " "), func() bool { return slices.Equal(held(d, vips), vips) })
}

// rewrites: an editor that writes slowly, and a reload at any moment of it, also
// when the file is empty, and when what is in it would be valid.
func rewrites(s *site) {
	d := s.a
	first, setA := d.version(0)
	second, setB := d.version(1)
	texts := [2]string{first, second}
	d.daemon = d.Node.Daemon(s.program, first)
	d.inCharge()
	waitVIPs(s, d, setA)
	start := time.Now()
	exact, n := 0, times(100, 15)
	for i := range n {
		d.rewriteDuringReload(texts[(i+1)%2], i%pieces)
		h := held(d, slices.Concat(setA, setB))
		if d.HasAddr(vip) && (slices.Equal(h, setA) || slices.Equal(h, setB)) {
			exact++
		}
		if !d.daemon.Running() {
			break
		}
		d.reload(texts[(i+1)%2])
	}
	s.counted(fmt.Sprintf("of %d reloads, ended in exactly one version", n), exact, n)
	if d.daemon.Running() {
		d.steady(start)
	}
}

// version is a long file with ten addresses in each of two instances.
func (d *director) version(n int) (text string, addrs []string) {
	var blocks [2]string
	for i := range 20 {
		addrs = append(addrs, fmt.Sprintf("192.0.2.%d", 120+n*40+i))
		blocks[i/10] += fmt.Sprintf("    %s/24\n    # %s\n", addrs[i], strings.Repeat("a long line ", 40))
	}
	d.instance = "virtual_ipaddress_excluded {\n" + blocks[0] + "}\n"
	d.rest = fmt.Sprintf("vrrp_instance VI_2 {\n    interface eth0\n    virtual_router_id 52\n    advert_int %g\n    virtual_ipaddress {\n%s    }\n}\n",
		d.site.interval.Seconds(), blocks[1])
	return d.config(), addrs
}

// pieces is how many the file is written in.
const pieces = 4

// rewriteDuringReload truncates the file and writes it in pieces; before one of
// them comes a SIGHUP. One piece ends between two blocks.
func (d *director) rewriteDuringReload(text string, hangup int) {
	s := d.site
	s.Helper()
	mark := d.daemon.Log.Mark()
	var file *os.File
	err := d.Do(func() (err error) {
		file, err = os.OpenFile("/run/lab/keepalived.conf", os.O_WRONLY|os.O_TRUNC, 0)
		return err
	})
	second := strings.Index(text, "vrrp_instance VI_2")
	ends := [pieces]int{second / 2, second, (second + len(text)) / 2, len(text)}
	from := 0
	for i := 0; err == nil && i < pieces; i++ {
		if i == hangup {
			d.daemon.Reload()
			time.Sleep(2 * time.Millisecond)
		}
		_, err = file.WriteString(text[from:ends[i]])
		from = ends[i]
		time.Sleep(5 * time.Millisecond)
	}
	if err != nil {
		s.Fatalf("rewriting the configuration: %v", err)
	}
	file.Close()
	lab.Wait(s, lab.Patience, "the reload is over", func() bool { return !d.daemon.Running() || d.reloadOver(mark) })
	time.Sleep(afterReload)
}

func reloads(s *site) {
	d := basic.of(s)
	d.master()
	waitVIPs(s, d, basic.vips)
	watch := d.WatchAddrs()
	start := time.Now()
	text := d.config()
	for range times(500, 30) {
		d.reload(text)
	}
	d.steady(start)
	s.saw(!dropped(watch, vip), "address kept", "address dropped")
}
