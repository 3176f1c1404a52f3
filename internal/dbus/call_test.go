package dbus

import (
	"errors"
	"testing"

	"github.com/godbus/dbus/v5"
)

// call is a call of a client, as the library carries it out: what panics here ends
// the process.
func (s *Service) call(t *testing.T, path, iface, member, signature string, args ...any) ([]any, error) {
	t.Helper()
	sig, err := dbus.ParseSignature(signature)
	if err != nil {
		t.Fatal(err)
	}
	msg := &dbus.Message{Type: dbus.TypeMethodCall, Headers: map[dbus.HeaderField]dbus.Variant{}, Body: args}
	if signature != "" {
		msg.Headers[dbus.FieldSignature] = dbus.MakeVariant(sig)
	}
	object, _ := handler{s}.LookupObject(dbus.ObjectPath(path))
	i, _ := object.LookupInterface(iface)
	m, _ := i.LookupMethod(member)
	decoded, err := m.(dbus.ArgumentDecoder).DecodeArguments(nil, ":1.1", msg, msg.Body)
	if err != nil {
		return nil, err
	}
	return m.Call(decoded...)
}

// Everybody on the machine may look at properties, with whatever arguments.
func TestArgumentsOfStrangers(t *testing.T) {
	s, _ := online(Instance{Name: "A", Interface: "eth0", VRID: 1})
	const path = "/org/keepalived/Vrrp1/Instance/eth0/1/IPv4"
	deep := []any{}
	for range 40 {
		deep = []any{deep}
	}
	for signature, args := range map[string][]any{
		"":                                    nil,
		"s":                                   {instanceInterface},
		"ssv":                                 {instanceInterface, "Name", dbus.MakeVariant(1)},
		"a{bs}":                               {map[bool]string{}},
		"a{gs}":                               {map[dbus.Signature]string{}},
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa(i)": {[][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][]any{}},
		"(s)":                                 {[]any{instanceInterface}},
		"av":                                  deep,
		"h":                                   {dbus.UnixFDIndex(7)},
	} {
		var refused *dbus.Error
		if _, err := s.call(t, path, properties, "Get", signature, args...); !errors.As(err, &refused) || refused.Name != "org.freedesktop.DBus.Error.InvalidArgs" {
			t.Errorf("Get(%s): %v", signature, err)
		}
	}
	if got, err := s.call(t, path, properties, "Get", "ss", instanceInterface, "Name"); err != nil || got[0].(dbus.Variant).String() != `("A",)` {
		t.Errorf("Get: %v, %v", got, err)
	}
}
