package dbus

import (
	"fmt"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// handler serves all paths of a connection.
type handler struct{ s *Service }

// LookupObject, LookupInterface and LookupMethod only collect what is called:
// whether it exists is for Call to say, in the words of C keepalived's library.
func (h handler) LookupObject(path dbus.ObjectPath) (dbus.ServerObject, bool) {
	return method{s: h.s, path: string(path)}, true
}

// method is a method of an interface of an object, none of which need exist.
type method struct {
	s                   *Service
	path, iface, member string
}

func (m method) LookupInterface(name string) (dbus.Interface, bool) { m.iface = name; return m, true }
func (m method) LookupMethod(name string) (dbus.Method, bool)       { m.member = name; return m, true }

func (m method) NumArguments() int     { return 0 }
func (m method) NumReturns() int       { return 0 }
func (m method) ArgumentValue(int) any { return nil }
func (m method) ReturnValue(int) any   { return nil }

// DecodeArguments puts the signature of the arguments in front of them, for Call to
// look at. It is the message's own: the library panics when it is to work out
// that of some values that everybody may send, such as a{bs}.
func (m method) DecodeArguments(_ *dbus.Conn, _ string, msg *dbus.Message, args []any) ([]any, error) {
	signature, _ := msg.Headers[dbus.FieldSignature].Value().(dbus.Signature)
	return append([]any{signature.String()}, args...), nil
}

const (
	introspectable = "org.freedesktop.DBus.Introspectable"
	peer           = "org.freedesktop.DBus.Peer"
	properties     = "org.freedesktop.DBus.Properties"
	// machineID stands for the Peer interface where the library would answer
	// with another number.
	machineID = "org.keepalived.MachineId"
)

// signatures are the arguments of all methods, by interface.
var signatures = map[string]map[string]string{
	introspectable:    {"Introspect": ""},
	properties:        {"Get": "ss", "GetAll": "s", "Set": "ssv"},
	processInterface:  {"PrintData": "", "PrintStats": "", "PrintStatsClear": "", "ReloadConfig": ""},
	instanceInterface: {"SendGarp": ""},
	machineID:         {"GetMachineId": ""},
}

func failure(name, format string, args ...any) error {
	return dbus.NewError("org.freedesktop.DBus.Error."+name, []any{fmt.Sprintf(format, args...)})
}

// Call carries out a method. The first argument is the signature of the others.
func (m method) Call(args ...any) ([]any, error) {
	got, args := args[0].(string), args[1:]
	n, ok := m.s.node(m.path)
	if !ok && m.iface != machineID {
		return nil, failure("UnknownMethod", "Object does not exist at path “%s”", m.path)
	}
	if m.iface == "" {
		m.iface = n.find(m.member)
	}
	if m.iface != machineID && !n.has(m.iface) {
		return nil, failure("UnknownMethod", "No such interface “%s” on object at path %s", m.iface, m.path)
	}
	want, ok := signatures[m.iface][m.member]
	if !ok {
		return nil, failure("UnknownMethod", "No such method “%s”", m.member)
	}
	if got != want {
		return nil, failure("InvalidArgs", "Type of message, “(%s)”, does not match expected type “(%s)”", got, want)
	}
	switch m.iface {
	case introspectable:
		return []any{n.introspect()}, nil
	case properties:
		return n.property(m.member, args)
	case machineID:
		return localMachineID()
	}
	return nil, m.s.act(m.member, n)
}

// act does what a client asks the daemon for.
func (s *Service) act(member string, n node) error {
	s.calls <- struct{}{}
	defer func() { <-s.calls }()
	do := map[string]func() error{
		"PrintData": s.actions.PrintData, "PrintStats": s.actions.PrintStats,
		"PrintStatsClear": s.actions.PrintStatsClear, "ReloadConfig": s.actions.Reload,
		"SendGarp": func() error { return s.actions.SendGARP(n.instance.Name) },
	}[member]
	if err := do(); err != nil {
		return failure("Failed", "%v", err)
	}
	return nil
}

// ownMachineID has GetMachineId answered here.
func ownMachineID(msg *dbus.Message) {
	if iface, _ := msg.Headers[dbus.FieldInterface].Value().(string); iface != peer || msg.Type != dbus.TypeMethodCall {
		return
	}
	if member, _ := msg.Headers[dbus.FieldMember].Value().(string); member == "GetMachineId" {
		msg.Headers[dbus.FieldInterface] = dbus.MakeVariant(machineID)
	}
}

func localMachineID() ([]any, error) {
	for _, name := range []string{"/var/lib/dbus/machine-id", "/etc/machine-id"} {
		if b, err := os.ReadFile(name); err == nil {
			return []any{strings.TrimSpace(string(b))}, nil
		}
	}
	return nil, failure("FileNotFound", "This machine has no machine-id")
}
