package config

import (
	"time"

	"keepalived/internal/config/lang"
)

func lvsTimeouts(d *decoder, s stmt) {
	if s.n() < 3 {
		d.errorf(s, 0, "lvs_timeouts requires at least one option")
		return
	}
	v := &d.cfg.Global.IPVS
	for i := 1; i < s.n(); i += 2 {
		var target *time.Duration
		switch s.arg(i) {
		case "tcp":
			target = &v.TCPTimeout
		case "tcpfin":
			target = &v.TCPFinTimeout
		case "udp":
			target = &v.UDPTimeout
		default:
			d.refuse(s, i, "Unknown option {v} specified for lvs_timeouts")
			i--
			continue
		}
		if i+1 >= s.n() {
			d.errorf(s, i, "No value specified for lvs_timeout %s - ignoring", s.arg(i))
			return
		}
		n, ok := d.number(s, i+1, limits{lo: 0, hi: 2678400, strict: true})
		if !ok {
			d.errorf(s, i+1, "Invalid lvs_timeout %s (%s) - ignoring", s.arg(i), s.arg(i+1))
			continue
		}
		*target = secs(n)
	}
}

func lvsFlushOnStop(d *decoder, s stmt) {
	switch {
	case s.n() < 2:
		d.cfg.Global.IPVS.FlushOnStop = FlushAll
	case s.arg(1) == "VS":
		d.cfg.Global.IPVS.FlushOnStop = FlushVS
	default:
		d.refuse(s, 1, "Unknown lvs_flush_on_stop type {v}")
	}
}

// maxIfName is the longest interface name.
const maxIfName = 15

func lvsSyncDaemon(d *decoder, s stmt) {
	sync := &d.cfg.Global.IPVS.SyncDaemon
	if sync.Interface != "" {
		d.errorf(s, 0, "lvs_sync_daemon has already been specified as %s %s - ignoring", sync.Interface, sync.Instance)
		return
	}
	if len(s.arg(1)) > maxIfName {
		d.refuse(s, 1, "lvs_sync_daemon interface name '{v}' too long - ignoring")
		return
	}
	sync.Origin, sync.Interface = s.origin(), s.arg(1)
	for i := 2; i < s.n(); {
		i += d.syncOption(sync, s, i)
	}
}

// syncOption decodes the option at word i and returns how many words it took.
func (d *decoder) syncOption(sync *SyncDaemon, s stmt, i int) int {
	word, value := s.arg(i), s.arg(i+1)
	switch word {
	case "inst":
		switch {
		case i+1 >= s.n():
			d.lineMissing(s, i)
		case sync.Instance != "":
			d.errorf(s, i, "lvs_sync_daemon vrrp instance has already been specified as %s - ignoring", sync.Instance)
		default:
			sync.Instance = value
		}
	case "id", "maxlen", "port", "ttl", "group":
		if i+1 >= s.n() {
			if word == "id" {
				d.errorf(s, i, "No value specified for lvs_sync_daemon id, defaulting to vrid")
			} else {
				d.errorf(s, i, "No value specified for lvs_sync_daemon %s - ignoring", word)
			}
			return 1
		}
		d.syncValue(sync, s, i, word)
	default:
		return d.syncPositional(sync, s, i)
	}
	return 2
}

func (d *decoder) syncValue(sync *SyncDaemon, s stmt, i int, word string) {
	if word == "group" {
		addr, ok := parseAddr(addrPrefix(s.arg(i + 1)))
		switch {
		case !ok:
			d.refuse(s, i+1, "Invalid lvs_sync_daemon group ({v}) - ignoring")
		case !addr.IsMulticast():
			d.refuse(s, i+1, "lvs_sync_daemon group address {v} is not multicast - ignoring")
		default:
			sync.Group = addr
		}
		return
	}
	ranges := map[string]limits{"id": {lo: 0, hi: 255, strict: true}, "maxlen": {lo: 1, hi: 65507, strict: true},
		"port": {lo: 1, hi: 65535, strict: true}, "ttl": {lo: 1, hi: 255, strict: true}}
	v, ok := d.number(s, i+1, ranges[word])
	switch {
	case !ok && word == "id":
		d.refuse(s, i+1, "Invalid syncid ({v}) - defaulting to vrid")
	case !ok:
		d.refuse(s, i+1, "Invalid lvs_sync_daemon "+word+" ({v}) - ignoring")
	case word == "id":
		sync.SyncID = Some(uint8(v))
	case word == "maxlen":
		sync.MaxLen = uint16(v)
	case word == "port":
		sync.Port = uint16(v)
	default:
		sync.TTL = uint8(v)
	}
}

