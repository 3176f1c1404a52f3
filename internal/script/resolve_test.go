package script

import (
	"io/fs"
	"path"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree is a file system in memory. Missing directories are root's, 0755.
type tree struct {
	files map[string]node
	uid   uint32
	gid   uint32
	// fixed is a user that cannot be changed, as in a daemon without rights.
	fixed bool
}

type node struct {
	Info
	target string
	text   string
}

func (t tree) Lstat(name string) (Info, error) {
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		if n, ok := t.files[dir]; ok && t.uid != 0 && !n.executableBy(t.uid, t.gid) {
			return Info{}, &fs.PathError{Op: "lstat", Path: name, Err: syscall.EACCES}
		}
	}
	if n, ok := t.files[name]; ok {
		return n.Info, nil
	}
	for other := range t.files {
		if name == "/" || strings.HasPrefix(other, name+"/") {
			return Info{Mode: fs.ModeDir | 0o755}, nil
		}
	}
	return Info{}, &fs.PathError{Op: "lstat", Path: name, Err: syscall.ENOENT}
}

func (t tree) Readlink(name string) (string, error) { return t.files[name].target, nil }
func (t tree) Head(name string) ([]byte, error)     { return []byte(t.files[name].text), nil }

func (t tree) As(uid, gid uint32, f func(FS)) error {
	if t.fixed && (uid != t.uid || gid != t.gid) {
		return syscall.EPERM
	}
	t.uid, t.gid = uid, gid
	f(t)
	return nil
}

func file(mode fs.FileMode, owner ...uint32) node {
	n := node{text: "#!/bin/sh\n"}
	n.Mode = mode
	if len(owner) == 2 {
		n.UID, n.GID = owner[0], owner[1]
	}
	return n
}

func link(target string) node { return node{Info: Info{Mode: fs.ModeSymlink | 0o777}, target: target} }

func withText(n node, text string) node { n.text = text; return n }

const dir = fs.ModeDir

