package config

import (
	"slices"
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

// builtinNames are known without any file, unless a file has another name for the
// same number.
var builtinNames = map[iprouteTable]map[string]uint32{
	tableScopes: {"global": 0, "nowhere": 255, "host": 254, "link": 253, "site": 200},
	tableTables: {"default": 253, "main": 254, "local": 255},
	tableProtos: {"none": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11, "bird": 12,
		"dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "babel": 42},
}

// table looks up a name or reads a number of at most limit.
func (d *decoder) table(t iprouteTable, word string, limit uint64) (uint32, bool) {
	if v, overflow, rest := leadingNumber(word, 0); rest == "" && word != "" {
		return uint32(v), !overflow && v >= 0 && uint64(v) <= limit
	}
	v, ok := d.names(t)[word]
	return v, ok && uint64(v) <= limit
}

// names reads the files of a table once.
func (d *decoder) names(t iprouteTable) map[string]uint32 {
	if names, ok := d.tables[t]; ok {
		return names
	}
	names := map[string]uint32{}
	numbers := map[uint32]bool{}
	for _, data := range d.tableFiles(t) {
		for line := range strings.Lines(string(data)) {
			line, _, _ = strings.Cut(line, "#")
			f := strings.Fields(line)
			if len(f) != 2 {
				continue
			}
			v, err := strconv.ParseUint(f[0], 0, 32)
			if _, taken := names[f[1]]; err == nil && !taken {
				names[f[1]], numbers[uint32(v)] = uint32(v), true
			}
		}
	}
	for name, v := range builtinNames[t] {
		if _, taken := names[name]; !taken && !numbers[v] {
			names[name] = v
		}
	}
	remember(&d.tables, t, names)
	return names
}

// tableFiles returns the files of a table: the administrator's, or else the
// distribution's, and those of both in NAME.d, where one of the administrator's
// replaces one of the distribution's.
func (d *decoder) tableFiles(t iprouteTable) [][]byte {
	g := &d.cfg.Global.Files
	etc, usr := g.IprouteEtcDir+"/"+string(t), g.IprouteUsrDir+"/"+string(t)
	var out [][]byte
	add := func(file string) bool {
		data, err := d.env.ReadFile(file)
		if err == nil {
			out = append(out, data)
		}
		return err == nil
	}
	if !add(etc) {
		add(usr)
	}
	own := d.env.ReadDir(etc + ".d")
	for _, file := range d.env.ReadDir(usr + ".d") {
		if isTableFile(file) && !slices.Contains(own, file) {
			add(usr + ".d/" + file)
		}
	}
	for _, file := range own {
		if isTableFile(file) {
			add(etc + ".d/" + file)
		}
	}
	return out
}

func isTableFile(name string) bool {
	return len(name) > len(".conf") && strings.HasSuffix(name, ".conf") && name[0] != '.'
}
