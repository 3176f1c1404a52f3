package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServices(t *testing.T) {
	tests := []struct {
		name, conf string
		want       []string
	}{
		{"group", `virtual_server_group G {
			10.0.1.1 80
			10.0.1.4-6 81
			10.0.5.1
			fwmark 7
		}
		virtual_server group G {
			lvs_sched wlc
			lvs_method DR
			protocol TCP
			real_server 10.1.0.1 80 {
				weight 10
			}
			real_server 10.1.0.2 {
				lvs_method NAT
			}
		}`, []string{
			"10.0.1.1:tcp:80 wlc persistent 360 mask 0xffffffff", " 10.1.0.1:80 dr 10", " 10.1.0.2:0 nat 1",
			"10.0.1.4:tcp:81 wlc persistent 360 mask 0xffffffff", " 10.1.0.1:81 dr 10", " 10.1.0.2:0 nat 1",
			"10.0.1.5:tcp:81 wlc persistent 360 mask 0xffffffff", " 10.1.0.1:81 dr 10", " 10.1.0.2:0 nat 1",
			"10.0.1.6:tcp:81 wlc persistent 360 mask 0xffffffff", " 10.1.0.1:81 dr 10", " 10.1.0.2:0 nat 1",
			"10.0.5.1:tcp:0 wlc persistent 360 mask 0xffffffff", " 10.1.0.1:0 dr 10", " 10.1.0.2:0 nat 1",
			"Fwm 7 wlc persistent 360 mask 0xffffffff", " 10.1.0.1:0 dr 10", " 10.1.0.2:0 nat 1",
		}},
		{"range across a /24", `virtual_server_group G {
			10.0.2.254-10.0.3.1 82
		}
		virtual_server group G {
			protocol TCP
			real_server 10.1.0.1 80 {
			}
		}`, []string{
			"10.0.2.254:tcp:82 wlc", " 10.1.0.1:80 nat 1", "10.0.2.255:tcp:82 wlc", " 10.1.0.1:80 nat 1",
			"10.0.3.0:tcp:82 wlc", " 10.1.0.1:80 nat 1", "10.0.3.1:tcp:82 wlc", " 10.1.0.1:80 nat 1",
		}},
		{"mark with flags", `virtual_server fwmark 1 {
			lvs_sched sh
			sh-port
			sh-fallback
			lvs_method DR
			real_server 10.1.0.1 80 {
			}
		}`, []string{"Fwm 1 sh flags 0x18", " 10.1.0.1:0 dr 1"}},
		{"mark, IPv6, NAT", `virtual_server fwmark 2 {
			lvs_sched mh
			lvs_method NAT
			real_server fd01::1 53 {
			}
		}`, []string{"Fwm 2 inet6 mh", " [fd01::1]:53 nat 1"}},
		{"tunnels", `virtual_server 10.0.0.10 80 {
			protocol SCTP
			lvs_method TUN type gue port 5555 csum
			persistence_timeout 100
			persistence_granularity 255.255.255.0
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
		}`, []string{
			"10.0.0.10:sctp:80 wlc persistent 100 mask 0xffffff00",
			" 10.1.0.1:80 tun 1 type 1 port 5555 flags 1", " 10.1.0.2:80 tun 1 type 2 port 0 flags 1",
			" 10.1.0.3:80 tun 1 type 1 port 6666 flags 2", " 10.1.0.4:80 tun 1",
		}},
		{"IPv6", `virtual_server fd00::1 80 {
			protocol TCP
			persistence_timeout
			persistence_granularity 64
			real_server fd01::1 81 {
				weight 65536
			}
		}`, []string{"fd00::1:tcp:80 wlc persistent 360 mask 0x40", " [fd01::1]:81 nat 65536"}},
		{"one-packet scheduling", `virtual_server 10.0.0.1 53 {
			protocol UDP
			ops
			persistence_timeout 60
			persistence_engine sip
			real_server 10.1.0.1 {
			}
		}`, []string{"10.0.0.1:udp:53 wlc flags 0x4 persistent 60 mask 0xffffffff pe sip", " 10.1.0.1:53 nat 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			topo := newTopology(parse(t, tt.conf), nil, marks{})
			if diff := cmp.Diff(tt.want, lines(topo.table().Entries())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSharedServices: a virtual server whose service another one has, too, leaves
// the servers of that one alone.
func TestSharedServices(t *testing.T) {
	const server = "protocol TCP\nreal_server 10.1.0.1 %d {\nTCP_CHECK {\nretry 0\n}\n}\nreal_server 10.1.0.1 %d {\n}\n}\n"
	s := newStory(t, "virtual_server_group G {\n10.0.0.1-2 80\n}\nvirtual_server 10.0.0.1 80 {\n"+sprintf(server, 81, 82)+
		"virtual_server 10.0.0.1 80 {\n"+sprintf(server, 83, 84)+"virtual_server group G {\n"+sprintf(server, 85, 86))
	k, table := keeperOf(s.topo)
	s.down(0)
	s.topo.outcome(s.topo.virtuals[2].reals[0].checks[0], result{}, s.now, s.now)
	k.sync(t, s.topo)
	got, err := table.Table()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"10.0.0.1:tcp:80 wlc", " 10.1.0.1:82 nat 1", " 10.1.0.1:83 nat 1", " 10.1.0.1:84 nat 1", " 10.1.0.1:86 nat 1",
		"10.0.0.2:tcp:80 wlc", " 10.1.0.1:86 nat 1",
	}
	if diff := cmp.Diff(want, lines(got)); diff != "" {
		t.Error(diff)
	}
}

func TestFileMeaning(t *testing.T) {
	text := `track_file F {
		file /tmp/keepalived-check-test
		weight 1
	}
	virtual_server 10.0.0.1 80 {
		protocol TCP
		real_server 10.1.0.1 81 {
			weight 10
			FILE_CHECK {
				track_file F
				weight %s
			}
		}
	}`
	tests := []struct {
		weight string
		values []int
		tables []string
	}{
		{"2", []int{0, 5, -4, -20, 2147483647, -2147483648, 0}, []string{"81(10)", "81(20)", "81(2)", "81(0)", "81(2147483647)", "", "81(10)"}},
		{"0", []int{0, 5, 0}, []string{"81(10)", "", "81(10)"}},
		{"0 reverse", []int{0, 5, 0, 1}, []string{"81(10)", "81(10)", "", "81(10)"}},
		{"3 reverse", []int{0, 5, -4}, []string{"81(10)", "81(0)", "81(22)"}},
	}
	for _, tt := range tests {
		s := &story{t: t, conf: parse(t, sprintf(text, tt.weight))}
		s.topo = newTopology(s.conf, map[string]int{"F": tt.values[0]}, marks{})
		s.topo.start()
		for i, value := range tt.values {
			s.topo.fileValue(s.topo.virtuals[0].reals[0].checks[0], value)
			if got := s.table(); got != tt.tables[i] {
				t.Errorf("weight %s, value %d: %q, want %q", tt.weight, value, got, tt.tables[i])
			}
		}
	}
}
