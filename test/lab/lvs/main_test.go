package lvs

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
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
var insideGuest = guest.Inside()

// programs are the daemons, by name.
func ours() lab.Program { return lab.Program{Name: "ours", Path: oursPath} }
func theC() lab.Program { return lab.Program{Name: "C", Path: os.Getenv(cPathEnv), IsC: true} }

// needGuest leaves a test to TestInGuest.
func needGuest(t *testing.T) {
	t.Helper()
	guest.Only(t, "TestInGuest")
}

// shareEnv tells TestKernelBesideC in the guest which stories to play: "I/N" is
// every one of N in turn from I on.
const shareEnv = "LVS_SHARE"

// run is one of the guests that run this test binary.
type run struct {
	pattern, share string

	status int
	out    bytes.Buffer
	err    error
}

// allTests is everything, in guests that run at the same time: an emulated
// machine of this kind has one processor.
func allTests() []*run {
	return []*run{
		{pattern: "^TestKernel", share: "0/3"},
		{pattern: "^TestKernelBesideC$", share: "1,2/3"},
	}
}

// start runs the binary in a guest.
func (r *run) start(ctx context.Context, config guest.Config) {
	self, err := os.Executable()
	if err != nil {
		r.err = err
		return
	}
	config.Command = []string{self, "-test.v", "-test.timeout", "60m", "-test.run", r.pattern}
	config.Env = append(slices.Clone(config.Env), shareEnv+"="+r.share)
	config.Output = &r.out
	if testing.Verbose() {
		config.Output = io.MultiWriter(&r.out, os.Stderr)
	}
	r.status, r.err = guest.Run(ctx, config)
}

// guestConfig is what the guests have in common.
func guestConfig(t *testing.T) guest.Config {
	t.Helper()
	c := lab.CKeepalived(t) // with the libraries that it needs
	config := guest.Config{
		Command:  []string{"/proc/self/exe"},
		Env:      []string{"LAB_REQUIRED=1", cPathEnv + "=" + c.Path, "LVS_SHOW=" + os.Getenv("LVS_SHOW")},
		Files:    []string{lab.Ours(t).Path + ":" + oursPath},
		Programs: []string{"ip", "sh", "nft", c.Path},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		Modules:  []string{"fou", "fou6"}, // nothing asks for them
		// The clock counts instructions: what is timed does not see a busy host.
		Icount:  "shift=1,sleep=off",
		Timeout: 38 * time.Minute,
	}
	if os.Getenv("LVS_CORPUS") != "" {
		config.Files = append(config.Files, corpusDir+":"+corpusInside)
	}
	return config
}

// TestInGuest runs the tests that need the kernel's IPVS.
func TestInGuest(t *testing.T) {
	guest.Boots(t)
	runs := allTests()
	if _, wanted, ok := strings.Cut(flag.Lookup("test.run").Value.String(), "/"); ok {
		runs = []*run{{pattern: wanted, share: "0/1"}}
	}
	config := guestConfig(t)
	guest.Must(t, guest.Prepare(config)) // once for all
	var all sync.WaitGroup
	for _, r := range runs {
		all.Go(func() { r.start(t.Context(), config) })
	}
	all.Wait()
	for _, r := range runs {
		out := r.out.String()
		if r.err != nil {
			t.Errorf("%v\n%s", r.err, out)
			continue
		}
		report(t, out)
		if r.status != 0 && !t.Failed() {
			t.Errorf("the tests ended with status %d:\n%s", r.status, out)
		}
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
				t.Skip("it was skipped in the guest; its own message is in the output of that")
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
