package lvs

// elsewhere are keywords that stories cannot show, with the tests that do.
var elsewhere = func() map[string]proof {
	m := map[string]proof{
		"virtual_server snmp_name":                   {"`internal/snmp/checkmib TestValues`", "not compared: seen over SNMP only"},
		"virtual_server/real_server snmp_name":       {"`internal/snmp/checkmib TestValues`", "not compared: seen over SNMP only"},
		"global_defs enable_snmp_checker":            {"`internal/snmp/checkmib TestValues`", "not compared: seen over SNMP only"},
		"global_defs enable_traps":                   {"`internal/snmp/checkmib TestTraps`", "not compared: seen over SNMP only"},
		"global_defs snmp_vs_stats_update_interval":  {"`internal/snmp/checkmib TestValues`", "not compared: seen over SNMP only"},
		"global_defs snmp_rs_stats_update_interval":  {"`internal/snmp/checkmib TestValues`", "not compared: seen over SNMP only"},
		"vrrp_instance lvs_sync_daemon_interface":    {"`internal/vrrp TestKernelLVSSync`", "deprecated alias of lvs_sync_daemon; its sync daemons are those of `TestKernelSyncDaemon`"},
		"virtual_server/real_server/SMTP_CHECK host": {hosts, hostsDiffer},
	}
	for _, name := range []string{"connect_ip", "connect_port", "bindto", "bind_port", "bind_if", "connect_timeout", "fwmark", "retry", "delay_before_retry", "warmup", "delay_loop", "alpha", "log_all_failures"} {
		m["virtual_server/real_server/SMTP_CHECK/host "+name] = proof{hosts, hostsDiffer}
	}
	return m
}()

const (
	hosts       = "`internal/config TestCorpusServers`"
	hostsDiffer = "not compared: unusable in C"
)

// newer are keywords of 2.4 that 2.2.7 does not know.
var newer = map[string]string{
	"tls_compliant": "2.2.7 does not know it",
}
