package config

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
)

// aroundLines is the text around lines of an instance; they begin in line 7.
const aroundLines = "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  192.0.2.1\n }\n%s\n}\n"

// TestComplaintsOfTheCDaemon holds lines that are wrong, or look so, to what C
// keepalived 2.4.3 was seen to say of them, and to its exit status.
func TestComplaintsOfTheCDaemon(t *testing.T) {
	for _, tt := range []struct {
		text   string // what does not begin a block stands in an instance
		status int
		want   []string
	}{
		{"virtual_routes {\n src 192.0.2.1 default via 192.0.2.254 dev eth0\n}", 5, []string{"(FILE: Line 8) Cannot mix IPv4 and IPv6 addresses for route (default)"}},
		{"virtual_routes {\n 10.0.0.0/8 11.0.0.0/8 via 192.0.2.254 dev eth0\n}", 0, nil},
		{"virtual_routes {\n 10.0.0.0/33 via 192.0.2.254 dev eth0\n}", 5, []string{"(FILE: Line 8) number '33' outside range [0, 32]",
			"(FILE: Line 8) Invalid address prefix len 33 for address 10.0.0.0/33 - using 32"}},
		{"virtual_rules {\n from 10.0.0.0/x table 100\n}", 5, []string{"(FILE: Line 8) invalid number 'x'",
			"(FILE: Line 8) Invalid address prefix len x for address 10.0.0.0/x - using 32",
			"(FILE: Line 8) Rule has no preference specified - setting to 16384. This is probably not what you want."}},
		{"virtual_rules {\n from 10.0.0 table 100\n}", 5, []string{"(FILE: Line 8) VRRP parsed invalid IP 10.0.0. skipping IP...",
			"(FILE: Line 8) Invalid rule from address 10.0.0"}},
		{"virtual_ipaddress {\n x/y\n}", 5, []string{"(FILE: Line 8) invalid number 'y'",
			"(FILE: Line 8) Invalid address prefix len y for address x/y - using 32", "(FILE: Line 8) VRRP parsed invalid IP x/y. skipping IP..."}},
		{"track_interface {\n ethx weight 3 foo\n}", 5, []string{"(FILE: Line 8) (V) tracked interface ethx doesn't exist"}},
		{"track_script {\n bar weight\n}", 5, []string{"(FILE: Line 8) (V) track script bar not found, ignoring..."}},
		{"vrrp_instance V 1 {\n interface eth0\n}", 5, []string{"(FILE: Line 1) vrrp_instance must have a name"}},
		{"vrrp_sync_group V 1 {\n group {\n  a\n }\n}", 5, []string{"(FILE: Line 1) vrrp_sync_group must have a name - skipping"}},
		{"track_group a b {\n group {\n  a\n }\n}", 5, []string{"(FILE: Line 1) track_group must have a name - skipping"}},
		{"virtual_server_group a b {\n 192.0.2.1 80\n}", 2,
			[]string{"(FILE: Line 1) *** Configuration line starting `***MISSING ***` is missing a parameter at word position 1"}},
		{"virtual_server_group g {\n foo\n}", 5, []string{"(FILE: Line 2) Invalid virtual server group IP address foo  - skipping"}},
		{"virtual_server 192.0.2.1 80x\n lb_algo rr\n foo bar\n}", 5, []string{"(FILE: Line 1) invalid number '80x'",
			"(FILE: Line 2) Missing '{' at beginning of configuration block", "(FILE: Line 3) Unknown keyword 'foo'"}},
		{"global_defs {\n smtp_server a b\n}", 5, []string{"(Line 2) invalid number 'b'", "(Line 2) Invalid smtp server a b"}},
		{"virtual_ipaddress_excluded {\n 192.0.2.9 dev ethx\n}", 5, []string{"(FILE: Line 8) WARNING - interface ethx for ip address 192.0.2.9 doesn't exist",
			"Non-existent interface specified in configuration"}},
		{"virtual_routes {\n 10.0.0.0/24 dev ethx\n}", 5, []string{"(FILE: Line 8) WARNING - interface ethx for VROUTE nexthop doesn't exist",
			"Non-existent interface specified in configuration"}},
		// Each interface that is named has to exist.
		{"interface ethx\n interface eth1", 5, []string{"(FILE: Line 7) WARNING - interface ethx for vrrp_instance V doesn't exist",
			"Non-existent interface specified in configuration"}},
		{"interface ethx\n interface ethy", 5, []string{"(FILE: Line 7) WARNING - interface ethx for vrrp_instance V doesn't exist",
			"(FILE: Line 8) WARNING - interface ethy for vrrp_instance V doesn't exist", "Non-existent interface specified in configuration"}},
		// Nobody looks at scripts that nothing could run.
		{"vrrp_script V {\n script /usr/bin/foo\n}", 0, nil},
		{"vrrp_script V {\n script /bin/foo\n}", 0, nil},
		{"global_defs {\n notify_fifo /tmp/x\n notify_fifo_script /usr/bin/foo\n}", 0, nil},
		// What stops the VRRP process comes after the look at the scripts.
		{"notify /usr/bin/foo\n strict_mode\n virtual_ipaddress {\n }\n}\nvrrp_instance W {\n interface nosuch\n notify /usr/bin/foo", 5, nil},
		{"notify /usr/bin/foo\n}\nvrrp_instance W {\n interface eth0\n notify /usr/bin/foo", 6,
			[]string{"SECURITY VIOLATION - scripts are being executed but script_security not enabled."}},
	} {
		text := tt.text + "\n"
		if word, _, _ := strings.Cut(tt.text, " "); blocks[Root].keywords[word] == nil {
			text = fmt.Sprintf(aroundLines, tt.text)
		}
		t.Run(strings.ReplaceAll(tt.text, "\n", "|"), func(t *testing.T) {
			env := &fakeEnv{ifaces: []string{"eth0", "eth1"}, text: text}
			files, opts := memFiles{corpusFile: text}, Options{Test: true, Lang: lang.Options{ConfigID: "corpus-host"}}
			r := Read(files, corpusFile, opts, env)
			if got := r.Diagnostics.ExitStatus(); got != tt.status {
				t.Errorf("status %d, want %s\n%s", got, strconv.Itoa(tt.status), strings.Join(render(r.Diagnostics), "\n"))
			}
			passes := Passes(files, r.Snapshot, corpusFile, opts, env)
			if got := ExitStatus(passes); got != tt.status {
				t.Errorf("status of the passes %d, want %d", got, tt.status)
			}
			said := saidBy(passes)
			for _, m := range tt.want {
				if !said[m] {
					t.Errorf("not said: %s; but %v", m, said)
				}
			}
			if tt.status == 0 && tt.want == nil && len(r.Diagnostics.All()) > 0 && r.Diagnostics.Highest() != lang.ClassOK {
				t.Errorf("said: %v", render(r.Diagnostics))
			}
		})
	}
}

