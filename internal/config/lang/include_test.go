package lang

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// includeFiles is what the patterns below look at.
var includeFiles = memFS{
	"inc/1.conf": "i1\n", "inc/2.conf": "i2\n", "inc/.h.conf": "hidden\n", "inc/f.x": "f1",
	"+inc/ex": "", "!inc/secret": "", "inc/sub/3.conf": "sub3 ${_PWD}\ninclude ../1.conf\n",
}

func withStart(text string) memFS {
	files := memFS{"k.conf": text}
	for name, content := range includeFiles {
		files[name] = content
	}
	return files
}

// TestIncludeStatus says, for each pattern, with which spellings of include a
// configuration test ends with status 6, and what it says.
func TestIncludeStatus(t *testing.T) {
	const missing = "Config files missing 'P'."
	const some = `Some config files missing: "P".`
	const none = "No config files matched 'P'."
	const isDir = "Configuration file 'inc/' is a directory - skipping"
	const exec = "Configuration file 'inc/ex' is not a regular non-executable file - skipping"
	const secret = "Configuration file 'inc/secret' open problem (Permission denied) - skipping"
	for _, c := range []struct{ pattern, failing, text string }{
		{"nope", "mwa", missing},
		{"nope*", "wa", none},
		{"{nope,nope2}", "ba", missing},
		{"{inc/1.conf,nope}", "ba", some},
		{"nope{*,b}", "ba", missing},
		{"inc/{1*,x*}", "", ""},
		{"inc/{1*,x}", "ba", some},
		{"inc/{y*,1.conf}", "", ""},
		{"inc/{x*,y*}", "wa", none},
		{"inc/{x*,y}", "ba", missing},
		{"inc/nope[ab]", "wa", none},
		{"inc/[", "wa", none},
		{"inc/?.conf", "", ""},
		{"inc/[^2].conf", "", ""},
		{"inc", "rmwba", isDir},
		{"in*", "rmwba", isDir},
		{"inc/ex", "rmwba", exec},
		{"{inc/ex,nope}", "rmwba", ""},
		{"inc/secret", "rmwba", secret},
		{"nodir/x", "mwa", missing},
		{"nodir/*", "mwa", missing},
		{"*/1.conf", "", ""},
		{"{inc/1.conf}", "", ""},
		{"{in", "ba", missing},
		{`\*`, "wa", none},
		{`inc/1\.conf`, "", ""},
		{"inc/1.conf } x", "mwa", missing},
		{strings.Repeat("{a,b}", 12), "rmwba", "Too many files for 'P'"},
	} {
		for _, variant := range []string{"", "r", "m", "w", "b", "a"} {
			got := lexFiles(withStart("include"+variant+" "+c.pattern+"\n"), "k.conf", Options{})
			want := 0
			if variant != "" && strings.Contains(c.failing, variant) || strings.HasPrefix(c.text, "Too many") {
				want = 6
			}
			if s := got.diags.ExitStatus(); s != want {
				t.Errorf("include%s %s: status %d, want %d (%q)", variant, c.pattern, s, want, got.complaints)
			}
			text := strings.ReplaceAll(c.text, "P'", c.pattern+"'")
			text = strings.ReplaceAll(text, `P"`, c.pattern+`"`)
			if all := strings.Join(got.complaints, "\n"); c.text != "" && (want == 6 || c.text != none) && all != "1 "+text {
				t.Errorf("include%s %s says %q, want %q", variant, c.pattern, all, text)
			}
		}
	}
}

