package config

import "strings"

import "keepalived/internal/config/lang"

// The blocks of load balancing.
const (
	inSSL         = "SSL"
	inServerGroup = "virtual_server_group"
	inServer      = "virtual_server"
	inReal        = "virtual_server/real_server"
)

func init() {
	register(lang.StageChecker, rootLVSKeywords, serverGroupKeywords, serverKeywords, realKeywords)
	for _, c := range checkBlocks {
		register(lang.StageChecker, c.keywords())
	}
}

const (
	forwardArgs = "NAT | DR | TUN [type ipip|gue port P|gre] [nocsum|csum|remcsum]"
	schedArgs   = "rr|wrr|lc|wlc|lblc|sh|mh|dh|fo|ovf|lblcr|sed|nq|twos"
	scriptArgs  = `CMD|"CMD args" [USER [GROUP]]`
	longRange   = "0..18446744073709.551614"
	loopRange   = "0.000001..18446744073709.551614"
	shortRange  = "0.000001..4294.967295"
	uintRange   = "0..4294967295"
	countRange  = "1..4294967295"
)

var countLimits = limits{lo: 1, hi: 1<<32 - 1, strict: true}

var rootLVSKeywords = []Keyword{
	{Block: Root, Name: "SSL", Args: "{ block }", Default: "absent", Unit: "block",
		Help:  "Client certificate that every SSL_GET presents, where servers ask for one",
		opens: inSSL, open: openSSL},
	{Block: inSSL, Name: "password", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Pass phrase of the private key, if it is encrypted",
		decode: sslText("SSL password missing", func(c *SSLContext) *string { return &c.Password })},
	{Block: inSSL, Name: "ca", Args: "STRING", Default: "none", Unit: "text",
		Help:   "File with certificates of authorities (PEM); servers are not verified against it",
		decode: sslText("SSL cafile missing", func(c *SSLContext) *string { return &c.CA })},
	{Block: inSSL, Name: "certificate", Args: "STRING", Default: "none", Unit: "text",
		Help:   "File with the certificate and its chain (PEM)",
		decode: sslText("SSL certfile missing", func(c *SSLContext) *string { return &c.Certificate })},
	{Block: inSSL, Name: "key", Args: "STRING", Default: "none", Unit: "text",
		Help:   "File with the private key of the certificate (PEM)",
		decode: sslText("SSL keyfile missing", func(c *SSLContext) *string { return &c.Key })},
	{Block: Root, Name: "virtual_server_group", Args: "NAME { entries }", Unit: "block", Missing: MissingIsFatal,
		Help:  "Named list of addresses, ranges and firewall marks that virtual_server group NAME makes one service each of",
		named: true, open: openServerGroup, entry: groupEntry, done: endServerGroup},
	{Block: Root, Name: "virtual_server", Args: "IP [PORT] | fwmark N | group NAME { block }", Default: "port 0", Range: "port 0..65535; N 0..4294967295",
		Unit: "block", Missing: MissingIsFatal,
		Help:  "A service of the load balancer (IPVS): an address and port, a firewall mark, or a group of them",
		opens: inServer, open: openServer, end: endServer},
}

func sslText(missing string, p func(c *SSLContext) *string) handler {
	return need(missing, func(d *decoder, s stmt) {
		v := p(&d.cfg.LVS.SSL)
		if *v != "" {
			d.errorf(s, 1, "Duplicate SSL - overwriting %s with %s", *v, s.arg(1))
		}
		*v = strings.Clone(s.arg(1))
	})
}

var serverGroupKeywords = []Keyword{
	{Block: inServerGroup, Name: "<address entry>", Args: "IP[/LEN] [PORT] | IP-IP [PORT] | IP-LAST [PORT]", Default: "port 0",
		Range:  "port 1..65535 or 0; LEN 1..32 / 1..128; LAST 0..255 or 0..ffff",
		Help:   "Address and port, or range of addresses: LAST takes the place of the last octet (IPv4) or the last 16 bits (IPv6)",
		decode: groupEntry},
	{Block: inServerGroup, Name: "fwmark", Args: "N [inet|inet6]", Default: "no family", Range: uintRange, Unit: "mark", Missing: MissingIsFatal,
		Help:   "A firewall mark instead of an address: packets that the firewall has marked so",
		decode: groupEntry},
}

