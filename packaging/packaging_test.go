// Package packaging checks the files around the binary.
package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/test/need"
)

const sample = "keepalived.conf.sample"

// TestSample wants a sample about which there is nothing to say.
func TestSample(t *testing.T) {
	r := config.Read(lang.OS{}, sample, config.Options{Test: true, Static: true}, config.StaticEnv{})
	for _, d := range r.Diagnostics.All() {
		t.Errorf("line %d: %s", d.Pos.Line, d.Text)
	}
	if got := len(r.Config.LVS.VirtualServers); got != 3 {
		t.Errorf("%d virtual servers, want 3", got)
	}
}

// TestSampleLayout keeps the lines that instructions on the net tell people to
// change by their number.
func TestSampleLayout(t *testing.T) {
	text := read(t, sample)
	lines := strings.Split(text, "\n")
	for number, word := range map[int]string{
		3: "global_defs", 10: "smtp_server", 12: "router_id", 14: "!vrrp_strict", 19: "vrrp_instance", 20: "state",
		21: "interface", 22: "virtual_router_id", 23: "priority", 27: "auth_pass", 30: "192.168.200.16", 34: "}",
		36: "virtual_server", 39: "lb_kind", 43: "real_server", 45: "SSL_GET", 59: "}", 61: "virtual_server",
		68: "sorry_server", 107: "}", 109: "virtual_server", 157: "}",
	} {
		if f := strings.Fields(lines[number-1]); len(f) == 0 || f[0] != word {
			t.Errorf("line %d is %q, want %s", number, lines[number-1], word)
		}
	}
	if len(lines) != 158 {
		t.Errorf("%d lines, want 157", len(lines)-1)
	}
}

// longOption is how the help text shows an option.
var longOption = regexp.MustCompile(`(?m)^  (?:-\w, |    )--([a-z_-]+)`)

// TestOptionsHaveManual wants every option of the help text in keepalived(8).
func TestOptionsHaveManual(t *testing.T) {
	page := strings.ReplaceAll(read(t, "../docs/man/keepalived.8"), `\-`, "-")
	options := longOption.FindAllStringSubmatch(help(t), -1)
	if len(options) < 30 {
		t.Fatalf("help names only %d options", len(options))
	}
	for _, o := range options {
		if !regexp.MustCompile(`--` + regexp.QuoteMeta(o[1]) + `\b`).MatchString(page) {
			t.Errorf("keepalived(8) does not have --%s", o[1])
		}
	}
}

func TestCompletion(t *testing.T) {
	const script = `. completion/keepalived.bash
keepalived() { command "$KEEPALIVED" "$@"; }
COMP_WORDS=("$KEEPALIVED" --vrrp) COMP_CWORD=1; _keepalived; echo ${COMPREPLY[*]}
COMP_WORDS=("$KEEPALIVED" --signum = STATS) COMP_CWORD=3; _keepalived; echo ${COMPREPLY[*]}`
	cmd := exec.Command("bash", "-c", script)
	cmd.Env = append(os.Environ(), "KEEPALIVED="+binary(t))
	out, err := cmd.CombinedOutput()
	if want := "--vrrp --vrrp_pid\nSTATS STATS_CLEAR\n"; err != nil || string(out) != want {
		t.Errorf("completions are %q (%v), want %q", out, err, want)
	}
}

// TestManualsAreClean renders them with all warnings.
func TestManualsAreClean(t *testing.T) {
	need.Program(t, "man", "man-db")
	for _, page := range []string{"../docs/man/keepalived.8", "../docs/man/genhash.1"} {
		cmd := exec.Command("man", "--warnings", "-l", page)
		var complaints strings.Builder
		cmd.Stderr = &complaints
		if err := cmd.Run(); err != nil || complaints.Len() > 0 {
			t.Errorf("%s: %v %s", page, err, complaints.String())
		}
	}
}

func help(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(binary(t), "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("keepalived --help: %v", err)
	}
	return string(out)
}

// binary builds keepalived.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keepalived")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/keepalived").CombinedOutput(); err != nil {
		t.Fatalf("building keepalived: %v\n%s", err, out)
	}
	return path
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
