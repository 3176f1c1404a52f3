package config

import (
	"strings"
	"time"

	"keepalived/internal/config/lang"
)

func openInstance(d *decoder, s stmt) bool {
	name := s.arg(1)
	switch {
	case s.n() != 2:
		d.help(s.at(0), lang.ClassGeneralError, "write vrrp_instance NAME {", "vrrp_instance must have a name")
		return false
	case d.instanceNamed(name) != nil:
		d.refuse(s, 1, "vrrp instance {v} already defined")
		return false
	}
	in := &instanceDraft{seq: d.declare()}
	in.Origin, in.Name, in.Preempt = s.origin(), name, true
	d.inst, d.name = in, name
	d.instances = append(d.instances, in)
	remember(&d.byName, name, in)
	return true
}

// instances gives access to the open instance.
func instances[T any](p func(in *instanceDraft) *T) func(d *decoder) *T {
	return func(d *decoder) *T { return p(d.inst) }
}

// onInstance is a handler on the open instance.
func onInstance(f func(d *decoder, in *instanceDraft, s stmt)) handler {
	return func(d *decoder, s stmt) { f(d, d.inst, s) }
}

func setInterface(d *decoder, in *instanceDraft, s stmt) {
	name := s.arg(1)
	if len(name) > maxIfName {
		d.refuse(s, 1, "Interface name '{v}' too long - ignoring")
		return
	}
	if in.interfaceAt.IsValid() {
		in.formerInterfaces = append(in.formerInterfaces, namedInterface{in.Interface, in.interfaceAt})
	}
	in.Interface, in.interfaceAt = name, s.at(1)
}

func setVRF(d *decoder, in *instanceDraft, s stmt) {
	name := s.arg(1)
	switch {
	case in.VRF != "":
		d.errorf(s, 1, "(%s) VRF interface already specified as '%s' - ignoring", in.Name, in.VRF)
	case in.Interface != "":
		d.errorf(s, 1, "(%s) Cannot specify VRF interface and interface - ignoring", in.Name)
	case len(name) > maxIfName:
		d.refuse(s, 1, "({name}) VRF interface name '{v}' too long - ignoring")
	default:
		in.VRF = name
	}
}

func setState(d *decoder, in *instanceDraft, s stmt) {
	state := State(s.arg(1))
	switch {
	case state != StateMaster && state != StateBackup:
		d.refuse(s, 1, "({name}) unknown state '{v}', defaulting to BACKUP")
		state = StateBackup
	case state == StateBackup && in.state.V == StateMaster:
		d.errorf(s, 1, "(%s) state previously set as MASTER - ignoring BACKUP", in.Name)
		return
	}
	in.state = Some(state)
}

func setVRID(d *decoder, in *instanceDraft, s stmt) {
	v, ok := d.number(s, 1, limits{lo: 1, hi: 255, strict: true})
	if !ok {
		d.refuse(s, 1, "({name}): VRID '{v}' not valid - must be between 1 & 255")
		in.vridAt = s.at(1)
		return
	}
	in.vrid = Some(uint8(v))
}

func setPriority(d *decoder, in *instanceDraft, s stmt) {
	v, ok := d.number(s, 1, limits{lo: 1, hi: 255, strict: true})
	if !ok {
		d.refuse(s, 1, "({name}) Priority not valid! must be between 1 & 255. Using default 100")
		v = 100
	}
	in.priority = Some(uint8(v))
}

func setVersion(d *decoder, in *instanceDraft, s stmt) {
	v, ok := d.number(s, 1, limits{lo: 2, hi: 3, signed: true})
	switch {
	case !ok:
		d.refuse(s, 1, "({name}): Version must be either 2 or 3")
	case in.version.Set && in.version.V != int(v):
		d.errorf(s, 1, "(%s) vrrp_version %d conflicts with configured or deduced version %d; ignoring.", in.Name, v, in.version.V)
	default:
		in.version = Some(int(v))
	}
}

func setPreemptDelay(d *decoder, in *instanceDraft, s stmt) {
	v, ok := d.decimal(s, 1, decimals{lo: 0, hi: 1000e6, places: 6})
	if !ok {
		d.refuse(s, 1, "({name}) Preempt_delay not valid! must be between 0-1000")
		v = 0
	}
	in.PreemptDelay = v
}

func setOldChecksum(d *decoder, in *instanceDraft, s stmt) {
	in.unicastConfigured = true
	switch {
	case s.n() < 2:
		in.OldUnicastChecksum = ChecksumOld
	case s.arg(1) == "never":
		in.OldUnicastChecksum = ChecksumNever
	default:
		d.refuse(s, 1, "({name}) Unknown old_unicast_chksum mode {v} - ignoring")
	}
}

func setTTL(d *decoder, in *instanceDraft, s stmt) {
	v, ok := d.number(s, 1, limits{lo: 0, hi: 255, strict: true})
	if !ok {
		d.refuse(s, 1, "({name}): TTL '{v}' not valid - must be between 0 & 255")
		return
	}
	in.UnicastTTL = Some(uint8(v))
}