var serverKeywords = []Keyword{
	{Block: inServer, Name: "ip_family", Args: "inet|inet6", Default: "from address or first non-tunnel server", Missing: MissingIsFatal,
		Help:   "Family of a service by firewall mark: inet or inet6",
		decode: setFamily},
	{Block: inServer, Name: "retry", Args: "N", Default: "per checker type", Range: countRange, Unit: "count", Missing: MissingIsFatal,
		Help:   "Default of retry for the checks of its real servers",
		decode: retry(serverTiming, countLimits, "retry value invalid - {v}")},
	{Block: inServer, Name: "delay_before_retry", Args: "SECS", Default: "per checker type", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default of delay_before_retry for the checks of its real servers",
		decode: delayBeforeRetry(serverTiming, "virtual server delay before retry '{v}' invalid - ignoring")},
	{Block: inServer, Name: "warmup", Args: "SECS", Default: "delay_loop of the checker", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default of warmup for the checks of its real servers: bound of the random delay before the first one",
		decode: warmup(serverTiming, "virtual server warmup '{v}' invalid - ignoring")},
	{Block: inServer, Name: "connect_timeout", Args: "SECS", Default: "5", Range: shortRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default of connect_timeout for the checks of its real servers",
		decode: connectTimeout(serverTiming, "virtual server connect_timeout {v} invalid - ignoring")},
	{Block: inServer, Name: "delay_loop", Args: "SECS", Default: "60", Range: loopRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default time between checks; also how long a MISC_CHECK without misc_timeout may run",
		decode: delayLoop(serverTiming, "virtual server delay loop '{v}' invalid - ignoring")},
	{Block: inServer, Name: "inhibit_on_failure", Default: "off", Unit: "flag",
		Help:   "A failed real server stays in the table with weight 0, so that its connections end in peace",
		decode: func(d *decoder, _ stmt) { d.lvs.server.InhibitOnFailure = true }},
	{Block: inServer, Name: "lb_algo", Args: schedArgs, Default: "wlc", Range: "listed names only", Missing: MissingIsFatal, Deprecated: "lb_algo = older alias of lvs_sched",
		Help:   "Scheduler that chooses the server of a new connection, a module of the kernel (ip_vs_NAME)",
		decode: setScheduler},
	{Block: inServer, Name: "lvs_sched", Args: schedArgs, Default: "wlc", Range: "listed names only", Missing: MissingIsFatal,
		Help:   "Scheduler that chooses the server of a new connection, a module of the kernel (ip_vs_NAME)",
		decode: setScheduler},
	{Block: inServer, Name: "hashed", Unit: "flag",
		Help:   "Accepted, and without effect",
		decode: setHashed},
	{Block: inServer, Name: "ops", Default: "off", Unit: "flag",
		Help:   "Schedule each packet for itself instead of each connection; for UDP and firewall marks",
		decode: serverFlag(FlagOnePacket)},
	{Block: inServer, Name: "flag-1", Default: "off", Unit: "flag",
		Help:   "First flag of the scheduler; what it means is up to that",
		decode: serverFlag(FlagSched1)},
	{Block: inServer, Name: "flag-2", Default: "off", Unit: "flag",
		Help:   "Second flag of the scheduler; what it means is up to that",
		decode: serverFlag(FlagSched2)},
	{Block: inServer, Name: "flag-3", Default: "off", Unit: "flag",
		Help:   "Third flag of the scheduler; what it means is up to that",
		decode: serverFlag(FlagSched3)},
	{Block: inServer, Name: "sh-port", Default: "off", Unit: "flag",
		Help:   "Scheduler sh: the port of the client counts in the hash, too; must follow the scheduler",
		decode: schedulerFlag("sh", FlagSched2)},
	{Block: inServer, Name: "sh-fallback", Default: "off", Unit: "flag",
		Help:   "Scheduler sh: take another server when the one of the hash is not available; must follow the scheduler",
		decode: schedulerFlag("sh", FlagSched1)},
	{Block: inServer, Name: "mh-port", Default: "off", Unit: "flag",
		Help:   "Scheduler mh: the port of the client counts in the hash, too; must follow the scheduler",
		decode: schedulerFlag("mh", FlagSched2)},
	{Block: inServer, Name: "mh-fallback", Default: "off", Unit: "flag",
		Help:   "Scheduler mh: take another server when the one of the hash is not available; must follow the scheduler",
		decode: schedulerFlag("mh", FlagSched1)},
	{Block: inServer, Name: "lb_kind", Args: forwardArgs, Default: "NAT", Range: "P 1..65535", Missing: MissingIsFatal, Deprecated: "lb_kind = older alias of lvs_method",
		Help:   "How packets reach the servers: with a changed address (NAT), unchanged on the same network (DR), or in a tunnel (TUN)",
		decode: serverMethod},
	{Block: inServer, Name: "lvs_method", Args: forwardArgs, Default: "NAT", Range: "P 1..65535", Missing: MissingIsFatal,
		Help:   "How packets reach the servers: with a changed address (NAT), unchanged on the same network (DR), or in a tunnel (TUN)",
		decode: serverMethod},
	{Block: inServer, Name: "persistence_engine", Args: "NAME", Default: "none", Range: "max 16 characters", Missing: MissingIsFatal,
		Help:   "Module that tells the sessions of a client apart (sip); only with persistence",
		decode: setPersistenceEngine},
	{Block: inServer, Name: "persistence_timeout", Args: "[SECS]", Default: "off; 360 when given without value", Range: "1..2678400", Unit: "s",
		Help:   "For so long after its last connection a client stays on one server",
		decode: setPersistenceTimeout},
	{Block: inServer, Name: "persistence_granularity", Args: "A.B.C.D | PREFIX", Default: "255.255.255.255 / 128", Range: "PREFIX 1..128", Unit: "mask", Missing: MissingIsFatal,
		Help:   "Clients with this part of the address in common count as one; switches persistence on",
		decode: setGranularity},
	{Block: inServer, Name: "protocol", Args: "TCP|UDP|SCTP", Default: "UDP", Range: "case-insensitive", Missing: MissingIsFatal,
		Help:   "Transport protocol of the service; a firewall mark has none",
		decode: setProtocol},
	{Block: inServer, Name: "ha_suspend", Default: "off", Unit: "flag",
		Help:   "Check only while the virtual address is on this machine",
		decode: func(d *decoder, _ stmt) { d.lvs.server.HASuspend = true }},
	{Block: inServer, Name: "smtp_alert", Args: "[BOOL]", Default: "smtp_alert_checker, else smtp_alert, else false", Unit: "bool",
		Help:   "Send mail when the quorum is gained or lost",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.server.smtpAlert }, "Invalid virtual_server smtp_alert parameter {v}")},
	{Block: inServer, Name: "virtualhost", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Host header and TLS name for HTTP_GET and SSL_GET where neither URL, check nor real server have one",
		decode: need("virtual server virtualhost missing", text(func(d *decoder) *string { return &d.lvs.server.extra.VirtualHost }))},
	{Block: inServer, Name: "snmp_name", Args: "STRING", Default: "none", Range: "exactly one word", Unit: "text",
		Help:   "Name of the service in SNMP (virtualServerName)",
		decode: exactly(2, "virtual server snmp_name missing or extra parameters", text(func(d *decoder) *string { return &d.lvs.server.extra.SNMPName }))},
	{Block: inServer, Name: "alpha", Default: "off", Unit: "flag",
		Help:   "Real servers are out of service until their first check has succeeded",
		decode: func(d *decoder, _ stmt) { d.lvs.server.Alpha = true }},
	{Block: inServer, Name: "omega", Default: "off", Unit: "flag",
		Help:   "When the daemon stops, run the scripts and send the mails for servers and quorum going down",
		decode: func(d *decoder, _ stmt) { d.lvs.server.Omega = true }},
	{Block: inServer, Name: "quorum_up", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Script that runs when the quorum is gained, also at the start",
		script: true, decode: serverScript(func(d *decoder) **commandDraft { return &d.lvs.server.up })},
	{Block: inServer, Name: "quorum_down", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Script that runs when the quorum is lost",
		script: true, decode: serverScript(func(d *decoder) **commandDraft { return &d.lvs.server.down })},
	{Block: inServer, Name: "quorum", Args: "N", Default: "1", Range: countRange, Unit: "weight", Missing: MissingIsFatal,
		Help:   "Sum of the weights of working servers that the service needs; with less the sorry server takes over",
		decode: setServerQuorum},
	{Block: inServer, Name: "hysteresis", Args: "N", Default: "0", Range: uintRange, Unit: "weight", Missing: MissingIsFatal,
		Help:   "The quorum is gained at quorum + N and lost below quorum - N",
		decode: setHysteresis},
	{Block: inServer, Name: "weight", Args: "N", Default: "1", Range: "1..2147483647", Unit: "weight", Missing: MissingIsFatal,
		Help:   "Default weight of its real servers",
		decode: setServerWeight},
	{Block: inServer, Name: "sorry_server", Args: "IP [PORT]", Default: "none", Range: "port 0..65535", Unit: "address", Missing: MissingIsFatal,
		Help:   "Server that gets the connections while the quorum is lost",
		decode: setSorry},
	{Block: inServer, Name: "sorry_server_inhibit", Default: "off", Unit: "flag",
		Help:   "When it is not needed, the sorry server stays in the table with weight 0; must follow sorry_server",
		decode: setSorryInhibit},
	{Block: inServer, Name: "sorry_server_lvs_method", Args: forwardArgs, Default: "virtual server method", Range: "P 1..65535", Missing: MissingIsFatal,
		Help:   "How packets reach the sorry server; must follow sorry_server",
		decode: setSorryMethod},
	{Block: inServer, Name: "real_server", Args: "IP [PORT] { block }", Default: "port of the virtual server (NAT group/fwmark: 0)", Range: "port 0..65535", Unit: "block", Missing: MissingIsFatal,
		Help:  "A server that connections are passed to",
		opens: inReal, open: openReal, end: endReal},
}

