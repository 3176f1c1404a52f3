package config

import "net/netip"

// Config is a whole configuration. It is never changed after [Load] returned it.
type Config struct {
	Global     Global
	VRRP       VRRP
	LVS        LVS
	BFD        BFD
	TrackFiles []TrackFile // used by VRRP and by the checkers
}

// Origin is where an object was declared.
type Origin struct {
	File string
	Line int // 1-based
}

// Opt is a value that may be unset. Unset means that the daemon decides.
type Opt[T any] struct {
	Set bool
	V   T
}

// Some returns a set Opt.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, V: v} }

// Or returns the value, or def when it is unset.
func (o Opt[T]) Or(def T) T {
	if o.Set {
		return o.V
	}
	return def
}

// Family is an address family.
type Family uint8

// The families. FamilyUnset is that of an object that has not yet shown one.
const (
	FamilyUnset Family = 0
	IPv4        Family = 4
	IPv6        Family = 6
)

// FamilyOf returns the family of a valid address.
func FamilyOf(a netip.Addr) Family {
	switch {
	case a.Is4():
		return IPv4
	case a.Is6():
		return IPv6
	}
	return FamilyUnset
}

// Bits is the length of an address of the family.
func (f Family) Bits() int {
	if f == IPv6 {
		return 128
	}
	return 32
}

// Metric is a kernel metric of a route. Lock keeps path MTU discovery and the
// like from changing it.
type Metric struct {
	Set  bool
	Lock bool
	V    uint32
}

// Script is a command that the daemon runs.
type Script struct {
	Origin
	Argv []string // empty: no script
	Path string   // what is executed; Argv[0] resolved unless symbolic links are kept
	UID  uint32
	GID  uint32
	// Shell: the file has no interpreter line, so sh runs it.
	Shell bool
	// Test: the command only tests that a file can be opened (`</path`).
	Test bool
}

// IsSet says whether there is a script at all.
func (s Script) IsSet() bool { return len(s.Argv) > 0 }

// FIFO is a pipe for notifications and the script that reads it.
type FIFO struct {
	Path   string // empty: none
	UID    uint32
	GID    uint32
	Script Script // started with Path as its last argument
}

// TrackFile is a `track_file`: a file whose number drives a priority or weight.
type TrackFile struct {
	Origin
	Name    string
	Path    string
	Weight  int // -254..254
	Reverse bool
	// Init: the file is created with this value when it does not exist.
	Init      Opt[int]
	Overwrite bool // Init is written in any case (not at a reload)
}
