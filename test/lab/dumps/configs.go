package dumps

import (
	"fmt"
	"slices"
	"strings"
)

// line is one line of a configuration and the sample that it comes from.
type line struct {
	text string
	from id
}

// builder makes a configuration in which each sample has an object of its own,
// so that keywords do not change each other's effect.
type builder struct {
	lines    []line
	vrid     int
	services int
	known    func(id) bool
}

func (b *builder) add(from id, format string, args ...any) {
	for text := range strings.SplitSeq(fmt.Sprintf(format, args...), "|") {
		b.lines = append(b.lines, line{text, from})
	}
}

// servers is the name of the configuration that needs a kernel with IPVS.
const servers = "servers"

// configuration is the text of a configuration, and what each of its lines is for.
type configuration struct {
	name  string
	lines []line
}

func (c configuration) text() string {
	var t strings.Builder
	for _, l := range c.lines {
		t.WriteString(l.text + "\n")
	}
	return t.String()
}

// configurations puts the samples that known accepts into configurations.
func configurations(list []sample, known func(id) bool) []configuration {
	list = slices.DeleteFunc(slices.Clone(list), func(s sample) bool { return !known(s.id) })
	parts := []struct {
		name string
		make func(b *builder, list []sample)
	}{
		{"defaults", func(b *builder, _ []sample) {
			b.add(id{}, "global_defs {|router_id plain|}")
			b.instance("plain", sample{})
		}},
		{"global", (*builder).global},
		{"instances", (*builder).instances},
		{"groups", (*builder).groups},
		{"trackers", (*builder).trackers},
		{"lines", (*builder).entries},
		{"sessions", (*builder).sessions},
		{servers, (*builder).servers},
	}
	var out []configuration
	for _, p := range parts {
		b := &builder{known: known}
		p.make(b, list)
		out = append(out, configuration{p.name, b.lines})
	}
	return out
}

func in(list []sample, block string) []sample {
	return slices.DeleteFunc(slices.Clone(list), func(s sample) bool { return s.block != block })
}

func (b *builder) global(list []sample) {
	b.add(id{}, "global_defs {")
	for _, s := range in(list, "global_defs") {
		b.add(s.id, "%s", s.lines)
	}
	b.add(id{}, "}")
	for _, s := range in(list, "(root)") {
		b.add(s.id, "%s", s.lines)
	}
	b.instance("plain", sample{})
}

// instance makes a vrrp_instance that stays in BACKUP, with the lines of a sample.
func (b *builder) instance(name string, s sample) {
	b.vrid++
	b.add(id{}, "vrrp_instance %s {", name)
	for _, standard := range []string{"interface eth0", fmt.Sprintf("virtual_router_id %d", b.vrid%250+1), "priority 90", "advert_int 40",
		fmt.Sprintf("virtual_ipaddress {|10.3.%d.1|}", b.vrid)} {
		if word, _, _ := strings.Cut(standard, " "); !strings.Contains("|"+s.lines, "|"+word+" ") {
			b.add(id{}, "%s", standard)
		}
	}
	if s.lines != "" {
		b.add(s.id, "%s", s.lines)
	}
	b.add(id{}, "}")
}

func (b *builder) instances(list []sample) {
	b.tracked()
	b.add(id{}, "bfd_instance b_vrrp {|neighbor_ip 192.0.2.200|source_ip 192.0.2.1|vrrp|}")
	for i, s := range list {
		if top, _, _ := strings.Cut(s.block, "."); top == "vrrp_instance" {
			b.instance(fmt.Sprintf("%s_%d", s.name, i), s)
		}
	}
}

// tracked makes what instances and groups track.
func (b *builder) tracked() {
	b.add(id{}, "vrrp_script tracked {|script \"/usr/bin/true\"|interval 60|user root|}")
	b.add(id{}, "track_file trackedfile {|file /tmp/tracked|weight 1|init_file 0|}")
	b.add(id{}, "vrrp_track_process trackedprocess {|process nosuchprocess|weight 2|}")
}

