// Package arch checks that packages import only what ARCHITECTURE.md allows.
package arch

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rules is the table of ARCHITECTURE.md: which of the module's own packages a
// package may reach, also indirectly. A package that is not listed here fails
// the test, so a new one needs its line in both places.
var rules = map[string][]string{
	"internal/version":        {},
	"internal/dbus":           {},
	"internal/ldirectord":     {},
	"internal/arch":           {},
	"internal/logging":        {},
	"internal/script":         {},
	"internal/poller":         {},
	"internal/signals":        {},
	"internal/resident":       {},
	"internal/trackfile":      {},
	"internal/proctrack":      {},
	"internal/netif":          {},
	"internal/config/lang":    {},
	"internal/config":         {"internal/config/lang"},
	"internal/config/explain": {"internal/config", "internal/config/lang"},
	"internal/config/outline": {"internal/config/lang"},
	"internal/config/lint":    {"internal/config", "internal/config/lang", "internal/config/explain", "internal/config/outline"},
	"internal/config/report":  {"internal/config", "internal/config/lang", "internal/config/explain", "internal/config/lint", "internal/config/outline"},
	"internal/config/manual":  {"internal/config", "internal/config/lang"},
	"internal/vrrp/packet":    {},
	"internal/vrrp/fsm":       {"internal/vrrp/packet"},
	"internal/dump":           {"internal/config", "internal/config/lang"},
	"internal/dumpfile":       {"internal/config", "internal/config/lang", "internal/logging"},
	"internal/vrrp/dump":      {"internal/config", "internal/config/lang", "internal/dump", "internal/vrrp/fsm", "internal/vrrp/packet"},
	"internal/vrrp/wire":      {"internal/vrrp/packet"},
	"internal/vrrp/firewall":  {},
	"internal/watchdog/link":  {"internal/watchdog/link/pack"},
	"internal/notify":         {"internal/config", "internal/config/lang", "internal/logging", "internal/script"},
	"internal/watchdog": {"internal/config", "internal/config/lang", "internal/dumpfile", "internal/logging", "internal/script", "internal/version",
		"internal/watchdog/link", "internal/watchdog/link/pack", "internal/notify", "internal/resident", "internal/signals"},
	"internal/vrrp": {"internal/agentx", "internal/agentx/pdu", "internal/snmp", "internal/snmp/global", "internal/snmp/rfc2787", "internal/snmp/rfc6527", "internal/snmp/vrrpmib", "internal/snmp/vrrprouter",
		"internal/config", "internal/config/lang", "internal/dbus", "internal/dump", "internal/dumpfile", "internal/vrrp/dump", "internal/ipvs", "internal/logging", "internal/netif", "internal/notify", "internal/poller", "internal/proctrack", "internal/resident",
		"internal/script", "internal/signals", "internal/trackfile", "internal/version", "internal/vrrp/firewall", "internal/vrrp/fsm", "internal/vrrp/packet", "internal/vrrp/wire", "internal/watchdog/link", "internal/watchdog/link/pack"},
	"internal/check/web":    {"internal/config", "internal/config/lang"},
	"internal/genhash":      {"internal/check/web", "internal/config", "internal/config/lang"},
	"internal/check/marker": {},
	"internal/check/dump":   {"internal/config", "internal/config/lang", "internal/dump"},
	"internal/check": {"internal/agentx", "internal/agentx/pdu", "internal/snmp", "internal/snmp/checkmib", "internal/snmp/global", "internal/check/dump", "internal/check/marker", "internal/check/web", "internal/config", "internal/config/lang", "internal/dump", "internal/dumpfile", "internal/ipvs", "internal/logging", "internal/netif",
		"internal/notify", "internal/resident", "internal/script", "internal/signals", "internal/trackfile", "internal/version", "internal/watchdog/link", "internal/watchdog/link/pack"},
	"internal/agentx":        {"internal/agentx/pdu"},
	"internal/agentx/pdu":    {},
	"internal/snmp":          {"internal/agentx/pdu"},
	"internal/snmp/global":   {"internal/agentx/pdu", "internal/config", "internal/config/lang", "internal/snmp"},
	"internal/snmp/checkmib": {"internal/agentx/pdu", "internal/check/dump", "internal/config", "internal/config/lang", "internal/dump", "internal/snmp", "internal/snmp/global"},
	"internal/snmp/vrrpmib": {"internal/agentx/pdu", "internal/config", "internal/config/lang", "internal/dump", "internal/snmp", "internal/snmp/global",
		"internal/vrrp/dump", "internal/vrrp/fsm", "internal/vrrp/packet"},
	"internal/snmp/vrrprouter": {"internal/agentx/pdu", "internal/config", "internal/config/lang", "internal/dump", "internal/snmp",
		"internal/vrrp/dump", "internal/vrrp/fsm", "internal/vrrp/packet"},
	"internal/snmp/rfc2787": {"internal/agentx/pdu", "internal/config", "internal/config/lang", "internal/dump", "internal/snmp", "internal/snmp/vrrprouter",
		"internal/vrrp/dump", "internal/vrrp/fsm", "internal/vrrp/packet"},
	"internal/snmp/rfc6527": {"internal/agentx/pdu", "internal/config", "internal/config/lang", "internal/dump", "internal/snmp", "internal/snmp/vrrprouter",
		"internal/vrrp/dump", "internal/vrrp/fsm", "internal/vrrp/packet"},
	"internal/ipvs":       {},
	"internal/bfd/packet": {},
	"internal/bfd/fsm":    {"internal/bfd/packet"},
	"internal/bfd": {"internal/bfd/fsm", "internal/bfd/packet", "internal/config", "internal/config/lang", "internal/dump", "internal/dumpfile", "internal/logging",
		"internal/poller", "internal/signals", "internal/version", "internal/watchdog/link", "internal/watchdog/link/pack"},
	"internal/watchdog/link/pack": {},
}

