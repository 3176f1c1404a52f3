package config

// checkBlock is the block of a type of checker.
type checkBlock struct {
	kind    CheckKind
	help    string
	connect bool // connection options
	timing  bool // retry, delays, alpha
	own     func(block string) []Keyword
	end     func(d *decoder)
}

var checkBlocks = []checkBlock{
	{CheckMisc, "Run a program; its exit status decides", false, true, miscKeywords, endMisc},
	{CheckSMTP, "A dialogue with a mail server", true, true, smtpKeywords, endSMTP},
	{CheckTCP, "A connection", true, true, nil, endCheck},
	{CheckPing, "An ICMP echo request", true, true, nil, endCheck},
	{CheckUDP, "A datagram", true, true, udpKeywords, endUDP},
	{CheckHTTP, "Fetch pages", true, true, httpKeywords, endHTTP},
	{CheckSSL, "Fetch pages over TLS", true, true, sslKeywords, endHTTP},
	{CheckDNS, "A DNS query; RCODE 0 is success", true, true, dnsKeywords, endCheck},
	{CheckFile, "Weight or state from a tracked file", false, false, fileKeywords, endFile},
	{CheckBFD, "State of a BFD session", false, false, bfdCheckKeywords, endBFDCheck},
}

// keywords returns the rows of the block and the one that opens it.
func (b checkBlock) keywords() []Keyword {
	name := inReal + "/" + b.kind.String()
	rows := []Keyword{{Block: inReal, Name: b.kind.String(), Args: "{ block }", Unit: "block", Help: b.help,
		opens: name, open: openCheck(b.kind), end: b.end}}
	if b.connect {
		rows = append(rows, connectKeywords(name)...)
	}
	if b.timing {
		rows = append(rows, timingKeywords(name, b.kind)...)
	}
	if b.own != nil {
		rows = append(rows, b.own(name)...)
	}
	return rows
}

// connectKeywords are the options of a checker that connects.
func connectKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "connect_ip", Args: "IP", Default: "real server address", Unit: "address", Missing: MissingIsFatal,
			Help:   "Address to check instead of the real server's; the port stays",
			decode: setConnectIP},
		{Block: block, Name: "connect_port", Args: "PORT", Default: "real server port", Range: "1..65535", Unit: "port", Missing: MissingIsFatal,
			Help:   "Port to check",
			decode: checkPort(func(c *Connect) *uint16 { return &c.Port })},
		{Block: block, Name: "bindto", Args: "IP", Default: "none", Unit: "address", Missing: MissingIsFatal,
			Help:   "Local source address",
			decode: setBindTo},
		{Block: block, Name: "bind_port", Args: "PORT", Default: "ephemeral", Range: "1..65535", Unit: "port", Missing: MissingIsFatal,
			Help:   "Local source port, together with bindto only",
			decode: checkPort(func(c *Connect) *uint16 { return &c.BindPort })},
		{Block: block, Name: "bind_if", Args: "IFNAME", Default: "none", Range: "max 15 characters", Unit: "name", Missing: MissingIsFatal,
			Help:   "Interface of the socket; needed for an IPv6 link-local target",
			decode: setBindIf},
		{Block: block, Name: "connect_timeout", Args: "SECS", Default: "real server value (5)", Range: shortRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Timeout for connecting and for each wait for data",
			decode: connectTimeout(checkTiming, "connect_timeout {v} invalid - ignoring")},
		{Block: block, Name: "fwmark", Args: "N", Default: "0 (none)", Range: uintRange, Unit: "mark", Missing: MissingIsFatal,
			Help: "Firewall mark of the socket",
			decode: whole(anyUint, "Invalid fwmark connection value '{v}'", func(d *decoder, v int64) {
				d.lvs.checker.connect.Fwmark = uint32(v)
			})},
	}
}

// retryDefaults are what the tables say of the retries of each type.
var retryDefaults = map[CheckKind][2]string{
	CheckMisc: {"0", "1"}, CheckHTTP: {"1", "3"}, CheckSSL: {"1", "3"}, CheckDNS: {"3", "delay_loop"},
}

