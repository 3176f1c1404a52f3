package check

import (
	"sync/atomic"
	"time"

	"keepalived/internal/agentx"
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/checkmib"
	"keepalived/internal/snmp/global"
)

const (
	// snmpGoodBye is how long the master agent may take to hear of the stop.
	snmpGoodBye = 500 * time.Millisecond
	// snmpPatience is how long a request waits for the loop.
	snmpPatience = 2 * time.Second
	// snmpAge is how old what is shown may be if nothing has happened.
	snmpAge = time.Second
)

// subagent is what the loop keeps for SNMP. The session with the master agent
// has goroutines of its own; the loop never waits for them.
type subagent struct {
	agent *agentx.Agent // nil: off
	conf  config.SNMP   // what agent was started for
	// changes counts what would make an earlier picture wrong.
	changes atomic.Uint64
}

// configureSNMP starts, ends or replaces the session, if the configuration asks
// for another one.
func (l *loop) configureSNMP() {
	s, c := &l.subagent, &l.conf.Global.SNMP
	s.changes.Add(1)
	want := config.SNMP{Socket: c.Socket, Checker: c.Checker}
	if want == s.conf {
		return
	}
	gone := s.agent.Leave(snmpGoodBye)
	s.conf, s.agent = want, nil
	if !want.Checker {
		return
	}
	l.log.Infof("Starting SNMP subagent")
	s.agent = agentx.Start(agentx.Options{
		Address: want.Socket, ID: global.Root, Description: "Keepalived health checks",
		Regions: []agentx.Region{
			{OID: global.OID, Priority: global.PriorityChecker, Description: "KEEPALIVED-MIB: global definitions"},
			{OID: checkmib.OID, Description: "KEEPALIVED-MIB: health checks"},
		},
		Handler: snmp.NewResponder(newSNMPSource(l)), After: gone, Log: l.log.Infof,
	})
}

// close ends the session; what was queued leaves first. It waits for that.
func (s *subagent) close() {
	if s.agent != nil {
		s.agent.Close(snmpGoodBye)
	}
}

// notification is what is sent about an effect, nothing without SNMP.
func (l *loop) notification(e *effect) func() {
	agent := l.subagent.agent
	if agent == nil || !l.conf.Global.SNMP.Traps {
		return func() {}
	}
	vars := l.trap(e)
	return func() { agent.Notify(vars) }
}

func (l *loop) trap(e *effect) []snmp.VarBind {
	about := checkmib.Service{Conf: e.v.conf, Up: e.alive, Total: len(e.v.reals), RouterID: l.conf.Global.Mail.RouterID}
	switch {
	case e.r != nil:
		return about.RealChanged(e.r.conf, e.up)
	case l.stopping:
		return about.QuorumChanged(checkmib.QuorumShutdown)
	case e.up:
		return about.QuorumChanged(checkmib.QuorumMet)
	}
	return about.QuorumChanged(checkmib.QuorumNotMet)
}
