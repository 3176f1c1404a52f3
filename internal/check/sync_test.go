package check

import (
	"slices"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
)

// syncConf is a virtual server with synchronisation daemons; %s names an instance.
const syncConf = `global_defs {
	lvs_sync_daemon lo %s id 7
}
vrrp_instance VI_1 {
	interface lo
	virtual_router_id 51
	virtual_ipaddress {
		10.0.0.1
	}
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	real_server 10.1.0.1 81 {
	}
}`

// TestSyncDaemonsAreTended: daemons that follow no instance run again when
// something else has ended them, such as the VRRP process that had them before a
// reload; those of an instance are left to that process.
func TestSyncDaemonsAreTended(t *testing.T) {
	own, followed := parse(t, sprintf(syncConf, "")), parse(t, sprintf(syncConf, "VI_1"))
	if s := followed.Global.IPVS.SyncDaemon; s.Instance != "VI_1" {
		t.Fatalf("%+v", s)
	}
	k, table := keeperOf(newTopology(own, nil, marks{}))
	expect := func(step string, roles ...ipvs.SyncRole) {
		t.Helper()
		var got []ipvs.SyncRole
		for _, d := range table.daemons {
			if got = append(got, d.Role); d.SyncID != 7 {
				t.Errorf("%s: %+v", step, d)
			}
		}
		if slices.Sort(got); !slices.Equal(got, roles) {
			t.Errorf("%s: %v run, want %v", step, got, roles)
		}
	}
	round := func(c *config.Config) {
		k.configure(c, marks{})
		k.patrol.at = 0
		k.patrolOnce(time.Now())
	}
	round(followed)
	expect("those of an instance")
	round(own)
	expect("none any more", ipvs.SyncMaster, ipvs.SyncBackup)
	for _, role := range syncRoles {
		if err := table.StopSync(role); err != nil {
			t.Fatal(err)
		}
	}
	round(own)
	expect("ended by another process", ipvs.SyncMaster, ipvs.SyncBackup)
	if err := table.StopSync(ipvs.SyncMaster); err != nil { // the VRRP process was faster
		t.Fatal(err)
	}
	round(followed)
	expect("taken over by an instance", ipvs.SyncBackup)
	k.restore()
	expect("the end", ipvs.SyncBackup)
}
