package config

import (
	"fmt"
	"math"
	"time"

	"keepalived/internal/config/lang"
)

// The priority of the address owner and the default one.
const (
	ownerPriority   = 255
	defaultPriority = 100
)

// fatal reports what makes the C daemon's VRRP process give up.
func (d *decoder) fatal(o Origin, help, format string, args ...any) {
	d.lateHelp(o, help, format, args...)
	d.failed = true
}

// completeInstance applies defaults and the rules that tie keywords together, in
// the order in which the C daemon speaks of them.
func (d *decoder) completeInstance(in *instanceDraft) {
	g := &d.cfg.Global.VRRPDefaults
	in.Strict = in.strict.Or(g.Strict)
	d.completeVRID(in)
	d.completeFamily(in)
	d.completePriority(in)
	d.completeAuth(in)
	d.completeUnicast(in)
	d.completeVIPs(in)
	d.completePreempt(in)
	d.completeAccept(in)
	d.completeTimers(in)
	d.completeAdvertInt(in)
	d.completeVMAC(in)
	d.completeHMAC(in)
	d.completeRoutes(in)
	d.completeScriptsOf(in)
	d.completeTracksOf(in)
}

func (d *decoder) completeVRID(in *instanceDraft) {
	in.VRID = in.vrid.V
	if in.vrid.Set {
		return
	}
	if in.vridAt.IsValid() {
		d.followf(in.vridAt, true, d.cap(classGeneral), "(%s) the virtual router id must be set", in.Name)
		d.failed = true
	} else {
		d.fatal(in.Origin, "add virtual_router_id N, the same on every router of the group", "(%s) the virtual router id must be set", in.Name)
	}
}

func (d *decoder) completeFamily(in *instanceDraft) {
	if in.Family == FamilyUnset {
		in.Family = IPv4
	}
	in.Version = in.version.Or(d.cfg.Global.VRRPDefaults.Version)
	if in.Family == IPv6 && !in.version.Set {
		in.Version = 3
	}
	if in.Family == IPv6 && in.Version == 2 && in.Strict {
		d.late(in.Origin, "(%s) cannot use IPv6 with VRRP version 2; setting version 3", in.Name)
		in.Version = 3
	}
	if !in.McastDst.IsValid() {
		in.McastDst = d.cfg.Global.VRRPDefaults.McastGroup4
		if in.Family == IPv6 {
			in.McastDst = d.cfg.Global.VRRPDefaults.McastGroup6
		}
	}
}

func (d *decoder) completePriority(in *instanceDraft) {
	in.State, in.Priority = in.state.V, in.priority.V
	if !in.priority.Set {
		in.Priority = defaultPriority
		if in.State == StateMaster {
			in.Priority = ownerPriority
		}
	}
	owner := in.Priority == ownerPriority
	if !in.state.Set {
		in.State = stateOf(owner)
	}
	if in.Strict && owner != (in.State == StateMaster) {
		d.lateHelp(in.Origin, "strict mode: state MASTER means priority 255", "(%s) State MASTER must match being address owner", in.Name)
		in.State = stateOf(owner)
	}
}

func stateOf(owner bool) State {
	if owner {
		return StateMaster
	}
	return StateBackup
}

// unauthenticated is said with every dropped password.
const unauthenticated = "adverts are not authenticated: remove the authentication block, or use auth_hmac"

func (d *decoder) completeAuth(in *instanceDraft) {
	if in.Auth.Type == AuthNone {
		in.Auth = Auth{}
		return
	}
	why := ""
	switch {
	case in.Strict:
		why = "(%s) Strict mode does not support authentication. Ignoring."
	case in.Version == 3:
		why = "(%s) VRRP version 3 does not support authentication. Ignoring."
	case in.Auth.Pass == [8]byte{}:
		why = "(%s) Authentication specified but no password given. Ignoring"
	case in.Family == IPv6 && in.Auth.Type == AuthAH:
		why = "(%s) Cannot use AH authentication with IPv6. ignoring"
	case in.hmac.given && in.hmac.has(in.hmac.ActiveKey):
		why = "(%s) auth_hmac cannot be combined with authentication, dropping legacy auth"
	}
	if why != "" {
		d.lateHelp(in.Origin, unauthenticated, why, in.Name)
		in.Auth = Auth{}
		return
	}
	if in.Auth.Type == AuthAH && in.State == StateMaster && in.Priority != ownerPriority {
		d.late(in.Origin, "(%s) Initial state master is incompatible with AH authentication - clearing", in.Name)
		in.State = StateBackup
	}
}

