package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// diary is a script that writes its arguments, and takes its time before it
// writes them once more.
type diary struct {
	file    string
	command script.Command
}

func newDiary(t *testing.T, between string) diary {
	file := filepath.Join(t.TempDir(), "diary")
	return diary{file, shellScript(t, `echo "$@" >>`+file+"\n"+between+"\n"+`echo "end $@" >>`+file)}
}

func (d diary) lines(t *testing.T) []string {
	return strings.Fields(strings.ReplaceAll(read(t, d.file), " ", "_"))
}

// starts is the first words that were written, without the ends.
func (d diary) starts(t *testing.T) string {
	var starts []string
	for _, l := range d.lines(t) {
		if !strings.HasPrefix(l, "end_") {
			starts = append(starts, l)
		}
	}
	return strings.Join(starts, " ")
}

func (d diary) call(state string) Call {
	return Call{State: state, Scripts: []script.Command{d.command.With(state)}}
}

func newQueue(t *testing.T, patience time.Duration) (*Queue, *Runner, *record) {
	r, log := newRunner(t, Options{})
	return NewQueue(r, log, patience), r, log
}

// TestQueueKeepsOrder: one after the other, every change has its call.
func TestQueueKeepsOrder(t *testing.T) {
	noLeaks(t)
	q, _, log := newQueue(t, time.Minute)
	d := newDiary(t, "sleep 0.02")
	var want []string
	for i := range 10 {
		q.Notify("INSTANCE a", d.call(fmt.Sprint(i)))
		want = append(want, fmt.Sprint(i), fmt.Sprint("end_", i))
	}
	eventually(t, "all ran", func() bool { return len(d.lines(t)) == 20 })
	if got := strings.Join(d.lines(t), " "); got != strings.Join(want, " ") {
		t.Errorf("got %s", got)
	}
	if log.text() != "" {
		t.Errorf("log: %s", log.text())
	}
}

// TestQueueStartsCallTogether: the scripts of one call do not wait for each other.
func TestQueueStartsCallTogether(t *testing.T) {
	q, _, _ := newQueue(t, time.Minute)
	d := newDiary(t, "sleep 0.3")
	q.Notify("a", Call{State: "MASTER", Scripts: []script.Command{d.command.With("specific"), d.command.With("generic")}})
	eventually(t, "both ran", func() bool { return len(d.lines(t)) == 4 })
	got := strings.Join(d.lines(t)[:2], " ")
	if got != "specific generic" && got != "generic specific" {
		t.Errorf("first two lines: %s", got)
	}
}

// TestQueueKeysAreIndependent: one instance's hanging script does not hold up
// another instance.
func TestQueueKeysAreIndependent(t *testing.T) {
	q, _, _ := newQueue(t, time.Minute)
	slow, quick := newDiary(t, "sleep 100"), newDiary(t, "")
	q.Notify("a", slow.call("MASTER"))
	q.Notify("b", quick.call("MASTER"))
	eventually(t, "the other one ran", func() bool { return len(quick.lines(t)) == 2 })
}

// TestQueueEndsWithFinalState: scripts that hang neither hold up the final state
// for long nor let an older one come after it.
func TestQueueEndsWithFinalState(t *testing.T) {
	noLeaks(t)
	q, r, log := newQueue(t, 100*time.Millisecond)
	d := newDiary(t, "sleep 100")
	q.Notify("a", d.call("first"))
	eventually(t, "started", func() bool { return d.starts(t) == "first" })
	for i := range 200 {
		q.Notify("a", d.call(fmt.Sprint("flap", i)))
	}
	q.Notify("a", d.call("final"))
	begin := time.Now()
	eventually(t, "the final state's call", func() bool { return strings.HasSuffix(d.starts(t), "final") })
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("the final state waited %s", took)
	}
	if !strings.HasPrefix(d.starts(t), "first ") || log.count("not run, the state has changed since") < 150 {
		t.Errorf("ran %s", d.starts(t))
	}
	if n := r.Running(); n > 4 {
		t.Errorf("%d scripts at once", n)
	}
	r.Close(0)
}

// TestQueueLeavesLongScriptsAlone: a notify script may be a daemon.
func TestQueueLeavesLongScriptsAlone(t *testing.T) {
	q, r, log := newQueue(t, 20*time.Millisecond)
	defer func() {
		if t.Failed() {
			t.Log(log.text())
		}
	}()
	d := newDiary(t, "sleep 0.5")
	q.Notify("a", d.call("MASTER"))
	eventually(t, "started", func() bool { return d.starts(t) == "MASTER" })
	q.Notify("a", d.call("BACKUP"))
	eventually(t, "both ended", func() bool { return r.Running() == 0 && len(d.lines(t)) == 4 })
}

