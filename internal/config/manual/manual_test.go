package manual

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"keepalived/internal/config"
)

var update = flag.Bool("update", false, "rewrite the manual page")

const page = "../../../docs/man/keepalived.conf.5"

// TestPage makes sure that the manual page is what the tables give. Rewrite it
// with make man.
func TestPage(t *testing.T) {
	var b bytes.Buffer
	if err := Page(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Error("docs/man/keepalived.conf.5 is not what the keyword tables give: run make man")
	}
}

// Every keyword is in the page and has an explanation of its own.
func TestEveryKeyword(t *testing.T) {
	var page bytes.Buffer
	if err := Page(&page); err != nil {
		t.Fatal(err)
	}
	for _, k := range config.Keywords() {
		if isGrammar(k) {
			continue
		}
		if !strings.Contains(page.String(), quoted(k.Name)) {
			t.Errorf("%s %s is not in the page", k.Block, k.Name)
		}
		var b bytes.Buffer
		if err := Explain(&b, k.Name); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
		if !strings.Contains(b.String(), "in "+place(k.Block)+"\n") {
			t.Errorf("the explanation of %s does not name %s:\n%s", k.Name, place(k.Block), b.String())
		}
	}
}

// No line of the page begins with what roff takes for a request by mistake.
func TestRoff(t *testing.T) {
	var page bytes.Buffer
	if err := Page(&page); err != nil {
		t.Fatal(err)
	}
	known := []string{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".BI", ".BR", ".I", ".br", `.\"`}
	for line := range strings.Lines(page.String()) {
		if !strings.HasPrefix(line, ".") {
			continue
		}
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		ok := false
		for _, k := range known {
			ok = ok || word == k
		}
		if !ok {
			t.Errorf("unknown request: %s", line)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ word, want string }{
		{"quorum", "in virtual_server\n"},
		{"virtual_router_id", "range: 1..255"},
		{"authentication", "authentication holds:\n  auth_type"},
		{"vrrp_instance", "vrrp_instance holds:"},
		{"HTTP_GET", "in virtual_server > real_server\n"},
	} {
		var b bytes.Buffer
		if err := Explain(&b, tt.word); err != nil || !strings.Contains(b.String(), tt.want) {
			t.Errorf("%s: %v, want %q in\n%s", tt.word, err, tt.want, b.String())
		}
	}
	for word, want := range map[string]string{"autp_pass": "did you mean auth_pass?", "zzz": "zzz is no keyword"} {
		if err := Explain(&bytes.Buffer{}, word); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", word, err, want)
		}
	}
}

func TestList(t *testing.T) {
	var b bytes.Buffer
	List(&b)
	if got := strings.Count(b.String(), "\n  "); got != len(config.Keywords()) {
		t.Errorf("%d lines, want %d", got, len(config.Keywords()))
	}
}
