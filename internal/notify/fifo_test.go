package notify

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

func options(t *testing.T) FIFOOptions {
	return FIFOOptions{
		Path: filepath.Join(t.TempDir(), "fifo"), UID: uint32(os.Geteuid()), GID: uint32(os.Getegid()),
		Kind: "vrrp ", Process: "vrrp",
	}
}

func isFIFO(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

func TestFIFOLines(t *testing.T) {
	noLeaks(t)
	r, log := newRunner(t, Options{})
	o := options(t)
	f := OpenFIFO(r, log, o)
	f.Write(Event{Instance, "VI_1", "MASTER", 100}.Line())
	eventually(t, "the FIFO", func() bool { return isFIFO(o.Path) })
	reader, err := os.OpenFile(o.Path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Write("GROUP \"G\" MASTER 0\n")
	in := bufio.NewReader(reader)
	for _, want := range []string{"INSTANCE \"VI_1\" MASTER 100\n", "GROUP \"G\" MASTER 0\n"} {
		if got, err := in.ReadString('\n'); err != nil || got != want {
			t.Errorf("read %q, %v, want %q", got, err, want)
		}
	}
	f.Write("INSTANCE \"VI_1\" STOP 100\n")
	f.Close(time.Minute)
	if got, _ := in.ReadString('\n'); got != "INSTANCE \"VI_1\" STOP 100\n" {
		t.Errorf("what was queued before Close: read %q", got)
	}
	if _, err := os.Lstat(o.Path); !os.IsNotExist(err) {
		t.Errorf("the FIFO is still there: %v", err)
	}
	reader.Close()
	f.Close(time.Minute)
	if written, lost := f.Count(); written != 3 || lost != 0 {
		t.Errorf("%d written, %d lost", written, lost)
	}
}

// TestFIFOFull: nobody reads. The writer never waits, whole lines are lost, and
// it goes on when somebody reads again.
func TestFIFOFull(t *testing.T) {
	r, log := newRunner(t, Options{})
	o := options(t)
	f := OpenFIFO(r, log, o)
	defer f.Close(time.Second)
	const n = 20000
	begin := time.Now()
	for i := range n {
		f.Write(fmt.Sprintf("INSTANCE \"VI_%05d\" MASTER 100\n", i))
		if i%500 == 0 { // so that the pipe is the bottleneck
			eventually(t, "the queue is empty", func() bool { return len(f.lines) == 0 })
		}
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("writing took %s", took)
	}
	eventually(t, "all were written or lost", func() bool { w, l := f.Count(); return w+l == n })
	if written, lost := f.Count(); written == 0 || lost == 0 {
		t.Errorf("%d written, %d lost", written, lost)
	}
	if log.count("is full, nobody reads it") != 1 {
		t.Errorf("log: %s", log.text())
	}
	reader, err := os.Open(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := reader.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(reader)
	if in.Scan(); in.Text() != "INSTANCE \"VI_00000\" MASTER 100" {
		t.Errorf("first line %q", in.Text())
	}
	f.Write("INSTANCE \"again\" MASTER 100\n")
	for in.Scan() && in.Text() != "INSTANCE \"again\" MASTER 100" {
	}
	if in.Err() != nil {
		t.Errorf("after somebody read: %v", in.Err())
	}
}

func TestFIFOLongLine(t *testing.T) {
	r, log := newRunner(t, Options{})
	f := OpenFIFO(r, log, options(t))
	defer f.Close(time.Second)
	f.Write(strings.Repeat("x", pipeBuf+1))
	eventually(t, "it is lost", func() bool { _, lost := f.Count(); return lost == 1 })
}

func TestFIFOWriteBeforeOpen(t *testing.T) {
	f := newFIFO(nil, nil, FIFOOptions{}) // as if opening it did not return
	for range maxLines + 10 {
		f.Write("x\n")
	}
	if _, lost := f.Count(); lost != 10 {
		t.Errorf("%d lost, want 10", lost)
	}
}

func TestFIFORefused(t *testing.T) {
	tests := []struct {
		name  string
		plant func(t *testing.T, path string)
		want  string
		root  bool
	}{
		{"a file", func(t *testing.T, path string) { os.WriteFile(path, []byte("keep"), 0o644) }, "vrrp notify fifo %s is not a fifo we own - not using", false},
		{"a link to a FIFO", func(t *testing.T, path string) {
			unix.Mkfifo(path+".other", 0o600)
			os.Symlink(path+".other", path)
		}, "vrrp notify fifo %s is not a fifo we own - not using", false},
		{"a directory", func(t *testing.T, path string) { os.Mkdir(path, 0o755) }, "vrrp notify fifo %s is not a fifo we own - not using", false},
		{"somebody else's FIFO", func(t *testing.T, path string) {
			unix.Mkfifo(path, 0o600)
			os.Chown(path, 4711, 4711)
		}, "vrrp notify fifo %s is not a fifo we own - not using", true},
		{"no directory", func(t *testing.T, path string) { os.Remove(filepath.Dir(path)) }, "Unable to create vrrp notify fifo %s - No such file or directory", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.root {
				need.Root(t, "to give a file away")
			}
			noLeaks(t)
			r, log := newRunner(t, Options{})
			o := options(t)
			o.Script = shellScript(t, "touch "+o.Path+".started")
			tt.plant(t, o.Path)
			before, _ := os.Lstat(o.Path)
			f := OpenFIFO(r, log, o)
			f.Write("x\n")
			<-f.gone
			f.Close(time.Minute)
			if want := fmt.Sprintf(tt.want, o.Path); log.text() != want {
				t.Errorf("log %q, want %q", log.text(), want)
			}
			after, _ := os.Lstat(o.Path)
			if before != nil && (after == nil || !os.SameFile(before, after) || before.Size() != after.Size()) {
				t.Error("what was there has been changed")
			}
			if _, err := os.Lstat(o.Path + ".started"); err == nil {
				t.Error("the script was started nevertheless")
			}
		})
	}
}

func TestFIFOExistingIsKept(t *testing.T) {
	r, log := newRunner(t, Options{})
	o := options(t)
	if err := unix.Mkfifo(o.Path, 0o600); err != nil {
		t.Fatal(err)
	}
	f := OpenFIFO(r, log, o)
	f.Close(time.Minute)
	if !isFIFO(o.Path) {
		t.Error("an existing FIFO was removed")
	}
}

func TestFIFOOwnerAndMode(t *testing.T) {
	need.Root(t, "to give a file away")
	old := unix.Umask(0o177)
	defer unix.Umask(old)
	r, log := newRunner(t, Options{})
	o := options(t)
	o.UID, o.GID = 4711, 4712
	f := OpenFIFO(r, log, o)
	defer f.Close(time.Second)
	eventually(t, "it is given to its owner", func() bool {
		info, err := os.Lstat(o.Path)
		if err != nil {
			return false
		}
		st := info.Sys().(*syscall.Stat_t)
		return st.Uid == 4711 && st.Gid == 4712 && info.Mode().Perm() == 0o600
	})
}

// TestFIFOReplacedIsKept: what somebody put in its place is not removed.
func TestFIFOReplacedIsKept(t *testing.T) {
	r, log := newRunner(t, Options{})
	o := options(t)
	f := OpenFIFO(r, log, o)
	eventually(t, "the FIFO", func() bool { return isFIFO(o.Path) })
	f.Write("x\n")
	eventually(t, "it is open", func() bool { w, _ := f.Count(); return w == 1 })
	if err := os.Rename(o.Path, o.Path+".old"); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(o.Path, 0o600); err != nil {
		t.Fatal(err)
	}
	f.Close(time.Minute)
	if !isFIFO(o.Path) {
		t.Error("another FIFO was removed")
	}
}

func TestFIFOScript(t *testing.T) {
	noLeaks(t)
	r, log := newRunner(t, Options{})
	o := options(t)
	out := o.Path + ".out"
	o.Script = shellScript(t, `echo "$$ $1" >>`+out+`; while read -r line; do echo "$line" >>`+out+`; done <"$2"; echo eof >>`+out, "arg")
	f := OpenFIFO(r, log, o)
	f.Write("one\n")
	eventually(t, "it reads", func() bool { return strings.Contains(read(t, out), "one\n") })
	first := read(t, out)

	if again := f.Reload(o); again != f {
		t.Error("an unchanged FIFO was replaced")
	}
	f.Write("two\n")
	eventually(t, "it still reads", func() bool { return read(t, out) == first+"two\n" })

	f.Write("three\n")
	f.Close(time.Minute)
	if got := read(t, out); got != first+"two\nthree\neof\n" || !strings.Contains(first, " arg\n") {
		t.Errorf("the script saw:\n%s", got)
	}
	if log.text() != "" {
		t.Errorf("a script that we have ended is logged: %s", log.text())
	}
}

func TestFIFOScriptStartedAgainAtReload(t *testing.T) {
	r, log := newRunner(t, Options{})
	o := options(t)
	out := o.Path + ".out"
	o.Script = shellScript(t, `echo started >>`+out+`; read line <"$1"`)
	f := OpenFIFO(r, log, o)
	defer f.Close(time.Second)
	f.Write("x\n")
	eventually(t, "it has ended", func() bool { return log.count("terminated") == 1 })
	eventually(t, "it is gone", func() bool { return r.Running() == 0 })
	f.Reload(o)
	eventually(t, "it was started again", func() bool { return strings.Count(read(t, out), "started") == 2 })
}

func TestFIFOChangedAtReload(t *testing.T) {
	noLeaks(t)
	r, log := newRunner(t, Options{})
	o := options(t)
	f := OpenFIFO(r, log, o)
	f.Write("x\n")
	eventually(t, "it is open", func() bool { w, _ := f.Count(); return w == 1 })
	o.Script = shellScript(t, `read line <"$1"; echo "$line" >"$1.out"`)
	g := f.Reload(o)
	if g == f {
		t.Fatal("a changed FIFO was kept")
	}
	g.Write("y\n")
	eventually(t, "the new script reads", func() bool { return read(t, o.Path+".out") == "y\n" })
	g.Close(time.Minute)
	if isFIFO(o.Path) {
		t.Error("the FIFO is still there")
	}
}

// TestFIFOStubbornScript: a reader that stalls and ignores everything does not
// hold up the end.
func TestFIFOStubbornScript(t *testing.T) {
	noLeaks(t)
	r, log := newRunner(t, Options{})
	o := options(t)
	o.Script = shellScript(t, `trap '' TERM; exec 3<"$1"; touch "$1.ready"; while :; do sleep 100; done`)
	f := OpenFIFO(r, log, o)
	eventually(t, "it stalls", func() bool { _, err := os.Lstat(o.Path + ".ready"); return err == nil })
	begin := time.Now()
	f.Close(time.Minute)
	if took := time.Since(begin); took > 40*time.Second {
		t.Errorf("closing took %s", took)
	}
	if r.Running() != 0 {
		t.Error("the script is still there")
	}
}
