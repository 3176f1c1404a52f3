package ldirectord

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// TestGolden compares with what stands below the line of dashes in each file.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			input, want, _ := strings.Cut(string(text), dashes)
			conf, notes := Convert("ldirectord.cf", input)
			checked(t, conf)
			got := conf + dashes + render(notes)
			if *update {
				if err := os.WriteFile(file, []byte(input+dashes+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

const dashes = "----------\n"

func render(notes []Note) string {
	var b strings.Builder
	for _, n := range notes {
		kind := "lost"
		if n.Harmless {
			kind = "note"
		}
		fmt.Fprintf(&b, "%d: %s: %s\n", n.Line, kind, n.Text)
	}
	return b.String()
}

// checked wants nothing said about a result.
func checked(t *testing.T, conf string) *config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	r := config.Read(lang.OS{}, file, config.Options{Test: true, Static: true}, config.StaticEnv{})
	for _, d := range r.Diagnostics.All() {
		t.Errorf("line %d of the result: %s\n%s", d.Pos.Line, d.Text, strings.Split(conf, "\n")[max(d.Pos.Line-1, 0)])
	}
	return r.Config
}

// corpusDir holds files as people wrote them. The test is skipped where it is not.
const corpusDir = "../../../shared/corpus/ldirectord"

func TestCorpus(t *testing.T) {
	files, _ := filepath.Glob(corpusDir + "/*.cf")
	if len(files) == 0 {
		t.Skip("it needs the real files in ../shared/corpus/ldirectord")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		conf, notes := Convert(filepath.Base(file), string(text))
		c := checked(t, conf)
		virtuals := strings.Count("\n"+string(text), "\nvirtual=")
		t.Logf("%s: %d of %d virtuals\n%s%s", file, len(c.LVS.VirtualServers), virtuals, render(notes), conf)
		if len(c.LVS.VirtualServers) != virtuals {
			t.Errorf("%s has %d virtuals, its result %d", file, virtuals, len(c.LVS.VirtualServers))
		}
	}
}

// TestPattern wants patterns to survive the quoting.
func TestPattern(t *testing.T) {
	for receive, want := range map[string]string{
		`^all \w+ # {up}$`:      `^all \w+ # {up}$`,
		`say "yes" or \"yes\"!`: `say \x22yes\x22 or \x22yes\x22!`,
		`one ' \\ \`:            `one ' \\ `,
	} {
		conf, _ := Convert("x", "virtual=192.0.2.10:80\n\treal=192.0.2.21:80 gate\n\treceive=\""+receive+"\"\n")
		if got := checked(t, conf).LVS.VirtualServers[0].RealServers[0].Checkers[0].Detail.HTTP.URLs[0].Regex.Pattern; got != want {
			t.Errorf("receive %q becomes %q, want %q", receive, got, want)
		}
	}
}

// FuzzConvert wants results that keepalived accepts, whatever the input.
func FuzzConvert(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		conf, _ := Convert("fuzz", text)
		checked(t, conf)
	})
}