func (h *hmacDraft) has(id uint8) bool {
	for _, k := range h.Keys {
		if k.ID == id {
			return true
		}
	}
	return false
}

func (d *decoder) completeHMAC(in *instanceDraft) {
	h := &in.hmac
	if !h.given {
		return
	}
	if !h.has(h.ActiveKey) {
		d.lateHelp(in.Origin, "adverts are not authenticated: give a key and name it in active_key",
			"(%s) auth_hmac active_key %d is not defined, disabling extension", in.Name, h.ActiveKey)
		return
	}
	if in.Strict && h.Mode != HMACEnforce {
		d.late(in.Origin, "(%s) strict mode requires auth_hmac mode enforce", in.Name)
		h.Mode = HMACEnforce
	}
	h.Enable = true
	h.TimeWindow = h.window.Or(min(max(5*time.Second, 3*in.AdvertInt), 300*time.Second))
	in.AuthHMAC = h.AuthHMAC
}

func (d *decoder) completeUnicast(in *instanceDraft) {
	in.Unicast = len(in.UnicastPeers) > 0
	in.CheckUnicastSrc = in.CheckUnicastSrc || d.cfg.Global.VRRPDefaults.CheckUnicastSrc
	if in.unicastConfigured && !in.Unicast {
		d.noPeers(in)
	}
	if !in.Unicast && in.UnicastTTL.Set {
		d.report(in.closedAt, d.cap(classGeneral), "(%s): Cannot use unicast_ttl without unicast peers - resetting", in.Name)
		in.UnicastTTL = Opt[uint8]{}
	}
	i, known := d.env.Interface(in.Interface)
	switch {
	case in.Interface == "" && !in.unicastConfigured:
		if in.ConfigFault == "" {
			d.fatal(in.Origin, "add interface NAME", "(%s) Unknown interface!", in.Name)
		}
	case in.Interface == "":
		d.unicastWithoutInterface(in)
	case in.Unicast && in.Strict && !(known && i.NoMulticast):
		d.fatal(in.Origin, "remove strict_mode or unicast_peer", "(%s) Unicast peers are not supported in strict mode", in.Name)
	case !in.Unicast && known && i.NoMulticast:
		d.late(in.Origin, "(%s) interface %s does not support multicast, specify unicast peers - disabling", in.Name, in.Interface)
		in.ConfigFault = "interface does not support multicast"
	}
	if in.VRF != "" && (in.Interface != "" || !in.Unicast) {
		what := "out interface"
		if !in.Unicast {
			what = " unicast"
		}
		d.late(in.Origin, "(%s) vrf can only be specified with%s - clearing", in.Name, what)
		in.VRF = ""
	}
}

func (d *decoder) noPeers(in *instanceDraft) {
	if in.UnicastFaultNoPeer {
		d.info(in.pos(), "(%s) Cannot use unicast without any peers - going to fault state", in.Name)
		in.ConfigFault = "unicast without peers"
		return
	}
	d.diags.Add(lang.Diagnostic{Pos: in.pos(), Severity: lang.Warning, Class: d.cap(lang.ClassDeprecated), Bare: true,
		Help: "adverts go to the multicast group: add unicast_peer { ADDRESS }, or remove the unicast keywords",
		Text: fmt.Sprintf("(%s) A unicast keyword has been specified without any unicast peers. Defaulting to multicast. "+
			"This usage is deprecated - please update your configuration.", in.Name)})
}

func (d *decoder) unicastWithoutInterface(in *instanceDraft) {
	if in.VMAC.Use || in.IPVLAN.Use {
		d.report(in.closedAt, classGeneral, "(%s): Cannot use VMAC/ipvlan with unicast and no interface - clearing use_vmac", in.Name)
		in.VMAC, in.IPVLAN = VMAC{}, IPVLAN{}
	}
	if !in.Unicast && in.ConfigFault == "" {
		in.ConfigFault = "no interface for multicast"
	}
	switch {
	case !in.SrcIP.IsValid():
		d.fatal(in.Origin, "add unicast_src_ip ADDRESS or interface NAME", "(%s): Unicast instances must have unicast_src_ip or interface", in.Name)
	case in.SrcIP.Is6() && in.SrcIP.IsLinkLocalUnicast():
		d.fatal(in.Origin, "add interface NAME", "(%s) Non link-local address required if interface omitted", in.Name)
	}
}

