package dumps

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"keepalived/internal/config"
)

//go:embed testdata/samples.txt
var sampleFile string

// omit is the line of a keyword that is not compared.
const omit = "-"

// id names a keyword.
type id struct{ block, name string }

// sample is a keyword as a configuration has it.
type sample struct {
	id
	lines string // several ones, separated by |
}

// samples returns at least one sample of each keyword of the tables, in their
// order: from the file of samples, otherwise made from the keyword's row. The
// error names the keywords that have none, and lines of the file that are of no use.
func samples() (list []sample, err error) {
	written := map[id][]string{}
	for line := range strings.Lines(sampleFile) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) < 3 || f[2] == omit && len(f) != 4 {
			return nil, fmt.Errorf("%q has no line, or leaves a keyword out without a reason", line)
		}
		written[id{f[0], f[1]}] = append(written[id{f[0], f[1]}], f[2])
	}
	var lacking []string
	shared := map[id]bool{}
	for _, k := range config.Keywords() {
		key := id{k.Block, k.Name}
		lines, ok := written[key]
		if common := (id{anyCheck, k.Name}); !ok && strings.HasPrefix(k.Block, checks) {
			if lines, ok = written[common]; ok {
				shared[common] = true
			}
		}
		if !ok && !elsewhere(k) {
			made := fromRow(k)
			if made == "" {
				lacking = append(lacking, k.Block+" "+k.Name)
			}
			lines = []string{made}
		}
		delete(written, key)
		for _, l := range lines {
			if l != omit {
				list = append(list, sample{key, l})
			}
		}
	}
	for key := range written {
		if shared[key] {
			continue
		}
		lacking = append(lacking, "no such keyword: "+key.block+" "+key.name)
	}
	if lacking != nil {
		return nil, fmt.Errorf("without a sample: %s", strings.Join(lacking, ", "))
	}
	return list, nil
}

// anyCheck stands for the block of every check and those inside of them.
const anyCheck = "(check)"

// elsewhere says that a keyword needs no sample: it is a block that others make,
// or is not of the C daemon.
func elsewhere(k config.Keyword) bool {
	return k.Name == "vip_lifetime" || k.Block == config.Root && isObject(k.Name) || strings.HasSuffix(k.Args, "{ block }")
}

func isObject(name string) bool {
	switch name {
	case "SSL", "virtual_server_group", "virtual_server", "global_defs", "track_group", "static_ipaddress", "static_routes", "static_rules", "vrrp_sync_group", "garp_group",
		"vrrp_script", "vrrp_track_process", "track_file", "vrrp_track_file", "vrrp_instance", "bfd_instance":
		return true
	}
	return false
}

var interval = regexp.MustCompile(`(-?[0-9.]+)\.\.(-?[0-9]+)`)

// fromRow makes a line with a value that is not the default.
func fromRow(k config.Keyword) string {
	switch args := k.Args; {
	case args == "":
		return k.Name
	case args == "[BOOL]" && k.Default == "true":
		return k.Name + " false"
	case args == "[BOOL]":
		return k.Name
	case strings.Contains(args, `"CMD`):
		return k.Name + ` "/usr/bin/true ` + k.Name + `"`
	case strings.Contains(" N SECS USECS BYTES MS [N] PRIO ", " "+args+" "):
		return k.Name + " " + number(k)
	}
	return ""
}

// number returns a number from the range of a keyword that is not its default.
func number(k config.Keyword) string {
	lo := 3
	if m := interval.FindStringSubmatch(k.Range); m != nil {
		if first, err := strconv.ParseFloat(m[1], 64); err == nil {
			lo = int(first) + 1
		}
		if hi, err := strconv.Atoi(m[2]); err == nil && hi-lo > 1 {
			lo += min(hi-lo, 4) / 2
		}
	}
	if strconv.Itoa(lo) == k.Default {
		lo++
	}
	return strconv.Itoa(lo)
}
