package dump

import (
	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/vrrp/fsm"
)

func (s *Snapshot) instance(t *dump.Text, in *Instance) {
	c := &in.Conf
	t.Linef(1, "VRRP Instance = %s", c.Name)
	t.Linef(3, "VRRP Version = %d", c.Version)
	if c.SyncGroup != "" {
		t.Linef(3, "Sync group = %s", c.SyncGroup)
	}
	if c.NativeIPv6 || c.Family == config.IPv6 {
		t.Linef(3, "Using Native IPv6")
	}
	s.state(t, in)
	device(t, in)
	sender(t, in)
	announcements(t, c)
	priorities(t, in)
	authentication(t, c)
	if c.Version == 3 && c.Family == config.IPv4 {
		t.Linef(3, "VRRPv3 uses VRRPv2 checksum = %s", enabled(c.V3ChecksumAsV2))
	}
	if c.Debug > 0 {
		t.Linef(3, "Debug level = %d", c.Debug)
	}
	if c.KernelRxBufSize.Set {
		t.Linef(3, "Kernel rx buffer size = %d", c.KernelRxBufSize.V)
	}
	s.virtual(t, in)
	tracked(t, s.ownTracks(c), "Tracked processes :")
	notifications(t, c)
}

func (s *Snapshot) state(t *dump.Text, in *Instance) {
	c, st := &in.Conf, &in.Status
	t.Linef(3, "State = %s", st.State)
	if st.State == fsm.StateBackup {
		t.Linef(3, "Master router = %s", addressOrNone(st.MasterAddr))
		t.Linef(3, "Master priority = %d", st.MasterPriority)
		if c.Version == 3 {
			t.Linef(3, "Master advert interval = %d milli-sec", st.ActiveAdverInterval.Milliseconds())
		}
	}
	t.Linef(3, "Flags:%s", dump.Choose(flagged(c), "", " none"))
	if c.Unicast {
		t.Linef(5, "Using unicast")
	}
	if c.UnicastFaultNoPeer {
		t.Linef(5, "If unicast go to fault state if no peers")
	}
	t.Linef(3, "Wantstate = %s", st.Want)
	t.Linef(3, "Number of config faults = %d", dump.Bit(st.Faults.Has(fsm.FaultConfigError)))
	t.Linef(3, "Number of tracker faults = %d", st.FaultTracks)
	faults(t, st.Faults)
	t.Linef(3, "Number of track scripts init = %d", st.ScriptsInit)
	t.Linef(3, "Last transition = %s", moment(st.LastTransition, s.Time.Location()))
	if st.Deadline.IsZero() {
		t.Linef(3, "Read timeout = DISABLED")
	} else {
		t.Linef(3, "Read timeout = %s", moment(st.Deadline, s.Time.Location()))
	}
	t.Linef(3, "Master down timer = %d usecs", st.ActiveDownInterval.Microseconds())
}

// flagged: the instance has one of the settings that keepalived calls flags.
func flagged(c *config.Instance) bool {
	return c.Unicast || c.UnicastFaultNoPeer || c.VMAC.Use || c.IPVLAN.Use || !c.Preempt || !c.Accept && !c.Strict
}

// faultTexts are the faults that are no tracker's, in keepalived's order.
var faultTexts = []struct {
	fault fsm.Fault
	text  string
}{
	{fsm.FaultInterfaceDown, "i/f down"},
	{fsm.FaultBaseInterfaceDown, "base i/f down"},
	{fsm.FaultDuplicateVRID, "duplicate VRID"},
	{fsm.FaultNoSourceIP, "no source IP address"},
	{fsm.FaultConfigError, "config error"},
	{fsm.FaultNoSocket, "no VRRP socket"},
}

func faults(t *dump.Text, set fsm.FaultSet) {
	if set.Without(fsm.FaultTracker) == 0 {
		t.Linef(3, "Flags of interface faults - (none)")
		return
	}
	t.Linef(3, "Flags of interface faults:")
	for _, f := range faultTexts {
		if set.Has(f.fault) {
			t.Linef(5, "%s", f.text)
		}
	}
}

