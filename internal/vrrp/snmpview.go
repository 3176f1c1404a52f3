package vrrp

import (
	"errors"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"keepalived/internal/agentx"
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
	"keepalived/internal/snmp/rfc2787"
	"keepalived/internal/snmp/rfc6527"
	"keepalived/internal/snmp/vrrpmib"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/version"
	"keepalived/internal/vrrp/fsm"
)

// snmpView makes what requests are answered from. It belongs to the goroutine
// of the session.
type snmpView struct {
	inbox *inbox
	conf  config.SNMP
	agent atomic.Pointer[agentx.Agent]
}

func newSNMPView(b *inbox, c config.SNMP) *snmpView { return &snmpView{inbox: b, conf: c} }

// serves says which agent it is for.
func (v *snmpView) serves(a *agentx.Agent) { v.agent.Store(a) }

// boot is when the sysUpTime of the master agent was zero.
func (v *snmpView) boot() time.Time {
	if a := v.agent.Load(); a != nil {
		return a.Boot()
	}
	return time.Time{}
}

// errBusy says that the loop did not answer in time.
var errBusy = fmt.Errorf("VRRP has not answered within %v", snmpPatience)

// snmpAsk asks the loop for a picture.
type snmpAsk chan<- snmpPicture

// snmpPicture is a picture with what only SNMP wants to know.
type snmpPicture struct {
	*picture
	extra   map[fsm.InstanceID]vrrprouter.Extra
	cleared time.Time
}

func (m snmpAsk) handle(l *loop) {
	m <- snmpPicture{l.picture(), maps.Clone(l.subagent.extra), l.subagent.cleared}
}

// view asks the loop how things are and declares it. What takes time happens
// here, beside the loop.
func (v *snmpView) view() (*snmp.View, error) {
	answer := make(chan snmpPicture, 1)
	go v.inbox.post(snmpAsk(answer))
	select {
	case p := <-answer:
		return v.declare(p), nil
	case <-time.After(snmpPatience):
		return nil, errBusy
	}
}

func (v *snmpView) declare(p snmpPicture) *snmp.View {
	s := p.snapshot()
	var views []*snmp.View
	if v.conf.VRRP {
		name := fmt.Sprintf("Keepalived v%s (%s)", version.Version, version.Date)
		views = append(views, global.View(&global.State{Version: name, Conf: &s.Conf.Global}), vrrpmib.View(s, v))
	}
	routers := &vrrprouter.State{Snapshot: s, Boot: v.boot(), Cleared: p.cleared, Extra: p.extra}
	if v.conf.RFCv2 {
		views = append(views, rfc2787.View(routers))
	}
	if v.conf.RFCv3 {
		views = append(views, rfc6527.View(routers))
	}
	return snmp.Join(views...)
}

// snmpSet is a change that a manager asks for.
type snmpSet struct {
	id     fsm.InstanceID
	event  fsm.Event
	result chan<- error
}

// errNoInstance says that a reload has removed the instance meanwhile.
var errNoInstance = errors.New("there is no such instance any more")

func (m snmpSet) handle(l *loop) {
	if _, ok := l.instances[m.id]; !ok || l.stopping {
		m.result <- errNoInstance
		return
	}
	l.step(m.event)
	m.result <- nil
}

// SetPriority implements vrrpmib.Setter.
func (v *snmpView) SetPriority(id fsm.InstanceID, priority uint8) error {
	return v.set(id, fsm.PriorityChanged{Instance: id, Priority: priority})
}

// SetPreempt implements vrrpmib.Setter.
func (v *snmpView) SetPreempt(id fsm.InstanceID, preempt bool) error {
	return v.set(id, fsm.PreemptChanged{Instance: id, Preempt: preempt})
}

func (v *snmpView) set(id fsm.InstanceID, e fsm.Event) error {
	result := make(chan error, 1)
	go v.inbox.post(snmpSet{id, e, result})
	select {
	case err := <-result:
		return err
	case <-time.After(snmpPatience):
		return errBusy
	}
}
