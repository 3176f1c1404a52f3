// Package dbus is the D-Bus service of a VRRP process (keepalived.conf(5),
// enable_dbus): objects for the process and its instances on the system bus.
//
// A Service runs on goroutines of its own. What it is told it keeps, at most a
// bounded part of it, so whoever tells it never waits for the bus.
package dbus

// Names of the interfaces, whatever dbus_service_name says.
const (
	processInterface  = "org.keepalived.Vrrp1.Vrrp"
	instanceInterface = "org.keepalived.Vrrp1.Instance"
)

// State is the state of an instance as clients see it.
type State uint32

// The states, with the numbers of VrrpStatusChange.
const (
	Init    State = 0
	Backup  State = 1
	Master  State = 2
	Fault   State = 3
	Deleted State = 97
	Stop    State = 98
)

var stateNames = map[State]string{
	Init: "Init", Backup: "Backup", Master: "Master", Fault: "Fault", Deleted: "Deleted", Stop: "Stop",
}

// String is the name that the property State has.
func (s State) String() string {
	if name, ok := stateNames[s]; ok {
		return name
	}
	return "Unknown"
}
