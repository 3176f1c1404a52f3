package lvs

// globalStories are about global options and those of the process.
func globalStories() []*story {
	plain := virtual("10.0.0.1 80", "TCP", "", real("10.1.0.1 80", "weight 5", tcp), real("10.1.0.4 80", tcp))
	bare := virtual("10.0.0.1 80", "TCP", "", real("10.1.0.1 80"))
	foreign := func(w *world) {
		w.node.Run("ipvsadm", "-A", "-t", "10.0.0.99:80", "-s", "wrr")
		w.node.Run("ipvsadm", "-a", "-t", "10.0.0.99:80", "-r", "10.1.0.7:80", "-m")
	}
	group := "virtual_server_group G {\n10.0.1.1 80\n10.0.1.4-10.0.1.6 81\n10.0.2.254-10.0.3.1 82\nfd00::1 80\n}\n"
	groups := func(protocol string) string {
		return "virtual_server group G {\nlvs_sched rr\nlvs_method TUN\nprotocol " + protocol + "\nreal_server 10.1.0.1 80 {\n}\n}\n"
	}
	return []*story{
		{name: "timeouts", conf: global("lvs_timeouts tcp 100 tcpfin 20 udp 30") + bare, look: []string{"ipvsadm -L --timeout"}},
		{name: "flush", conf: global("lvs_flush") + bare, before: foreign},
		{name: "flush on stop", conf: global("lvs_flush_on_stop") + plain, before: foreign, servers: []string{"tcp 10.1.0.1:80"}},
		{name: "flush on stop VS", conf: global("lvs_flush_on_stop VS") + plain, before: foreign, servers: []string{"tcp 10.1.0.1:80"}},
		{name: "flush onstop", conf: global("lvs_flush_onstop") + bare, before: foreign},
		{name: "foreign entries", conf: global("") + bare, before: foreign},
		{name: "not released", conf: global("") + bare, args: []string{"-I"}},
		{name: "init notifies", servers: []string{"tcp 10.1.0.1:80"}, conf: global("rs_init_notifies\nchecker_log_all_failures") +
			virtual("10.0.0.1 80", "TCP", "", real("10.1.0.1 80", "notify_up "+script("r1 up"), check("TCP_CHECK", "warmup 0", "retry 1", "delay_before_retry 1")), real("10.1.0.2 80", "alpha", tcp)),
			steps: []step{down("10.1.0.1:80")}},
		{name: "sync daemon", conf: global("lvs_sync_daemon eth0 id 7 maxlen 1000 port 9999 ttl 3 group 224.0.0.99") + bare,
			before: func(w *world) { w.node.Run("ip", "addr", "add", "10.9.0.1/24", "dev", "eth0") },
			look:   []string{"ipvsadm -L --daemon"}},
		{name: "nftables", addrs: []string{"10.0.1.1"}, look: []string{"nft list ruleset"},
			conf: global("nftables_ipvs tab\nnftables_ipvs_priority -5\nnftables_ipvs_start_fwmark 500\nnftables_counters") + group + groups("TCP") + groups("UDP")},
		{name: "process", process: true, conf: global("checker_process_name lvschecks\nchecker_priority -5\nchecker_no_swap\nchecker_cpu_affinity 0") + bare},
		{name: "real time", process: true, conf: global("lvs_process_name lvschecks\nchecker_rt_priority 20\nchecker_rlimit_rttime 3000000") + bare},
		{name: "real time limit", process: true, conf: global("checker_rt_priority 20\nchecker_rlimit_rtime 4000000") + bare},
		{name: "FIFO scripts", servers: []string{"tcp 10.1.0.1:80"},
			files: map[string]string{"/run/lab/reader.sh": "#!/bin/sh\necho reads $1 for $2 >>/run/lab/calls\nexec cat $2 >>/run/lab/calls\n"},
			conf: "global_defs {\nrouter_id LVS\nscript_user root\nlvs_notify_fifo /run/lab/own root root\nlvs_notify_fifo_script \"/run/lab/reader.sh lvs\"\n" +
				"notify_fifo /run/lab/all\nnotify_fifo_script \"/run/lab/reader.sh all\"\n}\n" + plain,
			look:  []string{"stat -c %A:%u:%g /run/lab/own /run/lab/all"},
			steps: []step{down("10.1.0.1:80"), up("10.1.0.1:80")}},
		{name: "buffers", conf: global("lvs_netlink_cmd_rcv_bufs 100000\nlvs_netlink_cmd_rcv_bufs_force\nlvs_netlink_monitor_rcv_bufs 100000\nlvs_netlink_monitor_rcv_bufs_force") + bare},
		{name: "namespace", conf: "net_namespace_ipvs other\n" + global("") + bare,
			before: func(w *world) {
				w.node.Run("ip", "netns", "add", "other")
				w.node.Run("ip", "-n", "other", "addr", "add", "10.1.0.1/32", "dev", "lo")
				w.node.Run("ip", "-n", "other", "link", "set", "lo", "up")
			},
			look: []string{"ip netns exec other ipvsadm -Sn"}},
	}
}
