package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// --check without a value is the C daemon's option among those of a daemon, and
// a check otherwise; with a value it is a check.
func TestCheckOptions(t *testing.T) {
	for _, tt := range []struct {
		args []string
		ok   func(s *settings) bool
	}{
		{[]string{"--check"}, func(s *settings) bool { return s.configTest && s.check.on && s.check.full }},
		{[]string{"--check", "-f", "/x", "-i", "a"}, func(s *settings) bool { return s.configTest && s.check.full }},
		{[]string{"-t", "--check"}, func(s *settings) bool { return s.configTest && s.check.full }},
		{[]string{"--check", "-n"}, func(s *settings) bool { return !s.configTest && s.noVRRP }},
		{[]string{"-D", "--check"}, func(s *settings) bool { return !s.configTest && s.noVRRP }},
		{[]string{"-C"}, func(s *settings) bool { return !s.configTest && s.noVRRP && !s.check.on }},
		{[]string{"-nC"}, func(s *settings) bool { return !s.configTest && s.noVRRP && s.foreground }},
		{[]string{"--check=static"}, func(s *settings) bool { return s.configTest && s.check.static && !s.check.full && s.noSyslog }},
		{[]string{"--check=full,strict", "-n"}, func(s *settings) bool { return s.configTest && s.check.full && s.check.strict }},
		{[]string{"--check-format=json"}, func(s *settings) bool { return s.configTest && s.check.format == "json" }},
		{[]string{"--peer", "/x"}, func(s *settings) bool { return s.configTest && s.check.peer == "/x" }},
		{[]string{"--p", "/x"}, func(s *settings) bool { return s.pid == "/x" }}, // as without --peer
		{[]string{"-t"}, func(s *settings) bool { return s.configTest && !s.check.on }},
	} {
		var out, errs bytes.Buffer
		s, status := parse(append([]string{"keepalived"}, tt.args...), &out, &errs)
		if status != goOn || out.Len()+errs.Len() > 0 || !tt.ok(s) {
			t.Errorf("%q: status %d, %q, %q, %+v", tt.args, status, out.String(), errs.String(), s)
		}
	}
	for _, arg := range []string{"--check=", "--check=all", "--check=full,", "--check-format=xml"} {
		var errs bytes.Buffer
		if _, status := parse([]string{"keepalived", arg}, nil, &errs); status != statusFatal || errs.String() != "Unknown option "+arg+"\n" {
			t.Errorf("%s: status %d, %q", arg, status, errs.String())
		}
	}
}

func TestHelpConfig(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		out    string
		errs   string
	}{
		{[]string{"--help-config", "quorum"}, 0, "in virtual_server", ""},
		{[]string{"--help-config=quorum"}, 0, "in virtual_server", ""},
		{[]string{"--help-config"}, 0, "virtual_router_id", ""},
		{[]string{"--help-config", "quroum"}, 1, "", "did you mean quorum?"},
		{[]string{"--he"}, 0, "", "Usage:"},
	} {
		var out, errs bytes.Buffer
		_, status := parse(append([]string{"keepalived"}, tt.args...), &out, &errs)
		if status != tt.status || !strings.Contains(out.String(), tt.out) || !strings.Contains(errs.String(), tt.errs) {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, out.String(), errs.String())
		}
	}
}

const (
	lintedText = "vrrp_instance VI_1 {\n    interface eth9999\n    virtual_router_id 7\n    priority 255\n" +
		"    virtual_ipaddress {\n        192.0.2.1\n    }\n}\n"
	wrongText = "nonsense\n" + lintedText
)

// checked runs the program's check and returns what it writes.
func checked(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	s, status := parse(append([]string{"keepalived"}, args...), &out, &errs)
	if status != goOn {
		t.Fatalf("%q: status %d, %s", args, status, errs.String())
	}
	dir := t.TempDir()
	o, e := create(t, dir, "out"), create(t, dir, "err")
	status = testConfig(s, o, e)
	return status, content(t, o), content(t, e)
}

