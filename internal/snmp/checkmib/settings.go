package checkmib

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// syncDaemon is the connection synchronisation as it is configured.
var syncDaemon = snmp.MIB[*State]{
	snmp.Scalar[*State]{OID: OID.With(6, 1), Get: func(s *State) snmp.Value {
		return snmp.Truth(s.Conf.Global.IPVS.SyncDaemon.Interface != "")
	}},
	synced(2, func(d *config.SyncDaemon) snmp.Value { return snmp.Text(d.Interface) }),
	synced(3, func(d *config.SyncDaemon) snmp.Value { return snmp.TextOr(d.Instance) }),
	synced(4, func(d *config.SyncDaemon) snmp.Value { return snmp.Int(d.SyncID.Or(0)) }),
	synced(5, func(d *config.SyncDaemon) snmp.Value { return snmp.Int(d.MaxLen) }),
	synced(6, func(d *config.SyncDaemon) snmp.Value { return snmp.Int(d.Port) }),
	synced(7, func(d *config.SyncDaemon) snmp.Value { return snmp.Int(d.TTL) }),
	synced(8, func(d *config.SyncDaemon) snmp.Value {
		return snmp.Optional(d.Group.IsValid(), func() snmp.Value { return snmp.InetAddressType(d.Group) })
	}),
	synced(9, func(d *config.SyncDaemon) snmp.Value { return snmp.InetAddress(d.Group) }),
}

// synced is an object that is there with a synchronisation only.
func synced(number uint32, get func(*config.SyncDaemon) snmp.Value) snmp.Scalar[*State] {
	return snmp.Scalar[*State]{OID: OID.With(6, number), Get: func(s *State) snmp.Value {
		d := &s.Conf.Global.IPVS.SyncDaemon
		return snmp.Optional(d.Interface != "", func() snmp.Value { return get(d) })
	}}
}

// timeouts are those of connections that the configuration sets.
var timeouts = snmp.MIB[*State]{
	timeout(1, func(i *config.IPVS) time.Duration { return i.TCPTimeout }),
	timeout(2, func(i *config.IPVS) time.Duration { return i.TCPFinTimeout }),
	timeout(3, func(i *config.IPVS) time.Duration { return i.UDPTimeout }),
}

func timeout(number uint32, of func(*config.IPVS) time.Duration) snmp.Scalar[*State] {
	return snmp.Scalar[*State]{OID: OID.With(7, number), Get: func(s *State) snmp.Value {
		d := of(&s.Conf.Global.IPVS)
		return snmp.Optional(d > 0, func() snmp.Value { return snmp.Int(int64(d / time.Second)) })
	}}
}
