package main

import (
	"math/rand/v2"
	"os"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

// load reads the configuration in the network namespace of the calling thread.
func (s *settings) load() config.Result {
	if s.check.static {
		return s.loadStatic(s.useFile)
	}
	r := config.Read(lang.OS{}, s.useFile, s.loadOptions(), newEnv())
	if s.umask >= 0 && r.Config != nil {
		r.Config.Global.Files.Umask = config.Some(uint32(s.umask))
	}
	return r
}

// passes reads what was loaded once more, as each process of the C daemon does.
func (s *settings) passes(r config.Result) []config.Pass {
	return config.Passes(lang.OS{}, r.Snapshot, s.useFile, s.loadOptions(), newEnv())
}

// loadStatic reads a configuration without a look at this machine.
func (s *settings) loadStatic(name string) config.Result {
	o := s.loadOptions()
	o.Test, o.Static = true, true
	return config.Read(lang.OS{}, name, o, elsewhere{})
}

func (s *settings) loadOptions() config.Options {
	return config.Options{Test: s.configTest, SNMP: s.snmp, SNMPSocket: s.agentSocket, Lang: lang.Options{
		ConfigID: s.id(), Env: os.LookupEnv, AllIncludeErrors: s.allConfig,
		Rand: func(lo, hi uint32) uint32 { return uint32(uint64(lo) + rand.Uint64N(uint64(hi)-uint64(lo)+1)) },
	}}
}

// id is --config-id, or the node name up to its first dot.
func (s *settings) id() string {
	if s.configIDSet {
		return s.configID
	}
	host, err := os.Hostname()
	if err != nil {
		return ""
	}
	host, _, _ = strings.Cut(host, ".")
	return host
}
