package config

import (
	"strconv"
	"strings"
)

// iprouteTable is a file of names of iproute2.
type iprouteTable string

const (
	tableScopes   iprouteTable = "rt_scopes"
	tableTables   iprouteTable = "rt_tables"
	tableProtos   iprouteTable = "rt_protos"
	tableRealms   iprouteTable = "rt_realms"
	tableDSField  iprouteTable = "rt_dsfield"
	tableIfGroups iprouteTable = "group"
)

// builtinNames are known without any file.
var builtinNames = map[iprouteTable]map[string]uint32{
	tableScopes:   {"global": 0, "universe": 0, "nowhere": 255, "host": 254, "link": 253, "site": 200},
	tableTables:   {"default": 253, "main": 254, "local": 255, "unspec": 0},
	tableProtos:   {"unspec": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "keepalived": 18},
	tableIfGroups: {"default": 0},
}

// table looks up a name or reads a number of at most limit.
func (d *decoder) table(t iprouteTable, word string, limit uint64) (uint32, bool) {
	if v, err := strconv.ParseUint(word, 0, 32); err == nil {
		return uint32(v), v <= limit
	}
	if v, ok := builtinNames[t][word]; ok {
		return v, true
	}
	v, ok := d.names(t)[word]
	return v, ok && uint64(v) <= limit
}

// names reads the files of a table once: the distribution's, then the
// administrator's.
func (d *decoder) names(t iprouteTable) map[string]uint32 {
	if names, ok := d.tables[t]; ok {
		return names
	}
	names := map[string]uint32{}
	files := &d.cfg.Global.Files
	for _, dir := range []string{files.IprouteUsrDir, files.IprouteEtcDir} {
		data, err := d.env.ReadFile(dir + "/" + string(t))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			f := strings.Fields(line)
			if len(f) < 2 || strings.HasPrefix(f[0], "#") {
				continue
			}
			if v, err := strconv.ParseUint(f[0], 0, 32); err == nil {
				names[f[1]] = uint32(v)
			}
		}
	}
	if d.tables == nil {
		d.tables = map[iprouteTable]map[string]uint32{}
	}
	d.tables[t] = names
	return names
}
