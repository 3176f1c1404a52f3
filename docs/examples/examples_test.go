// Package examples checks the configurations that the pages of this folder
// show.
package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

// fence is a configuration in a page, with the machine that it is for.
var fence = regexp.MustCompile("(?ms)^```keepalived (\\S+)\n(.*?)^```$")

// configurations returns the configurations of a page by machine.
func configurations(t *testing.T, page string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		found[m[1]] = m[2]
	}
	return found
}

// TestConfigurations wants nothing said about any configuration.
func TestConfigurations(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil || len(pages) < 13 {
		t.Fatalf("pages: %v, %v", pages, err)
	}
	for _, page := range pages {
		if page == "README.md" {
			continue
		}
		confs := configurations(t, page)
		if len(confs) != 2 {
			t.Errorf("%s has %d configurations, want those of lb1 and lb2", page, len(confs))
		}
		for host, text := range confs {
			check(t, page+" "+host, text)
		}
	}
}

func check(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := config.Read(lang.OS{}, file, config.Options{Test: true, Static: true}, config.StaticEnv{})
	for _, d := range r.Diagnostics.All() {
		t.Errorf("%s:%d: %s", name, d.Pos.Line, d.Text)
	}
	if r.Config == nil || len(r.Config.VRRP.Instances) == 0 {
		t.Errorf("%s has no instance", name)
	}
}
