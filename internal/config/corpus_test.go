package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
	"keepalived/internal/watchdog/link/pack"
)

var verdictDir = flag.String("verdicts", "", "compare with the verdicts (expected.tsv) and configurations in this directory")

// TestVerdicts compares with verdicts that were taken of other files.
func TestVerdicts(t *testing.T) {
	if *verdictDir == "" {
		t.Skip("it needs a directory of recorded verdicts: -verdicts names it")
	}
	for _, c := range readVerdicts(t, filepath.Join(*verdictDir, "expected.tsv")) {
		t.Run(c.file, func(t *testing.T) {
			r := c.check(t, *verdictDir)
			if got := strconv.Itoa(r.Diagnostics.ExitStatus()); got != c.exit && !strings.HasPrefix(c.exit, "signal") {
				t.Errorf("exit status %s, want %s\n%s", got, c.exit, strings.Join(render(r.Diagnostics), "\n"))
			}
			for _, text := range c.missing(c.said(t, corpusDir)) {
				t.Errorf("not said: %s", text)
			}
		})
	}
}

// corpusDir holds configurations as people wrote them, with the verdicts of the C
// daemon. The tests that need it are skipped where it is not.
const corpusDir = "../../../shared/corpus"

const corpusFile = "/etc/keepalived/keepalived.conf"

// unsaid are files of which the C daemon says more than we do, and why.
var unsaid = map[string]string{
	"083.conf": "a definition whose last line is a sequence that uses another one ends elsewhere for the C daemon",
}

func TestCorpus(t *testing.T) {
	for _, c := range readVerdicts(t, filepath.Join(corpusDir, "expected-2.4.3.tsv")) {
		t.Run(c.file, func(t *testing.T) {
			if c.file == "137.conf" {
				t.Skip("C read it inside the network namespace that it names, which is not here")
			}
			r := c.check(t, corpusDir)
			if got := strconv.Itoa(r.Diagnostics.ExitStatus()); got != c.exit {
				t.Errorf("exit status %s, want %s\n%s", got, c.exit, strings.Join(render(r.Diagnostics), "\n"))
			}
			files, env, opts := c.circumstances(t, corpusDir)
			if got := strconv.Itoa(ExitStatus(Passes(files, r.Snapshot, corpusFile, opts, env))); got != c.exit {
				t.Errorf("exit status of the passes %s, want %s", got, c.exit)
			}
			if why := unsaid[c.file]; why != "" {
				t.Logf("messages not compared: %s", why)
			} else {
				for _, text := range c.missing(c.said(t, corpusDir)) {
					t.Errorf("not said: %s", text)
				}
			}
			checkHandover(t, r.Config)
		})
	}
}

// TestCorpusWithoutScripts is the same where no script exists.
func TestCorpusWithoutScripts(t *testing.T) {
	for _, c := range readVerdicts(t, filepath.Join(corpusDir, "expected-2.4.3-noscripts.tsv")) {
		t.Run(c.file, func(t *testing.T) {
			if c.file == "137.conf" {
				t.Skip("C read it inside the network namespace that it names, which is not here")
			}
			c.noScripts = true
			r := c.check(t, corpusDir)
			if got := strconv.Itoa(r.Diagnostics.ExitStatus()); got != c.exit {
				t.Errorf("exit status %s, want %s\n%s", got, c.exit, strings.Join(render(r.Diagnostics), "\n"))
			}
			if unsaid[c.file] != "" {
				return
			}
			for _, text := range c.missing(c.said(t, corpusDir)) {
				t.Errorf("not said: %s", text)
			}
		})
	}
}

// verdict is what the C daemon says of a file.
type verdict struct {
	file     string
	exit     string
	messages []string
	ifaces   []string
	// noScripts: the files that it names do not exist.
	noScripts bool
}

func readVerdicts(t *testing.T, name string) []verdict {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("it needs the verdicts recorded in ../shared/corpus: %v", err)
	}
	ifaces := readInterfaces(t, filepath.Dir(name))
	var out []verdict
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if f[0] == "file" {
			continue
		}
		v := verdict{file: f[0], exit: f[1], ifaces: ifaces[f[0]]}
		if err := json.Unmarshal([]byte(f[3]), &v.messages); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func readInterfaces(t *testing.T, dir string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "interfaces.tsv"))
	if err != nil {
		t.Skipf("it needs the interfaces recorded in ../shared/corpus: %v", err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) > 1 {
			out[f[0]] = strings.Fields(f[1])
		}
	}
	return out
}

func (c *verdict) check(t *testing.T, dir string) Result {
	t.Helper()
	files, env, opts := c.circumstances(t, dir)
	return Read(files, corpusFile, opts, env)
}

func (c *verdict) circumstances(t *testing.T, dir string) (memFiles, *fakeEnv, Options) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, c.file))
	if err != nil {
		t.Fatal(err)
	}
	env := &fakeEnv{ifaces: c.ifaces, text: string(text)}
	if c.noScripts {
		env.text = "/usr/sbin/ip /usr/bin/sh" // the machine's own
	}
	return memFiles{corpusFile: string(text)}, env, Options{Test: true, Lang: lang.Options{ConfigID: "corpus-host"}}
}

// said is what we say in the words of the C daemon, process by process.
func (c *verdict) said(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, env, opts := c.circumstances(t, dir)
	return saidBy(Passes(files, Read(files, corpusFile, opts, env).Snapshot, corpusFile, opts, env))
}

