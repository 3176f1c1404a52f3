package report

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/config/explain"
	"keepalived/internal/config/manual"
)

const tutorialDir = dir + "/tutorials"

// taught is a mistake that well-known tutorials make, or lead to: by their number
// and by the beginning of what a list of such mistakes says of it.
type taught struct {
	source, item string
	// file is the configuration in testdata/tutorials that has it, with what is
	// said of it beside; "ldirectord" where it is one in an ldirectord.cf.
	file string
	// says is what has to be said of it, each exactly once: the place and the cause,
	// the cure. Without any of it the configuration is fine.
	says []string
	// help is what --help-config has to say, KEYWORD: TEXT, of what is no mistake
	// in a configuration.
	help string
}

var tutorials = []taught{
	{"0", "`script\"/etc/...chk.sh\"`", "script-glued-to-quote", []string{":6:5: error: script has no command", "help: put a space between script and the quote"}, ""},
	{"0", "`vrrp_instanceVI_1 {`", "instance-glued-to-name", []string{":1:1: error", ":10:1: error", "vrrp_instance VI_1\n", "vrrp_instance VI_2\n"}, ""},
	{"0", "`virtual_ipaddress{`", "brace-glued-to-keyword", nil, ""},
	{"0", "`serivce haproxy restart`", "misspelt-inside-a-script", nil, ""},
	{"0", "\"one failure enters FAULT\"", "small-weight", []string{":16:9: lint: (VI_1) script chk_proxy only moves the priority from 52 to 50", "help: remove the weight"}, ""},
	{"0", "weight 2 on priority 50", "weight-too-small-for-peer", []string{":16:9: lint: (VI_1) the weight of script chk_proxy cannot change any election",
		"help: a weight must cross the distance between the priorities 50 and 40"}, ""},
	{"0", "VRRP health only by a script", "script-that-ends-keepalived", []string{":6:5: lint: vrrp_script chk_proxy ends keepalived", "without a weight that is FAULT"}, ""},
	{"1", "`mtp_server 127.0.0.1`", "misspelt-smtp-server", []string{":2:5: error", "help: did you mean smtp_server?"}, ""},
	{"1", "`cript \"/etc/keepalived/check_nginx.sh\"`", "misspelt-script-twice", []string{":6:5: error", ":10:5: error",
		"note: therefore No script set for vrrp_script check_nginx", "note: therefore No script set for vrrp_script check_disk"}, ""},
	{"1", "`persistence_timeout 0`", "persistence-timeout-of-zero", []string{":6:25: error", "help: leave the line out"}, ""},
	{"1", "`nb_get_retry` in TCP_CHECK", "nb-get-retry-in-tcp-check", []string{":11:13: error", "help: write retry"}, ""},
	{"1", "block openers without brace", "virtual-server-without-brace", []string{":1:29: error: Missing '{'", "help: put { here"}, ""},
	{"1", "block openers without brace", "real-server-without-brace", []string{":6:30: error: Missing '{'", "help: put { here"}, ""},
	{"1", "block openers without brace", "addresses-not-closed", []string{":6:23: error", "help: the block that is opened here is not closed"}, ""},
	{"1", "block openers without brace", "openers-without-brace", []string{":9:1: error", "close the block that begins in line 1 first"}, ""},
	{"1", "`keeplived`", "peer-address-mistyped", []string{":6:5: lint: ", "did you mean /etc/keepalived?",
		":14:5: lint: (VI_1) the peer sends from 192.0.2.40, which is not in unicast_peer", "help: add 192.0.2.40"}, ""},
	{"1", "no auth_pass/VRID change", "sample-vrid-and-password", []string{":4:5: lint", "help: choose another virtual_router_id and auth_pass"}, ""},
	{"2", "curly quotes in logfile", "typographic-quotes", []string{":2:29: lint", ":3:17: lint", ":14:22: lint", ":15:29: error"}, ""},
	{"2", "indentation lost", "ldirectord", nil, ""},
	{"2", "script never runs `ipvsadm -A`", "servers-without-ipvsadm", nil, ""},
	{"3", "`stmp_connect_timeout`", "misspelt-smtp-timeout", []string{":3:5: error", "help: did you mean smtp_connect_timeout?"}, ""},
	{"3", "`autp_pass 1234`", "misspelt-password", []string{":8:9: error", "help: did you mean auth_pass?", "adverts are not authenticated"}, ""},
	{"3", "`persistent_timeout`", "misspelt-persistence", []string{":6:5: error", "help: did you mean persistence_timeout?", "help: did you mean persistence_granularity?"}, ""},
	{"3", "`nat_mask`", "obsolete-nat-mask", []string{":6:5: error", "help: obsolete: delete the line"}, ""},
	{"3", "`mcast_src_ip`, `sorry_server`", "values-missing", []string{":6:5: error", "help: give a value: mcast_src_ip ADDRESS",
		":16:5: error", "help: give a value: sorry_server IP [PORT]", ":20:13: error", "help: give a value: connect_timeout SECS"}, ""},
	{"3", "`rr\\|wrr\\|lc`", "alternatives-pasted", []string{":3:13: error", "help: choose one of rr, wrr, lc, wlc, lblc, sh",
		":4:13: error", "help: choose one of NAT, DR, TUN", ":8:9: error", "help: choose one of HTTP_GET, SSL_GET"}, ""},
	{"3", "whole blocks on one line", "blocks-on-one-line", []string{":1:35: error", ":2:45: error"}, ""},
	{"3", "group lets a real server", "server-checked-twice", []string{":14:1: lint", "help: to check them once"}, ""},
	{"3", "MISC_CHECK exit 1", "misc-check-exit-status", nil, ""},
	{"3", "`weight 10` = \"+10 on failure\"", "positive-weight", []string{"succeeds: +10, fails: no change"}, ""},
	{"4", "`scrip \"/path\"`", "misspelt-script", []string{":6:5: error", "help: did you mean script?"}, ""},
	{"4", "`debug` without level", "debug-without-level", []string{":6:5: ", "help: debug has no effect: delete the line"}, ""},
	{"4", "`vrrp_mcast_group4`, `connect_timeout`", "group-without-address", []string{":2:5: error", "help: give a value: vrrp_mcast_group4",
		":21:13: error", "help: give a value: connect_timeout"}, ""},
	{"4", "`exammple.com`", "group6-with-an-ipv4-address", []string{":5:23: error", "help: write vrrp_mcast_group6 IPv6"}, ""},
	{"4", "virtual_router_id 0..255", "vrid-zero", []string{":4:23: error", "range 1..255"}, ""},
	{"4", "MASTER must exceed BACKUP by 50", "gap-of-ten-is-enough", []string{"everything up                  100  wins against the peer",
		"succeeds: no change, fails: -20"}, "preempt_delay: default: 0"},
	{"4", "nopreempt listed together", "nopreempt-with-master", []string{":6:5: error", ":7:5: error", "help: write state BACKUP on every router"}, ""},
	{"3", "virtual_server_group; virtual_server IP port", "virtual-server-in-two-words", []string{":10:1: error", "help: write virtual_server\n"}, ""},
}

