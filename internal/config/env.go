package config

import (
	"errors"
	"net/netip"
)

// Env is the outside world as far as a configuration refers to it. Load asks
// nothing else; a configuration checked elsewhere uses [StaticEnv].
type Env interface {
	// Interface describes a network interface that exists.
	Interface(name string) (Interface, bool)
	// LookupUser and LookupGroup find who is to run a script.
	LookupUser(name string) (Identity, bool)
	LookupGroup(name string) (gid uint32, ok bool)
	Hostname() string
	// ResolveHost returns an address of a host, within a bounded time.
	ResolveHost(name string) (netip.Addr, bool)
	// CheckScript looks a command up and judges who could change it.
	CheckScript(argv []string, uid, gid uint32) ScriptCheck
	// ReadFile returns a file of at most a few hundred kB. An error means that
	// it cannot be read, whatever the reason.
	ReadFile(name string) ([]byte, error)
	// ReadDir returns the names of a directory in their order, none when it cannot
	// be read.
	ReadDir(name string) []string
	// PathInfo says what a path is.
	PathInfo(name string) PathInfo
	// CPUs is how many processors there are.
	CPUs() int
	// ProcessEvents says whether the kernel reports starting processes.
	ProcessEvents() bool
}

// Interface is what matters of a network interface.
type Interface struct {
	Name        string
	Loopback    bool
	NoMulticast bool
	NoARP       bool
	NotEthernet bool
	Kind        string // rtnetlink kind: macvlan, ipvlan, vrf, ...; empty: hardware or not known
	Private     bool   // a macvlan in private mode
	Table       uint32 // of a vrf
	MTU         int
}

// PathInfo is what matters of a path.
type PathInfo struct {
	Exists bool
	Dir    bool
	// Special: it is there, and no regular file.
	Special bool
	Mode    uint32 // permission bits
	// Unwatchable: the file system cannot report changes, or is read-only.
	Unwatchable bool
	// Problem is why a path does not exist: number and text of the error.
	Problem string
}

// ScriptCheck is the verdict on a script.
type ScriptCheck struct {
	Found      bool
	Executable bool
	Path       string // resolved
	Insecure   bool   // somebody else could change what root runs
	Refused    bool   // not to be run whatever script security says
	Shell      bool   // no interpreter line: sh runs it
	Test       bool   // `</path`: nothing is executed
	// Problems are the messages of the check, in the C daemon's words.
	Problems []string
	Help     string
}

// StaticEnv says yes to everything. A check against it judges the text alone.
type StaticEnv struct{}

// Interface returns an Ethernet interface of that name.
func (StaticEnv) Interface(name string) (Interface, bool) {
	return Interface{Name: name, Loopback: name == "lo", MTU: 1500}, true
}

// LookupUser returns user 0 for every name.
func (StaticEnv) LookupUser(string) (Identity, bool) { return Identity{}, true }

// LookupGroup returns group 0 for every name.
func (StaticEnv) LookupGroup(string) (uint32, bool) { return 0, true }

// Hostname returns a fixed name.
func (StaticEnv) Hostname() string { return "localhost" }

// ResolveHost returns a documentation address for every name.
func (StaticEnv) ResolveHost(string) (netip.Addr, bool) {
	return netip.AddrFrom4([4]byte{192, 0, 2, 1}), true
}

// CheckScript finds every script safe.
func (StaticEnv) CheckScript(argv []string, _, _ uint32) ScriptCheck {
	return ScriptCheck{Found: true, Executable: true, Path: argv[0]}
}

// ReadFile finds no file.
func (StaticEnv) ReadFile(string) ([]byte, error) { return nil, errNoFile }

// ReadDir finds nothing.
func (StaticEnv) ReadDir(string) []string { return nil }

// PathInfo says that everything exists.
func (StaticEnv) PathInfo(name string) PathInfo { return PathInfo{Exists: true, Mode: 0o600} }

// CPUs returns the most that Linux supports.
func (StaticEnv) CPUs() int { return 8192 }

// ProcessEvents returns true.
func (StaticEnv) ProcessEvents() bool { return true }

// errNoFile is why StaticEnv has nothing to read.
var errNoFile = errors.New("files are not read in a static check")
