package vrrp

import (
	"maps"
	"net/netip"
	"time"

	"keepalived/internal/snmp"
	"keepalived/internal/snmp/rfc2787"
	"keepalived/internal/snmp/rfc6527"
	"keepalived/internal/snmp/vrrpmib"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// badAdvertPace is the distance between notifications about bad adverts of one
// instance: anybody can send them.
const badAdvertPace = time.Second

// nothing is what there is to send without SNMP.
func nothing() {}

// trapsOf is what sends the notifications about a new state of an instance.
func (l *loop) trapsOf(in *instance, e *fsm.Effect) func() {
	s, g := l.subagent, &l.conf.Global
	if s.agent == nil || !g.SNMP.Traps || e.FIFOOnly {
		return nothing
	}
	var traps [][]snmp.VarBind
	if s.conf.VRRP {
		traps = append(traps, vrrpmib.InstanceTrap(&in.conf, e.State, g.Mail.RouterID))
	}
	if e.State == fsm.StateMaster {
		traps = append(traps, l.newMasterTraps(in)...)
	}
	return s.sender(traps, "(%s) Sending SNMP notification", in.conf.Name)
}

func (l *loop) newMasterTraps(in *instance) (traps [][]snmp.VarBind) {
	c := &in.conf
	status, ok := l.machine.Status(in.id)
	if !ok || !status.Source.IsValid() {
		return nil
	}
	index := l.snmpIndex(in)
	if l.subagent.conf.RFCv2 && rfc2787.Suits(c) {
		traps = append(traps, rfc2787.NewMasterTrap(index, c.VRID, status.Source))
	}
	if l.subagent.conf.RFCv3 && rfc6527.Suits(c) {
		traps = append(traps, rfc6527.NewMasterTrap(index, c, status.Source, status.MasterCause))
	}
	return traps
}

// groupTraps is trapsOf for a sync group.
func (l *loop) groupTraps(name string, e *fsm.Effect) func() {
	s, g := l.subagent, &l.conf.Global
	if s.agent == nil || !g.SNMP.Traps || e.FIFOOnly || !s.conf.VRRP {
		return nothing
	}
	trap := vrrpmib.GroupTrap(name, e.State, g.Mail.RouterID)
	return s.sender([][]snmp.VarBind{trap}, "VRRP_Group(%s): Sending SNMP notification", name)
}

// sender queues notifications; it may be called by any goroutine.
func (s *subagent) sender(traps [][]snmp.VarBind, format, name string) func() {
	agent, log := s.agent, s.log
	return func() {
		for _, t := range traps {
			log.Detailf(format, name)
			agent.Notify(t)
		}
	}
}

// snmpIndex is the index of the interface that the instance is configured on.
func (l *loop) snmpIndex(in *instance) uint32 {
	link, ok := l.links.lookup(in.conf.Interface)
	if !ok {
		return 0
	}
	return uint32(link.Index)
}

// entered notes when an instance begins and ceases to take part.
func (s *subagent) entered(in *instance, state fsm.State, now time.Time) {
	x := s.extra[in.id]
	switch up := state == fsm.StateBackup || state == fsm.StateMaster; {
	case up && x.Up.IsZero():
		x.Up = now
	case !up:
		x.Up = time.Time{}
	}
	s.extra[in.id] = x
}

// prune drops what is noted about instances that a reload has removed.
func (s *subagent) prune(left map[fsm.InstanceID]*instance) {
	maps.DeleteFunc(s.extra, func(id fsm.InstanceID, _ vrrprouter.Extra) bool { return left[id] == nil })
}

// rejected notes and reports an advert that was refused.
func (l *loop) rejected(in *instance, v packet.Verdict) {
	s := l.subagent
	if s.agent == nil {
		return
	}
	auth, proto := vrrprouter.AuthErrorOf(v.Reason), vrrprouter.ProtoErrorOf(v.Reason)
	if auth == vrrprouter.NoAuthError && proto == vrrprouter.NoError {
		return
	}
	x := s.extra[in.id]
	if proto != vrrprouter.NoError {
		x.Error = proto
	}
	if l.conf.Global.SNMP.Traps && l.now.Sub(x.Reported) >= badAdvertPace {
		x.Reported = l.now
		l.reportAdvert(in, auth, proto, v.Src)
	}
	s.extra[in.id] = x
}

func (l *loop) reportAdvert(in *instance, auth vrrprouter.AuthError, proto vrrprouter.ProtoError, from netip.Addr) {
	c, s := &in.conf, l.subagent
	if auth != vrrprouter.NoAuthError && s.conf.RFCv2 && rfc2787.Suits(c) {
		trap := rfc2787.AuthTrap(l.snmpIndex(in), c.VRID, from, auth)
		s.sender([][]snmp.VarBind{trap}, "(%s) Sending SNMP notification vrrpTrapAuthFailure", c.Name)()
	}
	if proto != vrrprouter.NoError && s.conf.RFCv3 && rfc6527.Suits(c) {
		trap := rfc6527.ProtoErrorTrap(l.snmpIndex(in), c, proto)
		s.sender([][]snmp.VarBind{trap}, "(%s) Sending SNMP notification vrrpTrapProtoError", c.Name)()
	}
}