func create(t *testing.T, dir, name string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func content(t *testing.T, f *os.File) string {
	t.Helper()
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestCheckOutput(t *testing.T) {
	linted, wrong := write(t, lintedText), write(t, wrongText)
	for _, tt := range []struct {
		args           []string
		status         int
		stdout, stderr string
	}{
		// Where no person looks, the C daemon's text.
		{[]string{"-t", "-f", wrong}, 5, "", "(" + wrong + ": Line 1) Unknown keyword 'nonsense'\n"},
		{[]string{"--check=static", "-f", wrong}, 5, "", wrong + ":1:1: error: Unknown keyword 'nonsense'\nnonsense\n^\n"},
		{[]string{"--check=static", "-f", linted}, 0, "", linted + ":4:5: lint: (VI_1) priority 255"},
		{[]string{"--check=static,strict", "-f", linted}, 5, "", ": 1 lint\n"},
		{[]string{"--check=full", "-f", linted}, 5, "VI_1 (" + linted + ":1): base priority 255", "eth9999"},
		{[]string{"--check=static", "--peer", linted, "-f", linted}, 0, "", "both nodes have priority 255"},
		{[]string{"--check=static", "--check-format=sarif", "-f", wrong}, 5, `"ruleId": "unknown-keyword"`, ""},
		{[]string{"--check=static", "--peer", "/nonexistent", "-f", linted}, 1, "", "reading the peer's configuration /nonexistent"},
	} {
		status, stdout, stderr := checked(t, tt.args...)
		if status != tt.status || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%q: status %d, want %d\nstdout %s\nstderr %s", tt.args, status, tt.status, stdout, stderr)
		}
	}
}

// The formats of machines are one document on stdout, also with explanations.
func TestCheckJSON(t *testing.T) {
	status, stdout, stderr := checked(t, "--check=full,static", "--check-format=json", "-f", write(t, lintedText))
	var doc struct {
		Instances []struct{ Name string }
		Problems  []struct{ Rule string }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	if status != 0 || stderr != "" || len(doc.Instances) != 1 || len(doc.Problems) != 1 || doc.Problems[0].Rule != "owner-priority" {
		t.Errorf("status %d, %+v, stderr %q", status, doc, stderr)
	}
}

// A log file of -t gets the text of the C daemon.
func TestTestLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	status, stdout, stderr := checked(t, "-t"+log, "-f", write(t, wrongText))
	data, err := os.ReadFile(log)
	if status != 5 || stdout+stderr != "" || err != nil || !strings.Contains(string(data), "Line 1) Unknown keyword") {
		t.Errorf("status %d, %q, %q, %q, %v", status, stdout, stderr, data, err)
	}
}

// A static check needs neither the interfaces, users, groups, namespaces and
// scripts that the configuration names, nor root.
func TestStaticNeedsNothing(t *testing.T) {
	config := write(t, `net_namespace nosuchnetns
global_defs {
    enable_script_security
    notify_fifo /nonexistent/fifo nosuchuser nosuchgroup
    vrrp_cpu_affinity 4000
}
track_file f {
    file /nonexistent/dir/file
}
vrrp_script s {
    script "/nonexistent/script a"
    user nosuchuser nosuchgroup
}
vrrp_script t {
    script "/nonexistent/other"
}
vrrp_instance A {
    interface nosuchif
    virtual_router_id 1
    priority 100
    track_interface {
        nosuchif2
    }
    track_script {
        s weight 10
        t
    }
    track_file {
        f weight 10
    }
    virtual_ipaddress {
        192.0.2.1 dev nosuchif3
    }
    notify /nonexistent/notify nosuchuser
}
`)
	for _, args := range [][]string{{"--check=static", "-f", config}, {"--check=static,full,strict", "-f", config}} {
		if status, _, stderr := checked(t, args...); status != 0 || stderr != config+": no problems found\n" {
			t.Errorf("%q: status %d\n%s", args, status, stderr)
		}
	}
	if status, _, stderr := checked(t, "--check=full", "-f", config); status == 0 {
		t.Errorf("the check of this machine finds nothing either:\n%s", stderr)
	}
}