func TestIncludes(t *testing.T) {
	for _, c := range []struct {
		name, text  string
		lines, errs []string
	}{
		{"sorted, without hidden ones", "include inc/*.conf\nend\n", []string{"i1", "i2", "end"}, nil},
		{"order of the alternatives", "include inc/{f.x,2.conf,1.conf}\n", []string{"f1", "i2", "i1"}, nil},
		{"nested braces", "include inc/{f.x,{2,1}.conf}\n", []string{"f1", "i2", "i1"}, nil},
		{"relative to the including file", "include inc/sub/3.conf\nend\n", []string{"sub3|/real/inc/sub", "i1", "end"}, nil},
		{"in a block", "a {\ninclude inc/1.conf\n}\n", []string{"a", "{", "i1", "}"}, nil},
		{"behind a brace", "a { include inc/1.conf\n}\n", []string{"a", "{", "i1", "}"}, nil},
		{"definition", "$P=inc/1\ninclude ${P}.conf\n", []string{"i1"}, nil},
		{"list", "~LST(Q,1,2) include inc/${Q}.conf\n", []string{"i1", "i2"}, nil},
		{"condition", "@foo include inc/1.conf\n@^foo include inc/2.conf\n", []string{"i2"}, nil},
		{"quotes are part of the name", "include \"inc/1.conf\"\n", nil, []string{"1 Config files missing '\"inc/1.conf\"'."}},
		{"without a pattern", "include\nincludex inc/1.conf\n", []string{"include", "includex|inc/1.conf"}, nil},
		{
			"itself", "include k.conf\nend\n", []string{"end"},
			[]string{"1 Configuration file 'k.conf' includes itself - skipping"},
		},
		{"same file twice", "include inc/1.conf\ninclude inc/1.conf\n", []string{"i1", "i1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := lexFiles(withStart(c.text), "k.conf", Options{})
			if diff := cmp.Diff(c.lines, got.lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.errs, got.complaints); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}

// A definition made in an included file holds afterwards.
func TestDefinitionsCrossFiles(t *testing.T) {
	files := memFS{"k": "include d\na$X\n", "d": "$X=1\n"}
	if got := lexFiles(files, "k", Options{}); !slices.Equal(got.lines, []string{"a1"}) {
		t.Errorf("lines %q", got.lines)
	}
}

func TestIncludeCycle(t *testing.T) {
	files := memFS{"a": "1\ninclude b\n", "b": "2\ninclude c\n", "c": "3\n\n include ./a\n4\n"}
	got := lexFiles(files, "a", Options{})
	if want := []string{"1", "2", "3", "4"}; !slices.Equal(got.lines, want) {
		t.Errorf("lines %q, want %q", got.lines, want)
	}
	want := []Diagnostic{{
		Pos: Pos{"c", 3, 10}, Class: ClassGeneralError, Text: "Configuration file './a' includes itself - skipping",
		Related: []Pos{{"b", 2, 9}, {"a", 2, 9}},
	}}
	if diff := cmp.Diff(want, got.diags.All()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Files that include one another without a cycle can be many more than there are
// files: the work stays bounded.
func TestIncludeExplosion(t *testing.T) {
	files := memFS{}
	for c := byte('a'); c < 'z'; c++ {
		next := string(c + 1)
		files[string(c)] = "line\ninclude " + next + "\ninclude " + next + "\n"
	}
	files["z"] = "end\n"
	got := lexFiles(files, "a", Options{})
	if len(got.complaints) != 1 || !strings.Contains(got.complaints[0], " generates ") {
		t.Errorf("complaints %q", got.complaints)
	}
}

func TestIncludeDepth(t *testing.T) {
	files := memFS{}
	name := "k"
	for range 100 {
		files[name] = "include " + "d/k\n"
		name = "d/" + name
		name = strings.TrimSuffix(name, "k") + "k"
	}
	got := lexFiles(files, "k", Options{})
	if len(got.complaints) != 1 || !strings.Contains(got.complaints[0], "included too deeply") {
		t.Errorf("complaints %q", got.complaints)
	}
}

// What include_check sets holds to the end of the file that sets it.
func TestIncludeCheck(t *testing.T) {
	files := memFS{"k": "include c\ninclude nope2\n", "c": "check\ninclude d\n", "d": "include nope1\n"}
	var diags Diagnostics
	x := Open(files, "k", Options{}, &diags)
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		if l.Keyword() == "check" {
			x.SetIncludeCheck(CheckMatch)
		}
	}
	var got []string
	for _, d := range diags.All() {
		got = append(got, d.Pos.File+" "+d.Severity.String()+" "+d.Text)
	}
	want := []string{"d error Config files missing 'nope1'.", "k warning Config files missing 'nope2'."}
	if diff := cmp.Diff(want, got); diff != "" || diags.ExitStatus() != 6 {
		t.Errorf("status %d (-want +got):\n%s", diags.ExitStatus(), diff)
	}
	if got := lexFiles(files, "k", Options{AllIncludeErrors: true}); got.diags.ExitStatus() != 6 {
		t.Errorf("all include errors: status %d, want 6", got.diags.ExitStatus())
	}
}

func TestStartFiles(t *testing.T) {
	for _, c := range []struct {
		pattern      string
		usable       int
		lines, texts []string
		status       int
	}{
		{"inc/1.conf", 1, []string{"i1"}, nil, 0},
		{"nope", 0, nil, []string{"0 Config files missing 'nope'."}, 0},
		{"nope*", 0, nil, nil, 0},
		{"inc", 0, nil, []string{"0 Configuration file 'inc/' is a directory - skipping"}, 0},
		{"inc/ex", 0, nil, []string{"0 Configuration file 'inc/ex' is not a regular non-executable file - skipping"}, 0},
		{"inc/secret", 1, nil, []string{"0 Configuration file 'inc/secret' open problem (Permission denied) - skipping"}, 4},
		{"{inc/1.conf,nope}", 1, []string{"i1"}, []string{`0 Some config files missing: "{inc/1.conf,nope}".`}, 0},
		{"{inc/1.conf,inc/ex}", 0, nil, []string{"0 Configuration file 'inc/ex' is not a regular non-executable file - skipping"}, 0},
		{
			"inc/{2,1}.conf", 2, []string{"i2", "i1"},
			[]string{"0 WARNING, multiple configuration file matches of inc/{2,1}.conf, starting with inc/2.conf"}, 5,
		},
	} {
		got := lexFiles(includeFiles, c.pattern, Options{})
		if diff := cmp.Diff(c.lines, got.lines); diff != "" {
			t.Errorf("%s: lines (-want +got):\n%s", c.pattern, diff)
		}
		if diff := cmp.Diff(c.texts, got.complaints); diff != "" {
			t.Errorf("%s: complaints (-want +got):\n%s", c.pattern, diff)
		}
		if s := got.diags.ExitStatus(); s != c.status {
			t.Errorf("%s: status %d, want %d", c.pattern, s, c.status)
		}
		if n := Open(includeFiles, c.pattern, Options{}, &Diagnostics{}).Usable(); n != c.usable {
			t.Errorf("%s: %d usable files, want %d", c.pattern, n, c.usable)
		}
	}
}
