package vrrp

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"keepalived/internal/config"
)

const (
	module = "../../.."
	table  = module + "/docs/compat/vrrp.md"
	// behaviour is what is no keyword.
	behaviour = module + "/docs/compat/vrrp-behaviour.md"
)

// vrrpBlocks are the blocks whose keywords all need a row, and the keywords of
// the top level that belong to VRRP.
var (
	vrrpBlocks = []string{
		"track_group", "vrrp_sync_group", "garp_group", "vrrp_script", "vrrp_track_process", "track_file", "vrrp_track_file",
		"vrrp_instance", "vrrp_instance.authentication", "vrrp_instance.auth_hmac", "ADDRESS_LINE", "ROUTE_LINE", "RULE_LINE",
	}
	vrrpRoot = []string{
		"track_group", "static_ipaddress", "static_routes", "static_rules", "vrrp_sync_group", "garp_group", "linkbeat_use_polling",
		"linkbeat_interfaces", "interface_up_down_delays", "vrrp_script", "vrrp_track_process", "track_file", "vrrp_track_file", "vrrp_instance",
	}
)

var compatRow = regexp.MustCompile("^\\| `([^`]+)` \\| `([^` ]+) (Test[A-Za-z0-9]+)(?:/([^`]+))?` \\| .+ \\|$")

// TestCompatTable: every keyword of the VRRP section has a row, and the tests
// that the rows name exist.
func TestCompatTable(t *testing.T) {
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	block := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			block = name
			continue
		}
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		m := compatRow.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("a row that cannot be read: %s", line)
			continue
		}
		rows[block+"\t"+m[1]] = true
		testExists(t, m[2], m[3], m[4])
	}
	for _, k := range config.Keywords() {
		needed := slices.Contains(vrrpBlocks, k.Block) || k.Block == config.Root && slices.Contains(vrrpRoot, k.Name)
		if needed && !rows[k.Block+"\t"+k.Name] {
			t.Errorf("no row for %s of %s", k.Name, k.Block)
		}
	}
}

// TestBehaviourTable: every row names tests that exist, and scenarios.
func TestBehaviourTable(t *testing.T) {
	text, err := os.ReadFile(behaviour)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 || !strings.Contains(line, "Test") {
			continue
		}
		rows++
		for _, m := range namedTest.FindAllStringSubmatch(cells[2], -1) {
			testExists(t, m[1], m[2], m[3])
		}
		for _, name := range scenarioName.FindAllString(cells[2], -1) {
			in := "testdata/vrrp"
			if strings.Contains(cells[2], "TestGolden") {
				in = "testdata/config"
			}
			if _, err := os.Stat(filepath.Join(module, in, name)); err != nil {
				t.Errorf("%s: %v", strings.TrimSpace(line), err)
			}
		}
	}
	if rows < 40 {
		t.Errorf("%d rows can be read", rows)
	}
}

var (
	namedTest    = regexp.MustCompile("`([^` ]+) (Test[A-Za-z0-9]+)(?:/([^`]+))?`")
	scenarioName = regexp.MustCompile(`[a-z_-]+\.txt`)
)

// testExists looks for a test function and the name of its subtest in a
// package.
func testExists(t *testing.T, pkg, test, sub string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(module, pkg, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("no tests in %s: %v", pkg, err)
		return
	}
	var source strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	if !strings.Contains(source.String(), "func "+test+"(") {
		t.Errorf("%s has no %s", pkg, test)
	}
	if sub != "" && !strings.Contains(source.String(), `"`+sub+`"`) {
		t.Errorf("%s of %s has no %q", test, pkg, sub)
	}
}
