package checkmib

import (
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
)

var (
	realChanged   = OID.With(5, 0, 1) // realServerStateChange
	quorumChanged = OID.With(5, 0, 2) // virtualServerQuorumStateChange
)

// Quorum is the value of virtualServerQuorumStatus in a notification.
type Quorum int

// The values.
const (
	QuorumMet      Quorum = 1
	QuorumNotMet   Quorum = 2
	QuorumShutdown Quorum = 3 // the daemon ends
)

// Service is what notifications say about a virtual server.
type Service struct {
	Conf      *config.VirtualServer
	Up, Total int // real servers
	RouterID  string
}

// RealChanged is the notification that a real server is alive or dead.
func (s Service) RealChanged(r *config.RealServer, alive bool) []snmp.VarBind {
	vars := []snmp.VarBind{
		ofReal(3, snmp.InetAddressType(r.Addr)),
		ofReal(4, snmp.InetAddress(r.Addr)),
		ofReal(5, snmp.Gauge(r.Port)),
		ofReal(6, snmp.Truth(alive)),
	}
	return snmp.Trap(realChanged, append(append(vars, s.name()...), s.sums()...)...)
}

// QuorumChanged is the notification that a virtual server has gained or lost its
// quorum.
func (s Service) QuorumChanged(q Quorum) []snmp.VarBind {
	vars := append(s.name(), ofVirtual(23, snmp.Int(q)), ofVirtual(22, snmp.Gauge(s.Conf.Quorum)))
	return snmp.Trap(quorumChanged, append(vars, s.sums()...)...)
}

// name is how the virtual server is known.
func (s Service) name() []snmp.VarBind {
	vars := []snmp.VarBind{ofVirtual(2, virtualType(s.Conf))}
	switch {
	case s.Conf.Group != "":
		vars = append(vars, ofVirtual(3, snmp.Text(s.Conf.Group)))
	case s.Conf.IsFwmark:
		vars = append(vars, ofVirtual(4, snmp.Gauge(s.Conf.Fwmark)))
	default:
		vars = append(vars, ofVirtual(5, snmp.InetAddressType(s.Conf.Addr)),
			ofVirtual(6, snmp.InetAddress(s.Conf.Addr)), ofVirtual(7, snmp.Gauge(s.Conf.Port)))
	}
	return append(vars, ofVirtual(8, protocol(s.Conf.Protocol)))
}

func (s Service) sums() []snmp.VarBind {
	return []snmp.VarBind{
		ofVirtual(21, snmp.Gauge(s.Up)), ofVirtual(20, snmp.Gauge(s.Total)), {Name: global.RouterID, Value: snmp.Text(s.RouterID)},
	}
}

// Receivers know these notifications with objects that name no row.
func ofVirtual(column uint32, v snmp.Value) snmp.VarBind {
	return snmp.VarBind{Name: OID.With(3, 1, column), Value: v}
}

func ofReal(column uint32, v snmp.Value) snmp.VarBind {
	return snmp.VarBind{Name: OID.With(4, 1, column), Value: v}
}
