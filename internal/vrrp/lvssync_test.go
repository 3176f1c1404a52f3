package vrrp

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
	"keepalived/test/guest"
)

// insideGuest says that there is a kernel with IPVS, which tests must use.
var insideGuest = guest.Inside()

// syncKernel is the kernel's daemons for a test: those of the guest's kernel, or
// a model of them.
type syncKernel struct {
	mu      sync.Mutex
	daemons []ipvs.SyncDaemon
	refuse  error
	calls   int
	real    *ipvs.Client
}

func newSyncKernel(t *testing.T) *syncKernel {
	t.Helper()
	k := &syncKernel{}
	if insideGuest {
		if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		c, err := ipvs.Open(ipvs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k.real = c
		t.Cleanup(func() { c.Close() })
	}
	return k
}

func (k *syncKernel) open() (syncTable, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k, k.refuse
}

func (k *syncKernel) Close() error { return nil }

func (k *syncKernel) SyncDaemons() ([]ipvs.SyncDaemon, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.real != nil {
		return k.real.SyncDaemons()
	}
	return slices.Clone(k.daemons), nil
}

func (k *syncKernel) StartSync(d ipvs.SyncDaemon) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	if k.real != nil {
		return k.real.StartSync(d)
	}
	for _, p := range k.daemons {
		if p.Role == d.Role {
			return &ipvs.CommandError{Command: ipvs.CmdStartDaemon, Errno: syscall.EEXIST}
		}
	}
	k.daemons = append(k.daemons, d)
	return nil
}

func (k *syncKernel) StopSync(r ipvs.SyncRole) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	if k.real != nil {
		return k.real.StopSync(r)
	}
	n := len(k.daemons)
	if k.daemons = slices.DeleteFunc(k.daemons, func(d ipvs.SyncDaemon) bool { return d.Role == r }); len(k.daemons) == n {
		return &ipvs.CommandError{Command: ipvs.CmdStopDaemon, Errno: syscall.ESRCH}
	}
	return nil
}

// await waits until the kernel has these daemons.
func (k *syncKernel) await(t *testing.T, want string) {
	t.Helper()
	got := ""
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		list, err := k.SyncDaemons()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range list {
			out = append(out, fmt.Sprintf("%v %s %d", d.Role, d.Interface, d.SyncID))
		}
		if got = strings.Join(out, ", "); got == want {
			return
		}
	}
	t.Fatalf("the kernel has %q, want %q", got, want)
}

// TestKernelLVSSync follows an instance from its start to its end.
func TestKernelLVSSync(t *testing.T) {
	var console bytes.Buffer
	log := logging.New(logging.Options{Console: &console})
	t.Cleanup(func() {
		if log.Close(time.Second); t.Failed() {
			t.Logf("log: %s", console.String())
		}
	})
	k := newSyncKernel(t)
	start := func() *lvsSync {
		s := &lvsSync{log: log, wake: make(chan struct{}, 1), done: make(chan struct{}), open: k.open}
		go s.run()
		return s
	}
	in := config.Instance{VRID: 51}
	conf := config.SyncDaemon{Interface: "lo", Instance: "VI", MaxLen: 1000, Port: 9999, TTL: 3}
	s := start()
	s.want(syncDaemon(conf, &in, false))
	k.await(t, "backup lo 51")
	s.want(syncDaemon(conf, &in, true))
	k.await(t, "master lo 51")
	list, err := k.SyncDaemons()
	if err != nil || list[0].MaxLen != 1000 || list[0].Port != 9999 || list[0].TTL != 3 {
		t.Errorf("daemon is %+v, %v", list, err)
	}

	// What a process that died has left goes on.
	before := k.calls
	s = start()
	s.want(syncDaemon(conf, &in, true))
	conf.SyncID = config.Some(uint8(9))
	s.want(syncDaemon(conf, &in, true))
	k.await(t, "master lo 9")
	if k.calls > before+2 {
		t.Errorf("%d commands for a daemon that was there and a changed number", k.calls-before)
	}
	conf.Port = 0
	s.want(syncDaemon(conf, &in, true))
	for range 2000 {
		if list, _ := k.SyncDaemons(); len(list) == 1 && list[0].Port != 9999 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if list, _ := k.SyncDaemons(); len(list) != 1 || list[0].Port == 9999 {
		t.Errorf("a port that was taken out of the configuration is still used: %+v", list)
	}
	s.want(syncDaemon(conf, &in, false))
	k.await(t, "backup lo 9")
	s.stop()
	<-s.done
	k.await(t, "")
	if err := log.Close(time.Second); err != nil || console.Len() > 0 {
		t.Errorf("log: %s, %v", console.String(), err)
	}
}

// TestLVSSyncWithoutIPVS: the reason is logged once, the end does not wait.
func TestLVSSyncWithoutIPVS(t *testing.T) {
	var console bytes.Buffer
	log := logging.New(logging.Options{Console: &console})
	k := &syncKernel{refuse: ipvs.ErrUnavailable}
	s := &lvsSync{log: log, wake: make(chan struct{}, 1), done: make(chan struct{}), open: k.open}
	go s.run()
	for _, master := range []bool{false, true, false} {
		s.want(syncDaemon(config.SyncDaemon{Interface: "lo"}, &config.Instance{VRID: 1}, master))
	}
	s.stop()
	<-s.done
	if err := log.Close(time.Second); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(console.String(), "Can't initialize ipvs"); n > 1 {
		t.Errorf("logged %d times:\n%s", n, console.String())
	}
}
