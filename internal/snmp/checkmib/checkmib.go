// Package checkmib is the health-check part of KEEPALIVED-MIB
// (1.3.6.1.4.1.9586.100.5.3), made from a snapshot of a health-check process.
package checkmib

import (
	"time"

	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	dumptext "keepalived/internal/dump"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
)

// OID is the part that is declared here.
var OID = global.Root.With(3)

// State is what is shown.
type State struct {
	*dump.Snapshot
	Traffic Traffic
	Set     Setter
}

// Setter carries out writes. It is called by the goroutine that answers; its
// errors say that the server is no longer there or the process does not answer.
type Setter interface {
	SetWeight(v *config.VirtualServer, r *config.RealServer, weight uint32) error
}

// View is the objects of a snapshot.
func View(s *State) *snmp.View { return mib.View(s) }

var mib = snmp.MIB[*State]{groups, members, virtuals, reals, syncDaemon, timeouts}

// command is a script's arguments, quoted; there is none for no script.
func command(s config.Script) snmp.Value {
	return snmp.Optional(s.IsSet(), func() snmp.Value { return snmp.Text(dumptext.Command(s.Argv)) })
}

// path is what is executed for a script.
func path(s config.Script) snmp.Value {
	return snmp.Optional(s.IsSet(), func() snmp.Value {
		if s.Path != "" {
			return snmp.Text(s.Path)
		}
		return snmp.Text(s.Argv[0])
	})
}

// seconds leaves fractions out.
func seconds(d time.Duration) snmp.Value { return snmp.Gauge(int64(d / time.Second)) }

func micros(d time.Duration) snmp.Value { return snmp.Gauge(d.Microseconds()) }

// method is nat(1), dr(2), tun(3).
func method(f config.Forwarding) snmp.Value {
	return snmp.Optional(f.Method != config.ForwardUnset, func() snmp.Value { return snmp.Int(f.Method) })
}

// tunnelType is ipip(1), gue(2), gre(3).
func tunnelType(f config.Forwarding) snmp.Value {
	return snmp.Optional(f.Method == config.TUN, func() snmp.Value { return snmp.Int(1 + f.Tunnel) })
}

func tunnelPort(f config.Forwarding) snmp.Value {
	return snmp.Optional(f.Method == config.TUN && f.Tunnel == config.TunnelGUE, func() snmp.Value { return snmp.Gauge(f.Port) })
}

// tunnelChecksum is nocsum(1), csum(2), remcsum(3).
func tunnelChecksum(f config.Forwarding) snmp.Value {
	return snmp.Optional(f.Method == config.TUN && f.Tunnel != config.TunnelIPIP, func() snmp.Value { return snmp.Int(1 + f.Checksum) })
}