// syncPositional decodes the old order: the instance's name and the id.
func (d *decoder) syncPositional(sync *SyncDaemon, s stmt, i int) int {
	switch i {
	case 2:
		sync.Instance = s.arg(i)
	case 3:
		v, ok := d.number(s, i, limits{lo: 0, hi: 255, strict: true})
		if !ok {
			d.refuse(s, i, "Invalid syncid ({v}) - defaulting to vrid")
			break
		}
		d.errorf(s, i, `Please use keyword "id" before lvs_sync_daemon SYNCID`)
		sync.SyncID = Some(uint8(v))
	default:
		d.errorf(s, i, "Unknown option %s specified for lvs_sync_daemon", s.arg(i))
	}
	return 1
}

// checkSyncDaemon drops the IPVS synchronisation of an instance that is not there.
func (d *decoder) checkSyncDaemon() {
	sync := &d.cfg.Global.IPVS.SyncDaemon
	if sync.Interface == "" || sync.Instance == "" || d.instanceNamed(sync.Instance) != nil {
		return
	}
	d.lateLog(sync.Origin, "Unable to find vrrp instance %s for lvs_syncd - clearing lvs_syncd config", sync.Instance)
	*sync = SyncDaemon{}
}

// maxChainName and maxSetName are what the kernel's tables take.
const (
	maxChainName = 27
	maxSetName   = 30
)

func iptables(d *decoder, s stmt) {
	f := &d.cfg.Global.Firewall
	if f.Iptables {
		d.errorf(s, 0, "iptables already specified - ignoring")
		return
	}
	f.Iptables, f.IptablesIn, f.IptablesOut = true, "INPUT", "OUTPUT"
	if s.n() < 2 {
		return
	}
	f.IptablesIn, f.IptablesOut = "", ""
	if !d.nameFits(s, 1, "iptables in chain", maxChainName) {
		return
	}
	if s.n() < 3 {
		f.IptablesIn = s.arg(1)
		return
	}
	switch {
	case !d.nameFits(s, 2, "iptables out chain", maxChainName):
		f.IptablesIn = s.arg(1)
	case s.arg(1) == s.arg(2):
		d.info(s.at(2), "vrrp_iptables: chain names cannot be the same")
	default:
		f.IptablesIn, f.IptablesOut = s.arg(1), s.arg(2)
	}
}

// nameFits reports a name that netfilter does not take.
func (d *decoder) nameFits(s stmt, i int, what string, limit int) bool {
	switch name := s.arg(i); {
	case len(name) > limit:
		d.errorf(s, i, "VRRP Error : %s name too long - ignored", what)
		return false
	case name == "":
		d.errorf(s, i, "VRRP Error : %s name empty - ignored", what)
		return false
	}
	return true
}

// ipsetNames is how messages name the sets.
var ipsetNames = [6]string{"address", "IPv6 address", "IPv6 address_iface", "IGMP", "MLD", "ND"}

func ipsets(d *decoder, s stmt) {
	f := &d.cfg.Global.Firewall
	f.NoIpsets = s.n() < 2
	if f.NoIpsets {
		return
	}
	var names [6]string
	for i := range names {
		if s.n() <= i+1 {
			break
		}
		if !d.nameFits(s, i+1, "ipset "+ipsetNames[i], maxSetName) {
			return
		}
		names[i] = s.arg(i + 1)
	}
	base := names[0]
	for i, suffix := range [6]string{"", "6", "_if6", "_igmp", "_mld", "_nd"} {
		orElse(&names[i], base+suffix)
	}
	for i := range names {
		for j := range i {
			if names[i] == names[j] {
				d.errorf(s, i+1, "vrrp_ipsets: set name %s used more than once", names[i])
				return
			}
		}
	}
	f.Ipsets = Ipsets{names[0], names[1], names[2], names[3], names[4], names[5]}
}

