package outages

import (
	"maps"
	"slices"
	"strings"
)

// kind is a sort of configuration in which mistakes are made.
type kind struct {
	vips    []string
	prepare func(*site, *director) // may be nil: what it needs beside its files
	global  string
	// scripts comes before the first instance, instance is in it, rest after it.
	scripts, instance, rest string
	lvs                     bool // it has virtual servers
}

// of is a director with such a configuration.
func (k kind) of(s *site) *director {
	d := s.a
	d.global, d.scripts, d.instance, d.rest = k.global, k.scripts, k.instance, k.rest
	if k.prepare != nil {
		k.prepare(s, d)
	}
	return d
}

// basic has something of everything that most files have.
var basic = kind{
	vips: []string{vip, vip2, "192.0.2.102"},
	global: `vrrp_garp_master_delay 1
vrrp_garp_master_refresh 0
notification_email {
    admin@example.net
}
smtp_server 127.0.0.1
smtp_connect_timeout 5
`,
	instance: `garp_master_delay 1
virtual_ipaddress_excluded {
    192.0.2.101/24
}
virtual_routes {
    198.51.100.0/24 via 192.0.2.3 dev eth0
}
track_script {
    check_it
}
`,
	scripts: `
vrrp_script check_it {
    script "/bin/true"
    interval 2
    weight 0
}
`,
	rest: `
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
`,
}

// grouped has what runs beside the instances.
var grouped = kind{
	vips: []string{vip, vip2, "192.0.2.102", "192.0.2.103"},
	prepare: func(_ *site, d *director) {
		d.WriteFile("/run/lab/number", "0\n", 0o644)
		d.Run("mkfifo", "/run/lab/fifo")
	},
	global: `script_user root
enable_script_security
vrrp_notify_fifo /run/lab/fifo
vrrp_garp_master_repeat 2
vrrp_startup_delay 0.1
`,
	scripts: `
vrrp_script check_it {
    script "/bin/true"
    interval 1
    timeout 2
    rise 1
    fall 2
    weight 2
}
vrrp_track_file number {
    file /run/lab/number
    weight 1
}
vrrp_track_process no_such {
    process no-such-process
    weight 3
    delay 1
}
static_ipaddress {
    192.0.2.50/24 dev eth0
}
`,
	instance: `track_interface {
    eth0 weight 1
}
track_script {
    check_it weight 2
}
track_file {
    number weight 1
}
track_process {
    no_such
}
notify_master "/bin/true master"
notify /bin/true
garp_lower_prio_repeat 1
virtual_ipaddress_excluded {
    192.0.2.101/24 dev eth0
}
`,
	rest: `
vrrp_instance VI_2 {
    state BACKUP
    interface eth0
    virtual_router_id 52
    priority 150
    advert_int 0.2
    unicast_src_ip 192.0.2.1
    unicast_peer {
        192.0.2.2
        192.0.2.3
    }
    virtual_ipaddress {
        192.0.2.102/24
    }
}

vrrp_instance VI_3 {
    state BACKUP
    interface eth0
    virtual_router_id 53
    priority 150
    advert_int 0.2
    nopreempt
    notify_stop "/bin/true"
    virtual_ipaddress {
        192.0.2.103/24
    }
}

vrrp_sync_group VG_1 {
    group {
        VI_1
        VI_2
    }
    notify_master "/bin/true group"
    notify_backup "/bin/true group"
    track_script {
        check_it
    }
    global_tracking
}

vrrp_sync_group VG_2 {
    group {
        VI_3
    }
    notify "/bin/true"
}
`,
}

// vmacs has interfaces of its own.
var vmacs = kind{
	vips: []string{vip, vip2, "2001:db8::102"},
	instance: `use_vmac vrrp.51
vmac_xmit_base
virtual_ipaddress_excluded {
    192.0.2.101/24
}
virtual_routes {
    198.51.100.0/24 via 192.0.2.3 dev eth0 metric 5
}
virtual_rules {
    from 198.51.100.0/24 lookup main priority 1234
}
`,
	rest: `
vrrp_instance VI_6 {
    state BACKUP
    interface eth0
    virtual_router_id 52
    priority 150
    advert_int 0.2
    use_vmac vrrp6.52
    virtual_ipaddress {
        fe80::52
        2001:db8::102/64
    }
}
`,
}

