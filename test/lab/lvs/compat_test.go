package lvs

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"keepalived/internal/config"
)

var update = flag.Bool("update", false, "rewrite docs/compat/lvs.md")

const compatFile = "../../../docs/compat/lvs.md"

// globals are the keywords of global_defs that are about load balancing.
var globals = strings.Fields(`router_id notification_email_from smtp_server smtp_helo_name smtp_connect_timeout notification_email
	smtp_alert smtp_alert_checker no_checker_emails checker_log_all_failures rs_init_notifies lvs_timeouts lvs_flush lvs_flush_on_stop
	lvs_flush_onstop lvs_sync_daemon nftables_ipvs nftables_ipvs_priority nftables_ipvs_start_fwmark nftables_counters
	checker_process_name lvs_process_name checker_priority checker_no_swap checker_rt_priority checker_cpu_affinity
	checker_rlimit_rttime checker_rlimit_rtime enable_snmp_checker enable_traps snmp_vs_stats_update_interval
	snmp_rs_stats_update_interval lvs_notify_fifo lvs_notify_fifo_script notify_fifo notify_fifo_script lvs_netlink_cmd_rcv_bufs
	lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force`)

// roots are those of the top level.
var roots = []string{"SSL", "virtual_server_group", "virtual_server", "net_namespace_ipvs", "track_file"}

// keywords are all that are about load balancing, as "block keyword".
func keywords() []string {
	var out []string
	for _, k := range config.Keywords() {
		top, _, _ := strings.Cut(k.Block, "/")
		switch {
		case k.Block == config.Root && slices.Contains(roots, k.Name),
			k.Block == "global_defs" && slices.Contains(globals, k.Name),
			k.Block == "vrrp_instance" && k.Name == "lvs_sync_daemon_interface",
			slices.Contains([]string{"SSL", "virtual_server_group", "virtual_server", "track_file"}, top):
			out = append(out, k.Block+" "+k.Name)
		}
	}
	return out
}

// used are the keywords of a configuration, as keywords names them.
func used(conf string) map[string]bool {
	out := map[string]bool{}
	block := []string{}
	for line := range strings.Lines(conf) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if f[0] == "}" {
			block = block[:max(0, len(block)-1)]
			continue
		}
		in, name := config.Root, f[0]
		if len(block) > 0 {
			in = strings.Join(block, "/")
		}
		if in == "virtual_server_group" && name != "fwmark" {
			name = "<address entry>"
		}
		out[in+" "+name] = true
		if f[len(f)-1] == "{" {
			block = append(block, f[0])
		}
	}
	return out
}

