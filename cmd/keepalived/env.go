package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/script"
)

const (
	// maxReferenced bounds a file that the configuration refers to.
	maxReferenced = 1 << 20
	// resolveLimit is how long the reading waits for a name.
	resolveLimit = 3 * time.Second
)

// env is the machine as the configuration asks for it. Interfaces are listed
// once, on the thread, and so in the network namespace, of the first question.
type env struct {
	links func() map[string]netif.Link
}

func newEnv() env {
	return env{links: sync.OnceValue(listLinks)}
}

func listLinks() map[string]netif.Link {
	links := map[string]netif.Link{}
	snap, err := netif.List(netif.Options{})
	if err != nil {
		return links
	}
	for _, l := range snap.Links {
		links[l.Name] = l
	}
	return links
}

// Interface implements config.Env.
func (e env) Interface(name string) (config.Interface, bool) {
	l, ok := e.links()[name]
	if !ok {
		return config.Interface{}, false
	}
	return config.Interface{
		Name: name, MTU: l.MTU, Kind: l.Kind, Table: l.VRFTable,
		Loopback:    l.Flags&unix.IFF_LOOPBACK != 0,
		NoMulticast: !l.Multicast(),
		NoARP:       l.NoARP(),
		NotEthernet: l.Type != unix.ARPHRD_ETHER && l.Type != unix.ARPHRD_LOOPBACK,
		Private:     l.Kind == "macvlan" && l.MacvlanMode == netif.MacvlanPrivate,
	}, true
}

// LookupUser implements config.Env.
func (env) LookupUser(name string) (config.Identity, bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return config.Identity{}, false
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return config.Identity{UID: uint32(uid), GID: uint32(gid)}, err1 == nil && err2 == nil
}

// LookupGroup implements config.Env.
func (env) LookupGroup(name string) (uint32, bool) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return 0, false
	}
	gid, err := strconv.ParseUint(g.Gid, 10, 32)
	return uint32(gid), err == nil
}

// Hostname implements config.Env.
func (env) Hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// ResolveHost implements config.Env.
func (env) ResolveHost(name string) (netip.Addr, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), resolveLimit)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil || len(found) == 0 {
		return netip.Addr{}, false
	}
	return found[0].Unmap(), true
}

// CheckScript implements config.Env.
func (env) CheckScript(argv []string, uid, gid uint32) config.ScriptCheck {
	v := script.Resolve(script.OS{}, script.Request{Argv: argv, UID: uid, GID: gid, SearchPath: os.Getenv("PATH")})
	return config.ScriptCheck{
		Found: v.Class != script.NotFound, Executable: v.Class == script.Usable, Path: v.Command.Path,
		Insecure: v.Insecure, Shell: v.Command.Shell, Test: v.Command.Test,
		Problems: v.Messages, Help: v.Help(),
	}
}

// ReadFile implements config.Env. What is no file is not waited for.
func (env) ReadFile(name string) ([]byte, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxReferenced {
		return nil, fmt.Errorf("reading %s: not a regular file of at most %d bytes", name, maxReferenced)
	}
	return io.ReadAll(io.LimitReader(f, maxReferenced))
}

// PathInfo implements config.Env.
func (env) PathInfo(name string) config.PathInfo {
	info, err := os.Stat(name)
	if err != nil {
		return config.PathInfo{}
	}
	var fs unix.Statfs_t
	readOnly := unix.Statfs(name, &fs) == nil && fs.Flags&unix.ST_RDONLY != 0
	return config.PathInfo{Exists: true, Dir: info.IsDir(), Mode: uint32(info.Mode().Perm()), Unwatchable: readOnly}
}

// CPUs implements config.Env.
func (env) CPUs() int { return runtime.NumCPU() }

// ProcessEvents implements config.Env: the process connector.
func (env) ProcessEvents() bool {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_CONNECTOR)
	if err != nil {
		return false
	}
	unix.Close(fd)
	return true
}
