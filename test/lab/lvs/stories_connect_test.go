package lvs

import (
	"fmt"
	"slices"
)

// refuseMark makes the machine refuse what has the firewall mark 5.
func refuseMark(w *world) {
	w.write("/run/lab/mark.nft", `table inet marks {
	chain out {
		type filter hook output priority 0
		mark 5 meta l4proto tcp reject with tcp reset
		mark 5 drop
	}
}
`)
	w.node.Run("nft", "-f", "/run/lab/mark.nft")
}

// connectStories plays the same with each type of checker that connects: every
// option of the connection and of the times.
func connectStories() []*story {
	var all []*story
	for _, c := range []struct {
		kind, server, protocol string
		own                    []string // what the type needs
	}{
		{kind: "TCP_CHECK", server: "tcp", protocol: "TCP"},
		{kind: "HTTP_GET", server: "tcp", protocol: "TCP", own: []string{"url {", "path /", "}"}},
		{kind: "SSL_GET", server: "tls", protocol: "TCP", own: []string{"url {", "path /", "}"}},
		{kind: "SMTP_CHECK", server: "smtp", protocol: "TCP"},
		{kind: "DNS_CHECK", server: "dns", protocol: "UDP"},
		{kind: "UDP_CHECK", server: "udp", protocol: "UDP", own: []string{"require_reply"}},
		{kind: "PING_CHECK", protocol: "UDP"},
	} {
		checked := func(options ...string) string { return check(c.kind, slices.Concat(c.own, options)...) }
		s := &story{name: c.kind, before: refuseMark, beats: c.server != "" && c.server != "tls"}
		s.conf = global("") + virtual("10.0.0.1 80", c.protocol, "",
			// The target is another one, and has to be up first.
			real("10.1.0.1 80", checked("connect_ip 10.1.0.4", "connect_port 8080", "bindto 10.1.0.254", "connect_timeout 2", "fwmark 3",
				"retry 2", "delay_before_retry 1", "warmup 0", "delay_loop 3", "alpha", "log_all_failures")),
			real("10.1.0.2 80", checked("bindto 10.1.0.254", "bind_port 1111", "delay_loop 300", "warmup 0", "retry 0", "connect_timeout 1")),
			real("10.1.0.3 80", checked("bind_if eth0", "warmup 0", "retry 0", "connect_timeout 1")),
			real("10.1.0.9 80", checked("fwmark 5", "warmup 0", "retry 0", "connect_timeout 1")))
		if c.server == "" {
			s.look = []string{"cat /proc/sys/net/ipv4/ping_group_range"}
			s.steps = []step{
				{name: "the target disappears", do: func(w *world) { w.node.Run("ip", "addr", "del", "10.1.0.4/32", "dev", "eth0") }},
				{name: "the target comes back", do: func(w *world) { w.node.Run("ip", "addr", "add", "10.1.0.4/32", "dev", "eth0") }},
			}
			all = append(all, s)
			continue
		}
		for _, addr := range []string{"10.1.0.4:8080", "10.1.0.2:80", "10.1.0.3:80", "10.1.0.9:80"} {
			s.servers = append(s.servers, c.server+" "+addr)
		}
		if c.server == "udp" {
			s.before = func(w *world) {
				refuseMark(w)
				for _, srv := range w.servers {
					srv.answer("yes")
				}
			}
		}
		s.quiet = 8e9
		s.beats = false
		s.steps = []step{down("10.1.0.4:8080"), up("10.1.0.4:8080")}
		all = append(all, s)
	}
	return append(all, obstacles())
}

// obstacles is about connections that fail at once, and sockets that cannot be
// prepared: not all of that speaks about the server.
func obstacles() *story {
	s := &story{name: "obstacles", servers: []string{"tcp 10.1.0.1:80"}, before: func(w *world) {
		for i, kind := range []string{"blackhole", "prohibit", "unreachable"} {
			w.node.Run("ip", "route", "add", kind, fmt.Sprintf("10.66.0.%d/32", i+1))
		}
		w.write("/run/lab/drop.nft", "table inet hole {\nchain in {\ntype filter hook input priority 0\nmeta l4proto { tcp, udp } th dport 8888 drop\n}\n}\n")
		w.node.Run("nft", "-f", "/run/lab/drop.nft")
	}}
	var reals []string
	for i, c := range []struct {
		kind string
		own  []string
	}{
		{"TCP_CHECK", nil}, {"HTTP_GET", []string{"url {", "path /", "}"}}, {"SSL_GET", []string{"url {", "path /", "}"}},
		{"SMTP_CHECK", nil}, {"DNS_CHECK", nil}, {"UDP_CHECK", nil},
	} {
		once := slices.Concat(c.own, []string{"delay_loop 300", "warmup 0", "retry 0", "connect_timeout 1", "log_all_failures"})
		for n := 1; n <= 3; n++ {
			reals = append(reals, real(fmt.Sprintf("10.66.0.%d %d", n, 80+i), check(c.kind, once...)))
		}
		reals = append(reals, real(fmt.Sprintf("10.1.0.1 %d", 80+i), check(c.kind, append(once, "bindto 10.77.0.1")...)),
			real(fmt.Sprintf("10.1.0.2 %d", 80+i), check(c.kind, append(once, "connect_port 8888")...)),
			real(fmt.Sprintf("10.1.0.3 %d", 80+i), check(c.kind, append(once, "bind_if eth9")...)))
	}
	s.conf = global("") + virtual("10.0.0.1 80", "TCP", "", reals...)
	return s
}
