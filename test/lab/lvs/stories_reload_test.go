package lvs

// reloadStories are about SIGHUP.
func reloadStories() []*story {
	servers := []string{"tcp 10.1.0.1:80", "tcp 10.1.0.3:80"}
	told := func(name string) string {
		return "notify_up " + script(name+" up") + "\nnotify_down " + script(name+" down")
	}
	first := global("") + virtual("10.0.0.1 80", "TCP", "", real("10.1.0.1 80", "weight 5", told("r1"), tcp),
		real("10.1.0.2 80", "weight 3", told("r2"), tcp), real("10.1.0.3 80", "weight 3", "inhibit_on_failure", told("r3"), tcp)) +
		virtual("10.0.0.2 80", "TCP", "quorum_down "+script("second down"), real("10.1.0.1 80", told("second"), tcp))
	slower := check("TCP_CHECK", "connect_timeout 2", "retry 0", "warmup 0")
	second := global("") + "virtual_server 10.0.0.1 80 {\ndelay_loop 2\nlvs_sched wlc\nlvs_method NAT\nprotocol TCP\npersistence_timeout 30\n" +
		real("10.1.0.1 80", "weight 7", told("r1"), tcp) + real("10.1.0.2 80", "weight 3", told("r2"), slower) +
		real("10.1.0.3 80", "weight 3", "lvs_method DR", told("r3"), tcp) + real("10.1.0.4 80", "alpha", told("r4"), tcp) + "}\n" +
		virtual("10.0.0.3 80", "TCP", "", real("10.1.0.1 80", tcp))
	grouped := func(entries string) string {
		return global("") + "virtual_server_group G {\n" + entries + "\n}\nvirtual_server group G {\ndelay_loop 2\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nsorry_server 10.1.0.9 80\n" +
			real("10.1.0.1 80", tcp) + real("10.1.0.2 80", tcp) + "}\n"
	}
	return []*story{
		{name: "reload", servers: servers, conf: first, quiet: 6e9,
			steps: []step{reload("nothing changed", first), reload("much changed", second), reload("back again", first)}},
		{name: "reload of groups", servers: servers, conf: grouped("10.0.5.1 80\n10.0.5.2 80\nfwmark 3"), quiet: 6e9,
			steps: []step{reload("entries", grouped("10.0.5.1 80\n10.0.5.3-4 80")), reload("back again", grouped("10.0.5.1 80\n10.0.5.2 80\nfwmark 3"))}},
		{name: "reload of quorum and sorry server", servers: servers, quiet: 6e9,
			conf: global("") + virtual("10.0.0.1 80", "TCP", "quorum 2\nsorry_server 10.1.0.9 80", real("10.1.0.1 80", tcp), real("10.1.0.2 80", tcp)),
			steps: []step{
				reload("other sorry server", global("")+virtual("10.0.0.1 80", "TCP", "quorum 2\nsorry_server 10.1.0.8 80", real("10.1.0.1 80", tcp), real("10.1.0.2 80", tcp))),
				reload("no sorry server", global("")+virtual("10.0.0.1 80", "TCP", "quorum 2", real("10.1.0.1 80", tcp), real("10.1.0.2 80", tcp))),
				reload("lower quorum", global("")+virtual("10.0.0.1 80", "TCP", "quorum 1", real("10.1.0.1 80", tcp), real("10.1.0.2 80", tcp))),
			}},
		details(servers),
		{name: "reload of a group's users", servers: servers, quiet: 6e9, conf: users("TCP", "UDP"),
			steps: []step{reload("one less", users("TCP")), reload("back again", users("TCP", "UDP"))}},
	}
}

// users is virtual servers that share a group.
func users(protocols ...string) string {
	conf := global("") + "virtual_server_group G {\n10.0.5.1 80\nfd00::5 80\n}\n"
	for _, p := range protocols {
		conf += "virtual_server group G {\nlvs_sched rr\nlvs_method TUN\nprotocol " + p + "\nquorum_up " + script(p+" up") + "\nquorum_down " + script(p+" down") +
			"\nsorry_server 10.1.0.9 80\n" + real("10.1.0.1 80", "notify_down "+script(p+" r1 down")) + "}\n"
	}
	return conf
}

// details is about changes of a server that is there, or down.
func details(servers []string) *story {
	conf := func(service, r1, r2, protocol string) string {
		return global("") + virtual("10.0.0.1 80", "TCP", service, real("10.1.0.1 80", r1, tcp), real("10.1.0.2 80", r2, tcp)) +
			virtual("10.0.0.2 80", protocol, "quorum_down "+script("second down")+"\nquorum_up "+script("second up"), real("10.1.0.3 80", "notify_down "+script("r3 down")))
	}
	base := conf("", "", "", "TCP")
	return &story{name: "reload of details", servers: servers, quiet: 6e9, conf: base, steps: []step{
		reload("inhibit a server that is down", conf("", "", "inhibit_on_failure", "TCP")),
		reload("inhibit it no longer", base),
		reload("tunnel", conf("", "lvs_method TUN type gue port 5555", "", "TCP")),
		reload("another tunnel", conf("", "lvs_method TUN type gre csum", "", "TCP")),
		reload("protocol", conf("", "", "", "UDP")),
		reload("options of the service", conf("lb_algo mh\nmh-port\nmh-fallback\npersistence_timeout 50\npersistence_granularity 255.255.255.0", "", "", "UDP")),
		down("10.1.0.1:80"),
		reload("weight of a server that is down", conf("", "weight 4", "", "UDP")),
	}}
}
