package dbus

import (
	_ "embed"
	"strings"
)

const doctype = `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
`

// common is the interfaces that every object has.
const common = `  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="s" name="property_name" direction="in"/>
      <arg type="v" name="value" direction="out"/>
    </method>
    <method name="GetAll">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="a{sv}" name="properties" direction="out"/>
    </method>
    <method name="Set">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="s" name="property_name" direction="in"/>
      <arg type="v" name="value" direction="in"/>
    </method>
    <signal name="PropertiesChanged">
      <arg type="s" name="interface_name"/>
      <arg type="a{sv}" name="changed_properties"/>
      <arg type="as" name="invalidated_properties"/>
    </signal>
  </interface>
  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect">
      <arg type="s" name="xml_data" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
    <method name="GetMachineId">
      <arg type="s" name="machine_uuid" direction="out"/>
    </method>
  </interface>
`

//go:embed org.keepalived.Vrrp1.Vrrp.xml
var processXML string

//go:embed org.keepalived.Vrrp1.Instance.xml
var instanceXML string

// descriptions are those of our own interfaces. The files are installed, too,
// where developers of clients look for them.
var descriptions = map[string]string{
	"":                "",
	processInterface:  inner(processXML),
	instanceInterface: inner(instanceXML),
}

// inner is what stands between <node> and </node>.
func inner(file string) string {
	_, rest, _ := strings.Cut(file, "<node>\n")
	text, _, _ := strings.Cut(rest, "</node>")
	return text
}
