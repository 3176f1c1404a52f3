package dump

import (
	"strconv"
	"strings"
	"time"

	"keepalived/internal/config"
)

func vrrpDefaults(t *Text, d *config.VRRPDefaults) {
	t.Linef(1, "VRRP IPv4 mcast group = %s", d.McastGroup4)
	t.Linef(1, "VRRP IPv6 mcast group = %s", d.McastGroup6)
	t.Linef(1, "Gratuitous ARP delay = %d", seconds(d.GarpMasterDelay))
	t.Linef(1, "Gratuitous ARP repeat = %d", d.GarpMasterRepeat)
	t.Linef(1, "Gratuitous ARP refresh timer = %d", seconds(d.GarpMasterRefresh))
	t.Linef(1, "Gratuitous ARP refresh repeat = %d", d.GarpMasterRefreshRepeat)
	t.Linef(1, "Gratuitous ARP lower priority delay = %d", seconds(d.GarpLowerPrioDelay))
	t.Linef(1, "Gratuitous ARP lower priority repeat = %d", d.GarpLowerPrioRepeat)
	t.Linef(1, "Num adverts before down = %d", d.DownTimerAdverts)
	t.Linef(1, "Gratuitous ARP for each secondary %s = %ds", Choose(d.GarpExtraIfAll, "i/f", "VMAC"), seconds(d.GarpExtraIf))
	t.Linef(1, "Send advert after receive lower priority advert = %t", !d.LowerPrioNoAdvert)
	t.Linef(1, "Send advert after receive higher priority advert = %t", d.HigherPrioSendAdvert)
	t.Linef(1, "Gratuitous ARP interval = %f", d.GarpInterval.Seconds())
	t.Linef(1, "Gratuitous NA interval = %f", d.GnaInterval.Seconds())
	t.Linef(1, "VRRP default protocol version = %d", d.Version)
}

func firewall(t *Text, f *config.Firewall) {
	if f.Iptables {
		t.Linef(1, "Iptables input chain = %s", f.IptablesIn)
		t.Linef(1, "Iptables output chain = %s", f.IptablesOut)
		t.Linef(1, "Using ipsets = %t", !f.NoIpsets)
	}
	if f.Nftables != "" {
		t.Linef(1, "nftables table name = %s", f.Nftables)
		t.Linef(1, "nftables base chain priority = %d", f.NftablesPriority)
		t.Linef(1, "nftables %s use ifindex for link local IPv6", Choose(f.NftablesIfindex, "force", "don't force"))
	}
	t.Linef(1, "nftables %s counters", Choose(f.NftablesCounters, "with", "without"))
	if f.NftablesIPVS != "" {
		t.Linef(1, "ipvs nftables table name = %s", f.NftablesIPVS)
		t.Linef(1, "ipvs nftables base chain priority = %d", f.NftablesIPVSPriority)
		t.Linef(1, "ipvs nftables start fwmark = %d", f.NftablesIPVSStartFwmark)
	}
}

func processes(t *Text, p *config.Processes) {
	if p.MaxAutoPriority < 0 {
		t.Linef(1, "Max auto priority = Disabled")
	} else {
		t.Linef(1, "Max auto priority = %d", p.MaxAutoPriority)
	}
	t.Linef(1, "Min auto priority delay = %d usecs", p.MinAutoPriorityDelay.Microseconds())
	process(t, "VRRP", &p.VRRP)
	process(t, "Checker", &p.Checker)
	process(t, "BFD", &p.BFD)
}

func process(t *Text, kind string, p *config.Process) {
	t.Linef(1, "%s process priority = %d", kind, p.Priority)
	t.Linef(1, "%s don't swap = %t", kind, p.NoSwap)
	t.Linef(1, "%s realtime priority = %d", kind, p.RTPriority)
	if len(p.CPUAffinity) > 0 {
		var cpus []string
		for _, n := range p.CPUAffinity {
			cpus = append(cpus, strconv.Itoa(n))
		}
		t.Linef(1, "%s CPU Affinity = %s", kind, strings.Join(cpus, " "))
	}
	t.Linef(1, "%s realtime limit = %d", kind, p.RlimitRTTime.Microseconds())
}

