package dumps

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed testdata/differences.txt
var differencesFile string

// differencesOfServers are those of what only a kernel with IPVS lets the health
// checker show.
//
//go:embed testdata/servers.txt
var differencesOfServers string

// difference is a line of the file of intended differences.
type difference struct {
	kind   string // of a mismatch
	where  string // SECTION: KEY, a * stands for anything
	reason string
	used   bool
}

// differences reads one of the files.
func differences(file string) (list []*difference, err error) {
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[2] == "" || !slices.Contains([]string{"value", "ours", "theirs", "state"}, f[0]) {
			return nil, fmt.Errorf("%q is not KIND, WHERE and REASON", line)
		}
		list = append(list, &difference{kind: f[0], where: f[1], reason: f[2], used: f[0] == "state"})
	}
	return list, nil
}

func (d *difference) covers(m mismatch) bool {
	return (d.kind == m.kind || d.kind == "state") && matches(d.where, m.where())
}

// matches says whether text is the pattern, in which * stands for any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	for _, part := range parts[1 : len(parts)-1] {
		if !ok {
			return false
		}
		_, rest, ok = strings.Cut(rest, part)
	}
	return ok && strings.HasSuffix(rest, parts[len(parts)-1])
}

// mismatch is what the data files do not have in common: a field with two
// values, or one that only one side has.
type mismatch struct {
	kind string // value, ours, theirs
	field
	other string // the other value
}

func (m mismatch) String() string {
	switch m.kind {
	case "ours":
		return fmt.Sprintf("only ours: %s/%s = %s", m.path, m.key, m.value)
	case "theirs":
		return fmt.Sprintf("only the C daemon's: %s/%s = %s", m.path, m.key, m.value)
	}
	return fmt.Sprintf("%s/%s = %s, want %s", m.path, m.key, m.value, m.other)
}

// compare holds our fields against those of the C daemon. Where one of them does
// not have an object at all, what is in it is not said again.
func compare(ours, theirs []field) (list []mismatch, same int) {
	index := func(fs []field) (byName map[string]field, objects map[string]bool) {
		byName, objects = map[string]field{}, map[string]bool{}
		for _, f := range fs {
			byName[f.path+"/"+f.key] = f
			objects[f.path] = true
		}
		return byName, objects
	}
	mine, myObjects := index(ours)
	wanted, theirObjects := index(theirs)
	for _, w := range theirs {
		switch f, ok := mine[w.path+"/"+w.key]; {
		case !ok && myObjects[w.path]:
			list = append(list, mismatch{"theirs", w, ""})
		case !ok:
		case f.value != w.value:
			list = append(list, mismatch{"value", f, w.value})
		default:
			same++
		}
	}
	for _, f := range ours {
		if _, ok := wanted[f.path+"/"+f.key]; !ok && theirObjects[f.path] {
			list = append(list, mismatch{"ours", f, ""})
		}
	}
	return list, same
}