// TestTutorials checks the configurations that tutorials lead to: what is said is
// that of the golden files, and has what a reader needs.
func TestTutorials(t *testing.T) {
	used := map[string]bool{}
	for _, row := range tutorials {
		used[row.file] = true
		t.Run(row.file, func(t *testing.T) {
			if row.file == "ldirectord" {
				return // its own tests convert them
			}
			if row.help != "" {
				checkHelp(t, row.help)
			}
			got := checked(t, row.file)
			compare(t, filepath.Join(tutorialDir, row.file+".txt"), got)
			if row.says == nil && !strings.HasPrefix(got, shownName+": no problems found\n") {
				t.Errorf("something is said:\n%s", got)
			}
			for _, text := range row.says {
				if n := strings.Count(got, text); n != 1 {
					t.Errorf("%q is said %d times:\n%s", text, n, got)
				}
			}
		})
	}
	files, _ := filepath.Glob(tutorialDir + "/*.conf")
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".conf"); !used[name] {
			t.Errorf("no row for %s", f)
		}
	}
}

// checked is what a full check shows of a configuration of tutorialDir.
func checked(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tutorialDir, name+".conf"))
	if err != nil {
		t.Fatal(err)
	}
	peer, err := os.ReadFile(filepath.Join(tutorialDir, name+".peer"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	rep := check(string(text), string(peer))
	var b strings.Builder
	if err := rep.Text(&b); err != nil {
		t.Fatal(err)
	}
	if err := explain.Text(&b, rep.Instances); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func checkHelp(t *testing.T, want string) {
	t.Helper()
	keyword, text, _ := strings.Cut(want, ": ")
	var b strings.Builder
	if err := manual.Explain(&b, keyword); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), text) {
		t.Errorf("--help-config %s does not say %q:\n%s", keyword, text, b.String())
	}
}

// rowsFile is the list of mistakes, where it is.
const rowsFile = "../../../../shared/TUTORIALS.md"

// TestEveryTutorialRow makes sure that each mistake of the list has its row here.
func TestEveryTutorialRow(t *testing.T) {
	f, err := os.Open(rowsFile)
	if err != nil {
		t.Skipf("it needs ../shared/TUTORIALS.md: %v", err)
	}
	defer f.Close()
	rows := 0
	for in := bufio.NewScanner(f); in.Scan(); {
		cells := strings.Split(strings.Trim(in.Text(), "|"), " | ")
		if len(cells) < 4 || !strings.HasPrefix(strings.TrimSpace(cells[0]), "tutorial ") {
			continue
		}
		kind, item := cells[1], cells[2]
		if kind != "TYPO" && kind != "FALSE" {
			continue
		}
		rows++
		source := strings.TrimPrefix(strings.TrimSpace(cells[0]), "tutorial ")
		found := false
		for _, row := range tutorials {
			found = found || row.source == source && strings.HasPrefix(strings.TrimPrefix(item, "**"), row.item)
		}
		if !found {
			t.Errorf("tutorial %s, %s: no configuration for: %s", source, kind, item)
		}
	}
	if rows == 0 {
		t.Error("no rows are found")
	}
}
