package config

func httpKeywords(block string) []Keyword { return webKeywords(block, false) }

func sslKeywords(block string) []Keyword { return webKeywords(block, true) }

// webKeywords are the options of HTTP_GET and, with tls, of SSL_GET.
func webKeywords(block string, tls bool) []Keyword {
	url := block + "/url"
	rows := []Keyword{
		{Block: block, Name: "nb_get_retry", Args: "N", Range: uintRange, Unit: "count", Missing: MissingIsFatal, Deprecated: "deprecated alias of retry",
			Help:       "Old name of retry",
			looksFirst: true, decode: oldRetry},
		{Block: block, Name: "virtualhost", Args: "STRING", Default: "none", Unit: "text",
			Help:   "Host header of the requests, and name sent in TLS, for URLs without a virtualhost of their own",
			decode: need("HTTP_GET virtualhost name missing", replaced("virtualhost", func(d *decoder) *string { return &http(d).VirtualHost }))},
		{Block: block, Name: "http_protocol", Args: "1.0|1.0C|1.0c|1.1", Default: "1.0",
			Help:   "Version of HTTP that the request names; 1.0C and 1.1 also ask the server to close the connection",
			decode: setHTTPVersion},
		{Block: block, Name: "enable_sni", Args: "[BOOL]", Default: "false", Unit: "bool",
			Help:   "Send the host name in the TLS greeting (SNI)",
			decode: boolean(func(d *decoder) *bool { return &http(d).EnableSNI }, "Invalid enable_sni parameter {v}")},
		{Block: block, Name: "fast_recovery", Args: "[BOOL]", Default: "false", Unit: "bool",
			Help:   "At the start, and while the server is out, fetch one URL right after the other instead of one in each delay_loop",
			decode: boolean(func(d *decoder) *bool { return &http(d).FastRecovery }, "Invalid fast_recovery parameter {v}")},
		{Block: block, Name: "url", Args: "{ block }", Default: "at least one", Unit: "block",
			Help:  "A page that is fetched; with several, each must be as it should",
			opens: url, open: openURL, end: endURL},
	}
	rows = append(rows, urlKeywords(url)...)
	if tls {
		rows = append(rows,
			tlsCompliant(block, func(d *decoder) *bool { return &http(d).TLSCompliant }),
			tlsCompliant(url, func(d *decoder) *bool { return &d.lvs.url.TLSCompliant }))
	}
	return rows
}

func tlsCompliant(block string, p func(d *decoder) *bool) Keyword {
	return Keyword{Block: block, Name: "tls_compliant", Args: "[BOOL]", Default: "false", Unit: "bool",
		Help:   "End the TLS session in due form before the connection is closed",
		decode: boolean(p, "Invalid tls_compliant option {v}")}
}

func urlKeywords(block string) []Keyword {
	return []Keyword{
		{Block: block, Name: "path", Args: "STRING", Default: "required", Unit: "text", Missing: MissingIsFatal,
			Help:   "Path and query of the page, sent as they are written",
			decode: setPath},
		{Block: block, Name: "digest", Args: "HEX32", Default: "none", Range: "32 hex digits", Unit: "MD5", Missing: MissingIsFatal,
			Help:   "MD5 of the page that is expected, as genhash(1) prints it",
			decode: setDigest},
		{Block: block, Name: "status_code", Args: "N|N-M ...", Default: "200-299", Range: "100..599",
			Help:   "Status codes that count as success; several lines add up",
			decode: setStatus},
		{Block: block, Name: "virtualhost", Args: "STRING", Default: "none", Unit: "text",
			Help:   "Host header of the requests, and name sent in TLS, for URLs without a virtualhost of their own",
			decode: need("Missing HTTP_GET virtualhost name", replaced("url virtualhost", func(d *decoder) *string { return &d.lvs.url.VirtualHost }))},
		{Block: block, Name: "regex", Args: `"PCRE"`, Default: "none", Range: "one word, quoted/escaped rules", Unit: "pattern",
			Help:   "Perl-compatible pattern that must be found in the page",
			script: true, decode: setRegex},
		{Block: block, Name: "regex_no_match", Default: "off", Unit: "flag",
			Help:   "The pattern must not be found",
			decode: func(d *decoder, _ stmt) { d.lvs.urlRegex.NoMatch = true }},
		{Block: block, Name: "regex_options", Args: "NAME...", Default: "none", Range: regexOptionNames(),
			Help:   "How the pattern is read and compared, as PCRE2 has it",
			decode: setRegexOptions},
		{Block: block, Name: "regex_min_offset", Args: "N", Default: "0", Range: "unsigned long", Unit: "octets",
			Help:   "Octet of the page at which the search begins",
			decode: regexOffset(func(r *RegexCheck, v uint64) { r.MinOffset = v })},
		{Block: block, Name: "regex_max_offset", Args: "N", Default: "none", Range: "unsigned long", Unit: "octets",
			Help:   "Octet of the page up to which a match may begin",
			decode: regexOffset(func(r *RegexCheck, v uint64) { r.MaxOffset = Some(v) })},
		{Block: block, Name: "regex_stack", Args: "START MAX", Default: "PCRE2 default", Range: "START <= MAX", Unit: "octets",
			Help:   "Memory for the comparison: at the beginning, and at most",
			decode: setRegexStack},
	}
}
