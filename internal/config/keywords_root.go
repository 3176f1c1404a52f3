package config

// rootGlobalKeywords are the bare keywords that belong to the whole daemon.
var rootGlobalKeywords = []Keyword{
	{Block: Root, Name: "net_namespace", Args: "NAME", Default: "none", Unit: "name", Deprecated: "-s/--namespace overrides",
		Help:   "Network namespace (of ip-netns(8)) that the whole daemon runs in",
		decode: need("net_namespace name missing - ignoring", once(globalText(func(g *Global) *string { return &g.NetNamespace }), "Duplicate net_namespace definition {v} - ignoring"))},
	{Block: Root, Name: "net_namespace_ipvs", Args: "[NAME]", Default: "same as net_namespace", Unit: "name",
		Help:   "Network namespace that the load balancer is in, if it is another one; without NAME the one of the host",
		decode: netNamespaceIPVS},
	{Block: Root, Name: "namespace_with_ipsets", Default: "off", Unit: "flag",
		Help:   "Permit ipsets in a network namespace, for old kernels",
		decode: set(globals(func(g *Global) *bool { return &g.NamespaceWithIpsets }))},
	{Block: Root, Name: "use_pid_dir", Default: "off", Unit: "flag",
		Help:   "Keep pid files in /run/keepalived instead of /run",
		decode: set(globals(func(g *Global) *bool { return &g.UsePidDir }))},
	{Block: Root, Name: "instance", Args: "NAME", Default: "none", Unit: "name",
		Help:   "Name of this daemon where several run on one machine: part of its pid files, of its name in the log and on D-Bus",
		decode: need("instance name missing - ignoring", once(globalText(func(g *Global) *string { return &g.Instance }), "Duplicate instance definition {v} - ignoring"))},
	{Block: Root, Name: "child_wait_time", Args: "SECS", Default: "5", Range: "0..4294967295", Unit: "s", Missing: MissingIsFatal,
		Help:   "How long the daemon waits for its processes when it stops, before it kills them",
		decode: childWaitTime},
	{Block: Root, Name: "global_defs", Args: "{ block }", Unit: "block",
		Help:  "Settings of the whole daemon",
		opens: inGlobal, open: openGlobal},
	{Block: Root, Name: "linkbeat_use_polling", Default: "off", Unit: "flag",
		Help:   "Poll the link state of all VRRP interfaces",
		decode: set(globals(func(g *Global) *bool { return &g.LinkbeatUsePolling }))},
}
