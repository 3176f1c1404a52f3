package dumps

import (
	"fmt"
	"strings"
)

// The blocks of a real server's checks, and the lines without which a check is
// none.
const checks = "virtual_server/real_server/"

var checkNeeds = map[string]string{
	"MISC_CHECK": `misc_path "/usr/bin/true"`, "FILE_CHECK": "track_file checkedfile", "BFD_CHECK": "name b_check",
	"HTTP_GET": "url {|path /|}", "SSL_GET": "url {|path /|}",
}

// servers makes a virtual server with a real server and a check for each sample
// of theirs. The first checks are an hour away.
func (b *builder) servers(list []sample) {
	b.add(id{}, "bfd_instance b_check {|neighbor_ip 192.0.2.200|source_ip 192.0.2.1|checker|}")
	b.add(id{}, "track_file checkedfile {|file /tmp/checked|weight 1|init_file 0|}")
	for _, s := range list {
		if top, _, _ := strings.Cut(s.block, "/"); top == "virtual_server" {
			b.server(s)
		}
	}
	for i, s := range in(list, "virtual_server_group") {
		b.add(id{}, "virtual_server_group G%d {|198.18.200.%d 81", i, i+1)
		b.add(s.id, "%s", s.lines)
		b.add(id{}, "}|virtual_server group G%d {|lb_algo rr|protocol TCP|real_server 192.0.2.60 80 {|TCP_CHECK {|}|}|}", i)
	}
	b.instance("plain", sample{})
}

func (b *builder) server(s sample) {
	b.services++
	address := fmt.Sprintf("198.18.%d.%d 80", b.services/250, b.services%250+1)
	if strings.HasPrefix(s.lines, "ip_family") {
		address = fmt.Sprintf("fwmark %d", b.services)
	}
	path := strings.Split(s.block, "/")
	b.add(id{}, "virtual_server %s {", address)
	b.standard(s, "lb_algo rr", "lb_kind NAT", "protocol TCP", "delay_loop 3600")
	if len(path) == 1 {
		b.add(s.id, "%s", s.lines)
	}
	b.add(id{}, "real_server 192.0.2.60 80 {")
	if len(path) == 2 {
		b.add(s.id, "%s", s.lines)
	}
	kind := "TCP_CHECK"
	if len(path) > 2 {
		kind = path[2]
	}
	b.add(id{}, "%s {", kind)
	if need := checkNeeds[kind]; need != "" && len(path) < 4 {
		if word, _, _ := strings.Cut(need, " "); len(path) < 3 || !strings.Contains("|"+s.lines, "|"+word+" ") {
			b.add(id{}, "%s", need)
		}
	}
	if len(path) == 4 {
		b.add(id{}, "%s {", path[3])
		if path[3] == "url" && !strings.Contains("|"+s.lines, "|path ") {
			b.add(id{}, "path /")
		}
	}
	if len(path) > 2 {
		b.add(s.id, "%s", s.lines)
	}
	b.add(id{}, "%s", strings.TrimPrefix(strings.Repeat("|}", max(len(path), 3)), "|"))
}

// standard adds lines whose keywords the sample does not use on the same level.
func (b *builder) standard(s sample, lines ...string) {
	for _, l := range lines {
		if word, _, _ := strings.Cut(l, " "); s.block != "virtual_server" || !strings.Contains("|"+s.lines, "|"+word) {
			b.add(id{}, "%s", l)
		}
	}
}
