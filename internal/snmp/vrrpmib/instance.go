package vrrpmib

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
)

// instance is a row of vrrpInstanceTable.
type instance struct {
	*dump.Instance
	s *State
}

func (in instance) master() bool { return in.Status.State == fsm.StateMaster }

func instanceRows(s *State) (out []instance) {
	for i := range s.Instances {
		out = append(out, instance{&s.Instances[i], s})
	}
	return out
}

var instances = snmp.Table[*State, instance]{
	OID: OID.With(3, 1), Rows: instanceRows,
	Columns: append([]snmp.Column[instance]{
		{Number: 4, Get: func(in instance) snmp.Value { return state(in.Status.State) }},
		{Number: 5, Get: func(in instance) snmp.Value { return initialState(&in.Conf) }},
		{Number: 6, Get: func(in instance) snmp.Value { return state(in.Status.Want) }},
		{Number: 7, Get: func(in instance) snmp.Value { return snmp.Int(in.Status.BasePriority) }, Write: writePriority},
		{Number: 8, Get: func(in instance) snmp.Value { return snmp.Int(in.Status.Priority) }},
		{Number: 9, Get: func(in instance) snmp.Value { return snmp.Truth(in.master()) }},
		{Number: 10, Get: func(in instance) snmp.Value { return snmp.TextOr(in.Own) }},
		{Number: 13, Get: func(in instance) snmp.Value { return snmp.Truth(in.Status.Preempt) }, Write: writePreempt},
		{Number: 16, Get: func(in instance) snmp.Value { return snmp.Truth(in.synchronises()) }},
		{Number: 17, Get: func(in instance) snmp.Value {
			return snmp.Optional(in.synchronises(), func() snmp.Value { return snmp.Text(in.s.Conf.Global.IPVS.SyncDaemon.Interface) })
		}},
		{Number: 27, Get: func(in instance) snmp.Value { return accept(&in.Conf) }, Write: writeAccept},
	}, configured(map[uint32]func(*config.Instance) snmp.Value{
		2:  func(c *config.Instance) snmp.Value { return snmp.Text(c.Name) },
		3:  func(c *config.Instance) snmp.Value { return snmp.Gauge(c.VRID) },
		11: func(c *config.Instance) snmp.Value { return snmp.Truth(!c.DontTrackPrimary && c.Interface != "") },
		12: func(c *config.Instance) snmp.Value { return snmp.Gauge(int64(c.AdvertInt / unit(c))) },
		14: func(c *config.Instance) snmp.Value { return snmp.Gauge(int64(c.PreemptDelay / time.Second)) },
		15: authType,
		18: func(c *config.Instance) snmp.Value { return snmp.TextOr(c.SyncGroup) },
		19: func(c *config.Instance) snmp.Value { return snmp.Gauge(int64(c.GarpMasterDelay / time.Second)) },
		20: func(c *config.Instance) snmp.Value { return snmp.Truth(c.SMTPAlert) },
		21: func(c *config.Instance) snmp.Value {
			return snmp.Truth(anyScript(&c.Notify) || c.NotifyDeletedScript.IsSet() || c.NotifyMasterRxLowerPri.IsSet())
		},
		22: func(c *config.Instance) snmp.Value { return command(c.Notify.Master) },
		23: func(c *config.Instance) snmp.Value { return command(c.Notify.Backup) },
		24: func(c *config.Instance) snmp.Value { return command(c.Notify.Fault) },
		25: func(c *config.Instance) snmp.Value { return command(c.Notify.Stop) },
		26: func(c *config.Instance) snmp.Value { return command(c.Notify.Any) },
		28: func(c *config.Instance) snmp.Value { return snmp.Truth(c.PromoteSecondaries) },
		29: func(c *config.Instance) snmp.Value { return snmp.Truth(c.LinkbeatUsePolling) },
		30: func(c *config.Instance) snmp.Value { return snmp.Int(c.Version) },
		31: func(c *config.Instance) snmp.Value { return command(c.NotifyMasterRxLowerPri) },
		32: func(c *config.Instance) snmp.Value { return command(c.NotifyDeletedScript) },
		33: func(c *config.Instance) snmp.Value { return snmp.Truth(c.NotifyDeleted) },
		34: func(c *config.Instance) snmp.Value {
			return snmp.Optional(!c.Unicast, func() snmp.Value { return snmp.InetAddressType(c.McastDst) })
		},
		35: func(c *config.Instance) snmp.Value {
			return snmp.Optional(!c.Unicast, func() snmp.Value { return snmp.InetAddress(c.McastDst) })
		},
		36: func(c *config.Instance) snmp.Value { return snmp.Truth(c.V3ChecksumAsV2) },
	})...),
}

// configured is columns that come from the configuration alone.
func configured(get map[uint32]func(*config.Instance) snmp.Value) (out []snmp.Column[instance]) {
	for number, f := range get {
		out = append(out, snmp.Column[instance]{Number: number, Get: func(in instance) snmp.Value { return f(&in.Conf) }})
	}
	return out
}

// unit is what version 2 and version 3 count advert intervals in.
func unit(c *config.Instance) time.Duration {
	if c.Version == 2 {
		return time.Second
	}
	return 10 * time.Millisecond
}

func initialState(c *config.Instance) snmp.Value {
	if c.State == config.StateMaster {
		return state(fsm.StateMaster)
	}
	return state(fsm.StateBackup)
}

// authType is none(0), password(1), ah(2).
func authType(c *config.Instance) snmp.Value {
	switch c.Auth.Type {
	case config.AuthPass:
		return snmp.Int(1)
	case config.AuthAH:
		return snmp.Int(2)
	}
	return snmp.Int(0)
}

// accept means something with version 3 only.
func accept(c *config.Instance) snmp.Value {
	if c.Version != 3 {
		return snmp.Int(0)
	}
	return snmp.Truth(c.Accept)
}

// synchronises tells whether the IPVS sync daemon follows the instance.
func (in instance) synchronises() bool {
	d := &in.s.Conf.Global.IPVS.SyncDaemon
	return d.Interface != "" && d.Instance == in.Conf.Name
}
