package config

import (
	"strings"
	"testing"
)

// --snmp enables all four parts; --snmp-agent-socket goes before the text.
func TestSNMPOptions(t *testing.T) {
	text := "global_defs {\n snmp_socket unix:/run/other\n}\n"
	read := func(o Options) (SNMP, string) {
		c, diags := Load(memFiles{corpusFile: text}, corpusFile, o, StaticEnv{})
		var b strings.Builder
		for _, d := range diags.All() {
			b.WriteString(d.Text + "\n")
		}
		return c.Global.SNMP, b.String()
	}
	plain, _ := read(Options{})
	if plain.Socket != "unix:/run/other" || plain.VRRP || plain.Checker {
		t.Errorf("without options: %+v", plain)
	}
	got, said := read(Options{SNMP: true, SNMPSocket: "tcp:localhost:705"})
	if !got.VRRP || !got.RFCv2 || !got.RFCv3 || !got.Checker || got.Socket != "tcp:localhost:705" {
		t.Errorf("with options: %+v", got)
	}
	if !strings.Contains(said, "SNMP socket already set to tcp:localhost:705 - ignoring") {
		t.Errorf("diagnostics: %q", said)
	}
}
