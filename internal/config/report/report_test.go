package report

import (
	"encoding/json"
	"strings"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/config/lint"
)

const lintOnly = "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n priority 255\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n"

const sound = "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n"

func TestStrict(t *testing.T) {
	for _, tt := range []struct {
		text          string
		plain, strict int
	}{
		{sound, 0, 0}, {lintOnly, 0, StrictStatus}, {"nonsense\n" + lintOnly, 5, 5},
	} {
		rep := check(tt.text, "")
		if rep.Status != tt.plain {
			t.Errorf("status %d, want %d: %+v", rep.Status, tt.plain, rep.Problems)
		}
		rep.Strict()
		if rep.Status != tt.strict {
			t.Errorf("strict: status %d, want %d: %+v", rep.Status, tt.strict, rep.Problems)
		}
	}
}

// What the parser itself finds unwise is a lint, and counts as one.
func TestLintOfTheParser(t *testing.T) {
	r := read(shownName, sound)
	r.Diagnostics.Lintf(lang.Pos{File: shownName, Line: 1, Column: 1}, "do not", "odd")
	rep := New(shownName, r, nil)
	if rep.Count(lang.Lint) != 1 {
		t.Errorf("%d lints, want 1", rep.Count(lang.Lint))
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := check("nonsense <\n"+lintOnly, "").JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got jsonReport
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || got.ExitStatus != 5 || got.Errors != 1 || got.Lints != 1 || len(got.Problems) != 2 || len(got.Instances) != 1 {
		t.Fatalf("%+v", got)
	}
	p, l := got.Problems[0], got.Problems[1]
	if p.Severity != "error" || p.Rule != "unknown-keyword" || p.Line != 1 || p.Column != 1 || p.Source != "nonsense <" {
		t.Errorf("%+v", p)
	}
	if l.Severity != "lint" || l.Rule != lint.OwnerPriority || l.Line != 5 || l.Help == "" {
		t.Errorf("%+v", l)
	}
	if strings.Contains(b.String(), `\u003c`) {
		t.Error("< is escaped")
	}
}

func TestSARIF(t *testing.T) {
	var b strings.Builder
	if err := check("nonsense\n"+lintOnly, "").SARIF(&b, "1"); err != nil {
		t.Fatal(err)
	}
	var got sarifLog
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != "2.1.0" || len(got.Runs) != 1 || len(got.Runs[0].Results) != 2 {
		t.Fatalf("%+v", got)
	}
	run := got.Runs[0]
	for i, level := range []string{"error", "note"} {
		res := run.Results[i]
		if res.Level != level || run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
			t.Errorf("%+v, want level %s", res, level)
		}
	}
	at := run.Results[1].Locations[0].Physical
	if at.Artifact.URI != shownName || at.Region.StartLine != 5 || at.Region.StartColumn != 2 || at.Region.Snippet.Text != " priority 255" {
		t.Errorf("%+v %+v", at, at.Region)
	}
}

// Without problems a run has an empty list, not none: readers require it.
func TestSARIFClean(t *testing.T) {
	var b strings.Builder
	if err := check(sound, "").SARIF(&b, "1"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"results": []`) {
		t.Error(b.String())
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 500)
	for _, tt := range []struct {
		line         string
		column       int
		text, indent string
	}{
		{"abc", 2, "abc", " "}, {"", 1, "", ""}, {"abc", 99, "abc", "   "},
		{"\tx", 2, "\tx", "\t"}, {"é x", 3, "é x", "  "}, {"全 x", 3, "全 x", "   "},
		{"a\x1b[31mb", 3, "a?[31mb", "  "}, {"a\xffb", 3, "a?b", "  "}, {"a\u202eb", 1, "a?b", ""},
		{long, 1, long[:160] + "...", ""},
		{long, 400, "..." + long[:160] + "...", strings.Repeat(" ", 123)},
	} {
		text, indent := excerpt(tt.line, tt.column)
		if text != tt.text || indent != tt.indent {
			t.Errorf("%.20q at %d: %q, %d blanks; want %q, %d", tt.line, tt.column, text, len(indent), tt.text, len(tt.indent))
		}
	}
}

// An included file is shown with the lines that led to it.
func TestIncluded(t *testing.T) {
	fsys := files{"/etc/k.conf": "\ninclude sub.conf\n", "/etc/sub.conf": "nonsense\n"}
	r := config.Read(fsys, "/etc/k.conf", config.Options{Test: true, Static: true}, config.StaticEnv{})
	var b strings.Builder
	if err := New("/etc/k.conf", r, nil).Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/etc/sub.conf:1:1: error: Unknown keyword 'nonsense'\nnonsense\n^\n", "note: included at /etc/k.conf:2:9\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// Thousands of problems are shown in a bounded time, and a file that does not
// exist has a report, too.
func TestManyAndNone(t *testing.T) {
	rep := check(strings.Repeat("virtual_server 192.0.2.1 80 {\n", 30_000), "")
	if len(rep.Problems) == 0 {
		t.Error("no problems")
	}
	var b strings.Builder
	if err := rep.Text(&b); err != nil {
		t.Fatal(err)
	}
	r := config.Read(files{}, "/none", config.Options{Test: true}, config.StaticEnv{})
	if err := New("/none", r, nil).Text(&b); err != nil || !strings.Contains(b.String(), "/none: ") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func FuzzReport(f *testing.F) {
	f.Add(sound, "")
	f.Add("vrrp_instance A { interface eth0 virtual_router_id 1 }\n}\n{", lintOnly)
	f.Fuzz(func(t *testing.T, text, peer string) {
		rep := check(text, peer)
		var b strings.Builder
		if rep.Text(&b) != nil || rep.JSON(&b) != nil || rep.SARIF(&b, "") != nil {
			t.Error("writing to memory fails")
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if strings.ContainsAny(line, "\x1b\x07\x00\r") {
				t.Errorf("control characters in %q", line)
			}
		}
	})
}