func TestQueueBoundsRunningScripts(t *testing.T) {
	q, r, log := newQueue(t, 150*time.Millisecond)
	d := newDiary(t, "sleep 100")
	for i := range maxRunning + 3 {
		q.Notify("a", d.call(fmt.Sprint(i)))
		eventually(t, "started", func() bool { return strings.Count(d.starts(t), " ") == i })
	}
	eventually(t, "the oldest were ended", func() bool { return r.Running() <= maxRunning })
	if log.count("terminating the oldest") == 0 {
		t.Errorf("log: %s", log.text())
	}
	r.Close(0)
}

// TestQueueUnreadableScript: a script on a disk that does not answer is given up
// and never executed later.
func TestQueueUnreadableScript(t *testing.T) {
	q, _, _ := newQueue(t, 50*time.Millisecond)
	fifo := filepath.Join(t.TempDir(), "script")
	if err := unix.Mkfifo(fifo, 0o755); err != nil {
		t.Fatal(err)
	}
	d := newDiary(t, "")
	q.Notify("a", Call{State: "MASTER", Scripts: []script.Command{{Argv: []string{fifo}}}})
	q.Notify("a", d.call("BACKUP"))
	eventually(t, "the next call", func() bool { return d.starts(t) == "BACKUP" })
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
}

func TestQueueStop(t *testing.T) {
	noLeaks(t)
	q, r, _ := newQueue(t, time.Minute)
	hang, quick := newDiary(t, "sleep 100"), newDiary(t, "sleep 0.1")
	q.Notify("a", hang.call("MASTER"))
	eventually(t, "started", func() bool { return hang.starts(t) == "MASTER" })
	q.Notify("a", hang.call("BACKUP"))
	for key, c := range map[string]Call{"a": hang.call("STOP"), "b": quick.call("STOP")} {
		c.Stop = true
		q.Notify(key, c)
	}
	begin := time.Now()
	q.Close(time.Minute)
	if took := time.Since(begin); took > 5*time.Second || took < stopLimit {
		t.Errorf("closing took %s", took)
	}
	if hang.starts(t) != "MASTER STOP" {
		t.Errorf("ran %s, want MASTER STOP", hang.starts(t))
	}
	if got := strings.Join(quick.lines(t), " "); got != "STOP end_STOP" {
		t.Errorf("a quick STOP script: %s", got)
	}
	eventually(t, "only the script that was no STOP script is left", func() bool { return r.Running() == 1 })
	q.Notify("a", quick.call("LATE"))
	q.Close(time.Minute)
	r.Close(0)
	if strings.Contains(quick.starts(t), "LATE") {
		t.Error("a closed queue took a call")
	}
}

func TestQueueCloseIsQuick(t *testing.T) {
	q, _, _ := newQueue(t, time.Minute)
	d := newDiary(t, "sleep 100")
	q.Notify("a", d.call("MASTER"))
	eventually(t, "started", func() bool { return d.starts(t) == "MASTER" })
	begin := time.Now()
	q.Close(time.Minute)
	if took := time.Since(begin); took > time.Second {
		t.Errorf("closing took %s though only a started script was left", took)
	}
}

func TestEvent(t *testing.T) {
	instance := Event{Instance, "VI_1", "MASTER", 150}
	group := Event{Group, "G", "FAULT", 0}
	tests := []struct{ got, want string }{
		{instance.Line(), "INSTANCE \"VI_1\" MASTER 150\n"},
		{group.Line(), "GROUP \"G\" FAULT 0\n"},
		{strings.Join(instance.Args(), " "), "INSTANCE VI_1 MASTER 150"},
		{strings.Join(group.Args(), " "), "GROUP G FAULT 0"},
		{alert(instance), "VRRP Instance VI_1 - Entering MASTER state/=> VRRP Instance is now owning VRRP VIPs <="},
		{alert(group), "VRRP Group G - Entering FAULT state/=> All VRRP group instances are now in FAULT state <="},
		{alert(Event{Instance, "VI_1", "DELETED", 1}), "VRRP Instance VI_1 - Deleted/=> VRRP Deleted at reload <="},
		{alert(Event{Instance, "VI_1", "MASTER_PRIORITY", 1}), "none"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if instance.Key() == (Event{Kind: Group, Name: "VI_1"}).Key() {
		t.Error("an instance and a group of the same name share a key")
	}
	if instance.Key() != (Event{Instance, "VI_1", "STOP", 1}).Key() {
		t.Error("two states of an instance have different keys")
	}
	if instance.Key() == (Event{Instance, "VI_1", "MASTER_RX_LOWER_PRI", 1}).Key() {
		t.Error("a lower advert could supersede a state")
	}
}

func alert(e Event) string {
	m, ok := e.Alert()
	if !ok {
		return "none"
	}
	return m.Subject + "/" + m.Body
}