var realKeywords = []Keyword{
	{Block: inReal, Name: "weight", Args: "N", Default: "virtual_server weight", Range: "0..2147483647", Unit: "weight", Missing: MissingIsFatal,
		Help:   "Share of the connections relative to the other servers; also counts for the quorum",
		decode: setRealWeight},
	{Block: inReal, Name: "lvs_method", Args: forwardArgs, Default: "virtual server method", Range: "P 1..65535", Missing: MissingIsFatal,
		Help:   "How packets reach this server: NAT, DR or TUN",
		decode: realMethod},
	{Block: inReal, Name: "uthreshold", Args: "N", Default: "0 (off)", Range: uintRange, Unit: "connections", Missing: MissingIsFatal,
		Help:   "With more connections than this the server gets no new ones",
		decode: realThreshold(func(r *realDraft) *uint32 { return &r.UThreshold })},
	{Block: inReal, Name: "lthreshold", Args: "N", Default: "0 (off)", Range: uintRange, Unit: "connections", Missing: MissingIsFatal,
		Help:   "With fewer connections than this it gets new ones again",
		decode: realThreshold(func(r *realDraft) *uint32 { return &r.LThreshold })},
	{Block: inReal, Name: "inhibit_on_failure", Args: "[BOOL]", Default: "virtual server value", Unit: "bool",
		Help:   "When it fails, the server stays in the table with weight 0",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.real.inhibit }, "Invalid inhibit_on_failure parameter {v}")},
	{Block: inReal, Name: "notify_up", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Script that runs when the server comes into service",
		script: true, decode: serverScript(func(d *decoder) **commandDraft { return &d.lvs.real.up })},
	{Block: inReal, Name: "notify_down", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Script that runs when the server goes out of service",
		script: true, decode: serverScript(func(d *decoder) **commandDraft { return &d.lvs.real.down })},
	{Block: inReal, Name: "alpha", Args: "[BOOL]", Default: "virtual server value", Unit: "bool",
		Help:   "Default of alpha for its checks: out of service until the first one has succeeded",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.real.alpha }, "Invalid alpha parameter {v}")},
	{Block: inReal, Name: "retry", Args: "N", Default: "virtual server value", Range: countRange, Unit: "count", Missing: MissingIsFatal,
		Help:   "Default of retry for its checks",
		decode: retry(realTiming, countLimits, "retry value invalid - {v}")},
	{Block: inReal, Name: "delay_before_retry", Args: "SECS", Default: "virtual server value", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default of delay_before_retry for its checks",
		decode: delayBeforeRetry(realTiming, "real server delay_before_retry '{v}' invalid - ignoring")},
	{Block: inReal, Name: "warmup", Args: "SECS", Default: "virtual server value", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default of warmup for its checks: bound of the random delay before the first one",
		decode: warmup(realTiming, "real server warmup '{v}' invalid - ignoring")},
	{Block: inReal, Name: "connect_timeout", Args: "SECS", Default: "virtual server value", Range: shortRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default of connect_timeout for its checks",
		decode: connectTimeout(realTiming, "real server connect_timeout {v} invalid - ignoring")},
	{Block: inReal, Name: "delay_loop", Args: "SECS", Default: "virtual server value", Range: loopRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default time between its checks; not how long a MISC_CHECK may run",
		decode: delayLoop(realTiming, "real server delay_loop '{v}' invalid - ignoring")},
	{Block: inReal, Name: "smtp_alert", Args: "[BOOL]", Default: "smtp_alert_checker, else smtp_alert, else TRUE", Unit: "bool",
		Help:   "Send mail when the server comes into service or goes out of it",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.real.smtpAlert }, "Invalid real_server smtp_alert parameter {v}")},
	{Block: inReal, Name: "virtualhost", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Host header for its HTTP_GET and SSL_GET, before that of the virtual server; not for TLS",
		decode: need("real server virtualhost missing", text(func(d *decoder) *string { return &d.lvs.real.rare().VirtualHost }))},
	{Block: inReal, Name: "snmp_name", Args: "STRING", Default: "none", Range: "exactly one word", Unit: "text",
		Help:   "Name of the server in SNMP (realServerName)",
		decode: exactly(2, "real server snmp_name missing or extra parameters", text(func(d *decoder) *string { return &d.lvs.real.rare().SNMPName }))},
}