func TestResolve(t *testing.T) {
	const here = "/etc/keepalived/check"
	tests := []struct {
		name     string
		files    map[string]node
		req      Request
		class    Class
		insecure bool
		path     string // Command.Path
		argv0    string
		messages []string
	}{
		{
			name: "plain root script", files: map[string]node{here: file(0o755)},
			req: Request{Argv: []string{here, "x"}, Security: true}, argv0: here,
		},
		{
			name: "not there", files: map[string]node{"/etc/hosts": file(0o644)},
			req: Request{Argv: []string{here}}, class: NotFound, argv0: here,
			messages: []string{"Script /etc/keepalived/check cannot be accessed - No such file or directory"},
		},
		{
			name: "a file on the way", files: map[string]node{"/etc/hosts": file(0o755)},
			req: Request{Argv: []string{"/etc/hosts/check"}}, class: NotFound, argv0: "/etc/hosts/check",
			messages: []string{"Script /etc/hosts/check cannot be accessed - Not a directory"},
		},
		{
			name: "a loop of links", files: map[string]node{"/a": link("/b"), "/b": link("a")},
			req: Request{Argv: []string{"/a"}}, class: NotFound, argv0: "/a",
			messages: []string{"Script /a cannot be accessed - Too many levels of symbolic links"},
		},
		{
			name: "user cannot reach it", files: map[string]node{"/etc/keepalived": file(dir | 0o700), here: file(0o755)},
			req: Request{Argv: []string{here}, UID: 7, GID: 7}, class: NotFound, argv0: here,
			messages: []string{"Script /etc/keepalived/check cannot be accessed - Permission denied"},
		},
		{
			name: "user cannot execute it", files: map[string]node{here: file(0o754)},
			req: Request{Argv: []string{here}, UID: 7, GID: 7}, class: NotExecutable, argv0: here,
			messages: []string{"WARNING - script '/etc/keepalived/check' is not executable for uid:gid 7:7 - disabling."},
		},
		{
			name: "root needs any x bit", files: map[string]node{here: file(0o644)},
			req: Request{Argv: []string{here}}, class: NotExecutable, argv0: here,
			messages: []string{"WARNING - script '/etc/keepalived/check' is not executable for uid:gid 0:0 - disabling."},
		},
		{
			name: "a directory", files: map[string]node{here: file(dir | 0o755)},
			req: Request{Argv: []string{here}, UID: 7, GID: 7}, class: Inhibited, argv0: here,
			messages: []string{"Wrong file type found in script path '/etc/keepalived/check'."},
		},
		{
			name:  "a directory link of root is followed",
			files: map[string]node{"/bin": link("usr/bin"), "/usr/bin/true": file(0o755)},
			req:   Request{Argv: []string{"/bin/true"}, Security: true}, argv0: "/bin/true", path: "/usr/bin/true",
		},
		{
			name:  "use_symlink_paths keeps the link",
			files: map[string]node{"/bin": link("usr/bin"), "/usr/bin/true": file(0o755)},
			req:   Request{Argv: []string{"/bin/true"}, UseSymlinkPaths: true}, argv0: "/bin/true",
		},
		{
			name:  "dot-dot behind a link is the target's parent",
			files: map[string]node{"/l": link("/usr/bin"), "/usr/bin/true": file(0o755), "/usr/check": file(0o755), "/check": file(0o777)},
			req:   Request{Argv: []string{"/l/../check"}, UseSymlinkPaths: true, Security: true}, argv0: "/check", path: "/usr/check",
		},
		{
			name:  "a directory link of somebody else",
			files: map[string]node{"/bin": {Info: Info{Mode: fs.ModeSymlink | 0o777, UID: 7}, target: "usr/bin"}, "/usr/bin/true": file(0o755)},
			req:   Request{Argv: []string{"/bin/true"}, Security: true}, class: Inhibited, insecure: true, argv0: "/bin/true", path: "/usr/bin/true",
			messages: []string{
				"Unsafe permissions found for script '/bin/true' - disabling.",
				"/bin (owner 7, group 0, mode 0777) is not owned by root: chown -h root /bin",
			},
		},
		{
			name:  "behind the link it is unsafe",
			files: map[string]node{here: link("/srv/x y"), "/srv": file(dir|0o775, 0, 7), "/srv/x y": file(0o757)},
			req:   Request{Argv: []string{here}, Security: true}, class: Inhibited, insecure: true, argv0: here, path: "/srv/x y",
			messages: []string{
				"Unsafe permissions found for script '/srv/x y' - disabling.",
				"/srv (owner 0, group 7, mode 0775) is writable for its group: chmod g-w /srv",
				"/srv/x y (owner 0, group 0, mode 0757) is writable for everybody: chmod o-w '/srv/x y'",
			},
		},
		{
			name: "security off: it runs", files: map[string]node{here: file(0o755, 7, 7)},
			req: Request{Argv: []string{here}}, insecure: true, argv0: here,
			messages: []string{
				"Unsafe permissions found for script '/etc/keepalived/check'.",
				"/etc/keepalived/check (owner 7, group 7, mode 0755) is not owned by root: chown root /etc/keepalived/check",
			},
		},
		{
			name: "root's group may write", files: map[string]node{here: file(0o775)},
			req: Request{Argv: []string{here}, Security: true}, argv0: here,
		},
		{
			name: "sticky directory", files: map[string]node{"/tmp": file(dir | fs.ModeSticky | 0o777), "/tmp/check": file(0o755)},
			req: Request{Argv: []string{"/tmp/check"}, Security: true}, argv0: "/tmp/check",
		},
		{
			name: "not root's business", files: map[string]node{here: file(0o757, 7, 7)},
			req: Request{Argv: []string{here}, UID: 7, GID: 7, Security: true}, argv0: here,
		},
		{
			name: "root's group is root's business", files: map[string]node{here: file(0o757)},
			req: Request{Argv: []string{here}, UID: 7, Security: true}, class: Inhibited, insecure: true, argv0: here,
			messages: []string{
				"Unsafe permissions found for script '/etc/keepalived/check' - disabling.",
				"/etc/keepalived/check (owner 0, group 0, mode 0757) is writable for everybody: chmod o-w /etc/keepalived/check",
			},
		},
		{
			name:  "setuid root in a user's directory",
			files: map[string]node{"/home/u": file(dir|0o755, 7, 7), "/home/u/x": file(fs.ModeSetuid | 0o755)},
			req:   Request{Argv: []string{"/home/u/x"}, UID: 7, GID: 7, Security: true}, class: Inhibited, insecure: true, argv0: "/home/u/x",
			messages: []string{
				"Unsafe permissions found for script '/home/u/x' - disabling.",
				"/home/u (owner 7, group 7, mode 0755) is not owned by root: chown root /home/u",
			},
		},
		{
			name:  "bare name",
			files: map[string]node{"/a/check": file(dir | 0o755), "/b/check": file(0o644), "/c/check": file(0o755), "/d/check": file(0o755)},
			req:   Request{Argv: []string{"check"}, SearchPath: "::rel:/none:/a:/b:/c:/d"}, argv0: "/c/check",
			messages: []string{"WARNING - script `check` resolved by path search to `/c/check`. Please specify full path."},
		},
		{
			name: "bare name in the default path", files: map[string]node{"/bin": link("usr/bin"), "/usr/bin/check": file(0o755)},
			req: Request{Argv: []string{"check"}}, argv0: "/bin/check", path: "/usr/bin/check",
			messages: []string{"WARNING - script `check` resolved by path search to `/bin/check`. Please specify full path."},
		},
		{
			name: "bare name not allowed", files: map[string]node{"/bin/check": file(0o700)},
			req: Request{Argv: []string{"check"}, UID: 7, GID: 7}, class: NotFound, argv0: "check",
			messages: []string{"Permissions failure for script check in path - disabling"},
		},
		{
			name: "bare name nowhere", req: Request{Argv: []string{"check"}}, class: NotFound, argv0: "check",
			messages: []string{"Cannot find script check in path - disabling"},
		},
		{
			name: "relative name", files: map[string]node{here: file(0o755)},
			req: Request{Argv: []string{"./check"}, Dir: "/etc/keepalived"}, argv0: here,
		},
		{
			name: "empty name", req: Request{Argv: []string{""}}, class: NotFound, argv0: "",
			messages: []string{"Cannot find script '' in path - disabling"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Resolve(tree{files: tt.files}, tt.req)
			if v.Class != tt.class || v.Insecure != tt.insecure || v.OK() != (tt.class == Usable) {
				t.Errorf("class %d, insecure %v, OK %v, want %d, %v", v.Class, v.Insecure, v.OK(), tt.class, tt.insecure)
			}
			if v.Command.Argv[0] != tt.argv0 || v.Command.Path != tt.path {
				t.Errorf("argv[0] %q, path %q, want %q, %q", v.Command.Argv[0], v.Command.Path, tt.argv0, tt.path)
			}
			said := v.Messages
			if v.Help() != "" {
				said = append(said, strings.Split(v.Help(), "; ")...)
			}
			if diff := cmp.Diff(tt.messages, said); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if n := len(tt.req.Argv); len(v.Command.Argv) != n {
				t.Errorf("%d arguments, want %d", len(v.Command.Argv), n)
			}
		})
	}
}

