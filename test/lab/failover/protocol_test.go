package failover

import (
	"fmt"
	"time"
)

// protocol is a way to speak VRRP.
type protocol struct {
	name     string
	version  uint8
	interval time.Duration
	password string
}

var (
	v2   = protocol{name: "v2", version: 2, interval: time.Second}
	v3   = protocol{name: "v3", version: 3, interval: 200 * time.Millisecond}
	pass = protocol{name: "PASS", version: 2, interval: time.Second, password: "secret"}
)

// skew is Skew_Time: in version 2 it is a share of a second, in version 3 of
// the interval (RFC 3768 6.1, RFC 9568 6.1).
func (p protocol) skew(priority uint8) time.Duration {
	unit := p.interval
	if p.version == 2 {
		unit = time.Second
	}
	return time.Duration(256-int(priority)) * unit / 256
}

// downInterval is Active_Down_Interval.
func (p protocol) downInterval(priority uint8) time.Duration {
	return 3*p.interval + p.skew(priority)
}

func (p protocol) instance(name string, vrid, priority uint8, ifname, vip, more string) string {
	auth := ""
	if p.password != "" {
		auth = fmt.Sprintf("    authentication {\n        auth_type PASS\n        auth_pass %s\n    }\n", p.password)
	}
	return fmt.Sprintf(`vrrp_instance %s {
    state BACKUP
    interface %s
    virtual_router_id %d
    priority %d
    advert_int %g
%s%s    virtual_ipaddress {
        %s/24
    }
}
`, name, ifname, vrid, priority, p.interval.Seconds(), auth, more, vip)
}

func (p protocol) global() string {
	return fmt.Sprintf("global_defs {\n    router_id lab\n    vrrp_version %d\n    vrrp_notify_fifo %s\n}\n", p.version, fifoPath)
}
