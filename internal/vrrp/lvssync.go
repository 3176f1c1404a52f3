package vrrp

import (
	"errors"
	"sync"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
	"keepalived/internal/vrrp/fsm"
)

// lvsSync runs the kernel's IPVS connection synchronisation for the instance
// that lvs_sync_daemon names: the master sends its connections, the others take
// them over. It works on a goroutine of its own, since the kernel waits for the
// end of a daemon's thread, and loading a module takes its time. Of several
// wishes the last one counts.
type lvsSync struct {
	log  *logging.Logger
	open func() (syncTable, error)
	wake chan struct{}
	done chan struct{} // closed when all has been stopped

	mu     sync.Mutex
	wanted ipvs.SyncDaemon // Role 0: none
	ending bool

	running ipvs.SyncDaemon // what was started; belongs to run
	told    string          // last failure in the log
}

// syncTable is what lvsSync needs of ipvs.Client.
type syncTable interface {
	SyncDaemons() ([]ipvs.SyncDaemon, error)
	StartSync(ipvs.SyncDaemon) error
	StopSync(ipvs.SyncRole) error
	Close() error
}

// syncAgain is how long to wait before a daemon that could not be started is
// tried again.
const syncAgain = 5 * time.Second

// newLVSSync makes one for the table of a namespace.
func newLVSSync(log *logging.Logger, namespace string) *lvsSync {
	return &lvsSync{log: log, wake: make(chan struct{}, 1), done: make(chan struct{}), open: func() (syncTable, error) {
		c, err := ipvs.Open(ipvs.Options{Namespace: namespace})
		if err != nil {
			return nil, err
		}
		return c, nil
	}}
}

// want replaces what should run. It never waits.
func (s *lvsSync) want(d ipvs.SyncDaemon) {
	s.mu.Lock()
	s.wanted = d
	s.mu.Unlock()
	s.signal()
}

// stop ends the daemon that runs, and then s.
func (s *lvsSync) stop() {
	s.mu.Lock()
	s.wanted, s.ending = ipvs.SyncDaemon{}, true
	s.mu.Unlock()
	s.signal()
}

func (s *lvsSync) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *lvsSync) run() {
	defer close(s.done)
	timer := time.NewTimer(syncAgain)
	defer timer.Stop()
	for {
		timer.Stop()
		s.mu.Lock()
		wanted, ending := s.wanted, s.ending
		s.mu.Unlock()
		if wanted != s.running {
			if err := s.change(wanted); err != nil {
				s.report(err)
				timer.Reset(syncAgain)
			} else {
				s.told = ""
			}
		}
		if ending {
			return
		}
		select {
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// report logs a failure that is not the same as the last one.
func (s *lvsSync) report(err error) {
	if text := err.Error(); text != s.told {
		s.log.Infof("%s", text)
		s.told = text
	}
}

// change stops what runs and is not wanted, and starts what is.
func (s *lvsSync) change(wanted ipvs.SyncDaemon) error {
	table, err := s.open()
	if err != nil {
		return err
	}
	defer table.Close()
	present, err := table.SyncDaemons()
	if err != nil {
		return err
	}
	there := false
	for _, p := range present {
		if p.Role == wanted.Role && !s.altered(wanted) && serves(p, wanted) {
			there = true
			continue
		}
		if err := table.StopSync(p.Role); unsettled(err) {
			return err
		}
	}
	s.running = ipvs.SyncDaemon{}
	if wanted.Role != 0 && !there {
		if err := table.StartSync(wanted); unsettled(err) {
			return err
		}
	}
	s.running = wanted
	return nil
}

// altered says that the settings are not those with which the daemon was
// started; what is unset then is the kernel's own value again.
func (s *lvsSync) altered(wanted ipvs.SyncDaemon) bool {
	r := s.running
	r.Role = wanted.Role
	return s.running.Role != 0 && r != wanted
}

// serves says that a daemon, which a predecessor may have left, is as wanted.
// The length of messages is the master's affair.
func serves(p, wanted ipvs.SyncDaemon) bool {
	return p.Interface == wanted.Interface && p.SyncID == wanted.SyncID &&
		(wanted.MaxLen == 0 || wanted.Role == ipvs.SyncBackup || p.MaxLen == wanted.MaxLen) &&
		(wanted.Port == 0 || p.Port == wanted.Port) && (wanted.TTL == 0 || p.TTL == wanted.TTL) &&
		(!wanted.Group.IsValid() || p.Group == wanted.Group)
}

func unsettled(err error) bool {
	var c *ipvs.CommandError
	return err != nil && !(errors.As(err, &c) && c.Settled())
}

// syncDaemon is the daemon of an instance in a state.
func syncDaemon(c config.SyncDaemon, in *config.Instance, master bool) ipvs.SyncDaemon {
	d := ipvs.SyncDaemon{
		Role: ipvs.SyncBackup, Interface: c.Interface, SyncID: c.SyncID.Or(in.VRID),
		MaxLen: c.MaxLen, Group: c.Group, Port: c.Port, TTL: c.TTL,
	}
	if master {
		d.Role = ipvs.SyncMaster
	}
	return d
}

// wantSync has the daemon of an instance follow it, after what was ordered from
// the kernel before.
func (l *loop) wantSync(in *instance, master bool) {
	c := l.conf.Global.IPVS.SyncDaemon
	if l.stopping || c.Instance == "" || c.Instance != in.conf.Name {
		return
	}
	if l.lvsSync == nil {
		l.lvsSync = newLVSSync(l.log, l.conf.Global.IPVSNamespace())
		go l.lvsSync.run()
	}
	l.syncOwner = in.id
	s, d := l.lvsSync, syncDaemon(c, &in.conf, master)
	l.worker.add(int(in.id), taskFunc(func() { s.want(d) }))
}

// reconfigureSync makes the daemon what a new configuration says.
func (l *loop) reconfigureSync() {
	name := l.conf.Global.IPVS.SyncDaemon.Instance
	for _, in := range l.instances {
		if in.conf.Name == name && name != "" && l.machine.State(in.id) != fsm.StateInit {
			l.wantSync(in, l.isMaster(in))
			return
		}
	}
	if s := l.lvsSync; s != nil && name == "" {
		l.worker.add(int(l.syncOwner), taskFunc(func() { s.want(ipvs.SyncDaemon{}) }))
	}
}

// stopSync ends it when the worker has nothing more to do.
func (l *loop) stopSync() {
	if l.lvsSync != nil {
		l.lvsSync.stop()
		<-l.lvsSync.done
	}
}
