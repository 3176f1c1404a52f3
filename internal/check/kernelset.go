package check

import (
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
)

func isMissing(err error) bool { return errors.Is(err, unix.ESRCH) || errors.Is(err, unix.ENOENT) }

// openIPVS returns how the table of the configured namespace is opened.
func openIPVS(g *config.Global) func() (kernelTable, error) {
	o := ipvs.Options{Namespace: g.IPVSNamespace()}
	return func() (kernelTable, error) {
		c, err := ipvs.Open(o)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}

// kernelSettings is what belongs to IPVS beside its table.
type kernelSettings struct {
	wanted   ipvs.Timeouts
	original ipvs.Timeouts
	changed  bool // original holds what was there before
	flush    bool // everything goes before the first service comes
	sync     config.SyncDaemon
	syncRuns bool
}

func timeoutsOf(c config.IPVS) ipvs.Timeouts {
	return ipvs.Timeouts{
		TCP: uint32(c.TCPTimeout / time.Second), TCPFin: uint32(c.TCPFinTimeout / time.Second),
		UDP: uint32(c.UDPTimeout / time.Second),
	}
}

// configure takes over the global settings.
func (k *keeper) configure(conf *config.Config, m marks) {
	c := conf.Global.IPVS
	c.SyncDaemon.Origin = config.Origin{}
	k.conf, k.marks, k.patrol.places = conf, m, nil
	k.settings.wanted = timeoutsOf(c)
	restart := k.settings.sync != c.SyncDaemon
	k.settings.sync = c.SyncDaemon
	if k.table == nil {
		return
	}
	k.settings.timeouts(k)
	if restart && c.SyncDaemon.Instance != "" {
		k.settings.syncRuns = false // the VRRP process takes over what runs
	} else if restart {
		k.settings.stopSync(k)
		k.settings.startSync(k)
	}
}

// apply gives a kernel that has just been reached its settings.
func (s *kernelSettings) apply(k *keeper) {
	if s.flush {
		if err := k.table.Flush(); err != nil {
			k.log.Infof("%v", err)
		}
		s.flush = false
	}
	s.timeouts(k)
	s.stopSync(k)
	s.startSync(k)
}

func (s *kernelSettings) timeouts(k *keeper) {
	if !s.changed {
		if s.wanted == (ipvs.Timeouts{}) {
			return
		}
		before, err := k.table.Timeouts()
		if err != nil {
			k.log.Infof("%v", err)
			return
		}
		s.original, s.changed = before, true
		k.before.Store(&before)
	}
	set := s.original
	for _, t := range []struct{ to, from *uint32 }{{&set.TCP, &s.wanted.TCP}, {&set.TCPFin, &s.wanted.TCPFin}, {&set.UDP, &s.wanted.UDP}} {
		if *t.from != 0 {
			*t.to = *t.from
		}
	}
	if err := k.table.SetTimeouts(set); err != nil {
		k.log.Infof("%v", err)
	}
}

var syncRoles = []ipvs.SyncRole{ipvs.SyncMaster, ipvs.SyncBackup}

// syncs says that there are synchronisation daemons which follow no VRRP instance.
func (s *kernelSettings) syncs() bool { return s.sync.Interface != "" && s.sync.Instance == "" }

func (s *kernelSettings) daemon(role ipvs.SyncRole) ipvs.SyncDaemon {
	return ipvs.SyncDaemon{
		Role: role, Interface: s.sync.Interface, SyncID: s.sync.SyncID.V, MaxLen: s.sync.MaxLen,
		Group: s.sync.Group, Port: s.sync.Port, TTL: s.sync.TTL,
	}
}

// startSync starts them.
func (s *kernelSettings) startSync(k *keeper) {
	if !s.syncs() {
		return
	}
	for _, role := range syncRoles {
		_ = k.table.StopSync(role) // of a predecessor
		if err := k.table.StartSync(s.daemon(role)); err != nil {
			k.log.Infof("%v", err)
			k.patrol.known(err)
		}
		s.syncRuns = true
	}
}

// tendSync starts those that do not run: their interface may have come later, or
// the VRRP process have ended those of its instance when a reload took it away.
func (s *kernelSettings) tendSync(k *keeper) error {
	if !s.syncs() {
		return nil
	}
	present, err := k.table.SyncDaemons()
	if err != nil {
		return err
	}
	for _, role := range syncRoles {
		if slices.ContainsFunc(present, func(d ipvs.SyncDaemon) bool { return d.Role == role }) {
			continue
		}
		if err := k.table.StartSync(s.daemon(role)); err != nil && !k.patrol.known(err) {
			k.log.Infof("%v", err)
		}
	}
	return nil
}

func (s *kernelSettings) stopSync(k *keeper) {
	if !s.syncRuns {
		return
	}
	s.syncRuns = false
	for _, role := range syncRoles {
		if err := k.table.StopSync(role); err != nil {
			k.log.Infof("%v", err)
		}
	}
}

// restore undoes the settings at the end.
func (k *keeper) restore() {
	if k.table == nil {
		return
	}
	k.settings.stopSync(k)
	if k.settings.changed {
		if err := k.table.SetTimeouts(k.settings.original); err != nil {
			k.log.Infof("%v", err)
		}
	}
}

// clear empties our part of the table at the end, or all of it.
func (k *keeper) clear(flush config.FlushOnStop) {
	k.replace(ipvs.NewTable(0))
	k.unmark()
	if flush == config.FlushAll && k.table != nil {
		if err := k.table.Flush(); err != nil {
			k.log.Infof("%v", err)
		}
	}
}
