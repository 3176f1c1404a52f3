package check

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/ipvs"
	"keepalived/test/guest"
	"keepalived/test/need"
)

// The tests of checkers and of the whole child need addresses of their own, so
// the test binary moves into a network namespace of its own first.

const inNamespace = "CHECK_TEST_NAMESPACE"

func TestMain(m *testing.M) {
	if os.Getenv(inNamespace) != "" || os.Getuid() != 0 {
		os.Exit(m.Run())
	}
	if !insideGuest {
		// There is no network to fetch it by in the namespace; TestInGuest says
		// what is wrong.
		_ = guest.Prepare(guestConfig())
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &unix.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: unix.SIGKILL}
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// needNamespace skips without root and brings the loopback interface up.
func needNamespace(t *testing.T) {
	t.Helper()
	need.Root(t, "for a network namespace of its own")
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("ip link set lo up: %v: %s", err, out)
	}
}

// parse reads a configuration.
func parse(t testing.TB, text string) *config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, diags := config.Load(lang.OS{}, file, config.Options{}, config.OSEnv{})
	for _, d := range diags.All() {
		if d.Severity > lang.Warning {
			t.Logf("configuration: %s", d.Text)
		}
	}
	if c == nil || len(c.LVS.VirtualServers) == 0 {
		t.Fatalf("no virtual servers in the configuration: %v", diags.All())
	}
	return c
}

// eventually waits until a state is reached.
func eventually(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// lines is entries in the way of ipvsadm -Sn.
func lines(entries []ipvs.Entry) []string {
	out := []string{}
	for _, e := range entries {
		s := e.Service
		line := fmt.Sprintf("%v %s", s.Key, s.Scheduler)
		if s.Flags != 0 {
			line += fmt.Sprintf(" flags %#x", uint32(s.Flags))
		}
		if s.Persistence != 0 {
			line += fmt.Sprintf(" persistent %d mask %#x", s.Persistence, s.Netmask)
		}
		if s.PE != "" {
			line += " pe " + s.PE
		}
		out = append(out, line)
		for _, d := range e.Destinations {
			forward := map[ipvs.Forward]string{ipvs.Masquerade: "nat", ipvs.DirectRoute: "dr", ipvs.Tunnel: "tun"}[d.Forward]
			line := fmt.Sprintf(" %v %s %d", d.Addr, forward, d.Weight)
			if d.TunnelType != 0 {
				line += fmt.Sprintf(" type %d port %d flags %d", d.TunnelType, d.TunnelPort, d.TunnelFlags)
			}
			out = append(out, line)
		}
	}
	return out
}

// story plays results against a topology and keeps what comes of it.
type story struct {
	t    *testing.T
	topo *topology
	conf *config.Config
	now  time.Time
}

func newStory(t *testing.T, text string) *story {
	s := &story{t: t, conf: parse(t, text), now: time.Unix(1e9, 0)}
	s.topo = newTopology(s.conf, nil, marks{})
	s.topo.start()
	return s
}

// happened is the effects since the last call, one line each; changes of the
// table are left out.
func (s *story) happened() string {
	var b strings.Builder
	for _, e := range s.topo.take() {
		switch e.kind {
		case doSay, doDetail:
			fmt.Fprintln(&b, e.text)
		case doTellReal:
			fmt.Fprintf(&b, "RS %s %s\n", e.r.name(), upDown(e.up))
		case doTellVirtual:
			fmt.Fprintf(&b, "VS %s mail %s\n", upDown(e.up), e.body())
		case doMail:
			fmt.Fprintf(&b, "mail %s %s\n", upDown(e.up), e.text)
		}
	}
	return b.String()
}

// result gives checker k of server i of the first virtual server a result and
// returns the time until its next check.
func (s *story) result(i, k int, r result) time.Duration {
	c := s.topo.virtuals[0].reals[i].checks[k]
	return s.topo.outcome(c, r, s.now, s.now).Sub(s.now)
}

func (s *story) up(i int) time.Duration   { return s.result(i, 0, result{ok: true}) }
func (s *story) down(i int) time.Duration { return s.result(i, 0, result{reason: "broken"}) }

// table is the servers of the first virtual server in IPVS: port(weight).
func (s *story) table() string {
	var out []string
	for _, d := range s.topo.virtuals[0].appendDestinations(nil) {
		out = append(out, fmt.Sprintf("%d(%d)", d.Addr.Port(), d.Weight))
	}
	return strings.Join(out, " ")
}

// expect compares what happened and what IPVS should have.
func (s *story) expect(step, table string, want ...string) {
	s.t.Helper()
	if got := s.happened(); got != strings.Join(append(want, ""), "\n") {
		s.t.Errorf("%s:\n%swanted\n%s", step, got, strings.Join(want, "\n"))
	}
	if got := s.table(); got != table {
		s.t.Errorf("%s: table %q, want %q", step, got, table)
	}
}

// reload makes text the configuration.
func (s *story) reload(text string) {
	s.t.Helper()
	next := parse(s.t, text)
	s.topo = s.topo.reload(s.conf, next, nil)
	s.conf = next
}

func addrPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func split(s string) []string { return strings.Split(s, "\n") }

func mkfifo(path string) error { return unix.Mkfifo(path, 0o600) }