func snmp(t *Text, s *config.SNMP) {
	t.Linef(1, "SNMP vrrp %s", enabled(s.VRRP))
	t.Linef(1, "SNMP checker %s", enabled(s.Checker))
	t.Linef(1, "SNMP RFCv2 %s", enabled(s.RFCv2))
	t.Linef(1, "SNMP RFCv3 %s", enabled(s.RFCv3))
	t.Linef(1, "SNMP traps %s", enabled(s.Traps))
	const usual = "unix:/var/agentx/master"
	socket := s.Socket
	if socket == "" || socket == usual {
		socket = "default (" + usual + ")"
	}
	t.Linef(1, "SNMP socket = %s", socket)
	t.Linef(1, "SNMP VS stats update interval = %f", s.VSStatsUpdateInterval.Seconds())
	t.Linef(1, "SNMP RS stats update interval = %f", s.RSStatsUpdateInterval.Seconds())
}

func dbus(t *Text, d *config.DBus) {
	t.Linef(1, "DBus %s", enabled(d.Enable))
	service := d.ServiceName
	if service == "org.keepalived.Vrrp1" {
		service = "" // shown when it is another one
	}
	t.Linef(1, "DBus service name = %s", service)
	t.Linef(1, "DBus no interface name = %s", d.NoInterfaceName)
}

func buffers(t *Text, g *config.Global) {
	b := &g.Buffers
	for _, x := range []struct {
		name string
		of   config.Buffer
	}{
		{"vrrp_netlink_cmd", b.VRRPNetlinkCmd}, {"vrrp_netlink_monitor", b.VRRPNetlinkMonitor},
		{"process_monitor", b.ProcessMonitor},
		{"lvs_netlink_cmd", b.LVSNetlinkCmd}, {"lvs_netlink_monitor", b.LVSNetlinkMonitor},
	} {
		t.Linef(1, "%s_rcv_bufs = %d", x.name, x.of.Size)
		t.Linef(1, "%s_rcv_bufs_force = %d", x.name, Bit(x.of.Force))
	}
	t.Linef(1, "rs_init_notifies = %d", Bit(g.RSInitNotifies))
	t.Linef(1, "no_checker_emails = %d", Bit(g.Mail.NoCheckerEmails))
	number(t, "rx_bufs_size", int(b.RxBufsSize))
	if policy := rxPolicy(b); policy != "" {
		t.Linef(1, "rx_bufs_policy = %s", policy)
	}
	t.Linef(1, "rx_bufs_multiples = %d", b.RxBufsMultiplier)
}

func rxPolicy(b *config.Buffers) string {
	switch {
	case b.RxBufsPolicyMTU:
		return "MTU"
	case b.RxBufsPolicyAdvert:
		return "ADVERT"
	}
	return ""
}

// usualVMACPrefix begins the names of VMAC interfaces unless one is configured.
const usualVMACPrefix = "vrrp"

func files(t *Text, g *config.Global) {
	f, d := &g.Files, &g.VRRPDefaults
	t.Linef(1, "umask = 0%o", f.Mask())
	if d.VMACPrefix != usualVMACPrefix {
		text(t, "VMAC prefix", d.VMACPrefix)
	}
	if d.VMACAddrPrefix != usualVMACPrefix && d.VMACAddrPrefix != d.VMACPrefix {
		text(t, "VMAC address prefix", d.VMACAddrPrefix)
	}
	if d.StartupDelay > 0 {
		t.Linef(1, "vrrp_startup_delay = %g", d.StartupDelay.Seconds())
	}
	if d.DelayAfterBoot > 0 {
		t.Linef(1, "vrrp_delay_after_boot = %g", d.DelayAfterBoot.Seconds())
	}
	if g.LogUnknownVRIDs {
		t.Linef(1, "log_unknown_vrids")
	}
	if d.OwnerIgnoreAdverts {
		t.Linef(1, "vrrp_owner_ignore_adverts")
	}
	text(t, "state_dump_file", f.StateDump)
	text(t, "stats_dump_file", f.StatsDump)
	text(t, "json_dump_file", f.JSONDump)
	t.Linef(1, "json_version %d", max(f.JSONVersion, 1))
	t.Linef(1, "iproute usr directory %s", f.IprouteUsrDir)
	t.Linef(1, "iproute etc directory %s", f.IprouteEtcDir)
}

// text adds a value that is there.
func text(t *Text, key, value string) {
	if value != "" {
		t.Linef(1, "%s = %s", key, value)
	}
}

// number adds a value that is not zero.
func number(t *Text, key string, n int) {
	if n != 0 {
		t.Linef(1, "%s = %d", key, n)
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func seconds(d time.Duration) int { return int(d / time.Second) }
func yesNo(b bool) string         { return Choose(b, "yes", "no") }
func enabled(b bool) string       { return Choose(b, "enabled", "disabled") }
