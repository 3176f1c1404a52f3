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

// mutationSeed makes the same mistakes in every run.
const mutationSeed = 9

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
authentication {
    auth_type PASS
    auth_pass secret
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
	d.rest = `
vrrp_script check_it {
    script "/bin/true"
    interval 2
    weight 0
}
` + d.rest
	return d
}

var richVIPs = []string{vip, vip2, "192.0.2.102"}

func mutations(s *site) {
	d := s.rich()
	d.instance = strings.ReplaceAll(d.instance, "authentication {\n    auth_type PASS\n    auth_pass secret\n}\n", "")
	good := d.config()
	d.master()
	waitVIPs(s, d, richVIPs)
	var alive, harmless, stranded int
	all := mutate(good, times(150, 25), mutationSeed)
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

// reload makes the daemon read a text, waits until it has done so or has ended,
// and says whether it refused the text. What it set or removed because of it is
// done a moment later; it is waited for as long as the kernel needs.
func (d *director) reload(text string) (refused bool) {
	d.site.Helper()
	d.daemon.Configure(text)
	mark := d.daemon.Log.Mark()
	d.daemon.Reload()
	lab.Wait(d.site, lab.Patience, "the reload on "+d.Name+" is over", func() bool {
		return !d.daemon.Running() || d.reloadOver(mark)
	})
	time.Sleep(50 * time.Millisecond)
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

// rewrites: an editor that writes slowly, and a reload at any moment of it.
func rewrites(s *site) {
	d := s.a
	version := func(n int) (string, []string) {
		var list []string
		var b strings.Builder
		for i := range 20 {
			list = append(list, fmt.Sprintf("192.0.2.%d", 120+n*40+i))
			fmt.Fprintf(&b, "    %s/24\n    # %s\n", list[i], strings.Repeat("a long line ", 40))
		}
		d.instance = "virtual_ipaddress_excluded {\n" + b.String() + "}\n"
		return d.config(), list
	}
	first, setA := version(0)
	second, setB := version(1)
	d.instance = "virtual_ipaddress_excluded {\n    192.0.2.120/24\n}\n"
	d.start()
	d.inCharge()
	d.reload(first)
	waitVIPs(s, d, setA)
	start := time.Now()
	exact, n := 0, times(100, 15)
	texts := [2]string{first, second}
	for i := range n {
		s.rewriteDuringReload(d, texts[(i+1)%2])
		if h := held(d, slices.Concat(setA, setB)); d.HasAddr(vip) && (slices.Equal(h, setA) || slices.Equal(h, setB)) {
			exact++
		} else if !s.program.IsC {
			s.Logf("rewrite %d: %v", i, h)
		}
		if !d.daemon.Running() {
			break
		}
	}
	s.counted(fmt.Sprintf("of %d reloads, ended in exactly one version", n), exact, n)
	d.steady(start)
}

// rewriteDuringReload truncates the file and writes it in pieces, with a SIGHUP
// after the first.
func (s *site) rewriteDuringReload(d *director, text string) {
	s.Helper()
	mark := d.daemon.Log.Mark()
	var file *os.File
	err := d.Do(func() (err error) {
		file, err = os.OpenFile("/run/lab/keepalived.conf", os.O_WRONLY|os.O_TRUNC, 0)
		return err
	})
	const pieces = 8
	for i := 0; err == nil && i < pieces; i++ {
		if i == 1 {
			d.daemon.Reload()
		}
		_, err = file.WriteString(text[len(text)*i/pieces : len(text)*(i+1)/pieces])
		time.Sleep(3 * time.Millisecond)
	}
	if err != nil {
		s.Fatalf("rewriting the configuration: %v", err)
	}
	file.Close()
	lab.Wait(s, lab.Patience, "the reload is over", func() bool { return !d.daemon.Running() || d.reloadOver(mark) })
	time.Sleep(50 * time.Millisecond)
}

func reloads(s *site) {
	d := s.rich()
	d.instance = strings.ReplaceAll(d.instance, "authentication {\n    auth_type PASS\n    auth_pass secret\n}\n", "")
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