func saidBy(passes []Pass) map[string]bool {
	out := map[string]bool{}
	for _, p := range passes {
		for _, d := range p.Diagnostics {
			switch {
			case d.Bare || !d.Pos.IsValid():
				out[d.Text] = true
			case p.Stage == lang.StageParent:
				out[fmt.Sprintf("(Line %d) %s", d.Pos.Line, d.Text)] = true
			default:
				out[fmt.Sprintf("(FILE: Line %d) %s", d.Pos.Line, d.Text)] = true
			}
		}
	}
	return out
}

// missing returns what the C daemon says and we do not.
func (c *verdict) missing(said map[string]bool) []string {
	var out []string
	for _, m := range c.messages {
		if !said[m] && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

func render(diags *lang.Diagnostics) []string {
	var out []string
	for _, diag := range diags.All() {
		line := fmt.Sprintf("%d:%d %s %s: %s", diag.Pos.Line, diag.Pos.Column, diag.Severity, diag.Class, diag.Text)
		if diag.Help != "" {
			line += " [" + diag.Help + "]"
		}
		out = append(out, line)
	}
	return out
}

// checkHandover hands a configuration over as the parent does to a child.
func checkHandover(t *testing.T, c *Config) {
	t.Helper()
	var buf bytes.Buffer
	if err := pack.Write(&buf, *c); err != nil {
		t.Fatalf("encoding: %v", err)
	}
	var back Config
	if err := pack.Read(buf.Bytes(), &back); err != nil {
		t.Fatalf("decoding: %v", err)
	}
	if !reflect.DeepEqual(c, &back) {
		t.Errorf("the hand-over changed the configuration:\n%+v\n%+v", *c, back)
	}
}

// memFiles is a lang.FS in memory.
type memFiles map[string]string

func (m memFiles) ReadFile(name string) (string, error) {
	text, ok := m[path.Clean(name)]
	if !ok {
		return "", fs.ErrNotExist
	}
	return text, nil
}

func (m memFiles) Stat(name string) (fs.FileMode, error) {
	name = path.Clean(name)
	if _, ok := m[name]; ok {
		return 0o644, nil
	}
	for file := range m {
		if strings.HasPrefix(file, strings.TrimSuffix(name, "/")+"/") {
			return fs.ModeDir | 0o755, nil
		}
	}
	return 0, fs.ErrNotExist
}

func (m memFiles) ReadDir(name string) ([]string, error) {
	var out []string
	for file := range m {
		if path.Dir(file) == path.Clean(name) {
			out = append(out, path.Base(file))
		}
	}
	if out == nil {
		return nil, fs.ErrNotExist
	}
	return out, nil
}

func (m memFiles) RealPath(name string) (string, error) { return path.Clean(name), nil }

// fakeEnv is the small machine in which the verdicts were taken.
type fakeEnv struct {
	StaticEnv
	ifaces []string
	text   string // scripts that it names in full exist
}

func (e *fakeEnv) Interface(name string) (Interface, bool) {
	if name == "lo" {
		return Interface{Name: name, Loopback: true, MTU: 65536}, true
	}
	return Interface{Name: name, MTU: 1500, Kind: "veth"}, slices.Contains(e.ifaces, name)
}

func (e *fakeEnv) LookupUser(name string) (Identity, bool) {
	id, ok := map[string]Identity{"root": {}, "daemon": {1, 1}, "www-data": {33, 33}, "nobody": {65534, 65534}}[name]
	return id, ok
}

func (e *fakeEnv) LookupGroup(name string) (uint32, bool) {
	gid, ok := map[string]uint32{"root": 0, "daemon": 1, "mail": 8, "www-data": 33, "nogroup": 65534}[name]
	return gid, ok
}

func (e *fakeEnv) Hostname() string { return "corpus-host" }

func (e *fakeEnv) ResolveHost(name string) (netip.Addr, bool) {
	a, ok := map[string]string{"localhost": "127.0.0.1", "corpus-host": "127.0.1.1"}[name]
	if !ok {
		return netip.Addr{}, false
	}
	return netip.MustParseAddr(a), true
}

// CheckScript finds every plainly named script. /bin and /sbin are symbolic
// links, which the C daemon refuses.
func (e *fakeEnv) CheckScript(argv []string, _, _ uint32) ScriptCheck {
	name := argv[0]
	if strings.HasPrefix(name, "</") || name == "<" {
		return ScriptCheck{Found: true, Test: true}
	}
	if !strings.Contains(e.text, name) || strings.ContainsAny(name, "$<") || strings.Contains(name, "/") && name[0] != '/' {
		return ScriptCheck{}
	}
	link := strings.HasPrefix(name, "/bin/") || strings.HasPrefix(name, "/sbin/") || strings.HasPrefix(name, "/lib/")
	return ScriptCheck{Found: true, Executable: true, Path: name, Refused: link}
}

func (e *fakeEnv) ReadFile(name string) ([]byte, error) {
	text, ok := map[string]string{
		"/etc/iproute2/rt_tables":  "255 local\n254 main\n253 default\n0 unspec\n",
		"/etc/iproute2/rt_protos":  "0 unspec\n4 static\n18 keepalived\n186 bgp\n",
		"/etc/iproute2/rt_dsfield": "0x10 lowdelay\n0x08 throughput\n",
	}[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (e *fakeEnv) PathInfo(name string) PathInfo {
	dirs := []string{"/", "/etc/keepalived", "/etc", "/run", "/tmp", "/var", "/var/run", "/var/log", "/var/lib", "/root"}
	return PathInfo{Exists: slices.Contains(dirs, path.Clean(name)), Dir: true, Mode: 0o755}
}

func (e *fakeEnv) CPUs() int { return 2 }

func (e *fakeEnv) ProcessEvents() bool { return true }