// TestCountsOfTheParent: what the C daemon's parent says of a last line without an
// end has the number of the line before, and a block that is not closed takes the
// rest with it only where it is read.
func TestCountsOfTheParent(t *testing.T) {
	for _, tt := range []struct {
		text   string
		status int
		want   string
	}{
		{"global_defs {\n}\n}", 5, "(Line 2) Extra '}' found"},
		{"global_defs {\n}\n}\n", 5, "(Line 3) Extra '}' found"},
		{"global_defs {\nvrrp_instance V {\n interface eth0\n virtual_router_id 1\n notify /usr/bin/foo\n}\n", 5, "(Line 2) Unknown keyword 'vrrp_instance'"},
		{"vrrp_instance V {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 192.0.2.1\n\"}\n}\n}\n", 5, "(FILE: Line 6) Unmatched quote: '\"}'"},
	} {
		env := &fakeEnv{ifaces: []string{"eth0"}, text: tt.text}
		files, opts := memFiles{corpusFile: tt.text}, Options{Test: true}
		passes := Passes(files, Read(files, corpusFile, opts, env).Snapshot, corpusFile, opts, env)
		if got, said := ExitStatus(passes), saidBy(passes); got != tt.status || !said[tt.want] {
			t.Errorf("%q: status %d, want %d; %q not in %v", tt.text, got, tt.status, tt.want, said)
		}
	}
}

// TestTrackedInSpiteOfAComplaint: a weight that cannot be used does not make an
// object untracked, and an object's reverse holds with another weight, too.
func TestTrackedInSpiteOfAComplaint(t *testing.T) {
	const text = "track_file f {\n file /tmp/f\n weight 4 reverse\n}\nvrrp_instance V {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 192.0.2.1\n }\n" +
		" track_interface {\n eth1 weight 300\n eth2 weight 5 foo\n }\n track_file {\n f weight 6\n }\n}\n"
	env := &fakeEnv{ifaces: []string{"eth0", "eth1", "eth2"}, text: text}
	in := Read(memFiles{corpusFile: text}, corpusFile, Options{Test: true}, env).Config.VRRP.Instances[0]
	if got, want := fmt.Sprint(in.TrackInterfaces, in.TrackFiles), "[{eth1 0 false} {eth2 5 false}] [{f 6 true}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
