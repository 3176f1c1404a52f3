package lvs

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }

// Where the guest has the daemons.
const oursPath = "/guest/ours/keepalived"

// cPathEnv tells the tests in the guest where C keepalived is.
const cPathEnv = "LVS_C_KEEPALIVED"

// insideGuest says that there is a kernel with IPVS.
var insideGuest = os.Getenv(guest.EnvInside) != ""

// programs are the daemons, by name.
func ours() lab.Program { return lab.Program{Name: "ours", Path: oursPath} }
func theC() lab.Program { return lab.Program{Name: "C", Path: os.Getenv(cPathEnv), IsC: true} }

// needGuest leaves a test to TestInGuest.
func needGuest(t *testing.T) {
	t.Helper()
	if !insideGuest {
		t.Skip("run by TestInGuest")
	}
}

// inGuest runs this test binary in a guest and returns what it printed.
func inGuest(t *testing.T, pattern string) (int, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := lab.CKeepalived(t) // with the libraries that it needs
	var out bytes.Buffer
	config := guest.Config{
		Command:  []string{self, "-test.v", "-test.timeout", "60m", "-test.run", pattern},
		Env:      []string{"LAB_REQUIRED=1", cPathEnv + "=" + c.Path, "LVS_SHOW=" + os.Getenv("LVS_SHOW"), "LVS_OPEN=" + os.Getenv("LVS_OPEN")},
		Files:    []string{lab.Ours(t).Path + ":" + oursPath},
		Programs: []string{"ip", "sh", "nft", c.Path},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		Modules:  []string{"fou", "fou6"}, // nothing asks for them
		// The clock counts instructions: what is timed does not see a busy host.
		Icount:  "shift=1,sleep=off",
		Timeout: 35 * time.Minute,
		Output:  &out,
	}
	if os.Getenv("LVS_CORPUS") != "" {
		config.Files = append(config.Files, corpusDir+":"+corpusInside)
	}
	if testing.Verbose() {
		config.Output = io.MultiWriter(&out, os.Stderr)
	}
	status, err := guest.Run(t.Context(), config)
	if errors.Is(err, guest.ErrUnavailable) && os.Getenv(guest.EnvRequired) == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	return status, out.String()
}

// TestInGuest runs the tests that need the kernel's IPVS.
func TestInGuest(t *testing.T) {
	if insideGuest {
		t.Skip("this is the guest")
	}
	if testing.Short() {
		t.Skip("boots a kernel of its own")
	}
	pattern := "^TestKernel"
	if _, wanted, ok := strings.Cut(flag.Lookup("test.run").Value.String(), "/"); ok {
		pattern = wanted
	}
	status, out := inGuest(t, pattern)
	report(t, out)
	if status != 0 && !t.Failed() {
		t.Errorf("the tests ended with status %d:\n%s", status, out)
	}
}

var verdict = regexp.MustCompile(`(?m)^ *--- (PASS|FAIL|SKIP): (\S+) \((\S+)\)$`)

// report makes a subtest of each test that the guest ran, and of each part of
// one that it did not run.
func report(t *testing.T, out string) {
	results := verdict.FindAllStringSubmatch(out, -1)
	if len(results) == 0 {
		t.Errorf("no test ran:\n%s", out)
	}
	for _, r := range results {
		if strings.Contains(r[2], "/") && r[1] != "SKIP" {
			continue
		}
		t.Run(r[2], func(t *testing.T) {
			switch r[1] {
			case "FAIL":
				t.Errorf("failed in the guest:\n%s", section(out, r[2]))
			case "SKIP":
				t.Skip("skipped in the guest")
			}
		})
	}
}

// section is what the tests printed from the beginning of one test to that of
// the next.
func section(out, name string) string {
	from := strings.Index(out, "=== RUN   "+name+"\n")
	if from < 0 {
		return out
	}
	rest := out[from:]
	if next := regexp.MustCompile(`(?m)^=== RUN   [^/\n]+$`).FindAllStringIndex(rest, 2); len(next) == 2 {
		rest = rest[:next[1][0]]
	}
	return rest
}
