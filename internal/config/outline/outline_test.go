package outline

import (
	"io/fs"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

const text = `vrrp_instance A {
    priority 1
}
vrrp_instance B # {
{
    track_script {
        chk weight 5
    }
    priority 2 ! priority 3
	é chk
    virtual_ipaddress{
        192.0.2.1
    }
    chk "quoted"
}
vrrp_instance C {
    state MASTER
`

type oneFile string

func (f oneFile) ReadFile(string) (string, error)   { return string(f), nil }
func (f oneFile) Stat(string) (fs.FileMode, error)  { return 0o644, nil }
func (f oneFile) ReadDir(string) ([]string, error)  { return nil, fs.ErrNotExist }
func (f oneFile) RealPath(n string) (string, error) { return n, nil }

func snapshot() *lang.Snapshot {
	return config.Read(oneFile(text), "/k.conf", config.Options{Test: true}, config.StaticEnv{}).Snapshot
}

func TestFind(t *testing.T) {
	src := snapshot()
	for _, tt := range []struct {
		from  int
		path  []string
		line  int
		col   int
		value string
		ok    bool
	}{
		{1, []string{"priority"}, 2, 5, "1", true},
		{1, []string{"track_script"}, 1, 1, "", false}, // not in the next block
		{4, []string{"priority"}, 9, 5, "2", true},
		{4, []string{"track_script", "chk"}, 7, 9, "weight", true},
		{4, []string{"chk"}, 14, 5, "quoted", true},
		{4, []string{"virtual_ipaddress"}, 11, 5, "", true},
		{4, []string{"virtual_ipaddress", "192.0.2.1"}, 12, 9, "", true},
		{4, []string{"state"}, 4, 1, "", false},
		{16, []string{"state"}, 17, 5, "MASTER", true}, // never closed
		{99, []string{"state"}, 99, 1, "", false},
	} {
		from := lang.Pos{File: "/k.conf", Line: tt.from, Column: 1}
		pos, value, ok := Find(src, from, tt.path...)
		if pos.Line != tt.line || pos.Column != tt.col || value != tt.value || ok != tt.ok {
			t.Errorf("%d %v: %v %q %v, want %d:%d %q %v", tt.from, tt.path, pos, value, ok, tt.line, tt.col, tt.value, tt.ok)
		}
	}
	if _, _, ok := Find(nil, lang.Pos{File: "x", Line: 1}, "state"); ok {
		t.Error("found something without text")
	}
}

func TestEnd(t *testing.T) {
	src := snapshot()
	for from, want := range map[int]int{1: 3, 4: 15, 16: 18} {
		if got := End(src, lang.Pos{File: "/k.conf", Line: from}); got != want {
			t.Errorf("block at %d ends at %d, want %d", from, got, want)
		}
	}
}