// timingKeywords are the options of a checker that runs at intervals.
func timingKeywords(block string, kind CheckKind) []Keyword {
	defaults, ok := retryDefaults[kind]
	if !ok {
		defaults = [2]string{"1", "1"}
	}
	return []Keyword{
		{Block: block, Name: "retry", Args: "N", Default: "real/virtual server value, else " + defaults[0], Range: uintRange, Unit: "count", Missing: MissingIsFatal,
			Help:   "Failures tolerated before the server is declared down",
			decode: retry(checkTiming, anyUint, "Invalid retry connection value '{v}'")},
		{Block: block, Name: "delay_before_retry", Args: "SECS", Default: "real/virtual server value, else " + defaults[1], Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Wait between retries",
			decode: delayBeforeRetry(checkTiming, "Invalid delay_before_retry connection value '{v}'")},
		{Block: block, Name: "warmup", Args: "SECS", Default: "real/virtual server value, else delay_loop", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Upper bound of the random delay before the first check",
			decode: warmup(checkTiming, "Invalid warmup connection value '{v}'")},
		{Block: block, Name: "delay_loop", Args: "SECS", Default: "real server value (60)", Range: loopRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Interval between checks",
			decode: delayLoop(checkTiming, "delay_loop '{v}' is invalid - ignoring")},
		checkAlpha(block),
		{Block: block, Name: "log_all_failures", Args: "[BOOL]", Default: "false (or global checker_log_all_failures)", Unit: "bool",
			Help:   "Log every failed attempt while the checker is up",
			decode: boolean(func(d *decoder) *bool { return &d.lvs.checker.LogAllFailures }, "Invalid log_all_failures parameter {v}")},
	}
}

func checkAlpha(block string) Keyword {
	return Keyword{Block: block, Name: "alpha", Args: "[BOOL]", Default: "real server value", Unit: "bool",
		Help:   "The checker counts as failed until its first success",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.checker.alpha }, "Invalid alpha parameter {v}")}
}

func miscKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "misc_path", Args: `CMD|"CMD args"`, Default: "required", Unit: "script",
			Help:   "Program with its arguments",
			script: true, decode: setMiscPath},
		{Block: block, Name: "misc_timeout", Args: "SECS", Default: "virtual server delay_loop", Range: "0..4294", Unit: "s", Missing: MissingIsFatal,
			Help:   "Time limit of one run; 0 is the default",
			decode: setMiscTimeout},
		{Block: block, Name: "misc_dynamic", Default: "off", Unit: "flag",
			Help:   "Exit status 2-255 is success with that weight plus 2",
			decode: func(d *decoder, _ stmt) { d.lvs.checker.detail.Misc.Dynamic = true }},
		{Block: block, Name: "user", Args: "USER [GROUP]", Default: "script_user",
			Help:   "Identity that the program runs with",
			decode: setMiscUser},
	}
}

func smtpKeywords(block string) []Keyword {
	host := block + "/host"
	rows := []Keyword{
		{Block: block, Name: "helo_name", Args: "STRING", Default: defaultHelo, Unit: "text",
			Help:   "Name given to the mail server",
			decode: need("SMTP_CHECK helo name missing", setHelo)},
		{Block: block, Name: "host", Args: "{ block }", Unit: "block",
			Help:  "One more address to check; without options of its own the checker checks the hosts only",
			opens: host, open: openHost, end: endHost},
	}
	rows = append(rows, connectKeywords(host)...)
	return append(rows, timingKeywords(host, CheckSMTP)...)
}

func udpKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "payload", Args: "HEX...", Default: `32 bytes: repeating text "keepalived check - "`, Unit: "octets",
			Help:   "What is sent",
			decode: setPayload},
		{Block: block, Name: "require_reply", Args: "[HEX...]", Default: "off", Range: "x or X = ignore this half octet", Unit: "octets",
			Help:   "A reply is needed, beginning with these octets",
			decode: setReply},
		{Block: block, Name: "min_reply_length", Args: "N", Default: "0", Range: "0..65535", Unit: "octets", Missing: MissingIsFatal,
			Help:   "Shortest reply",
			decode: udpLength("min", func(u *UDPCheck) *uint16 { return &u.MinReply })},
		{Block: block, Name: "max_reply_length", Args: "N", Default: "255", Range: "0..65535", Unit: "octets", Missing: MissingIsFatal,
			Help:   "Longest reply",
			decode: udpLength("max", func(u *UDPCheck) *uint16 { return &u.MaxReply })},
	}
}

func dnsKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "type", Args: "A|NS|CNAME|SOA|MX|TXT|AAAA|RRSIG|DNSKEY", Default: "SOA", Range: "case-insensitive", Missing: MissingIsFatal,
			Help:   "Query type",
			decode: setDNSType},
		{Block: block, Name: "name", Args: "DOMAIN", Default: "root", Range: "no empty label", Missing: MissingIsFatal,
			Help:   "Query name",
			decode: setDNSName},
	}
}

func fileKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "track_file", Args: "NAME", Default: "required", Unit: "name", Missing: MissingIsFatal,
			Help:   "Name of a track_file that stands above",
			decode: setCheckFile},
		{Block: block, Name: "weight", Args: "N [reverse|noreverse]", Default: "weight of the track_file block (1)", Range: "-2147483647..2147483647", Unit: "weight",
			Help:   "What the number in the file is multiplied with; 0: a number other than 0 means down",
			decode: setCheckFileWeight},
	}
}

func bfdCheckKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "name", Args: "NAME", Default: "required", Unit: "name",
			Help:   "Name of a bfd_instance that stands above",
			decode: setCheckBFD},
		checkAlpha(block),
	}
}
