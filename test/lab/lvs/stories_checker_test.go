package lvs

// checkerStories are about the other types of checkers.
func checkerStories() []*story {
	quick := func(kind string, options ...string) string {
		return check(kind, append([]string{"warmup 0", "retry 0"}, options...)...)
	}
	script := func(name, status string) map[string]string {
		return map[string]string{"/run/lab/" + name: "#!/bin/sh\nread status </run/lab/" + name + ".status\n[ $status = hang ] && sleep 100\nexit $status\n",
			"/run/lab/" + name + ".status": status + "\n"}
	}
	files := func(all ...map[string]string) map[string]string {
		out := map[string]string{}
		for _, m := range all {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	bfd := "bfd_instance B {\nneighbor_ip 10.1.0.9\nsource_ip 10.1.0.254\nmin_rx 100\nmin_tx 100\nidle_tx 500\nmultiplier 3\n}\n"
	return []*story{
		{name: "SMTP_CHECK dialogue", quiet: 7e9,
			servers: []string{"smtp 10.1.0.1:25", "smtp 10.1.0.2:25"},
			conf: global("") + virtual("10.0.0.1 25", "TCP", "",
				real("10.1.0.1 25", quick("SMTP_CHECK", "helo_name checker.example", "connect_timeout 1", "delay_before_retry 1")),
				real("10.1.0.2 25", check("SMTP_CHECK", "retry 1", "warmup 0", "connect_timeout 1", "delay_before_retry 1"))),
			steps: []step{answer("10.1.0.1:25", "554 go away\r\n"), answer("10.1.0.1:25", "220-first\r\n220 second\r\n"), answer("10.1.0.2:25", ""), answer("10.1.0.2:25", "220 hello\r\n")}},
		{name: "DNS_CHECK queries",
			servers: []string{"dns 10.1.0.1:53", "dns 10.1.0.2:53", "dns 10.1.0.3:53"},
			conf: global("") + virtual("10.0.0.1 53", "UDP", "",
				real("10.1.0.1 53", quick("DNS_CHECK", "connect_timeout 1")),
				real("10.1.0.2 53", quick("DNS_CHECK", "connect_timeout 1", "type A", "name www.example.com.")),
				real("10.1.0.3 53", check("DNS_CHECK", "warmup 0", "retry 2", "delay_before_retry 1", "connect_timeout 1", "type rrsig", "name ."))),
			steps: []step{answer("10.1.0.2:53", "3"), answer("10.1.0.2:53", "0"), answer("10.1.0.3:53", "none"), answer("10.1.0.3:53", "0")}},
		{name: "UDP_CHECK datagrams",
			servers: []string{"udp 10.1.0.1:53", "udp 10.1.0.2:53", "udp 10.1.0.3:53"},
			before: func(w *world) {
				w.answer("10.1.0.2:53", "\xab\xcd\x01\x99")
				w.answer("10.1.0.3:53", "12345")
			},
			conf: global("") + virtual("10.0.0.1 53", "UDP", "",
				real("10.1.0.1 53", quick("UDP_CHECK", "connect_timeout 1")),
				real("10.1.0.2 53", quick("UDP_CHECK", "connect_timeout 1", "payload 01 02 a b cd", "require_reply ABxD 01")),
				real("10.1.0.3 53", quick("UDP_CHECK", "connect_timeout 1", "require_reply 31", "min_reply_length 3", "max_reply_length 6"))),
			steps: []step{answer("10.1.0.2:53", "\xab\xcd\x02\x99"), answer("10.1.0.2:53", "\xab\xc2\x01\x99"), answer("10.1.0.3:53", "1234567"),
				answer("10.1.0.3:53", "123"), answer("10.1.0.3:53", "12"), down("10.1.0.1:53"), up("10.1.0.1:53")}},
		{name: "PING_CHECK IPv6",
			conf: global("") + virtual("fd00::1 80", "TCP", "", real("fd01::1 80", quick("PING_CHECK", "connect_timeout 1"))),
			steps: []step{
				{name: "the server disappears", do: func(w *world) { w.node.Run("ip", "addr", "del", "fd01::1/128", "dev", "eth0") }},
				{name: "the server comes back", do: func(w *world) { w.node.Run("ip", "addr", "add", "fd01::1/128", "dev", "eth0") }},
			}},
		{name: "MISC_CHECK", quiet: 8e9, files: files(script("one", "0"), script("two", "0"), script("three", "0")),
			conf: global("") + virtual("10.0.0.1 80", "TCP", "",
				real("10.1.0.1 80", "weight 10", check("MISC_CHECK", `misc_path "/run/lab/one a 'b c'"`, "misc_timeout 1", "misc_dynamic", "warmup 0",
					"retry 2", "delay_before_retry 1", "log_all_failures", "user root root")),
				real("10.1.0.2 80", check("MISC_CHECK", "misc_path /run/lab/two", "retry 0", "warmup 0", "delay_loop 3", "alpha")),
				real("10.1.0.3 80", check("MISC_CHECK", "misc_path /run/lab/three", "retry 0", "warmup 0", "user nobody"))),
			steps: []step{write("/run/lab/one.status", "22\n"), write("/run/lab/one.status", "2\n"), write("/run/lab/one.status", "1\n"),
				write("/run/lab/one.status", "12\n"), write("/run/lab/two.status", "3\n"), write("/run/lab/two.status", "0\n"), write("/run/lab/one.status", "hang\n"), write("/run/lab/one.status", "0\n")}},
		{name: "FILE_CHECK", files: map[string]string{"/run/lab/w2": "0\n", "/run/lab/w0": "0\n", "/run/lab/w3": "1\n"},
			conf: global("") + "track_file f2 {\nfile /run/lab/w2\nweight 5\n}\ntrack_file f0 {\nfile /run/lab/w0\nweight 0\n}\ntrack_file f3 {\nfile /run/lab/w3\nweight 3 reverse\n}\n" +
				"track_file new {\nfile /run/lab/new\ninit_file 4 overwrite\n}\n" +
				virtual("10.0.0.1 80", "TCP", "",
					real("10.1.0.1 80", "weight 10", check("FILE_CHECK", "track_file f2", "weight 2")),
					real("10.1.0.2 80", "weight 10", check("FILE_CHECK", "track_file f0")),
					real("10.1.0.3 80", "weight 10", check("FILE_CHECK", "track_file f3")),
					real("10.1.0.4 80", "weight 10", check("FILE_CHECK", "track_file new", "weight 1 noreverse"))),
			look: []string{"cat /run/lab/new"},
			steps: []step{write("/run/lab/w2", "5\n"), write("/run/lab/w2", "-4\n"), write("/run/lab/w2", "-20\n"), write("/run/lab/w2", "-2147483648\n"), write("/run/lab/w2", "abc\n"),
				write("/run/lab/w0", "1\n"), write("/run/lab/w0", "0\n"), write("/run/lab/w3", "5\n"), write("/run/lab/new", "0x10\n"),
				{name: "a file is deleted", do: func(w *world) { w.node.Run("rm", "/run/lab/w2") }}}},
		{name: "BFD_CHECK",
			conf: global("") + bfd + virtual("10.0.0.1 80", "TCP", "",
				real("10.1.0.1 80", check("BFD_CHECK", "name B")),
				real("10.1.0.2 80", check("BFD_CHECK", "name B", "alpha")),
				real("10.1.0.3 80"))},
	}
}
