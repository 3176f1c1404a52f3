// Package global is the part of KEEPALIVED-MIB that shows the global
// definitions (1.3.6.1.4.1.9586.100.5.1). Every process can serve it; of those
// that do, the checkers' answers.
package global

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// Root is KEEPALIVED-MIB.
var Root = snmp.MustOID("1.3.6.1.4.1.9586.100.5")

// OID is the part that is declared here.
var OID = Root.With(1)

// RouterID is an object of notifications.
var RouterID = OID.With(2, 0)

// Priorities of the registration: of two processes that serve the part the
// checkers' is asked.
const (
	PriorityChecker = 126
	PriorityVRRP    = 127
)

// State is what is shown.
type State struct {
	Version string // name and release, as --version prints them
	Conf    *config.Global
}

// View is the objects for a configuration.
func View(s *State) *snmp.View { return mib.View(s) }

var mib = snmp.MIB[*State]{
	snmp.Scalar[*State]{OID: OID.With(1), Get: func(s *State) snmp.Value { return snmp.Text(s.Version) }},
	scalar(func(g *config.Global) snmp.Value { return snmp.TextOr(g.Mail.RouterID) }, 2),
	mail(func(m *config.Mail) snmp.Value { return snmp.InetAddressType(m.ServerAddr.Addr().Unmap()) }, 1),
	mail(smtpAddress, 2),
	mail(func(m *config.Mail) snmp.Value { return snmp.Gauge(int64(m.ConnectTimeout / time.Second)) }, 3),
	mail(func(m *config.Mail) snmp.Value { return snmp.TextOr(m.From) }, 4),
	snmp.Table[*State, string]{
		OID:     OID.With(3, 5, 1),
		Rows:    func(s *State) []string { return s.Conf.Mail.To },
		Columns: []snmp.Column[string]{{Number: 2, Get: snmp.Text}},
	},
	mail(func(m *config.Mail) snmp.Value { return snmp.Gauge(m.ServerAddr.Port()) }, 6),
	mail(func(m *config.Mail) snmp.Value { return snmp.Truth(!m.NoEmailFaults) }, 7),
	mail(func(m *config.Mail) snmp.Value { return alert(m.SMTPAlert) }, 8),
	mail(func(m *config.Mail) snmp.Value { return alert(m.SMTPAlertVRRP) }, 9),
	mail(func(m *config.Mail) snmp.Value { return alert(m.SMTPAlertChecker) }, 10),
	scalar(func(g *config.Global) snmp.Value { return snmp.Truth(g.SNMP.Traps) }, 4),
	scalar(linkBeat, 5),
	scalar(func(g *config.Global) snmp.Value { return snmp.Truth(g.IPVS.Flush) }, 6),
	// The statistics that are read have 64 bits.
	scalar(func(*config.Global) snmp.Value { return snmp.Truth(true) }, 7),
	scalar(func(g *config.Global) snmp.Value { return snmp.Text(g.NetNamespace) }, 8),
	scalar(func(g *config.Global) snmp.Value { return snmp.Truth(g.DBus.Enable) }, 9),
	scalar(func(g *config.Global) snmp.Value { return snmp.Truth(g.DynamicInterfaces) }, 10),
	scalar(flushOnStop, 11),
	scalar(func(g *config.Global) snmp.Value { return snmp.Truth(g.VRRPDefaults.V3ChecksumAsV2) }, 12),
}

func scalar(get func(*config.Global) snmp.Value, number ...uint32) snmp.Scalar[*State] {
	return snmp.Scalar[*State]{OID: OID.With(number...), Get: func(s *State) snmp.Value { return get(s.Conf) }}
}

func mail(get func(*config.Mail) snmp.Value, number uint32) snmp.Scalar[*State] {
	return scalar(func(g *config.Global) snmp.Value { return get(&g.Mail) }, 3, number)
}

// smtpAddress is 0.0.0.0 without a server.
func smtpAddress(m *config.Mail) snmp.Value {
	if v := snmp.InetAddress(m.ServerAddr.Addr().Unmap()); v.Exists() {
		return v
	}
	return snmp.Octets(make([]byte, 4))
}

// alert is on(1), off(2), unset(3).
func alert(o config.Opt[bool]) snmp.Value {
	if !o.Set {
		return snmp.Int(3)
	}
	return snmp.Truth(o.V)
}

// linkBeat is netlink(1), polling(2).
func linkBeat(g *config.Global) snmp.Value { return snmp.Truth(!g.LinkbeatUsePolling) }

// flushOnStop is enabled(1), disabled(2), flushVS(3).
func flushOnStop(g *config.Global) snmp.Value {
	switch g.IPVS.FlushOnStop {
	case config.FlushAll:
		return snmp.Int(1)
	case config.FlushVS:
		return snmp.Int(3)
	}
	return snmp.Int(2)
}
