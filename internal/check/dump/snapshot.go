// Package dump renders what an operator asks a health-check process for: the
// data file (keepalived(8), SIGUSR1). It reads snapshots, which nobody changes
// any more, and does no I/O.
package dump

import (
	"time"

	"keepalived/internal/config"
)

// Snapshot is the state of a health-check process at one moment.
type Snapshot struct {
	Time     time.Time // in the zone in which times are shown
	Host     string    // name of the system
	Conf     *config.Config
	Virtuals []Virtual // in configuration order
	// Groups is what belongs to groups beside their configuration, by name.
	Groups map[string]Group
	// Files is the values of tracked files, by name.
	Files map[string]int
}

// Group is the state of a virtual_server_group.
type Group struct {
	// Marks that its virtual servers have with nftables_ipvs, by protocol.
	Marks map[config.Protocol]uint32
	// Reloaded entries were there before the last reload.
	Reloaded map[config.GroupEntry]bool
}

// Virtual is a virtual server.
type Virtual struct {
	Conf      *config.VirtualServer
	Up        bool // has its quorum
	Sorry     bool // the sorry server is in use
	Suspended bool // ha_suspend, and its address is elsewhere
	Reloaded  bool // was there before the last reload
	Reals     []Real
}

// Alive is how many real servers are alive.
func (v *Virtual) Alive() (n int) {
	for i := range v.Reals {
		if v.Reals[i].Alive {
			n++
		}
	}
	return n
}

// Real is a real server.
type Real struct {
	Conf     *config.RealServer
	Alive    bool
	InTable  bool // IPVS has it, with whatever weight
	Reloaded bool // was there before the last reload
	Failed   int  // checkers that say it is down
	// Weight is the configured weight and what checkers add to it; IPVS has it
	// within 0 and 2147483647.
	Weight   int64
	Previous int64 // Weight before the last reload; 0 before the first
	Checkers []Checker
}

// NotRun is how many checkers have had no result yet.
func (r *Real) NotRun() (n int) {
	for i := range r.Checkers {
		if !r.Checkers[i].HasRun {
			n++
		}
	}
	return n
}

// Checker is a health check.
type Checker struct {
	Conf   *config.Checker
	Timing *config.Timing // everything in it is set
	Up     bool
	HasRun bool
	Weight int64  // what it adds to the server's weight
	Tries  uint32 // failed attempts since the last success or verdict
	// FailedURL is the path that took the server down, "" for none.
	FailedURL string
	// Of a script: when it was started last, zero for never, and its status.
	LastRan    time.Time
	LastStatus int
	// Sequence is the number of the last echo request.
	Sequence uint16
	Reloaded bool // was there before the last reload
}
