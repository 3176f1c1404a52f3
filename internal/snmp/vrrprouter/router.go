// Package vrrprouter is what VRRP-MIB (RFC 2787) and VRRPv3-MIB (RFC 6527) show:
// virtual routers, named by the index of their interface.
package vrrprouter

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// State is what is shown.
type State struct {
	*dump.Snapshot
	// Boot is when the master agent's sysUpTime was zero.
	Boot time.Time
	// Cleared is when the counters were set to zero at run time; zero: never.
	Cleared time.Time
	// Extra is what is noted about an instance besides its status.
	Extra map[fsm.InstanceID]Extra
}

// Extra is what SNMP alone wants to know of an instance.
type Extra struct {
	Up       time.Time // when it left init or fault; zero: it is there
	Error    ProtoError
	Reported time.Time // when a notification about a bad advert was sent last
}

// Router is a virtual router.
type Router struct {
	*dump.Instance
	S *State
	// Index is that of the interface under a VMAC, 0 without one.
	Index uint32
	base  dump.Interface
}

// Routers is those that suit a MIB, of which all have addresses.
func (s *State) Routers(suits func(*config.Instance) bool) (out []Router) {
	byName := map[string]*dump.Interface{}
	for i := range s.Interfaces {
		byName[s.Interfaces[i].Name] = &s.Interfaces[i]
	}
	for i := range s.Instances {
		in := &s.Instances[i]
		if !suits(&in.Conf) || len(in.Conf.VIPs) == 0 {
			continue
		}
		r := Router{Instance: in, S: s}
		if f, ok := byName[in.Conf.Interface]; ok {
			r.base, r.Index = *f, uint32(f.Index)
		}
		out = append(out, r)
	}
	return out
}

// Master tells whether it is master.
func (r Router) Master() bool { return r.Status.State == fsm.StateMaster }

// State is initialize(1), backup(2), master(3).
func (r Router) State() snmp.Value {
	switch r.Status.State {
	case fsm.StateBackup:
		return snmp.Int(2)
	case fsm.StateMaster:
		return snmp.Int(3)
	}
	return snmp.Int(1)
}

// MAC is the hardware address of the interface that it uses.
func (r Router) MAC() snmp.Value {
	b, err := hex.DecodeString(strings.ReplaceAll(r.Interface.MAC, ":", ""))
	if err != nil || len(b) == 0 {
		return snmp.Value{}
	}
	return snmp.Octets(b)
}

// Primary is the primary address of the interface; invalid: it has none.
func (r Router) Primary() netip.Addr {
	if r.Conf.Family == config.IPv6 {
		return r.base.IPv6
	}
	return r.base.IPv4
}

// MasterAddr is the address of the master, unspecified if none is known.
func (r Router) MasterAddr() netip.Addr {
	a := r.Status.MasterAddr
	if r.Master() {
		a = r.Status.Source
	}
	if a.IsValid() {
		return a
	}
	if r.Conf.Family == config.IPv6 {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// Up is when it left init or fault; false: it is there.
func (r Router) Up() (time.Time, bool) {
	x := r.S.Extra[r.Status.ID]
	return x.Up, !x.Up.IsZero() && (r.Status.State == fsm.StateBackup || r.Master())
}

// Count is a counter by its name in the JSON file.
func (r Router) Count(name string) uint64 { return dump.Count(&r.Status.Counters, name) }

// Sum adds up refused adverts.
func Sum(list []Router, reason packet.Reason) (sum uint64) {
	for _, r := range list {
		sum += r.Status.Counters.Rejected[reason]
	}
	return sum
}

// UpTime is the sysUpTime of a moment.
func (s *State) UpTime(t time.Time) snmp.Value {
	if t.IsZero() || s.Boot.IsZero() {
		return snmp.Ticks(int64(0))
	}
	return Hundredths(max(t.Sub(s.Boot), 0))
}

// Hundredths is a duration in TimeTicks.
func Hundredths(d time.Duration) snmp.Value { return snmp.Ticks(int64(d / (10 * time.Millisecond))) }