// pure packages take time as a parameter and do no I/O.
var pure = map[string]bool{"internal/vrrp/packet": true, "internal/vrrp/fsm": true, "internal/watchdog/link/pack": true, "internal/dump": true, "internal/vrrp/dump": true, "internal/check/dump": true, "internal/bfd/packet": true, "internal/bfd/fsm": true, "internal/ldirectord": true,
	"internal/agentx/pdu": true, "internal/snmp": true, "internal/snmp/global": true, "internal/snmp/vrrpmib": true, "internal/snmp/checkmib": true,
	"internal/snmp/vrrprouter": true, "internal/snmp/rfc2787": true, "internal/snmp/rfc6527": true}

// impure is what a pure package may not import itself.
var impure = []string{"os", "net", "log", "log/slog", "syscall", "golang.org/x/sys/unix"}

const module = "keepalived/"

func TestImports(t *testing.T) {
	for _, line := range goList(t, "{{.ImportPath}}\t{{join .Deps \" \"}}\t{{join .Imports \" \"}}") {
		f := strings.Split(line, "\t")
		name := strings.TrimPrefix(f[0], module)
		if !strings.HasPrefix(name, "internal/") {
			continue
		}
		allowed, ok := rules[name]
		if !ok && !strings.HasPrefix(name, "internal/vrrp/fsm/") {
			t.Errorf("%s has no rule: add it to ARCHITECTURE.md and to this test", name)
			continue
		}
		for _, dep := range strings.Fields(f[1]) {
			own, isOwn := strings.CutPrefix(dep, module)
			if isOwn && ok && !slices.Contains(allowed, own) {
				t.Errorf("%s reaches %s, which ARCHITECTURE.md does not allow", name, own)
			}
		}
		if pure[name] {
			checkPure(t, name, strings.Fields(f[2]))
		}
	}
}

func checkPure(t *testing.T, name string, imports []string) {
	t.Helper()
	for _, imp := range imports {
		if slices.Contains(impure, imp) {
			t.Errorf("%s is pure and must not import %s", name, imp)
		}
	}
}

func goList(t *testing.T, format string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", format, module+"internal/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