func (b *builder) groups(list []sample) {
	b.tracked()
	b.add(id{}, "bfd_instance b_vrrp {|neighbor_ip 192.0.2.200|source_ip 192.0.2.1|vrrp|}")
	for i, s := range in(list, "vrrp_sync_group") {
		b.instance(fmt.Sprintf("g%da", i), sample{})
		b.instance(fmt.Sprintf("g%db", i), sample{})
		b.add(id{}, "vrrp_sync_group G_%s_%d {|group {|g%da|g%db|}", s.name, i, i, i)
		b.add(s.id, "%s", s.lines)
		b.add(id{}, "}")
	}
	b.instance("tg1", sample{})
	b.add(id{}, "track_group T {|group {|tg1|}|}|static_ipaddress {|198.51.100.77/32 dev eth0 track_group T|198.51.100.78/32 dev eth0|}")
	b.add(id{}, "static_routes {|203.0.113.0/25 dev eth0 track_group T|203.0.113.128/25 dev eth0|}")
	b.add(id{}, "static_rules {|from 203.0.113.0/25 iif eth0 table 200 preference 900 track_group T|from 203.0.113.128/25 table 200 preference 901|}")
	// An interface belongs to one group.
	b.add(id{}, "garp_group {")
	for _, s := range in(list, "garp_group") {
		if s.name != "interfaces" {
			b.add(s.id, "%s", s.lines)
		}
	}
	b.add(id{}, "}|garp_group {|garp_interval 1")
	for _, s := range in(list, "garp_group") {
		if s.name == "interfaces" {
			b.add(s.id, "%s", s.lines)
		}
	}
	b.add(id{}, "}")
}

// needs are the lines without which an object is no object.
var needs = map[string]string{"vrrp_script": `script "/usr/bin/true"|interval 60`, "vrrp_track_process": "process nosuchprocess",
	"track_file": "file /tmp/f", "vrrp_track_file": "file /tmp/g"}

// trackers makes an object of each sample, and an instance that tracks them all:
// nobody keeps one that is not tracked.
func (b *builder) trackers(list []sample) {
	blocks := []struct{ block, track string }{{"vrrp_script", "track_script"}, {"vrrp_track_process", "track_process"},
		{"track_file", "track_file"}, {"vrrp_track_file", "track_file"}}
	tracks := map[string]string{}
	b.instance("plain", sample{})
	for _, kind := range blocks {
		for i, s := range in(list, kind.block) {
			name := fmt.Sprintf("%s_%s_%d", kind.block, s.name, i)
			b.add(id{}, "%s %s {", kind.block, name)
			for need := range strings.SplitSeq(needs[kind.block], "|") {
				if word, _, _ := strings.Cut(need, " "); !strings.Contains("|"+s.lines, "|"+word+" ") {
					b.add(id{}, "%s", need)
				}
			}
			b.add(s.id, "%s", s.lines)
			b.add(id{}, "}")
			tracks[kind.track] += "|" + name
		}
	}
	b.instance("tracks", sample{lines: fmt.Sprintf("track_script {%s|}|track_process {%s|}|track_file {%s|}",
		tracks["track_script"], tracks["track_process"], tracks["track_file"])})
}

// entries makes an instance with all addresses, routes and rules.
func (b *builder) entries(list []sample) {
	b.vrid++
	b.add(id{}, "vrrp_instance lines {|interface eth0|virtual_router_id 1|priority 90|advert_int 40|virtual_ipaddress {|10.3.0.1|}")
	for _, kind := range []struct{ block, keyword string }{{"ADDRESS_LINE", "virtual_ipaddress_excluded"}, {"ROUTE_LINE", "virtual_routes"},
		{"RULE_LINE", "virtual_rules"}} {
		b.add(id{}, "%s {", kind.keyword)
		for _, s := range in(list, kind.block) {
			b.add(s.id, "%s", s.lines)
		}
		b.add(id{}, "}")
	}
	b.add(id{}, "}")
}

func (b *builder) sessions(list []sample) {
	for i, s := range in(list, "bfd_instance") {
		b.add(id{}, "bfd_instance b%d_%s {|neighbor_ip 192.0.2.%d", i, s.name, i+20)
		b.add(s.id, "%s", s.lines)
		b.add(id{}, "}")
	}
	b.instance("plain", sample{})
}
