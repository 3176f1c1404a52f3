package dbus

import "fmt"

// Config is what the configuration says about the service.
type Config struct {
	Name        string // dbus_service_name
	NoInterface string // dbus_no_interface_name
	Namespace   string // net_namespace, may be empty
	Instance    string // instance, may be empty
}

// Instance is a VRRP instance.
type Instance struct {
	Name      string
	Interface string // as configured; "" for none
	VRID      uint8
	IPv6      bool
	State     State
}

// root is the path above all objects.
func (c *Config) root() string {
	path := "/org/keepalived/Vrrp1"
	for _, s := range []string{c.Namespace, c.Instance} {
		if s != "" {
			path += "/" + element(s)
		}
	}
	return path
}

func (c *Config) processPath() string { return c.root() + "/Vrrp" }

func (c *Config) instancePath(in *Instance) string {
	name, family := in.Interface, "IPv4"
	if name == "" {
		name = c.NoInterface
	}
	if in.IPv6 {
		family = "IPv6"
	}
	return fmt.Sprintf("%s/Instance/%s/%d/%s", c.root(), element(name), in.VRID, family)
}

// element makes a name fit for a path, of which each element has letters,
// digits and underscores only.
func element(name string) string {
	b := []byte(name)
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		default:
			b[i] = '_'
		}
	}
	return string(b)
}