func nftables(d *decoder, s stmt) {
	f := &d.cfg.Global.Firewall
	if f.Nftables != "" {
		d.errorf(s, 0, "nftables already specified - ignoring")
		return
	}
	d.tableName(s, "nftables chain", &f.Nftables, "keepalived")
}

func nftablesIPVS(d *decoder, s stmt) {
	f := &d.cfg.Global.Firewall
	if f.NftablesIPVS != "" {
		d.errorf(s, 0, "ipvs nftables already specified - ignoring")
		return
	}
	d.tableName(s, "nftables ipvs chain", &f.NftablesIPVS, "keepalived_ipvs")
}

// tableName reads the name of a table of nftables; a wrong one switches nothing on.
func (d *decoder) tableName(s stmt, what string, name *string, usual string) {
	switch {
	case s.n() < 2:
		*name = usual
	case d.nameFits(s, 1, what, maxSetName):
		*name = s.arg(1)
	}
}

// commandLine applies the options that stand for keywords.
func (d *decoder) commandLine() {
	snmp := &d.cfg.Global.SNMP
	if d.opts.SNMP {
		snmp.VRRP, snmp.RFCv2, snmp.RFCv3, snmp.Checker = true, true, true, true
	}
	if d.opts.SNMPSocket != "" {
		snmp.Socket, d.snmpSet = d.opts.SNMPSocket, true
	}
}

func snmpSocket(d *decoder, s stmt) {
	snmp := &d.cfg.Global.SNMP
	switch {
	case s.n() > 2:
		d.errorf(s, 2, "Too many parameters specified for snmp_socket - ignoring")
	case s.n() < 2:
		d.errorf(s, 0, "SNMP error : snmp socket name missing")
	case d.snmpSet:
		d.errorf(s, 1, "SNMP socket already set to %s - ignoring", snmp.Socket)
	default:
		snmp.Socket, d.snmpSet = s.arg(1), true
	}
}

func snmpRFC(d *decoder, _ stmt) {
	d.cfg.Global.SNMP.RFCv2, d.cfg.Global.SNMP.RFCv3 = true, true
}

func notifyFIFO(kind fifoKind) handler {
	return need("No {kw} name specified", func(d *decoder, s stmt) {
		f := &d.global.fifos[kind]
		if f.path != "" {
			d.refuse(s, 1, "{kw} already specified - ignoring {v}")
			return
		}
		f.path, f.at = s.arg(1), s.at(1)
		f.user = userIn(s, 2)
	})
}

func notifyFIFOScript(kind fifoKind) handler {
	return need("No {kw} specified", func(d *decoder, s stmt) {
		f := &d.global.fifos[kind]
		if f.script.isSet() {
			d.again(s, true, "{kw} already specified - ignoring {v}")
			return
		}
		f.script = d.command(s, fifoPrefix[kind]+"notify fifo")
		d.asGlobal(&f.script)
		if kind == fifoLVS {
			f.script.role = roleChecker
		}
	})
}

func parentScript(name string, p func(g *globalDraft) *commandDraft) handler {
	return func(d *decoder, s stmt) {
		c := p(&d.global)
		switch {
		case c.isSet():
			d.errorf(s, 0, "%s script already specified", name)
		case s.n() < 2:
			d.errorf(s, 0, "%s script missing", name)
		default:
			*c = d.command(s, name)
			c.role = roleParent
			d.asGlobal(c)
			if !c.isSet() {
				d.errorf(s, 1, "Invalid %s script", name)
			}
		}
	}
}

func parentTimeout(p func(g *GlobalScripts) *time.Duration) handler {
	return need("{kw} requires value", whole(limits{lo: 1, hi: 1000}, "{kw} '{v}' must be in [1, 1000] - ignoring",
		func(d *decoder, v int64) { *p(&d.cfg.Global.Scripts) = secs(v) }))
}

func scriptUser(d *decoder, s stmt) {
	d.global.scriptUser = userIn(s, 1)
	id, ok := d.lookup(d.global.scriptUser)
	if !ok || d.global.noDefaultUser {
		d.help(s.at(1), lang.ClassGeneralError, "scripts without a user of their own will not run: create the user, or name another",
			"Error setting global script uid/gid")
		d.global.scriptUser.bad = true
		return
	}
	d.cfg.Global.Scripts.User = Some(id)
}
