package vrrp

import (
	"time"

	"keepalived/internal/agentx"
	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
	"keepalived/internal/snmp/rfc2787"
	"keepalived/internal/snmp/rfc6527"
	"keepalived/internal/snmp/vrrpmib"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/vrrp/fsm"
)

const (
	// snmpGoodBye is how long the master agent may take to hear of the stop.
	snmpGoodBye = 500 * time.Millisecond
	// snmpPatience is how long a request waits for the loop.
	snmpPatience = 2 * time.Second
	// snmpAge is how old what is shown may be.
	snmpAge = time.Second
)

// subagent is what the loop keeps for SNMP. The session with the master agent
// has goroutines of its own, which ask the loop by messages.
type subagent struct {
	log     *logging.Logger
	inbox   *inbox
	agent   *agentx.Agent // nil: off
	conf    config.SNMP   // what agent was started for
	extra   map[fsm.InstanceID]vrrprouter.Extra
	cleared time.Time
}

func newSubagent(log *logging.Logger, inbox *inbox) *subagent {
	return &subagent{log: log, inbox: inbox, extra: map[fsm.InstanceID]vrrprouter.Extra{}}
}

// configure starts, ends or replaces the session, if the configuration asks for
// another one.
func (s *subagent) configure(c *config.SNMP) {
	want := config.SNMP{Socket: c.Socket, VRRP: c.VRRP, RFCv2: c.RFCv2, RFCv3: c.RFCv3}
	if want == s.conf {
		return
	}
	gone := s.agent.Leave(snmpGoodBye)
	s.conf, s.agent = want, nil
	if !want.VRRP && !want.RFCv2 && !want.RFCv3 {
		return
	}
	s.log.Infof("Starting SNMP subagent")
	v := newSNMPView(s.inbox, want)
	s.agent = agentx.Start(agentx.Options{
		Address: want.Socket, ID: global.Root, Description: "Keepalived VRRP", Regions: snmpRegions(&want),
		Handler: snmp.NewResponder(snmp.NewCache(snmpAge, time.Now, v.view)),
		After:   gone, Log: s.log.Infof,
	})
	v.serves(s.agent)
}

func snmpRegions(c *config.SNMP) (out []agentx.Region) {
	if c.VRRP {
		out = append(out,
			agentx.Region{OID: global.OID, Priority: global.PriorityVRRP, Description: "KEEPALIVED-MIB: global definitions"},
			agentx.Region{OID: vrrpmib.OID, Description: "KEEPALIVED-MIB: VRRP"})
	}
	if c.RFCv2 {
		out = append(out, agentx.Region{OID: rfc2787.OID, Description: "VRRP-MIB (RFC 2787)"})
	}
	if c.RFCv3 {
		out = append(out, agentx.Region{OID: rfc6527.OID, Description: "VRRPv3-MIB (RFC 6527)"})
	}
	return out
}

// close ends the session; what was queued leaves first. The loop has nothing
// more to tell.
func (s *subagent) close() {
	if s.agent != nil {
		s.agent.Close(snmpGoodBye)
	}
}