func setNativeIPv6(d *decoder, in *instanceDraft, s stmt) {
	if in.Family == IPv4 {
		d.errorf(s, 0, "(%s) Cannot specify native_ipv6 with IPv4 addresses", in.Name)
		return
	}
	in.NativeIPv6, in.Family = true, IPv6
	if in.version.Set && in.version.V == 2 {
		d.errorf(s, 0, "(%s) cannot use IPv6 with VRRP version 2; setting version 3", in.Name)
	}
	in.version = Some(3)
}

func setTimerExpired(d *decoder, in *instanceDraft, s stmt) {
	if s.n() < 2 {
		in.TimerExpiredBackup = 254
		return
	}
	v, ok := d.number(s, 1, limits{lo: 1, hi: 254, strict: true})
	if !ok {
		d.refuse(s, 1, "({name}) timer_expired_backup highest_other_priority not valid! must be between 1 & 254")
		return
	}
	in.TimerExpiredBackup = uint8(v)
}

func setOldTimerExpired(d *decoder, in *instanceDraft, s stmt) {
	d.report(s.at(0), lang.ClassDeprecated, "(%s) thread_timer_expired - please replace with keyword 'timer_expired_backup'", in.Name)
	setTimerExpired(d, in, s)
}

func setExtraGarp(d *decoder, in *instanceDraft, s stmt) {
	if every, all, ok := d.extraGarp(s, "({name}): ", 0); ok {
		in.garpExtra, in.GarpExtraIfAll = Some(every), all
	}
}

// renamed reports an old name of a keyword.
func renamed(to string, next handler) handler {
	return func(d *decoder, s stmt) {
		d.help(s.at(0), lang.ClassDeprecated, "write "+to, `Keyword "%s" is deprecated - please use "%s"`, s.arg(0), to)
		next(d, s)
	}
}

func setOldLinkbeat(d *decoder, in *instanceDraft, s stmt) {
	d.report(s.at(0), lang.ClassDeprecated, "(%s) 'linkbeat_use_polling' in vrrp instance deprecated - use linkbeat_interfaces block", in.Name)
	in.LinkbeatUsePolling = true
}

func setSyncInterface(d *decoder, in *instanceDraft, s stmt) {
	head := "(" + in.Name + ") Specifying lvs_sync_daemon_interface against a vrrp is deprecated."
	d.help(s.at(0), lang.ClassDeprecated, "write lvs_sync_daemon "+s.arg(1)+" "+in.Name+" in global_defs", "%s", head)
	d.diags.Add(lang.Diagnostic{Pos: s.at(0), Class: lang.ClassDeprecated, Related: []lang.Pos{s.at(0)},
		Text: strings.Repeat(" ", 6+max(len(in.Name)-2, 2-len(in.Name))) + "Please use global lvs_sync_daemon"})
	if s.n() < 2 {
		d.missing(d.row, s)
		return
	}
	sync := &d.cfg.Global.IPVS.SyncDaemon
	if sync.Interface != "" {
		d.errorf(s, 1, "(%s) lvs_sync_daemon_interface has already been specified as %s - ignoring", in.Name, sync.Interface)
		return
	}
	*sync = SyncDaemon{Origin: s.origin(), Interface: s.arg(1), Instance: in.Name}
}

func setRxBuf(d *decoder, in *instanceDraft, s stmt) {
	v, ok := int64(0), false
	if s.n() == 2 {
		v, ok = d.number(s, 1, limits{lo: 0, hi: 1<<32 - 1, strict: true})
	}
	if !ok {
		d.errorf(s, 1, "(%s) invalid kernel_rx_buf_size specified", in.Name)
		return
	}
	in.KernelRxBufSize = Some(uint32(v))
}

// instanceRefresh reads a refresh interval; a bad one turns it off.
func instanceRefresh(d *decoder, in *instanceDraft, s stmt) {
	v, ok := d.number(s, 1, anyUint)
	if !ok {
		d.refuse(s, 1, "({name}): Invalid {kw} '{v}' - ignoring")
		v = 0
	}
	in.garpMasterRefresh = Some(secs(v))
}

func instanceRepeat(p func(in *instanceDraft) *Opt[int]) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.number(s, 1, anyUint)
		if !ok {
			d.refuse(s, 1, "({name}): {kw} '{v}' invalid - ignoring")
			return
		}
		*p(d.inst) = Some(int(atLeastOne(d, s, v, "({name}): {kw} must be greater than 0, setting to 1")))
	}
}

func instanceDelay(p func(in *instanceDraft) *Opt[time.Duration]) handler {
	return whole(timerLimit, "({name}): {kw} '{v}' invalid - ignoring", func(d *decoder, v int64) { *p(d.inst) = Some(secs(v)) })
}

// notifyScript is a notify keyword of an instance.
func notifyScript(kind commandKind) handler {
	what := commandNames[kind]
	already := "({name}) " + what + " script already specified - ignoring {v}"
	if kind == onDeleted {
		already = "({name}) notify_deleted already specified - ignoring {v}"
	}
	return func(d *decoder, s stmt) {
		c := &d.inst.commands[kind]
		if c.isSet() || kind == onDeleted && d.inst.NotifyDeleted {
			d.again(s, kind != onDeleted, already)
			return
		}
		if kind == onDeleted {
			d.inst.NotifyDeleted = true
			if s.n() < 2 {
				return
			}
		}
		*c = d.command(s, what)
	}
}
