package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestMembersShareTrackers: members of a sync group that track nothing of their own
// have the group's list, so that m members and k objects take m+k, not m times k.
func TestMembersShareTrackers(t *testing.T) {
	var text strings.Builder
	for i := range 30 {
		fmt.Fprintf(&text, "track_file f%d {\n file /tmp/f%d\n weight 0\n}\n", i, i)
	}
	for i := range 20 {
		own := ""
		if i == 19 {
			own = " track_file {\n  f3\n }\n"
		}
		fmt.Fprintf(&text, "vrrp_instance V%d {\n interface eth0\n virtual_router_id %d\n virtual_ipaddress {\n 192.0.2.%d\n }\n%s}\n", i, i+1, i+1, own)
	}
	text.WriteString("vrrp_sync_group G {\n group {\n")
	for i := range 20 {
		fmt.Fprintf(&text, " V%d\n", i)
	}
	text.WriteString(" }\n track_file {\n")
	for i := range 30 {
		fmt.Fprintf(&text, " f%d\n", i)
	}
	text.WriteString(" }\n track_interface {\n eth0\n eth1 weight 5\n }\n}\n")
	c := readText(text.String()).Config.VRRP
	group := c.SyncGroups[0].TrackFiles
	for i, in := range c.Instances {
		if len(in.TrackFiles) != 30 {
			t.Fatalf("%s tracks %d files", in.Name, len(in.TrackFiles))
		}
		if shared := &in.TrackFiles[0] == &group[0]; shared != (i != 19) {
			t.Errorf("%s: the group's list: %t", in.Name, shared)
		}
		// The own interface is tracked anyway.
		if got := fmt.Sprint(in.TrackInterfaces); got != "[{eth1 5 false}]" {
			t.Errorf("%s tracks interfaces %s", in.Name, got)
		}
	}
	if last := c.Instances[19].TrackFiles[0].Name; last != "f3" {
		t.Errorf("the own object is %s", last)
	}
}
