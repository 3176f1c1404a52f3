package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// OSEnv is the machine that the process runs on.
type OSEnv struct {
	// Script judges a command. Nil finds every script safe.
	Script func(argv []string, uid, gid uint32) ScriptCheck
	// Link describes an interface better than the standard library can: kind of
	// link, ARP, table of a VRF. Nil falls back to the standard library.
	Link func(name string) (Interface, bool)
}

// Bounds on what is read and waited for.
const (
	maxEnvFile     = 256 << 10
	resolveTimeout = 2 * time.Second
)

// Interface describes a network interface of the current network namespace.
func (e OSEnv) Interface(name string) (Interface, bool) {
	if e.Link != nil {
		return e.Link(name)
	}
	i, err := net.InterfaceByName(name)
	if err != nil {
		return Interface{}, false
	}
	return Interface{
		Name:        name,
		Loopback:    i.Flags&net.FlagLoopback != 0,
		NoMulticast: i.Flags&net.FlagMulticast == 0,
		NotEthernet: len(i.HardwareAddr) != 6,
		MTU:         i.MTU,
	}, true
}

// LookupUser finds a user by name.
func (OSEnv) LookupUser(name string) (Identity, bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return Identity{}, false
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return Identity{UID: uint32(uid), GID: uint32(gid)}, err1 == nil && err2 == nil
}

// LookupGroup finds a group by name.
func (OSEnv) LookupGroup(name string) (uint32, bool) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return 0, false
	}
	gid, err := strconv.ParseUint(g.Gid, 10, 32)
	return uint32(gid), err == nil
}

// Hostname returns the node's name.
func (OSEnv) Hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

// ResolveHost asks the resolver for at most two seconds.
func (OSEnv) ResolveHost(name string) (netip.Addr, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil || len(addrs) == 0 {
		return netip.Addr{}, false
	}
	return addrs[0].Unmap(), true
}

// CheckScript asks Script.
func (e OSEnv) CheckScript(argv []string, uid, gid uint32) ScriptCheck {
	if e.Script != nil {
		return e.Script(argv, uid, gid)
	}
	return StaticEnv{}.CheckScript(argv, uid, gid)
}

// ReadFile returns the beginning of a regular file. It never waits: a FIFO is not
// opened for reading.
func (OSEnv) ReadFile(name string) ([]byte, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: name, Err: syscall.EINVAL}
	}
	return io.ReadAll(io.LimitReader(f, maxEnvFile))
}

// ReadDir returns the names of a directory in their order.
func (OSEnv) ReadDir(name string) []string {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// unwatchable are file systems that report no changes of other machines or of
// the kernel.
var unwatchable = map[int64]bool{0xcafe4a11: true /* bpf */, 0x64626720: true /* debugfs */, 0x1cd1: true, /* devpts */
	0xde5e81e4: true /* efivarfs */, 0x19800202: true /* mqueue */, 0x50495045: true /* pipefs */, 0x7275: true, /* romfs */
	0xf97cff8c: true /* selinux */, 0x534f434b: true /* sockfs */, 0x012ff7b5: true, 0x012ff7b6: true /* sysv */, 0x74726163: true, /* tracefs */
	0x9fa0: true /* proc */, 0x62656572: true /* sysfs */, 0x6969: true, /* nfs */
	0x65735546: true /* fuse */, 0x517b: true /* smb */, 0xfe534d42: true /* smb2 */, 0x27e0eb: true /* cgroup */, 0x63677270: true /* cgroup2 */}

// PathInfo says what a path is, following symbolic links.
func (OSEnv) PathInfo(name string) PathInfo {
	info, err := os.Stat(name)
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		text := errno.Error()
		return PathInfo{Problem: fmt.Sprintf("%d (%s)", int(errno), strings.ToUpper(text[:1])+text[1:])}
	}
	if err != nil {
		return PathInfo{}
	}
	p := PathInfo{Exists: true, Dir: info.IsDir(), Special: !info.Mode().IsRegular(), Mode: uint32(info.Mode().Perm())}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(name, &fs); err == nil {
		const readOnly = 1
		p.Unwatchable = unwatchable[int64(fs.Type)] || fs.Flags&readOnly != 0
	}
	return p
}

// CPUs returns how many processors the process may use.
func (OSEnv) CPUs() int { return runtime.NumCPU() }

// ProcessEvents says whether the kernel's process connector can be opened.
func (OSEnv) ProcessEvents() bool {
	const connector = 11
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, connector)
	if err != nil {
		return false
	}
	syscall.Close(fd)
	return true
}