func (d *decoder) completePreempt(in *instanceDraft) {
	in.Preempt = !in.nopreempt
	delay := in.PreemptDelay > 0
	owner := in.Priority == ownerPriority
	reset := func(help, format string, args ...any) {
		d.lateHelp(in.Origin, help, format, append([]any{in.Name}, args...)...)
	}
	switch {
	case in.nopreempt && owner:
		reset("remove nopreempt: who owns the addresses always takes over", "(%s) nopreempt is incompatible with priority %d. resetting nopreempt", ownerPriority)
		in.Preempt = true
	case in.nopreempt && in.State == StateMaster:
		reset("write state BACKUP on every router of the group, or remove nopreempt", "(%s) Warning - nopreempt will not work with initial state MASTER - clearing")
		in.Preempt = true
	}
	switch {
	case !delay:
	case in.State == StateMaster:
		reset("write state BACKUP, or remove preempt_delay", "(%s) Warning - preempt delay will not work with initial state MASTER - clearing")
		in.PreemptDelay = 0
	case in.Strict:
		reset("remove preempt_delay, or strict mode", "(%s) preempt_delay is incompatible with strict mode - resetting")
		in.PreemptDelay = 0
	case !in.Preempt:
		reset("remove preempt_delay: there is nothing to delay", "(%s) preempt_delay is incompatible with nopreempt mode - resetting")
		in.PreemptDelay = 0
	}
	if in.TimerExpiredBackup > 0 && in.Preempt {
		reset("add nopreempt, or remove it", "(%s) expired_timer_backup requires nopreempt - resetting")
		in.TimerExpiredBackup = 0
	}
}

func (d *decoder) completeAccept(in *instanceDraft) {
	g := &d.cfg.Global.VRRPDefaults
	owner := in.Priority == ownerPriority
	in.Accept = in.accept.Or(!in.Strict || owner)
	if in.Strict && in.Version == 2 && in.Accept && !owner {
		d.late(in.Origin, "(%s) warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting", in.Name)
		in.Accept = false
	}
	in.SkipCheckAdvAddr = in.skipCheckAdvAddr.Or(g.SkipCheckAdvAddr)
	in.V3ChecksumAsV2 = in.v3Checksum.Or(g.V3ChecksumAsV2)
	in.LowerPrioNoAdvert = in.lowerPrioNoAdvert.Or(g.LowerPrioNoAdvert || in.Strict)
	if in.Strict && !in.LowerPrioNoAdvert {
		d.late(in.Origin, "(%s) Strict mode requires no lower priority advert. resetting", in.Name)
		in.LowerPrioNoAdvert = true
	}
	in.HigherPrioSendAdvert = in.higherPrioSend.Or(g.HigherPrioSendAdvert && !in.Strict)
	if in.Strict && in.HigherPrioSendAdvert {
		d.late(in.Origin, "(%s) strict mode requires higher_prio_send_advert to be clear. resetting", in.Name)
		in.HigherPrioSendAdvert = false
	}
	d.completeOwner(in, owner)
}

func (d *decoder) completeOwner(in *instanceDraft, owner bool) {
	o := in.ownerIgnoreAdverts
	switch {
	case !owner:
		if o.Set && o.V {
			d.late(in.Origin, "(%s) ignoring owner_ignore_adverts since priority is not %d", in.Name, ownerPriority)
		}
	case in.Strict && o.Set && !o.V:
		d.late(in.Origin, "(%s) strict_mode with priority %d requires owner_ignore_adverts", in.Name, ownerPriority)
		in.OwnerIgnoreAdverts = true
	default:
		in.OwnerIgnoreAdverts = o.Or(in.Strict || d.cfg.Global.VRRPDefaults.OwnerIgnoreAdverts)
	}
}

