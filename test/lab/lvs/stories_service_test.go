package lvs

import (
	"fmt"
	"strings"
)

// serviceStories are about what the kernel gets from a configuration.
func serviceStories() []*story {
	return []*story{
		{name: "services", conf: global("") + services},
		{name: "schedulers", conf: global("") + schedulers()},
		{name: "default ports", servers: []string{"tcp 10.1.0.1:80", "tcp 10.1.0.2:81"}, steps: []step{down("10.1.0.2:81"), up("10.1.0.2:81")},
			conf: global("") + virtual("10.0.0.1 80", "TCP", "sorry_server 10.1.0.9", real("10.1.0.1", check("TCP_CHECK", "connect_port 80", "warmup 0", "retry 0"))) +
				"virtual_server 10.0.0.2 80 {\ndelay_loop 2\nlvs_sched rr\nlvs_method DR\nprotocol TCP\nsorry_server 10.1.0.9\n" +
				real("10.1.0.2 81", tcp) + real("10.1.0.3") + "}\n" +
				"virtual_server fwmark 5 {\ndelay_loop 2\nlvs_sched rr\nlvs_method DR\nsorry_server 10.1.0.9 80\n" + real("10.1.0.2 81", tcp) + "}\n"},
		{name: "check without a port", servers: []string{"tcp 10.1.0.1:80"}, conf: global("") + virtual("10.0.0.1 80", "TCP", "", real("10.1.0.1", tcp))},
	}
}

// schedulers is a service for each scheduler.
func schedulers() string {
	var b strings.Builder
	for i, name := range strings.Fields("rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq") {
		fmt.Fprintf(&b, "virtual_server 10.0.0.%d 80 {\nlb_algo %s\nlb_kind DR\nprotocol TCP\nsnmp_name vs%d\nreal_server 10.1.0.1 80 {\nsnmp_name rs\n}\n}\n", i+1, name, i)
	}
	return b.String()
}

// services is services of every kind without checkers.
const services = `virtual_server_group G {
10.0.1.1 80
10.0.1.4-6 81
10.0.4.8/30 83
10.0.5.1
fwmark 7
}
virtual_server_group H {
fd00::1 53
fd00::10-12 53
}
virtual_server group G {
lvs_sched wlc
lvs_method DR
protocol TCP
quorum_up "/run/lab/notify.sh group G up"
real_server 10.1.0.1 80 {
weight 10
}
real_server 10.1.0.2 {
lvs_method NAT
}
}
virtual_server group H {
lb_algo rr
lb_kind NAT
protocol UDP
real_server fd01::1 53 {
}
}
virtual_server fwmark 1 {
lvs_sched sh
sh-port
sh-fallback
lvs_method DR
real_server 10.1.0.1 {
}
}
virtual_server fwmark 2 {
ip_family inet6
lvs_sched mh
mh-port
mh-fallback
lvs_method NAT
real_server fd01::1 53 {
}
}
virtual_server 10.0.0.10 0 {
lvs_sched rr
lvs_method NAT
protocol TCP
real_server 10.1.0.1 80 {
weight 0
}
}
virtual_server 10.0.0.11 53 {
lvs_sched rr
hashed
lvs_method NAT
protocol UDP
ops
flag-1
flag-2
flag-3
weight 3
real_server 10.1.0.1 53 {
uthreshold 20
lthreshold 10
}
real_server 10.1.0.2 53 {
weight 7
}
sorry_server 10.1.0.9 53
sorry_server_inhibit
sorry_server_lvs_method DR
}
virtual_server 10.0.0.12 80 {
lvs_sched wrr
lvs_method TUN type gue port 5555 csum
persistence_timeout 100
persistence_granularity 255.255.255.0
protocol SCTP
real_server 10.1.0.1 80 {
}
real_server 10.1.0.2 80 {
lvs_method TUN type gre csum
}
real_server 10.1.0.3 80 {
lvs_method TUN type gue port 6666 remcsum
}
real_server 10.1.0.4 80 {
lvs_method TUN
}
}
virtual_server 10.0.0.13 5060 {
lvs_sched rr
lvs_method NAT
protocol UDP
persistence_engine sip
persistence_timeout 60
ops
real_server 10.1.0.1 5060 {
}
}
virtual_server fd00::5 80 {
lvs_sched wlc
lvs_method NAT
protocol TCP
persistence_timeout
persistence_granularity 64
quorum 10
hysteresis 3
quorum_up "/run/lab/notify.sh five up"
quorum_down "/run/lab/notify.sh five down"
omega
sorry_server fd01::9 80
real_server fd01::1 81 {
weight 65536
}
}
`
