package script

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// OS is the file system of the machine.
type OS struct{}

// Lstat implements FS.
func (OS) Lstat(path string) (Info, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return Info{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Info{}, fmt.Errorf("reading owner of %s: no stat data", path)
	}
	return Info{Mode: info.Mode(), UID: st.Uid, GID: st.Gid}, nil
}

// Readlink implements FS.
func (OS) Readlink(path string) (string, error) { return os.Readlink(path) }

// Head implements FS. It does not wait on a FIFO.
func (OS) Head(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	buf := make([]byte, headSize)
	n, err := io.ReadFull(f, buf)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return buf[:n], err
}

// As implements FS: f runs on a thread that has the user's file system rights
// for just that time, so nobody else ever has them.
func (o OS) As(uid, gid uint32, f func(FS)) error {
	if int(uid) == os.Geteuid() && int(gid) == os.Getegid() {
		f(o)
		return nil
	}
	own, err := os.Getgroups()
	if err != nil {
		return fmt.Errorf("reading own groups: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- o.onThread(uid, gid, own, f) }()
	return <-done
}

// onThread borrows the rights. A thread that cannot give them back is never
// unlocked, so it ends with its goroutine.
func (o OS) onThread(uid, gid uint32, own []int, f func(FS)) error {
	runtime.LockOSThread()
	err := takeRights(uid, gid, []uint32{gid})
	if err == nil {
		f(o)
	}
	groups := make([]uint32, len(own))
	for i, g := range own {
		groups[i] = uint32(g)
	}
	if takeRights(uint32(os.Geteuid()), uint32(os.Getegid()), groups) == nil {
		runtime.UnlockOSThread()
	}
	return err
}

// takeRights changes the file system identity of this thread alone. The raw
// calls are needed because the wrappers change all threads.
func takeRights(uid, gid uint32, groups []uint32) error {
	_, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(unsafe.Pointer(unsafe.SliceData(groups))), 0)
	if errno != 0 {
		return fmt.Errorf("taking groups %d: %w", groups, errno)
	}
	if err := setFS(unix.SYS_SETFSGID, gid); err != nil {
		return fmt.Errorf("taking group %d: %w", gid, err)
	}
	if err := setFS(unix.SYS_SETFSUID, uid); err != nil {
		return fmt.Errorf("taking user %d: %w", uid, err)
	}
	return nil
}

// setFS calls setfsuid or setfsgid, which report no errors: a second call with
// an impossible id tells what the first one did.
func setFS(call uintptr, id uint32) error {
	_, _, _ = unix.RawSyscall(call, uintptr(id), 0, 0)
	now, _, _ := unix.RawSyscall(call, ^uintptr(0), 0, 0)
	if uint32(now) != id {
		return unix.EPERM
	}
	return nil
}