func (d *decoder) completeTimers(in *instanceDraft) {
	g := &d.cfg.Global.VRRPDefaults
	in.GarpMasterDelay = in.garpMasterDelay.Or(g.GarpMasterDelay)
	in.GarpMasterRepeat = in.garpMasterRepeat.Or(g.GarpMasterRepeat)
	in.GarpMasterRefresh = in.garpMasterRefresh.Or(g.GarpMasterRefresh)
	in.GarpMasterRefreshRepeat = in.garpRefreshRepeat.Or(g.GarpMasterRefreshRepeat)
	in.GarpLowerPrioDelay = in.garpLowerDelay.Or(g.GarpLowerPrioDelay)
	in.GarpLowerPrioRepeat = in.garpLowerRepeat.Or(g.GarpLowerPrioRepeat)
	in.DownTimerAdverts = in.downTimerAdverts.Or(g.DownTimerAdverts)
	if !in.garpExtra.Set {
		in.GarpExtraIfAll = g.GarpExtraIfAll
	}
	in.GarpExtraIf = in.garpExtra.Or(g.GarpExtraIf)
	if in.Strict {
		d.strictTimers(in)
	}
	in.SMTPAlert = in.smtpAlert.Or(d.vrrpAlert())
	in.NotifyPriorityChanges = in.notifyPriority.Or(d.cfg.Global.Notify.VRRPNotifyPriorityChanges)
}

// vrrpAlert is the default of smtp_alert for VRRP.
func (d *decoder) vrrpAlert() bool {
	m := &d.cfg.Global.Mail
	return m.SMTPAlertVRRP.Or(m.SMTPAlert.Or(false))
}

func (d *decoder) strictTimers(in *instanceDraft) {
	if in.garpLowerRepeat.Set && in.GarpLowerPrioRepeat > 0 {
		d.late(in.Origin, "(%s) Strict mode requires no repeat garps. resetting", in.Name)
	}
	if in.garpLowerDelay.Set && in.GarpLowerPrioDelay > 0 {
		d.late(in.Origin, "(%s) Strict mode requires no repeat garp delay. resetting", in.Name)
	}
	if in.downTimerAdverts.Set && in.DownTimerAdverts != 3 {
		d.late(in.Origin, "(%s) down_timer_adverts is incompatible with strict mode - resetting", in.Name)
	}
	in.GarpLowerPrioRepeat, in.GarpLowerPrioDelay, in.DownTimerAdverts = 0, 0, 3
}

// The longest advertisement intervals of the two versions.
const (
	maxAdvertV2 = 255 * time.Second
	maxAdvertV3 = 40950 * time.Millisecond
)

func (d *decoder) completeAdvertInt(in *instanceDraft) {
	if in.AdvertInt == 0 {
		in.AdvertInt = time.Second
	}
	given := in.AdvertInt.Seconds()
	if in.Version == 2 {
		if rounded := max(in.AdvertInt.Round(time.Second), time.Second); rounded != in.AdvertInt {
			d.late(in.Origin, "(%s) VRRPv2 advertisement interval %fs must be an integer. rounding", in.Name, given)
			in.AdvertInt = rounded
		}
		if in.AdvertInt > maxAdvertV2 {
			d.late(in.Origin, "(%s) VRRPv2 advertisement interval %.2fs is out of range. Must be less than %ds. Setting to %ds", in.Name, given, 255, 255)
			in.AdvertInt = maxAdvertV2
		}
		return
	}
	if in.AdvertInt > maxAdvertV3 {
		d.late(in.Origin, "(%s) VRRPv3 advertisement interval %.2fs is out of range. Must be less than 40.96s. Setting to 40.95s", in.Name, given)
		in.AdvertInt = maxAdvertV3
	}
	const unit = 10 * time.Millisecond
	if rounded := max(in.AdvertInt.Round(unit), unit); rounded != in.AdvertInt {
		d.late(in.Origin, "(%s) VRRPv3 advertisement interval %fs must be in units of 10ms - rounding", in.Name, given)
		in.AdvertInt = rounded
	}
}

// maxVIPs is how many addresses one advert can hold, by count and by size.
func maxVIPs(f Family, mtu int) int {
	if mtu == 0 {
		return 255
	}
	size, header := 4, 20+24+8+8
	if f == IPv6 {
		size, header = 16, 40+8
	}
	return min(255, max((mtu-header)/size, 1), math.MaxUint8)
}
