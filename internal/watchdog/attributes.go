package watchdog

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

// netnsDir is where ip-netns(8) keeps namespaces.
const netnsDir = "/run/netns"

// attributes belong to a thread and are inherited by what it executes: all
// threads of the child have them from its first moment. The zero value leaves
// everything as it is.
type attributes struct {
	netns    string // name of a network namespace
	nice     int
	realtime int // priority of SCHED_RR; 0 is off
	cpus     []int
}

// attributesOf are those that the configuration gives a child of a process with
// real-time priority own; 0 is without.
func attributesOf(role link.Role, g *config.Global, own int) attributes {
	p := processOf(role, g)
	a := attributes{netns: g.NetNamespace, nice: p.Priority, realtime: p.RTPriority, cpus: p.CPUAffinity}
	if a.realtime == 0 && a.nice == 0 && g.Processes.MaxAutoPriority >= 0 {
		if above := defaultRealtime[role]; above > 0 {
			a.realtime = min(own+above, maxRealtime)
		}
	}
	return a
}

// defaultRealtime is the priority of the VRRP and BFD children, where it is
// permitted: on a busy machine their packets would otherwise be late by tens of
// milliseconds, and a late packet is an outage. Processes of one priority take
// turns of 100 ms, in which a BFD session falls: it must not wait for a VRRP
// child that reads a large configuration, nor either of them for a parent that
// reads one; what it was started with is added. vrrp_priority, bfd_priority or
// max_auto_priority -1 in the configuration leave them with normal scheduling.
var defaultRealtime = map[link.Role]int{link.RoleVRRP: 1, link.RoleBFD: 2}

func processOf(role link.Role, g *config.Global) config.Process {
	switch role {
	case link.RoleVRRP:
		return g.Processes.VRRP
	case link.RoleChecker:
		return g.Processes.Checker
	}
	return g.Processes.BFD
}

// maxRealtime is the highest real-time priority, sched(7).
const maxRealtime = 99

// apply gives the calling thread, which must be locked, the attributes. Only a
// missing namespace is an error: the child would act on the wrong network.
func (a attributes) apply() error {
	if a.netns != "" {
		if err := enterNetns(a.netns); err != nil {
			return err
		}
	}
	if a.nice != 0 {
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), a.nice)
	}
	if len(a.cpus) > 0 {
		var set unix.CPUSet
		for _, cpu := range a.cpus {
			set.Set(cpu)
		}
		_ = unix.SchedSetaffinity(0, &set)
	}
	if a.realtime > 0 {
		attr := unix.SchedAttr{Policy: unix.SCHED_RR, Priority: uint32(a.realtime)}
		attr.Size = unix.SizeofSchedAttr
		_ = unix.SchedSetAttr(0, &attr, 0)
	}
	return nil
}

// enterNetns moves the calling thread into a named network namespace.
func enterNetns(name string) error {
	f, err := os.Open(filepath.Join(netnsDir, name))
	if err != nil {
		return fmt.Errorf("opening network namespace %s: %w", name, err)
	}
	defer f.Close()
	if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("entering network namespace %s: %w", name, err)
	}
	return nil
}