// bfds follows sessions with the other director.
var bfds = kind{
	vips: []string{vip, "192.0.2.102"},
	prepare: func(s *site, _ *director) {
		s.b.rest = `
bfd_instance to_a {
    neighbor_ip 192.0.2.1
    source_ip 192.0.2.2
    min_rx 100
    min_tx 100
}
`
		s.b.start()
		s.b.daemon.WaitState("VI_1", "MASTER")
	},
	scripts: `
bfd_instance to_b {
    neighbor_ip 192.0.2.2
    source_ip 192.0.2.1
    min_rx 100
    min_tx 100
    idle_tx 1000
    multiplier 5
    weight 10
}

bfd_instance to_client {
    neighbor_ip 192.0.2.3
    passive
}
`,
	instance: `track_bfd {
    to_b weight 10
    to_client weight 1
}
`,
	rest: `
vrrp_instance VI_2 {
    state BACKUP
    interface eth0
    virtual_router_id 52
    priority 150
    advert_int 0.2
    track_bfd {
        to_b weight 20
    }
    virtual_ipaddress {
        192.0.2.102/24
    }
}
`,
}

// balancing has virtual servers beside an instance.
var balancing = kind{
	lvs:  true,
	vips: []string{vip},
	prepare: func(s *site, _ *director) {
		s.silentServer()
	},
	rest: `
virtual_server 192.0.2.100 80 {
    delay_loop 2
    lvs_sched rr
    lvs_method NAT
    persistence_timeout 50
    protocol TCP
    sorry_server 192.0.2.3 8080
    real_server 10.1.0.1 80 {
        weight 2
    }
    real_server 10.1.0.2 80 {
        weight 1
        MISC_CHECK {
            misc_path "/bin/true"
            misc_timeout 3
        }
    }
}

virtual_server 192.0.2.100 25 {
    delay_loop 3
    lvs_sched wlc
    lvs_method DR
    protocol TCP
    quorum 1
    real_server 192.0.2.3 25 {
        inhibit_on_failure
        TCP_CHECK {
            connect_timeout 3
            retry 1
            delay_before_retry 1
        }
    }
}

virtual_server 192.0.2.100 53 {
    lvs_sched sh
    lvs_method DR
    protocol UDP
    alpha
    omega
    real_server 10.1.0.3 53 {
        weight 5
    }
}

virtual_server fwmark 7 {
    lvs_sched wrr
    lvs_method TUN
    real_server 10.1.0.4 0 {
        weight 1
    }
}

virtual_server_group web {
    192.0.2.100 443
    192.0.2.101 443
}

virtual_server group web {
    lvs_sched lc
    lvs_method DR
    protocol TCP
    real_server 10.1.0.5 443 {
        weight 1
    }
}
`,
}

// atMostChanged is how many services one valid change can touch: those of a group.
const atMostChanged = 2

// services are the lines of the kernel's table, by virtual service.
func (k kind) services(d *director) map[string]string {
	if !k.lvs {
		return nil
	}
	d.site.Helper()
	out := map[string]string{}
	last := ""
	for line := range strings.Lines(d.Run("cat", "/proc/net/ip_vs")) {
		f := strings.Fields(line)
		switch {
		case len(f) > 3 && f[0] == "->":
			// The order of servers and their connections may change.
			servers := append(strings.Split(out[last], "\n"), strings.Join(f[1:4], " "))
			slices.Sort(servers)
			out[last] = strings.Join(servers, "\n")
		case len(f) > 1 && (f[0] == "TCP" || f[0] == "UDP" || f[0] == "FWM"):
			last = strings.Join(f[:2], " ")
			out[last] = strings.Join(f[2:], " ")
		}
	}
	return out
}

// changed counts the services that are not as before.
func changed(before, after map[string]string) (n int) {
	for name := range maps.Keys(before) {
		if text, ok := after[name]; !ok || text != before[name] {
			n++
		}
	}
	return n
}
