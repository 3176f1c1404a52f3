package dump

import (
	"net/netip"
	"strings"

	"keepalived/internal/dump"
)

func (s *Snapshot) interfaces(t *dump.Text) {
	if len(s.Interfaces) > 0 {
		t.Section("Interfaces")
	}
	for i := range s.Interfaces {
		interfaceLines(t, &s.Interfaces[i])
	}
}

func interfaceLines(t *dump.Text, f *Interface) {
	t.Linef(1, "Name = %s", f.Name)
	t.Linef(3, "index = %d%s", f.Index, dump.Choose(f.Index == 0, " (deleted)", ""))
	if f.Index != 0 {
		presentLines(t, f)
	} else if f.Own {
		t.Linef(3, "I/f created by keepalived")
	}
	if len(f.TrackedBy) > 0 {
		t.Linef(3, "Tracking VRRP instances :")
	}
	for _, k := range f.TrackedBy {
		t.Linef(5, "%s, weight %d%s", k.Instance, k.Weight, reverse(k.Reverse))
	}
}

func presentLines(t *dump.Text, f *Interface) {
	t.Linef(3, "IPv4 address = %s", addressOrNone(f.IPv4))
	more(t, "IPv4", f.More4)
	t.Linef(3, "IPv6 address = %s", addressOrNone(f.IPv6))
	more(t, "IPv6", f.More6)
	if f.MAC != "" && !f.Loopback {
		t.Linef(3, "MAC = %s", f.MAC)
		t.Linef(3, "MAC broadcast = %s", f.Broadcast)
	}
	t.Linef(3, "State = %s", interfaceState(f))
	t.Linef(3, "Seen up = %d", dump.Bit(f.SeenUp))
	t.Linef(3, "Delayed state change running = %t", f.ChangePending)
	t.Linef(3, "Up debounce timer = %dus", f.UpDelay.Microseconds())
	t.Linef(3, "Down debounce timer = %dus", f.DownDelay.Microseconds())
	t.Linef(3, "Group = %d", f.Group)
	if f.Base != "" && f.Mode != "" {
		t.Linef(3, "%s type %s, underlying interface = %s, state = %s", dump.Choose(f.Kind == "ipvlan", "IPVLAN", "VMAC"), f.Mode,
			f.Base, upRunning(f.BaseUp, f.BaseRunning))
	}
	if f.Own {
		t.Linef(3, "I/f created by keepalived")
	}
	t.Linef(3, "MTU = %d", f.MTU)
	t.Linef(3, "HW Type = %s", f.HardwareType)
	t.Linef(3, "NIC %s", linkSources[f.Beat])
	switch {
	case f.Kind == "vrf":
		t.Linef(3, "VRF master table %d", f.VRFTable)
	case f.VRF != "":
		t.Linef(3, "VRF slave of %s", f.VRF)
	}
	if f.GarpInterval > 0 {
		t.Linef(3, "Gratuitous ARP interval %dms", f.GarpInterval.Milliseconds())
	}
	if f.GnaInterval > 0 {
		t.Linef(3, "Gratuitous NA interval %dms", f.GnaInterval.Milliseconds())
	}
}

// more lists the addresses of a family beside the first.
func more(t *dump.Text, family string, addrs []netip.Addr) {
	if len(addrs) > 0 {
		t.Linef(3, "Additional %s addresses :", family)
	}
	for _, a := range addrs {
		t.Linef(5, "%s", addressOrNone(a))
	}
}

// linkSources is where it is known from whether there is a link.
var linkSources = map[string]string{
	"": "netlink status update", "MII": "support MII regs",
	"ETHTOOL": "support ETHTOOL GLINK interface", "IOCTL": "ioctl refresh polling",
}

func interfaceState(f *Interface) string {
	words := []string{upRunning(f.Up, f.Running)}
	for _, w := range []struct {
		yes  bool
		text string
	}{
		{f.NoBroadcast, "no broadcast"}, {f.Loopback, "loopback"}, {f.PointToPoint, "point to point"},
		{f.NoARP, "no arp"}, {f.NoMulticast, "no multicast"}, {f.Base != "" && !f.BaseUp, "master down"},
	} {
		if w.yes {
			words = append(words, w.text)
		}
	}
	return strings.Join(words, ", ")
}

func upRunning(up, running bool) string {
	return dump.Choose(up, "UP", "not UP") + ", " + dump.Choose(running, "RUNNING", "not RUNNING")
}

func addressOrNone(a netip.Addr) string {
	if !a.IsValid() {
		return "(none)"
	}
	return a.WithZone("").String()
}
