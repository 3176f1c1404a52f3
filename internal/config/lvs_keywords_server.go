package config

import "keepalived/internal/config/lang"

// The blocks of load balancing.
const (
	inSSL         = "SSL"
	inServerGroup = "virtual_server_group"
	inServer      = "virtual_server"
	inReal        = "virtual_server.real_server"
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
		Help:  "Certificate that SSL_GET checks present to servers",
		opens: inSSL, open: openSSL},
	{Block: inSSL, Name: "password", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Pass phrase of an encrypted private key",
		decode: sslText("SSL password missing", func(c *SSLContext) *string { return &c.Password })},
	{Block: inSSL, Name: "ca", Args: "STRING", Default: "none", Unit: "text",
		Help:   "File of CA certificates; servers are not verified",
		decode: sslText("SSL cafile missing", func(c *SSLContext) *string { return &c.CA })},
	{Block: inSSL, Name: "certificate", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Certificate chain file (PEM) offered as client certificate",
		decode: sslText("SSL certfile missing", func(c *SSLContext) *string { return &c.Certificate })},
	{Block: inSSL, Name: "key", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Private key file (PEM) of that certificate",
		decode: sslText("SSL keyfile missing", func(c *SSLContext) *string { return &c.Key })},
	{Block: Root, Name: "virtual_server_group", Args: "NAME { entries }", Unit: "block", Missing: MissingIsFatal,
		Help:  "Named list of addresses, ranges and firewall marks, used by virtual_server group NAME",
		named: true, open: openServerGroup, entry: groupEntry, done: endServerGroup},
	{Block: Root, Name: "virtual_server", Args: "IP [PORT] | fwmark N | group NAME { block }", Default: "port 0", Range: "port 0..65535; N 0..4294967295",
		Unit: "block", Missing: MissingIsFatal,
		Help:  "A virtual service",
		opens: inServer, open: openServer, end: endServer},
}

func sslText(missing string, p func(c *SSLContext) *string) handler {
	return need(missing, text(func(d *decoder) *string { return p(&d.cfg.LVS.SSL) }))
}

var serverGroupKeywords = []Keyword{
	{Block: inServerGroup, Name: "<address entry>", Args: "IP[/LEN] [PORT] | IP-IP [PORT] | IP-LAST [PORT]", Default: "port 0",
		Range: "port 1..65535 or 0; LEN 1..32 / 1..128; LAST 0..255 or 0..ffff",
		Help:  "Addresses that become a service each; LAST replaces the last octet (IPv4) or the last 16 bits (IPv6)"},
	{Block: inServerGroup, Name: "fwmark", Args: "N [inet|inet6]", Default: "no family", Range: uintRange, Unit: "mark", Missing: MissingIsFatal,
		Help: "Service of a firewall mark"},
}

