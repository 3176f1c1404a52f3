package config

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// A day and more are as long as they say, to the longest time there is.
func TestLongDurations(t *testing.T) {
	for places, seconds := range map[int][]int64{0: {86400, 1 << 32}, 3: {86400, 4294967}, 6: {9223, 9224, 86400, int64(forever / time.Second)}} {
		for _, s := range seconds {
			lim := decimals{places: places, hi: math.MaxInt64}
			v, bad := parseDecimal(strconv.FormatInt(s, 10), lim)
			if got := lim.duration(v); bad != nil || got != time.Duration(s)*time.Second {
				t.Errorf("%d s with %d places: %v, %v", s, places, got, bad)
			}
		}
	}
}

// In a run, a number with something after it counts, in a test it does not.
func TestNumbersInARun(t *testing.T) {
	const text = "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n garp_master_delay 4x\n virtual_ipaddress {\n 192.0.2.1/24x preferred_lft 9x\n }\n}\n"
	for _, test := range []bool{true, false} {
		env := &fakeEnv{ifaces: []string{"eth0"}, text: text}
		r := Read(memFiles{corpusFile: text}, corpusFile, Options{Test: test}, env)
		in, vip := r.Config.VRRP.Instances[0], r.Config.VRRP.Instances[0].VIPs[0]
		bits, lifetime, delay := 24, uint32(9), 4*time.Second
		if test {
			bits, lifetime, delay = 32, LifetimeForever, 5*time.Second
		}
		if vip.Prefix.Bits() != bits || vip.PreferredLft != lifetime || in.GarpMasterDelay != delay {
			t.Errorf("test %t: /%d, lifetime %d, delay %v", test, vip.Prefix.Bits(), vip.PreferredLft, in.GarpMasterDelay)
		}
	}
}