func device(t *dump.Text, in *Instance) {
	c := &in.Conf
	switch {
	case c.VMAC.Use:
		t.Linef(3, "Use VMAC, i/f name %s, is_up = %t, xmit_base = %t", in.Own, in.Interface.Up, c.VMAC.XmitBase)
		t.Linef(3, "Interface = %s, vmac on %s%s", in.Own, c.Interface, dump.Choose(c.VMAC.XmitBase, ", xmit base i/f", ""))
	case c.IPVLAN.Use:
		address := ""
		if c.IPVLAN.Address.IsValid() {
			address = ", i/f address = " + c.IPVLAN.Address.String()
		}
		t.Linef(3, "Use IPVLAN, i/f %s, is_up = %t%s, type %s", in.Own, in.Interface.Up, address, c.IPVLAN.Mode)
		t.Linef(3, "Interface = %s, ipvlan on %s", in.Own, c.Interface)
	case c.Interface != "":
		t.Linef(3, "Interface = %s", c.Interface)
	}
	if c.DontTrackPrimary {
		t.Linef(3, "VRRP interface tracking disabled")
	}
	if c.SkipCheckAdvAddr {
		t.Linef(3, "Skip checking advert IP addresses")
	}
	if c.Strict {
		t.Linef(3, "Enforcing strict VRRP compliance")
	}
}

func sender(t *dump.Text, in *Instance) {
	c := &in.Conf
	if in.Status.Source.IsValid() {
		t.Linef(3, "Using src_ip = %s%s", in.Status.Source.WithZone(""), dump.Choose(c.SrcIP.IsValid(), " (from configuration)", ""))
	} else {
		t.Linef(3, "Using src_ip = %s", "(none)")
	}
	if c.Unicast {
		return
	}
	if c.McastDst.Is6() {
		t.Linef(3, "Multicast address %s, ifindex %d", c.McastDst, in.Interface.Index)
		return
	}
	t.Linef(3, "Multicast address %s", c.McastDst)
}

func announcements(t *dump.Text, c *config.Instance) {
	t.Linef(3, "Gratuitous ARP delay = %d", seconds(c.GarpMasterDelay))
	t.Linef(3, "Gratuitous ARP repeat = %d", c.GarpMasterRepeat)
	t.Linef(3, "Gratuitous ARP refresh = %d", seconds(c.GarpMasterRefresh))
	t.Linef(3, "Gratuitous ARP refresh repeat = %d", c.GarpMasterRefreshRepeat)
	t.Linef(3, "Gratuitous ARP lower priority delay = %d", seconds(c.GarpLowerPrioDelay))
	t.Linef(3, "Gratuitous ARP lower priority repeat = %d", c.GarpLowerPrioRepeat)
	t.Linef(3, "Down timer adverts = %d", c.DownTimerAdverts)
	t.Linef(3, "Send advert after receive lower priority advert = %t", !c.LowerPrioNoAdvert)
	t.Linef(3, "Send advert after receive higher priority advert = %t", c.HigherPrioSendAdvert)
}

// owner is the priority of an address owner (RFC 9568 5.2.4).
const owner = 255

func priorities(t *dump.Text, in *Instance) {
	c, st := &in.Conf, &in.Status
	if st.BasePriority == owner {
		t.Linef(3, "Address owner ignores received adverts = %t", c.OwnerIgnoreAdverts)
	}
	t.Linef(3, "Virtual Router ID = %d", c.VRID)
	t.Linef(3, "Priority = %d", st.BasePriority)
	t.Linef(3, "Effective priority = %d", st.Priority)
	t.Linef(3, "Total priority = %d", st.Total)
	if !c.Preempt {
		t.Linef(3, "Highest other priority = %d", c.TimerExpiredBackup)
	}
	if c.Version == 3 {
		t.Linef(3, "Advert interval = %d milli-sec", c.AdvertInt.Milliseconds())
	} else {
		t.Linef(3, "Advert interval = %d sec", seconds(c.AdvertInt))
	}
	t.Linef(3, "Last advert sent = %s", since(st.LastAdvertSent))
	t.Linef(3, "Accept = %s", enabled(c.Accept))
	t.Linef(3, "Preempt = %s", enabled(c.Preempt))
	if c.PreemptDelay > 0 {
		t.Linef(3, "Preempt delay = %d secs", seconds(c.PreemptDelay))
	}
	t.Linef(3, "Promote_secondaries = %s", enabled(c.PromoteSecondaries))
}

func authentication(t *dump.Text, c *config.Instance) {
	if c.Version == 2 {
		switch c.Auth.Type {
		case config.AuthPass:
			t.Linef(3, "Authentication type = SIMPLE_PASSWORD")
			t.Linef(3, "Password = ********")
		case config.AuthAH:
			t.Linef(3, "Authentication type = IPSEC_AH")
		default:
			t.Linef(3, "Authentication type = none")
		}
	}
	if h := &c.AuthHMAC; h.Enable {
		t.Linef(3, "Authentication extension = HMAC-SHA256-128")
		t.Linef(5, "Keys = %d, active key id = %d", len(h.Keys), h.ActiveKey)
		t.Linef(5, "Mode = %s", h.Mode)
		if h.Monotonic {
			t.Linef(5, "Anti replay = monotonic")
		} else {
			t.Linef(5, "Anti replay = time, window = %d sec", seconds(h.TimeWindow))
		}
	}
}
