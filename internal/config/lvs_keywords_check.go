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
	{CheckMisc, "Runs a program, whose exit status decides", false, true, miscKeywords, endMisc},
	{CheckSMTP, "Talks to a mail server: greeting, HELO, QUIT", true, true, smtpKeywords, endSMTP},
	{CheckTCP, "Makes a TCP connection; the server need not say anything", true, true, nil, endCheck},
	{CheckPing, "Sends an ICMP echo request, which must be answered", true, true, nil, endCheck},
	{CheckUDP, "Sends a datagram; without require_reply only a port that is closed is a failure", true, true, udpKeywords, endUDP},
	{CheckHTTP, "Fetches pages by HTTP and looks at status, digest or text", true, true, httpKeywords, endHTTP},
	{CheckSSL, "Fetches pages by HTTPS and looks at status, digest or text", true, true, sslKeywords, endHTTP},
	{CheckDNS, "Asks a DNS server; success is an answer with RCODE 0", true, true, dnsKeywords, endCheck},
	{CheckFile, "Takes weight or state of the server from a number in a file", false, false, fileKeywords, endFile},
	{CheckBFD, "Takes the state of the server from a BFD session", false, false, bfdCheckKeywords, endBFDCheck},
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
			Help:   "Address that is checked instead of the real server's; the port stays the real server's",
			decode: setConnectIP},
		{Block: block, Name: "connect_port", Args: "PORT", Default: "real server port", Range: "1..65535", Unit: "port", Missing: MissingIsFatal,
			Help:   "Port that is checked instead of the real server's",
			decode: checkPort(func(c *Connect) *uint16 { return &c.Port })},
		{Block: block, Name: "bindto", Args: "IP", Default: "none", Unit: "address", Missing: MissingIsFatal,
			Help:   "Local address that the check comes from; of the same family as the address that is checked",
			decode: setBindTo},
		{Block: block, Name: "bind_port", Args: "PORT", Default: "ephemeral", Range: "1..65535", Unit: "port", Missing: MissingIsFatal,
			Help:   "Local port that the check comes from; only together with bindto",
			decode: checkPort(func(c *Connect) *uint16 { return &c.BindPort })},
		{Block: block, Name: "bind_if", Args: "IFNAME", Default: "none", Range: "max 15 characters", Unit: "name", Missing: MissingIsFatal,
			Help:   "Interface that the check leaves by; needed for an IPv6 link-local address",
			decode: setBindIf},
		{Block: block, Name: "connect_timeout", Args: "SECS", Default: "real server value (5)", Range: shortRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "How long to wait for the connection, and then for each answer",
			decode: connectTimeout(checkTiming, "connect_timeout {v} invalid - ignoring")},
		{Block: block, Name: "fwmark", Args: "N", Default: "0 (none)", Range: uintRange, Unit: "mark", Missing: MissingIsFatal,
			Help: "Firewall mark on the packets of the check, for policy routing",
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
			Help:   "How many failures in a row are forgiven; the next one takes the server out",
			decode: retry(checkTiming, anyUint, "Invalid retry connection value '{v}'")},
		{Block: block, Name: "delay_before_retry", Args: "SECS", Default: "real/virtual server value, else " + defaults[1], Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Time from a failure to the next try, while failures are forgiven",
			decode: delayBeforeRetry(checkTiming, "Invalid delay_before_retry connection value '{v}'")},
		{Block: block, Name: "warmup", Args: "SECS", Default: "real/virtual server value, else delay_loop", Range: longRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Upper bound of the random delay before the first check, so that not all begin at once",
			decode: warmup(checkTiming, "Invalid warmup connection value '{v}'")},
		{Block: block, Name: "delay_loop", Args: "SECS", Default: "real server value (60)", Range: loopRange, Unit: "s dec6", Missing: MissingIsFatal,
			Help:   "Time from one check to the next",
			decode: delayLoop(checkTiming, "delay_loop '{v}' is invalid - ignoring")},
		checkAlpha(block),
		{Block: block, Name: "log_all_failures", Args: "[BOOL]", Default: "false (or global checker_log_all_failures)", Unit: "bool",
			Help:   "Log each failed try while the server is in use, not only the one that takes it out",
			decode: boolean(func(d *decoder) *bool { return &d.lvs.checker.LogAllFailures }, "Invalid log_all_failures parameter {v}")},
	}
}

