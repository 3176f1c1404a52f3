package config

import (
	"strings"
	"testing"
	"time"
)

// TestBounds reads texts that grow without end when they are allowed to.
func TestBounds(t *testing.T) {
	instance := "vrrp_instance a {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n"
	for _, c := range []struct{ name, text string }{
		{"sequence of unknown words", "~SEQ(A,1,2000000000) x$A y\n"},
		{"sequence of instances", "~SEQ(A,1,100000) vrrp_instance ${A} { virtual_router_id 1 }\n"},
		{"sequence of addresses", instance + "~SEQ(A,0,9) ~SEQ(B,0,255) ~SEQ(C,0,255) 10.${A}.${B}.${C}\n }\n}\n"},
		{"sequence of groups", "~SEQ(A,1,20000) vrrp_sync_group g${A} { group { i${A} } }\n"},
		{"sequence of sessions", "~SEQ(A,0,255) ~SEQ(B,1,250) bfd_instance b${A}_${B} { neighbor_ip 10.0.${A}.${B} }\n"},
		{"sequence of scripts", "~SEQ(A,1,50000) vrrp_script s${A} { script /x }\n"},
		{"open braces", strings.Repeat("{\n", 200000)},
		{"nested blocks", strings.Repeat("vrrp_instance a {\n", 100000)},
		{"long words", strings.Repeat("vrrp_instance "+strings.Repeat("a", 900)+"\n", 2000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := processorTime()
			r := readText(c.text)
			took := processorTime() - start
			if took > time.Minute {
				t.Errorf("took %v", took)
			}
			t.Logf("%v, %d diagnostics, %d more", took, len(r.Diagnostics.All()), r.Diagnostics.Dropped())
		})
	}
}
