package config

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/config/lang"
)

const lvsGlobals = "global_defs {\nscript_user root\nenable_script_security\n}\n"

// lvsServer is a virtual server with the lines, as far as they are given.
func lvsServer(pre, head, settings, lines, reals string) string {
	return lvsGlobals + pre + head + " {\n" + settings + lines + "\n" + reals + "}\n"
}

const (
	lvsHead     = "virtual_server 10.0.0.1 80"
	lvsNAT      = "lvs_sched rr\nlvs_method NAT\n"
	lvsTCP      = lvsNAT + "protocol TCP\n"
	lvsReal     = "real_server 10.0.0.2 80 {\n}\n"
	lvsDR       = "lvs_sched rr\nlvs_method DR\n"
	lvsInGroup  = "virtual_server group G"
	lvsURL      = "\nurl {\npath /\n}"
	lvsFile     = "track_file TF {\nfile /tmp/x\n}\n"
	lvsSession  = "bfd_instance B {\nneighbor_ip 10.0.0.3\n}\n"
	lvsRealOpen = "real_server 10.0.0.2 80 {\n"
)

// lvsConfig puts lines of a kind into a configuration that has no other fault.
func lvsConfig(kind, lines string) string {
	check := func(pre, name, lines string) string {
		return lvsServer(pre, lvsHead, lvsTCP, "", lvsRealOpen+name+" {\n"+lines+"\n}\n}\n")
	}
	group := func(settings string) string {
		return lvsServer("virtual_server_group G {\n"+lines+"\n}\n", lvsInGroup, settings, "", lvsReal)
	}
	switch kind {
	case "server":
		return lvsServer("", lvsHead, lvsTCP, lines, lvsReal)
	case "head":
		return lvsServer("", lines, lvsTCP, "", lvsReal)
	case "mark":
		return lvsServer("", "virtual_server fwmark 5", lvsNAT, lines, lvsReal)
	case "bare":
		return lvsServer("", lvsHead, "", lines, lvsReal)
	case "reals":
		return lvsServer("", lvsHead, lvsTCP, "", lines+"\n")
	case "dr":
		return lvsServer("", lvsHead, lvsDR+"protocol TCP\n", "", lines+"\n")
	case "real":
		return lvsServer("", lvsHead, lvsTCP, "", lvsRealOpen+lines+"\n}\n")
	case "SSL":
		return lvsServer("SSL {\n"+lines+"\n}\n", lvsHead, lvsTCP, "", lvsReal)
	case "group":
		return group(lvsTCP)
	case "groupdr":
		return group(lvsDR)
	case "url":
		return check("", "SSL_GET", "url {\npath /x\n"+lines+"\n}")
	case "HTTP_GET", "SSL_GET":
		return check("", kind, lines+lvsURL)
	case "FILE_CHECK":
		return check(lvsFile, kind, lines)
	case "BFD_CHECK":
		return check(lvsSession, kind, lines)
	}
	return check("", kind, lines)
}

// lvsEnv is a machine with the users root and daemon.
type lvsEnv struct{ StaticEnv }

func (lvsEnv) LookupUser(name string) (Identity, bool) {
	return map[string]Identity{"daemon": {UID: 1, GID: 1}}[name], name == "root" || name == "daemon"
}

func (lvsEnv) LookupGroup(name string) (uint32, bool) { return 0, name == "root" }

func readLVS(text string) Result {
	return Read(memFiles{corpusFile: text}, corpusFile, Options{Test: true}, lvsEnv{})
}

// said returns the complaints that count, as the C daemon prints them.
func said(diags *lang.Diagnostics) []string {
	out := []string{}
	for _, diag := range diags.All() {
		text := diag.Text
		if !diag.Bare {
			text = fmt.Sprintf("(Line %d) %s", diag.Pos.Line, text)
		}
		if diag.Class != lang.ClassOK {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

// TestLVSMessages compares complaints and exit status with those of the C daemon.
func TestLVSMessages(t *testing.T) {
	data, err := os.ReadFile("testdata/lvs_messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 4 {
			continue
		}
		r := readLVS(lvsConfig(f[0], strings.ReplaceAll(f[1], "|", "\n")))
		want := slices.DeleteFunc(strings.Split(f[3], " ## "), func(s string) bool { return s == "" })
		slices.Sort(want)
		if diff := cmp.Diff(want, said(r.Diagnostics)); diff != "" {
			t.Errorf("%s: %s\n(-want +got):\n%s", f[0], f[1], diff)
		}
		if got := strconv.Itoa(r.Diagnostics.ExitStatus()); got != f[2] {
			t.Errorf("%s: %s: status %s, want %s", f[0], f[1], got, f[2])
		}
		checkHandover(t, r.Config)
	}
}

// TestLVSMessagesOfOurs is what differs from the C daemon on purpose.
func TestLVSMessagesOfOurs(t *testing.T) {
	for _, c := range []struct{ kind, lines, want string }{
		{"head", "virtual_server fwmark", "(Line 5) virtual server fwmark missing - ignoring"},
		{"head", "virtual_server group", "(Line 5) virtual server group name missing - ignoring"},
		{"head", "virtual_server fwmark 0", "(Line 5) virtual server fwmark 0 stands for packets without a mark - ignoring"},
		{"real", "weight 0", "Warning - quorum 1 for [10.0.0.1]:tcp:80 exceeds total weight of real servers 0, reducing quorum to 0"},
	} {
		r := readLVS(lvsConfig(c.kind, c.lines))
		if got := said(r.Diagnostics); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %s: %q, want %q", c.kind, c.lines, got, c.want)
		}
	}
}
