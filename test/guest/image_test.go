package guest

import (
	"bytes"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"keepalived/test/need"

	"github.com/google/go-cmp/cmp"
)

// The archive is one that cpio reads.
func TestArchive(t *testing.T) {
	a := newArchive()
	a.addData("/a/b/file", 0o640, []byte("12345"))
	a.add("/a/link", entry{mode: fs.ModeSymlink | 0o777, data: []byte("b/file")})
	a.addDir("/empty")
	var buf bytes.Buffer
	if err := a.write(&buf); err != nil {
		t.Fatal(err)
	}
	if buf.Len()%4 != 0 {
		t.Errorf("length %d is no multiple of 4", buf.Len())
	}
	need.Program(t, "cpio", "cpio")
	cmd := exec.Command("cpio", "-t", "--quiet")
	cmd.Stdin = &buf
	out, err := cmd.CombinedOutput()
	if want := "a\na/b\na/b/file\na/link\nempty\n"; err != nil || string(out) != want {
		t.Errorf("cpio says %q, %v; want %q", out, err, want)
	}
}

func TestParseModinfo(t *testing.T) {
	got := parseModinfo("license=GPL\x00alias=net-pf-1\x00alias=other\x00depends=nf-conntrack,libcrc32c\x00")
	if !slices.Equal(got.aliases, []string{"net-pf-1", "other"}) || !slices.Equal(got.depends, []string{"nf_conntrack", "libcrc32c"}) {
		t.Errorf("got %+v", got)
	}
	if m := parseModinfo("depends=\x00"); m.depends != nil {
		t.Errorf("no dependency was read as %q", m.depends)
	}
}

func TestClosure(t *testing.T) {
	all := map[string]module{
		"top": {depends: []string{"left", "right", "absent"}}, "left": {depends: []string{"base"}},
		"right": {depends: []string{"base"}}, "base": {},
	}
	got := closure(all, "top")
	if diff := cmp.Diff([]string{"top", "right", "left", "base"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCommandScript(t *testing.T) {
	c := Config{Command: []string{"/host/x.test", "-run", "a'b"}, Dir: "/d", Env: []string{"K=v w"}, Modules: []string{"ip_vs"}}
	want := strings.Join([]string{
		"modprobe 'ip_vs' || exit 125", "export 'K=v w'", "export KEEPALIVED_GUEST=1", "cd '/d' || exit 125",
		`exec '/guest/x.test' '-run' 'a'\''b'`, "",
	}, "\n")
	if diff := cmp.Diff(want, commandScript(&c)); diff != "" {
		t.Error(diff)
	}
}
