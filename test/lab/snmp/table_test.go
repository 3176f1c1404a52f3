package snmp

import (
	"path/filepath"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// TestTables reads tables with snmptable and our MIB files: columns have their
// names, enumerations theirs, and indexes are understood.
func TestTables(t *testing.T) {
	l := lab.New(t)
	n := l.Node("router")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	a := newAgent(t, n)
	d := n.Daemon(lab.Ours(t), strings.Replace(setConfig, "enable_snmp_vrrp", "enable_snmp_vrrp\nenable_snmp_rfc", 1))
	d.WaitState("V", "MASTER")
	a.waitValue(keepalivedMIB+".2.6.1.10.1.1", "1")
	mibs, err := filepath.Abs("../../../packaging/mibs")
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string][]string{
		"KEEPALIVED-MIB::vrrpInstanceTable": {"index|vrrpInstanceName|", "\n1|V|3|master|backup|master|100|100|allSet|eth0|tracked|20 ", "|vrrpv3|"},
		"KEEPALIVED-MIB::vrrpAddressTable":  {"\n1.1|ipv4|", "|24|global|2|eth0|", "|set|advertised|"},
		"VRRPV3-MIB::vrrpv3OperationsTable": {"\n2.3.ipv4|", "|master|100|1|20 centiseconds|true|true|"},
		"VRRPV3-MIB::vrrpv3StatisticsTable": {"\n2.3.ipv4|", "|masterNoResponse|"},
		// The address is understood as one string of the index.
		"VRRPV3-MIB::vrrpv3AssociatedIpAddrTable": {"\n2.3.ipv4.\"", "\"|active"},
	} {
		out, err := n.Output("env", "SNMPCONFPATH=/run/lab", "snmptable", "-v2c", "-c", "public", "-t", "2", "-r", "5",
			"-M", mibs+"/testdata:"+mibs, "-m", "ALL", "-Ci", "-Cf", "|", "127.0.0.1", table)
		if err != nil {
			t.Errorf("%s: %v", table, err)
		}
		for _, text := range want {
			if !strings.Contains(out, text) {
				t.Errorf("%s has no %q:\n%s", table, text, out)
			}
		}
	}
}