func TestResolveWithoutRights(t *testing.T) {
	files := tree{files: map[string]node{"/x": file(0o755)}, uid: 7, gid: 7, fixed: true}
	v := Resolve(files, Request{Argv: []string{"/x"}, UID: 8, GID: 8})
	want := []string{"Unable to set uid:gid 8:8 for script /x - disabling"}
	if diff := cmp.Diff(want, v.Messages); v.Class != Inhibited || diff != "" {
		t.Errorf("class %d, messages (-want +got):\n%s", v.Class, diff)
	}
}

func TestResolveKinds(t *testing.T) {
	tests := []struct {
		name  string
		argv  []string
		text  string
		shell bool
		test  bool
		run   []string // file, then arguments
	}{
		{name: "interpreter", argv: []string{"/x", "a"}, text: "#!/bin/sh", run: []string{"/x", "/x", "a"}},
		{name: "binary", argv: []string{"/x"}, text: "\x7fELF\x02", run: []string{"/x", "/x"}},
		{name: "other binary", argv: []string{"/x"}, text: "MZ\x00\x01", run: []string{"/x", "/x"}},
		{name: "text", argv: []string{"/x", "it's"}, text: "echo", shell: true, run: []string{"/bin/sh", "sh", "-c", `'/x' 'it'\''s'`}},
		{name: "empty", argv: []string{"/x"}, shell: true, run: []string{"/bin/sh", "sh", "-c", `'/x'`}},
		{name: "test", argv: []string{"</run/x"}, test: true, run: []string{"/bin/sh", "sh", "-c", "</run/x"}},
		{name: "test with blank", argv: []string{"< /run/x"}, test: true, run: []string{"/bin/sh", "sh", "-c", "< /run/x"}},
		{name: "test in two words", argv: []string{"<", "/run/x"}, test: true, run: []string{"/bin/sh", "sh", "-c", "< '/run/x'"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Resolve(tree{files: map[string]node{"/x": withText(file(0o755), tt.text)}}, Request{Argv: tt.argv})
			if !v.OK() || v.Command.Shell != tt.shell || v.Command.Test != tt.test || v.IsScript == tt.test {
				t.Fatalf("verdict %+v", v)
			}
			file, argv := v.Command.Exec()
			if diff := cmp.Diff(tt.run, append([]string{file}, argv...)); diff != "" {
				t.Errorf("executed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVerdictTexts(t *testing.T) {
	tests := []struct{ got, want string }{
		{Verdict{Class: Inhibited}.Disabling("track", "chk"), "Disabling track script chk due to insecure"},
		{Verdict{Class: NotFound}.Disabling("misc", "x"), "Disabling misc script x since not found/accessible"},
		{Verdict{Class: NotExecutable}.Disabling("track", "chk"), ""},
		{Violation("", false), "SECURITY VIOLATION - scripts are being executed but script_security not enabled."},
		{Violation("check ", true), "SECURITY VIOLATION - check scripts are being executed but script_security not enabled. There are insecure scripts."},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestCommand(t *testing.T) {
	c := Command{Argv: make([]string, 1, 8), UID: 1}
	c.Argv[0] = "/x"
	a, b := c.With("a"), c.With("b")
	if a.String() != "'/x' 'a'" || b.String() != "'/x' 'b'" {
		t.Errorf("With shares memory: %s, %s", a, b)
	}
	if a.Equal(b) || !a.Equal(c.With("a")) {
		t.Error("Equal is wrong")
	}
	if (Command{}).IsSet() || !c.IsSet() {
		t.Error("IsSet is wrong")
	}
}
