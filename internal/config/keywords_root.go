package config

// rootGlobalKeywords are the bare keywords that belong to the whole daemon.
var rootGlobalKeywords = []Keyword{
	{Block: Root, Name: "net_namespace", Args: "NAME", Default: "none", Unit: "name", Deprecated: "-s/--namespace overrides",
		Help:   "Parent enters /run/netns/NAME before starting children",
		decode: need("net_namespace name missing - ignoring", once(globalText(func(g *Global) *string { return &g.NetNamespace }), "Duplicate net_namespace definition {v} - ignoring"))},
	{Block: Root, Name: "net_namespace_ipvs", Args: "[NAME]", Default: "same as net_namespace", Unit: "name",
		Help:   "Namespace used for IPVS configuration",
		decode: netNamespaceIPVS},
	{Block: Root, Name: "namespace_with_ipsets", Default: "off", Unit: "flag",
		Help:   "Permit ipsets although in a network namespace (old kernels)",
		decode: set(globals(func(g *Global) *bool { return &g.NamespaceWithIpsets }))},
	{Block: Root, Name: "use_pid_dir", Default: "off", Unit: "flag",
		Help:   "Pid files go to /run/keepalived/ instead of /run/",
		decode: set(globals(func(g *Global) *bool { return &g.UsePidDir }))},
	{Block: Root, Name: "instance", Args: "NAME", Default: "none", Unit: "name",
		Help:   "Instance name: pid files keepalived_NAME.pid, vrrp_NAME.pid, checkers_NAME.pid, bfd_NAME.pid in /run/keepalived/, syslog ident suffix _NAME, D-Bus path component",
		decode: need("instance name missing - ignoring", once(globalText(func(g *Global) *string { return &g.Instance }), "Duplicate instance definition {v} - ignoring"))},
	{Block: Root, Name: "child_wait_time", Args: "SECS", Default: "5", Range: "0..4294967295", Unit: "s", Missing: MissingIsFatal,
		Help:   "Time the parent waits for children at shutdown before SIGKILL",
		decode: childWaitTime},
	{Block: Root, Name: "global_defs", Args: "{ block }", Unit: "block",
		Help:  "Global definitions",
		opens: inGlobal, open: openGlobal},
	{Block: Root, Name: "linkbeat_use_polling", Default: "off", Unit: "flag",
		Help:   "Poll the link state of all VRRP interfaces",
		decode: set(globals(func(g *Global) *bool { return &g.LinkbeatUsePolling }))},
}
