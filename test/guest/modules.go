package guest

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// moduleDirs are the parts of the kernel's module tree that go along, with all
// that they depend on. None of them drives a device that the guest has.
var moduleDirs = []string{
	"net/netfilter", "net/ipv4", "net/ipv6", "net/802", "net/8021q", "net/bridge", "net/llc", "net/mpls",
	"net/sched", "net/packet", "net/unix",
	"drivers/net/dummy.ko", "drivers/net/nlmon.ko", "drivers/net/veth.ko", "drivers/net/macvlan.ko", "drivers/net/ipvlan", "drivers/net/vrf.ko",
	"drivers/net/ifb.ko", "drivers/net/bonding", "drivers/net/vxlan", "drivers/net/tun.ko",
	"crypto/crc32c_generic.ko", "arch/x86/crypto/crc32c-intel.ko",
}

// module is what the .modinfo section of a module says.
type module struct {
	file    string // below the release's directory, e.g. kernel/net/netfilter/ipvs/ip_vs.ko
	depends []string
	aliases []string
}

// addModules adds the modules of moduleDirs with the two tables by which
// modprobe finds them: the package comes without, depmod makes them at
// installation.
func addModules(a *archive, dir, release string) error {
	all, err := readModules(dir)
	if err != nil {
		return err
	}
	base := "/lib/modules/" + release
	var dep, alias strings.Builder
	for _, name := range wantedModules(all) {
		m := all[name]
		a.addFile(path.Join(base, m.file), filepath.Join(dir, m.file))
		dep.WriteString(m.file + ":")
		for _, d := range closure(all, name)[1:] {
			dep.WriteString(" " + all[d].file)
		}
		dep.WriteString("\n")
		for _, al := range m.aliases {
			fmt.Fprintf(&alias, "alias %s %s\n", al, name)
		}
	}
	a.addData(path.Join(base, "modules.dep"), 0o644, []byte(dep.String()))
	a.addData(path.Join(base, "modules.alias"), 0o644, []byte(alias.String()))
	return nil
}

// readModules reads the .modinfo of the modules below dir, by module name.
func readModules(dir string) (map[string]module, error) {
	all := make(map[string]module)
	err := filepath.WalkDir(filepath.Join(dir, "kernel"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".ko") {
			return err
		}
		m, err := readModule(p)
		if err != nil {
			return fmt.Errorf("reading %s: %w", p, err)
		}
		m.file, err = filepath.Rel(dir, p)
		all[moduleName(p)] = m
		return err
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("no uncompressed modules in %s", dir)
	}
	return all, err
}

func readModule(p string) (module, error) {
	f, err := elf.Open(p)
	if err != nil {
		return module{}, err
	}
	defer f.Close()
	s := f.Section(".modinfo")
	if s == nil {
		return module{}, fmt.Errorf("no .modinfo section")
	}
	data, err := s.Data()
	if err != nil {
		return module{}, err
	}
	return parseModinfo(string(data)), nil
}

func parseModinfo(info string) module {
	var m module
	for item := range strings.SplitSeq(info, "\x00") {
		key, value, _ := strings.Cut(item, "=")
		switch {
		case key == "alias":
			m.aliases = append(m.aliases, value)
		case key == "depends" && value != "":
			m.depends = strings.Split(strings.ReplaceAll(value, "-", "_"), ",")
		}
	}
	return m
}

// moduleName is a file's name as the kernel has it.
func moduleName(file string) string {
	return strings.ReplaceAll(strings.TrimSuffix(path.Base(file), ".ko"), "-", "_")
}

// wantedModules are the modules of moduleDirs and all that they depend on.
func wantedModules(all map[string]module) []string {
	var names []string
	seen := make(map[string]bool)
	for name, m := range all {
		if !isWanted(m.file) {
			continue
		}
		for _, n := range closure(all, name) {
			if !seen[n] {
				seen[n] = true
				names = append(names, n)
			}
		}
	}
	return names
}

func isWanted(file string) bool {
	for _, d := range moduleDirs {
		d = "kernel/" + d
		if file == d || strings.HasPrefix(file, d+"/") {
			return true
		}
	}
	return false
}

// closure is the module and what it depends on, each before its own
// dependencies, as in modules.dep.
func closure(all map[string]module, name string) []string {
	var order []string // dependencies first
	seen := make(map[string]bool)
	var visit func(string)
	visit = func(n string) {
		m, ok := all[n]
		if seen[n] || !ok {
			return
		}
		seen[n] = true
		for _, d := range m.depends {
			visit(d)
		}
		order = append(order, n)
	}
	visit(name)
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
	return order
}
