package outages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// disk is a file system that freezes as soon as it is mounted: whoever asks it
// for anything waits, and cannot even be killed, until it is thawed.
type disk struct {
	f     *os.File
	asked atomic.Int64
}

// Of the kernel's linux/fuse.h: the first request, and its answer.
const (
	fuseHeader  = 40
	fuseInit    = 26
	fuseBuffer  = 1 << 17
	fuseMajor   = 7
	fuseMinor   = 31
	fuseInitOut = 64
)

// frozenDisk mounts one in the director's node. It thaws, with errors for those
// who wait, at the end of the test at the latest, or when the test dies.
func (d *director) frozenDisk(dir string) *disk {
	s := d.site
	s.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		lab.Must(s, &lab.Missing{What: "it needs FUSE (/dev/fuse)", Err: err})
	}
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd)
	err = d.Do(func() error { return unix.Mount("frozen", dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, options) })
	k := &disk{f: os.NewFile(uintptr(fd), "fuse")} // only now can it be polled
	s.Cleanup(k.thaw)
	if err != nil {
		s.Fatalf("mounting a frozen disk at %s: %v", dir, err)
	}
	go k.serve()
	return k
}

// serve answers the kernel's greeting and nothing else.
func (k *disk) serve() {
	buf := make([]byte, fuseBuffer)
	for {
		n, err := k.f.Read(buf)
		switch {
		case errors.Is(err, unix.EINTR) || errors.Is(err, unix.ENOENT):
			continue // a request was taken back
		case err != nil || n < fuseHeader:
			return
		}
		if binary.NativeEndian.Uint32(buf[4:]) != fuseInit {
			k.asked.Add(1)
			continue
		}
		out := make([]byte, 16, 16+fuseInitOut)
		binary.NativeEndian.PutUint32(out, 16+fuseInitOut)
		copy(out[8:], buf[8:16]) // which request this answers
		out = binary.NativeEndian.AppendUint32(out, fuseMajor)
		out = binary.NativeEndian.AppendUint32(out, fuseMinor)
		if _, err := k.f.Write(out[:16+fuseInitOut]); err != nil {
			return
		}
	}
}

func (k *disk) thaw() { k.f.Close() }

// frozenDumps: the disk hangs on which the dump files are.
func frozenDumps(s *site) {
	d := s.a
	d.master()
	k := d.frozenDisk("/tmp")
	start := time.Now()
	for range times(5, 2) {
		d.daemon.Signal(lab.Parent, unix.SIGUSR1)
		d.daemon.Signal(lab.Parent, unix.SIGUSR2)
		d.intervals(4)
	}
	if !happens(lab.Patience, func() bool { return k.asked.Load() > 0 }) {
		s.Fatalf("nobody has asked the disk for anything")
	}
	d.intervals(4)
	d.steady(start)
	mark := d.daemon.Log.Mark()
	d.daemon.Reload()
	s.saw(happens(10*time.Second, func() bool { return d.reloadOver(mark) }), "reloads", "does not reload")
	d.steady(start)
	term := time.Now()
	d.daemon.Term()
	s.saw(happens(10*time.Second, func() bool { return !d.HasAddr(vip) }), "address removed at the stop", "address left behind")
	if !d.HasAddr(vip) {
		s.measured("that after", time.Since(term), 2*time.Second)
	}
	k.thaw()
	s.saw(happens(10*time.Second, func() bool { return !d.daemon.Running() }), "ends", "does not end")
}
