package dbus

import (
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// node is a path that can be asked: an object, or a place above some.
type node struct {
	own      string // the interface that is its own; "": a place above objects
	instance Instance
	children []string
}

// node finds a path; ok is false if there is nothing at or below it.
func (s *Service) node(path string) (n node, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.config == nil {
		return n, false
	}
	n.children = s.table.children(path)
	if in, ok := s.table.byPath[path]; ok {
		n.own, n.instance = instanceInterface, *in
	}
	if path == s.table.process {
		n.own = processInterface
	}
	return n, n.own != "" || len(n.children) > 0
}

// has reports whether the node has an interface beside Peer.
func (n *node) has(iface string) bool {
	return iface == introspectable || n.own != "" && (iface == n.own || iface == properties)
}

// find is the interface of a call that names none.
func (n *node) find(member string) string {
	for _, iface := range []string{n.own, properties, introspectable} {
		if _, ok := signatures[iface][member]; ok && n.has(iface) {
			return iface
		}
	}
	return ""
}

// values are the properties.
func (n *node) values() map[string]dbus.Variant {
	if n.own != instanceInterface {
		return map[string]dbus.Variant{}
	}
	return map[string]dbus.Variant{
		"Name": dbus.MakeVariant(struct{ Name string }{n.instance.Name}),
		"State": dbus.MakeVariant(struct {
			Number uint32
			Name   string
		}{uint32(n.instance.State), n.instance.State.String()}),
	}
}

// property carries out Get, GetAll and Set.
func (n *node) property(member string, args []any) ([]any, error) {
	if iface, _ := args[0].(string); iface != n.own {
		return nil, failure("InvalidArgs", "No such interface “%s”", iface)
	}
	all := n.values()
	if member == "GetAll" {
		return []any{all}, nil
	}
	name, _ := args[1].(string)
	value, ok := all[name]
	switch {
	case !ok:
		return nil, failure("InvalidArgs", "No such property “%s”", name)
	case member == "Set":
		return nil, failure("InvalidArgs", "Property “%s” is not writable", name)
	}
	return []any{value}, nil
}

// introspect is the description that clients such as busctl(1) read.
func (n *node) introspect() string {
	var b strings.Builder
	b.WriteString(doctype + "<node>\n")
	if n.own != "" {
		b.WriteString(common)
	}
	b.WriteString(descriptions[n.own])
	for _, name := range slices.Sorted(slices.Values(n.children)) {
		b.WriteString("  <node name=\"" + name + "\"/>\n")
	}
	b.WriteString("</node>\n")
	return b.String()
}