// TestCompatibility holds docs/compat/lvs.md to what the tests are: each
// keyword has a row, and each row a test that there is.
func TestCompatibility(t *testing.T) {
	if insideGuest {
		t.Skip("it reads the documents of the source, which the guest does not have; it runs outside")
	}
	want := compatibility(t)
	if *update {
		if err := os.WriteFile(compatFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(compatFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/compat/lvs.md does not say what the stories are; run the test with -update")
	}
}

// compatibility is the text of docs/compat/lvs.md.
func compatibility(t *testing.T) string {
	rules := readIntended(t)
	all := stories()
	proofs := map[string][]*story{}
	for _, s := range all {
		for k := range used(s.conf) {
			proofs[k] = append(proofs[k], s)
		}
		for k := range used(s.later) {
			proofs[k] = append(proofs[k], s)
		}
	}
	var b strings.Builder
	b.WriteString(compatHead)
	for _, k := range keywords() {
		block, name, _ := strings.Cut(k, " ")
		proof, result := "", ""
		if p, ok := elsewhere[k]; ok {
			proof, result = p.test, p.result
			checkTest(t, k, p.test)
		} else if list := proofs[k]; len(list) > 0 {
			s := slices.MinFunc(list, func(a, b *story) int {
				return len(used(a.conf)) - len(used(b.conf))
			})
			proof = "`TestKernelBesideC/" + strings.ReplaceAll(s.name, " ", "_") + "`"
			result = "equal"
			if note := newer[name]; note != "" {
				result = note
			}
		} else {
			t.Errorf("no test for %s", k)
			continue
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", strings.Trim(block, "()"), strings.ReplaceAll(name, "|", `\|`), proof, result)
	}
	b.WriteString("\n## Where the stories differ\n\nWhat one daemon has and the other has not, by pattern (`testdata/intended.tsv`).\n\n| who | story | what | line | reason |\n|---|---|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` | %s |\n", r.who, r.story, r.view, strings.ReplaceAll(r.is.String()[4:len(r.is.String())-2], "|", `\|`), r.reason)
	}
	return b.String()
}

// TestBehaviour holds docs/compat/lvs-behaviour.md to tests and stories that
// there are.
func TestBehaviour(t *testing.T) {
	if insideGuest {
		t.Skip("it reads the documents of the source, which the guest does not have; it runs outside")
	}
	text, err := os.ReadFile("../../../docs/compat/lvs-behaviour.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "|---|")
	names := map[string]bool{}
	for _, s := range stories() {
		names[s.name] = true
	}
	rows := 0
	for line := range strings.Lines(table) {
		f := strings.Split(line, "|")
		if len(f) != 4 || strings.HasPrefix(f[1], " **") {
			continue
		}
		rows++
		tests := strings.Split(strings.TrimSpace(f[2]), ", ")
		for _, name := range tests {
			if !names[strings.Trim(name, "`")] {
				checkTest(t, strings.TrimSpace(f[1]), name)
			}
		}
	}
	if rows < 40 {
		t.Errorf("%d rows were read", rows)
	}
}

// proof is a test beside the stories.
type proof struct{ test, result string }

var testName = regexp.MustCompile("^`(\\S+) (Test\\w+)`$")

// checkTest makes sure that a test like "`internal/check TestX`" exists.
func checkTest(t *testing.T, keyword, name string) {
	t.Helper()
	m := testName.FindStringSubmatch(name)
	if m == nil {
		t.Errorf("%s: %q does not name a test", keyword, name)
		return
	}
	files, _ := filepath.Glob(filepath.Join("../../..", m[1], "*_test.go"))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "func "+m[2]+"(") {
			return
		}
	}
	t.Errorf("%s: there is no test %s in %s", keyword, m[2], m[1])
}

const compatHead = "# Load balancing beside C keepalived 2.2.7\n\n" +
	"Each keyword with a test that proves it. The stories of `test/lab/lvs` are configurations that our daemon and the C daemon\n" +
	"(2.2.7, Debian's) run at the same time in one guest kernel, while servers die, come back and answer wrongly, files change and\n" +
	"configurations are reloaded. After each step these are compared: the kernel's table (`ipvsadm -Sn`), the calls of notify\n" +
	"scripts, FIFO lines, what the servers saw (requests, source addresses, mails), log lines but for time stamps and pids, and\n" +
	"where it applies what other commands show (sync daemon, timeouts, nftables, attributes of the process). `equal` means that all\n" +
	"of that is the same but for the lines at the end.\n\n" +
	"This file is made by `go test ./test/lab/lvs -run TestCompatibility -update`; the same test without the flag checks it.\n\n" +
	"| block | keyword | test | beside 2.2.7 |\n|---|---|---|---|\n"

// TestShares: the guests together play each story once.
func TestShares(t *testing.T) {
	played := map[string]int{}
	for _, r := range allTests() {
		for _, s := range share(stories(), r.share) {
			played[s.name]++
		}
	}
	for _, s := range stories() {
		if played[s.name] != 1 {
			t.Errorf("%s is played %d times", s.name, played[s.name])
		}
	}
	if len(share(stories(), "")) != len(stories()) {
		t.Error("without a share not all are played")
	}
}
