package lvs

// topologyStories are about quorum, sorry servers, weights and notifications.
func topologyStories() []*story {
	three := []string{"tcp 10.1.0.1:80", "tcp 10.1.0.2:80", "tcp 10.1.0.3:80"}
	told := func(name string) string {
		return "notify_up " + script(name+" up") + "\nnotify_down " + script(name+" down")
	}
	return []*story{
		{name: "quorum", servers: three,
			conf: global("") + virtual("10.0.0.1 80", "TCP", "quorum 2\nhysteresis 1\nquorum_up "+script("vs up")+"\nquorum_down "+script("vs down")+" root root\n"+
				"sorry_server 10.1.0.9 80",
				real("10.1.0.1 80", "weight 1", told("r1"), tcp), real("10.1.0.2 80", "weight 2", told("r2"), tcp), real("10.1.0.3 80", "weight 1", told("r3"), tcp)),
			steps: []step{down("10.1.0.3:80"), down("10.1.0.2:80"), down("10.1.0.1:80"), up("10.1.0.1:80"), up("10.1.0.3:80"), up("10.1.0.2:80")}},
		{name: "inhibit", servers: three,
			conf: global("") + virtual("10.0.0.1 80", "TCP", "inhibit_on_failure\nsorry_server 10.1.0.9 80\nsorry_server_inhibit",
				real("10.1.0.1 80", "weight 3", told("r1"), tcp), real("10.1.0.2 80", "inhibit_on_failure no", tcp)) +
				virtual("10.0.0.2 80", "TCP", "", real("10.1.0.3 80", "inhibit_on_failure", "alpha", tcp)),
			steps: []step{down("10.1.0.1:80"), down("10.1.0.2:80"), down("10.1.0.3:80"), up("10.1.0.1:80"), up("10.1.0.2:80"), up("10.1.0.3:80")}},
		{name: "alpha omega", servers: three,
			conf: global("") + virtual("10.0.0.1 80", "TCP", "alpha\nomega\nquorum_up "+script("vs up")+"\nquorum_down "+script("vs down")+"\nsorry_server 10.1.0.9 80",
				real("10.1.0.1 80", told("r1"), tcp), real("10.1.0.2 80", "alpha no", told("r2"), tcp), real("10.1.0.4 80", told("r4"), tcp)),
			steps: []step{down("10.1.0.2:80")}},
		{name: "several checkers", servers: []string{"tcp 10.1.0.1:80", "tcp 10.1.0.1:81"},
			conf: global("") + virtual("10.0.0.1 80", "TCP", "",
				real("10.1.0.1 80", told("r1"), tcp, check("TCP_CHECK", "connect_port 81", "retry 0", "warmup 0", "connect_timeout 1"))),
			steps: []step{down("10.1.0.1:80"), down("10.1.0.1:81"), up("10.1.0.1:80"), up("10.1.0.1:81")}},
		{name: "inherited times", servers: three, quiet: 9e9, beats: true,
			conf: global("") + virtual("10.0.0.1 80", "TCP", "retry 2\ndelay_before_retry 1\nwarmup 0\nconnect_timeout 1\nweight 4",
				real("10.1.0.1 80", check("TCP_CHECK", "log_all_failures")),
				real("10.1.0.2 80", "retry 1\ndelay_before_retry 2\nwarmup 0\nconnect_timeout 1\ndelay_loop 3\nweight 6", check("TCP_CHECK", "log_all_failures")),
				real("10.1.0.3 80", check("TCP_CHECK", "retry 1", "delay_before_retry 3", "delay_loop 4"))),
			steps: []step{{name: "all die", do: func(w *world) {
				w.down("10.1.0.1:80")
				w.down("10.1.0.2:80")
			}}, {name: "all come back", do: func(w *world) {
				w.up("10.1.0.1:80")
				w.up("10.1.0.2:80")
			}}}},
		{name: "ha_suspend", servers: three,
			conf: global("") + virtual("10.0.0.1 80", "TCP", "ha_suspend", real("10.1.0.1 80", tcp), real("10.1.0.4 80", tcp)),
			steps: []step{
				{name: "the address comes", do: func(w *world) { w.node.Run("ip", "addr", "add", "10.0.0.1/32", "dev", "eth0") }},
				down("10.1.0.1:80"),
				{name: "the address goes", do: func(w *world) { w.node.Run("ip", "addr", "del", "10.0.0.1/32", "dev", "eth0") }},
				up("10.1.0.1:80"),
			}},
		{name: "mails", servers: append([]string{"smtp 10.1.0.254:25"}, three...), quiet: 6e9,
			conf: mails(real("10.1.0.1 80", tcp), real("10.1.0.2 80", "smtp_alert", tcp), real("10.1.0.3 80", "smtp_alert no", tcp)),
			steps: []step{down("10.1.0.1:80"), down("10.1.0.2:80"), up("10.1.0.2:80"), down("10.1.0.3:80"), up("10.1.0.1:80"), up("10.1.0.3:80"),
				reload("a server less", mails(real("10.1.0.1 80", tcp), real("10.1.0.3 80", "smtp_alert no", tcp)))}},
		{name: "no checker mails", servers: append([]string{"smtp 10.1.0.254:25", "tcp 10.1.0.1:81"}, three...), quiet: 6e9,
			conf: "global_defs {\nrouter_id LVS\nnotification_email {\na@example.com\n}\nnotification_email_from from@example.com\n" +
				"smtp_server 10.1.0.254 25\nsmtp_helo_name helo.example\nlvs_notify_fifo /run/lab/fifo\nscript_user root\nno_checker_emails\n}\n" +
				virtual("10.0.0.1 80", "TCP", "", real("10.1.0.1 80", tcp, check("TCP_CHECK", "connect_port 81", "retry 0", "warmup 0", "connect_timeout 1"))),
			steps: []step{down("10.1.0.1:80"), down("10.1.0.1:81"), up("10.1.0.1:80"), up("10.1.0.1:81")}},
	}
}

// mails is a configuration that sends mail about everything.
func mails(reals ...string) string {
	return "global_defs {\nrouter_id LVS\nnotification_email {\na@example.com\nb@example.com\n}\nnotification_email_from Ke Ep. <from@example.com>\n" +
		"smtp_server 10.1.0.254\nsmtp_helo_name helo.example\nsmtp_connect_timeout 5\nlvs_notify_fifo /run/lab/fifo\nscript_user root\nsmtp_alert\nsmtp_alert_checker\n}\n" +
		virtual("10.0.0.1 80", "TCP", "smtp_alert\nquorum 2", reals...)
}