var serverKeywords = []Keyword{
	{Block: inServer, Name: "ip_family", Args: "inet|inet6", Default: "from address or first non-tunnel server", Missing: MissingIsFatal,
		Help:   "Family of a firewall mark service",
		decode: setFamily},
	{Block: inServer, Name: "retry", Args: "N", Default: "per checker type", Range: countRange, Unit: "count", Missing: MissingIsFatal,
		Help:   "Default of retry for all checkers of its real servers",
		decode: retry(serverTiming, countLimits, "retry value invalid - {v}")},
	{Block: inServer, Name: "delay_before_retry", Args: "SECS", Default: "per checker type", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default pause between retries for all its real servers",
		decode: delayBeforeRetry(serverTiming, "virtual server delay before retry '{v}' invalid - ignoring")},
	{Block: inServer, Name: "warmup", Args: "SECS", Default: "delay_loop of the checker", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Upper bound of the random extra delay before the first check; 0: no random part",
		decode: warmup(serverTiming, "virtual server warmup '{v}' invalid - ignoring")},
	{Block: inServer, Name: "connect_timeout", Args: "SECS", Default: "5", Range: shortRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default timeout of checkers for connecting and for each wait for data",
		decode: connectTimeout(serverTiming, "virtual server connect_timeout {v} invalid - ignoring")},
	{Block: inServer, Name: "delay_loop", Args: "SECS", Default: "60", Range: loopRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default interval between checks; also the time limit of MISC_CHECK without misc_timeout",
		decode: delayLoop(serverTiming, "virtual server delay loop '{v}' invalid - ignoring")},
	{Block: inServer, Name: "inhibit_on_failure", Default: "off", Unit: "flag",
		Help:   "Failed real servers get weight 0 instead of being removed",
		decode: func(d *decoder, _ stmt) { d.lvs.server.InhibitOnFailure = true }},
	{Block: inServer, Name: "lb_algo", Args: schedArgs, Default: "wlc", Range: "listed names only", Missing: MissingIsFatal, Deprecated: "lb_algo = older alias of lvs_sched",
		Help:   "IPVS scheduler",
		decode: setScheduler},
	{Block: inServer, Name: "lvs_sched", Args: schedArgs, Default: "wlc", Range: "listed names only", Missing: MissingIsFatal,
		Help:   "IPVS scheduler",
		decode: setScheduler},
	{Block: inServer, Name: "hashed", Unit: "flag",
		Help:   "Accepted, without effect",
		decode: setHashed},
	{Block: inServer, Name: "ops", Default: "off", Unit: "flag",
		Help:   "One packet scheduling, for UDP and firewall marks",
		decode: serverFlag(FlagOnePacket)},
	{Block: inServer, Name: "flag-1", Default: "off", Unit: "flag",
		Help:   "Scheduler flag 1 of the service",
		decode: serverFlag(FlagSched1)},
	{Block: inServer, Name: "flag-2", Default: "off", Unit: "flag",
		Help:   "Scheduler flag 2 of the service",
		decode: serverFlag(FlagSched2)},
	{Block: inServer, Name: "flag-3", Default: "off", Unit: "flag",
		Help:   "Scheduler flag 3 of the service",
		decode: serverFlag(FlagSched3)},
	{Block: inServer, Name: "sh-port", Default: "off", Unit: "flag",
		Help:   "The hash of sh includes the source port; after the scheduler",
		decode: schedulerFlag("sh", FlagSched2)},
	{Block: inServer, Name: "sh-fallback", Default: "off", Unit: "flag",
		Help:   "sh takes another server when the chosen one is unavailable; after the scheduler",
		decode: schedulerFlag("sh", FlagSched1)},
	{Block: inServer, Name: "mh-port", Default: "off", Unit: "flag",
		Help:   "The hash of mh includes the source port; after the scheduler",
		decode: schedulerFlag("mh", FlagSched2)},
	{Block: inServer, Name: "mh-fallback", Default: "off", Unit: "flag",
		Help:   "mh takes another server when the chosen one is unavailable; after the scheduler",
		decode: schedulerFlag("mh", FlagSched1)},
	{Block: inServer, Name: "lb_kind", Args: forwardArgs, Default: "NAT", Range: "P 1..65535", Missing: MissingIsFatal, Deprecated: "lb_kind = older alias of lvs_method",
		Help:   "Default forwarding method for real and sorry servers",
		decode: serverMethod},
	{Block: inServer, Name: "lvs_method", Args: forwardArgs, Default: "NAT", Range: "P 1..65535", Missing: MissingIsFatal,
		Help:   "Default forwarding method for real and sorry servers",
		decode: serverMethod},
	{Block: inServer, Name: "persistence_engine", Args: "NAME", Default: "none", Range: "max 16 characters", Missing: MissingIsFatal,
		Help:   "IPVS persistence engine (sip), with persistence only",
		decode: setPersistenceEngine},
	{Block: inServer, Name: "persistence_timeout", Args: "[SECS]", Default: "off; 360 when given without value", Range: "1..2678400", Unit: "s",
		Help:   "Connections of a client stay on one server for that long",
		decode: setPersistenceTimeout},
	{Block: inServer, Name: "persistence_granularity", Args: "A.B.C.D | PREFIX", Default: "255.255.255.255 / 128", Range: "PREFIX 1..128", Unit: "mask", Missing: MissingIsFatal,
		Help:   "What counts as one client; switches persistence on",
		decode: setGranularity},
	{Block: inServer, Name: "protocol", Args: "TCP|UDP|SCTP", Default: "UDP", Range: "case-insensitive", Missing: MissingIsFatal,
		Help:   "Transport protocol; not for firewall marks",
		decode: setProtocol},
	{Block: inServer, Name: "ha_suspend", Default: "off", Unit: "flag",
		Help:   "Checks run only while the virtual address is on this machine",
		decode: func(d *decoder, _ stmt) { d.lvs.server.HASuspend = true }},
	{Block: inServer, Name: "smtp_alert", Args: "[BOOL]", Default: "smtp_alert_checker, else smtp_alert, else false", Unit: "bool",
		Help:   "E-mail on quorum change",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.server.smtpAlert }, "Invalid virtual_server smtp_alert parameter {v}")},
	{Block: inServer, Name: "virtualhost", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Last choice of Host header and SNI name for HTTP_GET and SSL_GET",
		decode: need("virtual server virtualhost missing", text(func(d *decoder) *string { return &d.lvs.server.extra.VirtualHost }))},
	{Block: inServer, Name: "snmp_name", Args: "STRING", Default: "none", Range: "exactly one word", Unit: "text",
		Help:   "Reported as virtualServerName",
		decode: exactly(2, "virtual server snmp_name missing or extra parameters", text(func(d *decoder) *string { return &d.lvs.server.extra.SNMPName }))},
	{Block: inServer, Name: "alpha", Default: "off", Unit: "flag",
		Help:   "Real servers start down until their checks pass",
		decode: func(d *decoder, _ stmt) { d.lvs.server.Alpha = true }},
	{Block: inServer, Name: "omega", Default: "off", Unit: "flag",
		Help:   "Down notifications also when the daemon stops",
		decode: func(d *decoder, _ stmt) { d.lvs.server.Omega = true }},
	{Block: inServer, Name: "quorum_up", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Run when the quorum is gained, at start too",
		script: true, decode: serverScript(func(d *decoder) *commandDraft { return &d.lvs.server.up })},
	{Block: inServer, Name: "quorum_down", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Run when the quorum is lost",
		script: true, decode: serverScript(func(d *decoder) *commandDraft { return &d.lvs.server.down })},
	{Block: inServer, Name: "quorum", Args: "N", Default: "1", Range: countRange, Unit: "weight", Missing: MissingIsFatal,
		Help:   "Sum of the weights of live servers that is needed",
		decode: setServerQuorum},
	{Block: inServer, Name: "hysteresis", Args: "N", Default: "0", Range: uintRange, Unit: "weight", Missing: MissingIsFatal,
		Help:   "Quorum is gained at quorum+N and lost below quorum-N",
		decode: setHysteresis},
	{Block: inServer, Name: "weight", Args: "N", Default: "1", Range: "1..2147483647", Unit: "weight", Missing: MissingIsFatal,
		Help:   "Default weight of its real servers",
		decode: setServerWeight},
	{Block: inServer, Name: "sorry_server", Args: "IP [PORT]", Default: "none", Range: "port 0..65535", Unit: "address", Missing: MissingIsFatal,
		Help:   "Server that is used while the quorum is lost",
		decode: setSorry},
	{Block: inServer, Name: "sorry_server_inhibit", Default: "off", Unit: "flag",
		Help:   "The sorry server stays in the table with weight 0; after sorry_server",
		decode: setSorryInhibit},
	{Block: inServer, Name: "sorry_server_lvs_method", Args: forwardArgs, Default: "virtual server method", Range: "P 1..65535", Missing: MissingIsFatal,
		Help:   "Forwarding method of the sorry server; after sorry_server",
		decode: setSorryMethod},
	{Block: inServer, Name: "real_server", Args: "IP [PORT] { block }", Default: "port of the virtual server (NAT group/fwmark: 0)", Range: "port 0..65535", Unit: "block", Missing: MissingIsFatal,
		Help:  "A server that connections go to",
		opens: inReal, open: openReal, end: endReal},
}

