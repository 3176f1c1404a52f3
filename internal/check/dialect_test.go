package check

import (
	"testing"

	"keepalived/internal/config"
)

// TestPatternsOfPCRE: what pcre2pattern(3) says, as far as the library has it
// otherwise.
func TestPatternsOfPCRE(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
		options       []string
	}{
		{"ok$", "ok", true, nil},
		{"ok$", "ok\n", true, nil},
		{"ok$", "ok\n\n", false, nil},
		{"ok$", "ok\nmore", false, nil},
		{"ok$", "ok\nmore", true, []string{"multiline"}},
		{"(?im)OK$", "ok\nmore", true, nil},
		{"ok$", "ok\n", false, []string{"dollar_endonly"}},
		{"^ok$|^yes$", "yes\n", true, []string{"caseless"}},
		{`ok\Z`, "ok\n", true, nil},
		{`ok\z`, "ok\n", false, nil},
		{`[$]5`, "$5", true, nil},
		{`[]$]5`, "]5", true, nil},
		{`\$5`, "$5", true, nil},
		{`\Q$5\E$`, "$5\n", true, nil},
		{`x\h+y`, "x \ty", true, nil},
		{`x\hy`, "xhy", false, nil},
		{`x\h+y # blanks`, "x \ty", true, []string{"extended"}},
		{`x[\h,]y`, "x\xa0y", true, nil},
		{`x[\H]y`, "x y", false, nil},
		{`x\vy`, "x\ny", true, nil},
		{`x\Vy`, "x\x85y", false, nil},
		{`x\Ry`, "x\r\ny", true, nil},
		{`x\R\ny`, "x\r\ny", false, nil},
		{`x\Ny`, "x\ny", false, []string{"dotall"}},
		{`x\Ny`, "xzy", true, nil},
		{`x\sy`, "x\vy", true, nil},
		{`x[^\S]y`, "x y", true, nil},
		{`a\Kb`, "ab", true, nil},
		{`\o{101}`, "A", true, nil},
		{`[[:alpha:]]+[[:digit:]$]`, "ab1", true, nil},
		{`é$`, "é\n", true, []string{"utf"}},
		{"\xe9$", "\xe9\n", true, nil},
		{"Grüße", "Viele Grüße", true, nil},
		{"^.{7}$", "Grüße\n", true, nil}, // octets
		{"^.{5}$", "Grüße\n", true, []string{"utf"}},
	} {
		p, err := compilePattern(&config.RegexCheck{Pattern: tt.pattern, Options: tt.options})
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
			continue
		}
		if got := p.found([]byte(tt.text)); got != tt.want {
			t.Errorf("%q %v in %q: found %v", tt.pattern, tt.options, tt.text, got)
		}
	}
	if _, err := compilePattern(&config.RegexCheck{Pattern: `\o{9}`}); err == nil {
		t.Error("no error for an octal number that is none")
	}
}

func FuzzPattern(f *testing.F) {
	f.Add(`^\Q[\E[]\h]$\o{7}`)
	f.Fuzz(func(t *testing.T, pattern string) {
		if out, err := translatePattern(pattern, nil); err == nil && out == "" && pattern != "" {
			t.Errorf("%q becomes nothing", pattern)
		}
	})
}
