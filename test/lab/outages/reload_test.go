package outages

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"keepalived/test/lab"
)

var reloadOutages = []outage{
	{"mutations", "150 one-token mistakes in a valid file, each followed by SIGHUP", mutations},
	{"rewrites", "file rewritten in place while reloads run", rewrites},
	{"reloads", "500 reloads in a row", reloads},
}

// rich is a director with something of everything in its configuration.
func (s *site) rich() *director {
	d := s.a
	d.global = `vrrp_garp_master_delay 1
vrrp_garp_master_refresh 0
notification_email {
    admin@example.net
}
smtp_server 127.0.0.1
smtp_connect_timeout 5
`
	d.instance = `garp_master_delay 1
virtual_ipaddress_excluded {
    192.0.2.101/24
}
virtual_routes {
    198.51.100.0/24 via 192.0.2.3 dev eth0
}
track_script {
    check_it
}
`
	d.scripts = `
vrrp_script check_it {
    script "/bin/true"
    interval 2
    weight 0
}
`
	d.rest = `
vrrp_instance VI_2 {
    state BACKUP
    interface eth0
    virtual_router_id 52
    priority 120
    advert_int 0.2
    virtual_ipaddress {
        192.0.2.102/24
    }
}

vrrp_sync_group VG_1 {
    group {
        VI_1
        VI_2
    }
}
`
	return d
}

var richVIPs = []string{vip, vip2, "192.0.2.102"}

func mutations(s *site) {
	d := s.rich()
	good := d.config()
	d.master()
	waitVIPs(s, d, richVIPs)
	var alive, harmless, stranded int
	all := mutate(good, times(150, 25), *seed)
	for _, m := range all {
		ok, left := s.mistake(d, good, m)
		if left {
			stranded++
		}
		if d.daemon.Running() {
			alive++
		} else {
			d.revive()
		}
		if ok {
			harmless++
		}
	}
	s.counted(fmt.Sprintf("of %d, harmless", len(all)), harmless, len(all))
	s.counted("daemon alive after", alive, len(all))
	s.counted("addresses left behind by", stranded, 0)
}

// mistake reloads a file with a mistake and then the good one. It says whether
// that did no harm, and whether a dead daemon left the address.
func (s *site) mistake(d *director, good string, m mutation) (harmless, left bool) {
	s.Helper()
	start, before := time.Now(), held(d, richVIPs)
	refused := d.reload(m.text)
	after := held(d, richVIPs)
	want := named(m.text, richVIPs...)
	var harm []string
	if !slices.Equal(after, before) && (refused || !slices.Equal(after, want)) {
		harm = append(harm, fmt.Sprintf("addresses %v, before %v, in the file %v", after, before, want))
	}
	if !d.daemon.Running() {
		harm = append(harm, "the daemon ended")
		left = d.HasAddr(vip)
	} else {
		d.reload(good)
	}
	// A virtual router that the file has given another identity may say goodbye.
	if d.resigned(start) && strings.Contains(m.text, fmt.Sprintf("virtual_router_id %d\n", vrid)) && strings.Contains(m.text, "virtual_router_id 52\n") {
		harm = append(harm, "priority 0 sent")
	}
	if gap := d.gap(start); gap > s.interval*3/2+busy {
		harm = append(harm, fmt.Sprintf("gap of %v", gap))
	}
	if d.daemon.Running() {
		waitVIPs(s, d, richVIPs)
	}
	if len(harm) > 0 && !s.program.IsC {
		s.Errorf("%s: %s", m.what, strings.Join(harm, ", "))
	}
	return len(harm) == 0, left
}

// revive replaces a daemon that has ended.
func (d *director) revive() {
	d.site.Helper()
	d.daemon.WaitExit()
	d.Output("ip", "addr", "flush", "dev", "eth0", "to", "192.0.2.96/29")
	d.master()
	waitVIPs(d.site, d, richVIPs)
}

// settled are the words with which the log says that a reload is over.
var settled = []string{"Reload complete", "Reload refused", "Reload finished", "Stopped Keepalived", "Stopped"}

// afterReload is how long what a reload changes in the kernel may take.
const afterReload = 50 * time.Millisecond

// reload makes the daemon read a text, waits until it has done so or has ended,
// and says whether it refused the text.
func (d *director) reload(text string) (refused bool) {
	d.site.Helper()
	d.daemon.Configure(text)
	mark := d.daemon.Log.Mark()
	d.daemon.Reload()
	lab.Wait(d.site, lab.Patience, "the reload on "+d.Name+" is over", func() bool {
		return !d.daemon.Running() || d.reloadOver(mark)
	})
	time.Sleep(afterReload)
	return d.daemon.Log.Count(mark, "Reload refused") > 0
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
	d := s.rich()
	d.master()
	waitVIPs(s, d, richVIPs)
	watch := d.WatchAddrs()
	start := time.Now()
	text := d.config()
	for range times(500, 30) {
		d.reload(text)
	}
	d.steady(start)
	s.saw(!dropped(watch, vip), "address kept", "address dropped")
}
