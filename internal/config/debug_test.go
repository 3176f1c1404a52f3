package config

import (
	"testing"

	"keepalived/internal/config/lang"
)

// A debug without a level is an error of a configuration test, as for the C
// daemon, and nothing that a daemon would not start for.
func TestDebugWithoutLevel(t *testing.T) {
	const text = "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n debug\n priority 77\n virtual_ipaddress {\n 192.0.2.1\n }\n}\n"
	for _, test := range []bool{true, false} {
		env := &fakeEnv{ifaces: []string{"eth0"}}
		r := Read(memFiles{corpusFile: text}, corpusFile, Options{Test: test}, env)
		want := 0
		if test {
			want = 2
		}
		if got := r.Diagnostics.ExitStatus(); got != want {
			t.Errorf("test %v: status %d, want %d", test, got, want)
		}
		if got := r.Config.VRRP.Instances[0].Priority; got != 77 {
			t.Errorf("test %v: priority %d: the lines after it count", test, got)
		}
		if all := r.Diagnostics.All(); len(all) != 1 || !test && (all[0].Severity != lang.Warning || all[0].Class != lang.ClassOK) {
			t.Errorf("test %v: %+v", test, all)
		}
	}
}
