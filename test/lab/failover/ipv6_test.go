package failover

import (
	"fmt"
	"testing"
)

const vip6 = "fe80::5:51"

// TestIPv6 hands an IPv6 address over and back, on the interface and on VMACs.
func TestIPv6(t *testing.T) {
	for _, more := range []struct{ name, lines string }{{"interface", ""}, {"use_vmac", "    use_vmac\n"}} {
		for _, high := range kinds {
			for _, low := range kinds {
				hi, lo := high(t), low(t)
				if hi.IsC && lo.IsC {
					continue
				}
				t.Run(more.name+"/"+hi.Name+"-"+lo.Name, func(t *testing.T) {
					t.Parallel()
					r := newPair(t, v3, hi, lo)
					for _, d := range []*director{r.high, r.low} {
						d.config = r.p.global() + instance6(d.priority, more.lines)
					}
					handOver6(r)
				})
			}
		}
	}
}

func handOver6(r *pair) {
	r.high.start()
	r.low.start()
	for range 2 {
		r.holds6(r.high, r.low, "BACKUP")
		r.high.daemon.Stop()
		r.low.waitState(r.t, "VI_1", "MASTER")
		r.low.WaitAddr(vip6)
		r.high.WaitNoAddr(vip6)
		r.high.start()
	}
	r.holds6(r.high, r.low, "BACKUP")
}

func (r *pair) holds6(master, other *director, state string) {
	r.t.Helper()
	master.waitState(r.t, "VI_1", "MASTER")
	other.waitState(r.t, "VI_1", state)
	master.WaitAddr(vip6)
	other.WaitNoAddr(vip6)
}

func instance6(priority uint8, more string) string {
	return fmt.Sprintf(`vrrp_instance VI_1 {
    state BACKUP
    native_ipv6
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int 0.2
%s    virtual_ipaddress {
        %s/64
    }
}
`, vrid, priority, more, vip6)
}