func checkAlpha(block string) Keyword {
	return Keyword{Block: block, Name: "alpha", Args: "[BOOL]", Default: "real server value", Unit: "bool",
		Help:   "The server is out of service until this check has succeeded",
		decode: maybe(func(d *decoder) *Opt[bool] { return &d.lvs.checker.alpha }, "Invalid alpha parameter {v}")}
}

func miscKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "misc_path", Args: `CMD|"CMD args"`, Default: "required", Unit: "script",
			Help:   "Program and its arguments; status 0 means that the server works",
			script: true, decode: setMiscPath},
		{Block: block, Name: "misc_timeout", Args: "SECS", Default: "virtual server delay_loop", Range: "0..4294", Unit: "s", Missing: MissingIsFatal,
			Help:   "How long the program may run; then it is ended and the check has failed; 0: the default",
			decode: setMiscTimeout},
		{Block: block, Name: "misc_dynamic", Default: "off", Unit: "flag",
			Help:   "The program sets the weight: status 2 to 255 means success with a weight of 0 to 253",
			decode: func(d *decoder, _ stmt) { d.lvs.checker.detail.Misc.Dynamic = true }},
		{Block: block, Name: "user", Args: "USER [GROUP]", Default: "script_user",
			Help:   "User and group that the program runs as",
			decode: setMiscUser},
	}
}

func smtpKeywords(block string) []Keyword {
	host := block + "/host"
	rows := []Keyword{
		{Block: block, Name: "helo_name", Args: "STRING", Default: defaultHelo, Unit: "text",
			Help:   "Name that is given to the mail server in HELO",
			decode: need("SMTP_CHECK helo name missing", setHelo)},
		{Block: block, Name: "host", Args: "{ block }", Unit: "block",
			Help:  "One more mail server that must answer; with hosts and no options of its own the check looks at the hosts only",
			opens: host, open: openHost, end: endHost},
	}
	rows = append(rows, connectKeywords(host)...)
	return append(rows, timingKeywords(host, CheckSMTP)...)
}

func udpKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "payload", Args: "HEX...", Default: `32 bytes: repeating text "keepalived check - "`, Unit: "octets",
			Help:   "Octets of the datagram that is sent, in hexadecimal",
			decode: setPayload},
		{Block: block, Name: "require_reply", Args: "[HEX...]", Default: "off", Range: "x or X = ignore this half octet", Unit: "octets",
			Help:   "The server must answer; with octets given, its answer must begin with them",
			decode: setReply},
		{Block: block, Name: "min_reply_length", Args: "N", Default: "0", Range: "0..65535", Unit: "octets", Missing: MissingIsFatal,
			Help:   "An answer shorter than this is a failure, where require_reply names octets",
			decode: udpLength("min", func(u *UDPCheck) *uint16 { return &u.MinReply })},
		{Block: block, Name: "max_reply_length", Args: "N", Default: "255", Range: "0..65535", Unit: "octets", Missing: MissingIsFatal,
			Help:   "An answer longer than this is a failure, where require_reply names octets",
			decode: udpLength("max", func(u *UDPCheck) *uint16 { return &u.MaxReply })},
	}
}

func dnsKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "type", Args: "A|NS|CNAME|SOA|MX|TXT|AAAA|RRSIG|DNSKEY", Default: "SOA", Range: "case-insensitive", Missing: MissingIsFatal,
			Help:   "Type of the record that is asked for",
			decode: setDNSType},
		{Block: block, Name: "name", Args: "DOMAIN", Default: "root", Range: "no empty label", Missing: MissingIsFatal,
			Help:   "Name that is asked for",
			decode: setDNSName},
	}
}

func fileKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "track_file", Args: "NAME", Default: "required", Unit: "name", Missing: MissingIsFatal,
			Help:   "Name of the track_file whose number decides; it must stand above",
			decode: setCheckFile},
		{Block: block, Name: "weight", Args: "N [reverse|noreverse]", Default: "weight of the track_file block (1)", Range: "-2147483647..2147483647", Unit: "weight",
			Help:   "Factor for the number in the file, which is added to the weight of the server; 0: any number but 0 takes the server out",
			decode: setCheckFileWeight},
	}
}

func bfdCheckKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "name", Args: "NAME", Default: "required", Unit: "name",
			Help:   "Name of the bfd_instance whose session decides; it must stand above",
			decode: setCheckBFD},
		checkAlpha(block),
	}
}
