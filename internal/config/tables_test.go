package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const referenceDir = "../../../shared/reference"

// onlyOurs are the keywords that the C daemon does not have.
var onlyOurs = map[string]bool{"global_defs vip_lifetime": true}

// TestKeywordTables compares the keyword tables with the lists of the C daemon's
// keywords, both ways.
func TestKeywordTables(t *testing.T) {
	ours := map[string]bool{}
	for _, k := range Keywords() {
		id := k.Block + " " + k.Name
		if ours[id] {
			t.Errorf("%s is there twice", id)
		}
		ours[id] = true
	}
	theirs := map[string]bool{}
	lists := []string{"global", "vrrp", "bfd", "lvs"}
	for _, list := range lists {
		for _, id := range listedKeywords(t, filepath.Join(referenceDir, "keywords-"+list+".tsv")) {
			theirs[id] = true
			if !ours[id] {
				t.Errorf("%s is missing here", id)
			}
		}
	}
	for id := range ours {
		if !theirs[id] && !onlyOurs[id] {
			t.Errorf("%s is no keyword of the C daemon", id)
		}
	}
}

func listedKeywords(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("it needs the lists of keywords in ../shared/reference: %v", err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		f := strings.Split(line, "\t")
		if len(f) > 2 && f[0] != "block" && !strings.HasPrefix(line, "#") {
			out = append(out, f[0]+" "+f[1])
		}
	}
	return out
}

// TestKeywordsDecode makes sure that every keyword does something.
func TestKeywordsDecode(t *testing.T) {
	for name, b := range blocks {
		for word, k := range b.keywords {
			if k.decode == nil && k.entry == nil && k.opens == "" {
				t.Errorf("%s %s has no decoder", name, word)
			}
			if k.opens != "" && blocks[k.opens] == nil {
				t.Errorf("%s %s opens %s, which has no keywords", name, word, k.opens)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"script", "script", 0}, {"cript", "script", 1}, {"stmp_server", "smtp_server", 1}, {"autp_pass", "auth_pass", 1},
		{"persistent_timeout", "persistence_timeout", 2}, {"a", "abcd", 3}, {"", "abc", 3},
	} {
		if got := distance(c.a, c.b, 4); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	lim := limits{lo: 1, hi: 255}
	for _, c := range []struct {
		word string
		v    int64
		text string
	}{
		{"1", 1, ""}, {"255", 255, ""}, {"+7", 7, ""},
		{"0", 0, "number '0' outside range [1, 255]"},
		{"-1", 0, "negative number '-1'"},
		{"1x", 1, "invalid number '1x'"},
		{"", 0, "number '' outside range [1, 255]"}, {" 7", 7, ""}, {"+", 0, "invalid number '+'"}, {"0x10", 0, "invalid number '0x10'"},
		{"99999999999", 0, "number '99999999999' outside unsigned integer range"},
	} {
		v, bad := parseNumber(c.word, lim)
		text := ""
		if bad != nil {
			text = bad.text
		}
		if v != c.v || text != c.text {
			t.Errorf("parseNumber(%q) = %d, %q, want %d, %q", c.word, v, text, c.v, c.text)
		}
	}
}

func TestDecimals(t *testing.T) {
	lim := decimals{lo: 1, hi: 4294967295, places: 6}
	for _, c := range []struct {
		word string
		v    int64
		text string
	}{
		{"1", 1000000, ""}, {"0.5", 500000, ""}, {".25", 250000, ""}, {"3.", 3000000, ""},
		{"0", 0, "number '0' outside range [0.000001, 4294.967295]"},
		{"1.0000005", 1000001, "number '1.0000005' has too many decimal places"},
		{"1s", 1, "invalid number '1s'"}, {"abc", 0, "invalid number 'abc'"}, {".", 0, "number '.' outside range [0.000001, 4294.967295]"}, {"-1", 0, "negative number '-1'"},
		{"9999999999999", 0, "number '9999999999999' outside range [0.000001, 4294.967295]"},
		{"99999999999999999999", 0, "number '99999999999999999999' outside unsigned decimal range"},
	} {
		v, bad := parseDecimal(c.word, lim)
		text := ""
		if bad != nil {
			text = bad.text
		}
		if v != c.v || text != c.text {
			t.Errorf("parseDecimal(%q) = %d, %q, want %d, %q", c.word, v, text, c.v, c.text)
		}
	}
}
