package check

import (
	"errors"
	"fmt"
	"time"

	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/checkmib"
	"keepalived/internal/snmp/global"
	"keepalived/internal/version"
)

// snmpSource makes what requests are answered from. It belongs to the goroutine
// of the session; what it wants of the loop it asks by its inbox.
type snmpSource struct {
	inbox chan<- func()
	l     *loop // touched by functions in the inbox only
	now   func() uint64

	cache   *snmp.Cache
	seen    uint64 // changes that the view in the cache shows
	traffic *trafficReader
}

func newSNMPSource(l *loop) *snmpSource {
	s := &snmpSource{inbox: l.inbox, l: l, now: l.subagent.changes.Load, traffic: newTrafficReader(l.keeper.open)}
	s.cache = snmp.NewCache(snmpAge, time.Now, s.fetch)
	return s
}

// View implements snmp.Source. What happened before the question is in the
// answer: managers ask because they were notified.
func (s *snmpSource) View() (*snmp.View, error) {
	if n := s.now(); n != s.seen {
		s.cache.Forget()
		s.seen = n
	}
	return s.cache.View()
}

// Forget implements snmp.Source.
func (s *snmpSource) Forget() { s.cache.Forget() }

// errBusy says that the loop did not answer in time.
var errBusy = fmt.Errorf("the health checks have not answered within %v", snmpPatience)

// errGone says that a reload has removed the server meanwhile.
var errGone = errors.New("there is no such server any more")

// snmpPicture is a picture with the services of each virtual server.
type snmpPicture struct {
	*dump.Snapshot
	services [][]ipvs.Service
}

// inLoop has the loop call f and waits for what it returns.
func inLoop[T any](inbox chan<- func(), f func() T) (T, error) {
	answer := make(chan T, 1)
	patience := time.NewTimer(snmpPatience)
	defer patience.Stop()
	var none T
	select {
	case inbox <- func() { answer <- f() }:
	case <-patience.C:
		return none, errBusy
	}
	select {
	case a := <-answer:
		return a, nil
	case <-patience.C:
		return none, errBusy
	}
}

func (s *snmpSource) fetch() (*snmp.View, error) {
	p, err := inLoop(s.inbox, func() snmpPicture {
		p := snmpPicture{Snapshot: s.l.picture()}
		for _, v := range s.l.topology.virtuals {
			p.services = append(p.services, v.services())
		}
		return p
	})
	if err != nil {
		return nil, err
	}
	return snmp.Join(
		global.View(&global.State{Version: fmt.Sprintf("Keepalived v%s (%s)", version.Version, version.Date), Conf: &p.Conf.Global}),
		checkmib.View(&checkmib.State{Snapshot: p.Snapshot, Traffic: s.traffic.of(p), Set: s}),
	), nil
}

// SetWeight implements checkmib.Setter.
func (s *snmpSource) SetWeight(v *config.VirtualServer, r *config.RealServer, weight uint32) error {
	result, err := inLoop(s.inbox, func() error { return s.l.setWeight(v, r, int64(weight)) })
	if err != nil {
		return err
	}
	return result
}

// setWeight changes the weight of a server as a checker would.
func (l *loop) setWeight(vc *config.VirtualServer, rc *config.RealServer, weight int64) error {
	for _, v := range l.topology.virtuals {
		if v.conf != vc || l.stopping {
			continue
		}
		for _, r := range v.reals {
			if r.conf == rc {
				l.topology.setWeight(r, weight)
				l.carryOut(l.topology.take(), false)
				return nil
			}
		}
	}
	return errGone
}

// setWeight makes the weight of a server another one, until the next reload.
// What checkers add later is added to it.
func (t *topology) setWeight(r *real, weight int64) {
	before := r.weight()
	r.extra = weight - int64(r.conf.Weight)
	t.weightChanged(r, before)
}