var realKeywords = []Keyword{
	{Block: inReal, Name: "weight", Args: "N", Default: "virtual_server weight", Range: "0..2147483647", Unit: "weight", Missing: MissingIsFatal,
		Help:   "Initial weight; counts for the quorum",
		decode: setRealWeight},
	{Block: inReal, Name: "lvs_method", Args: forwardArgs, Default: "virtual server method", Range: "P 1..65535", Missing: MissingIsFatal,
		Help:   "Forwarding method of this server",
		decode: realMethod},
	{Block: inReal, Name: "uthreshold", Args: "N", Default: "0 (off)", Range: uintRange, Unit: "connections", Missing: MissingIsFatal,
		Help:   "Upper connection threshold",
		decode: realThreshold(func(r *realDraft) *uint32 { return &r.UThreshold })},
	{Block: inReal, Name: "lthreshold", Args: "N", Default: "0 (off)", Range: uintRange, Unit: "connections", Missing: MissingIsFatal,
		Help:   "Lower connection threshold",
		decode: realThreshold(func(r *realDraft) *uint32 { return &r.LThreshold })},
	{Block: inReal, Name: "inhibit_on_failure", Args: "[BOOL]", Default: "virtual server value", Unit: "bool",
		Help:   "On failure weight 0 instead of removal",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.real.inhibit }, "Invalid inhibit_on_failure parameter {v}")},
	{Block: inReal, Name: "notify_up", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Run when the server is added to or enabled in the service",
		script: true, decode: serverScript(func(d *decoder) *commandDraft { return &d.lvs.real.up })},
	{Block: inReal, Name: "notify_down", Args: scriptArgs, Default: "none", Unit: "script", Missing: MissingIsFatal,
		Help:   "Run when the server is removed from or disabled in the service",
		script: true, decode: serverScript(func(d *decoder) *commandDraft { return &d.lvs.real.down })},
	{Block: inReal, Name: "alpha", Args: "[BOOL]", Default: "virtual server value", Unit: "bool",
		Help:   "Default of alpha for its checkers",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.real.alpha }, "Invalid alpha parameter {v}")},
	{Block: inReal, Name: "retry", Args: "N", Default: "virtual server value", Range: countRange, Unit: "count", Missing: MissingIsFatal,
		Help:   "Default of retry for its checkers",
		decode: retry(realTiming, countLimits, "retry value invalid - {v}")},
	{Block: inReal, Name: "delay_before_retry", Args: "SECS", Default: "virtual server value", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default pause between retries for its checkers",
		decode: delayBeforeRetry(realTiming, "real server delay_before_retry '{v}' invalid - ignoring")},
	{Block: inReal, Name: "warmup", Args: "SECS", Default: "virtual server value", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default random delay at start for its checkers",
		decode: warmup(realTiming, "real server warmup '{v}' invalid - ignoring")},
	{Block: inReal, Name: "connect_timeout", Args: "SECS", Default: "virtual server value", Range: shortRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default connection timeout for its checkers",
		decode: connectTimeout(realTiming, "real server connect_timeout {v} invalid - ignoring")},
	{Block: inReal, Name: "delay_loop", Args: "SECS", Default: "virtual server value", Range: loopRange, Unit: "s dec6", Missing: MissingIsFatal,
		Help:   "Default interval for its checkers, not the time limit of MISC_CHECK",
		decode: delayLoop(realTiming, "real server delay_loop '{v}' invalid - ignoring")},
	{Block: inReal, Name: "smtp_alert", Args: "[BOOL]", Default: "smtp_alert_checker, else smtp_alert, else TRUE", Unit: "bool",
		Help:   "E-mail on state changes of this server",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.real.smtpAlert }, "Invalid real_server smtp_alert parameter {v}")},
	{Block: inReal, Name: "virtualhost", Args: "STRING", Default: "none", Unit: "text",
		Help:   "Host header, before that of the virtual server; not for SNI",
		decode: need("real server virtualhost missing", text(func(d *decoder) *string { return &d.lvs.real.extra.VirtualHost }))},
	{Block: inReal, Name: "snmp_name", Args: "STRING", Default: "none", Range: "exactly one word", Unit: "text",
		Help:   "Reported as realServerName",
		decode: exactly(2, "real server snmp_name missing or extra parameters", text(func(d *decoder) *string { return &d.lvs.real.extra.SNMPName }))},
}
