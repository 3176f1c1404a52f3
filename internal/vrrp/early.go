package vrrp

import "time"

// A reload that adds a VMAC waits until the interface is there: its instance
// would begin with a fault otherwise.
const (
	earlyPause = 10 * time.Millisecond
	earlyTries = 100
)

// waitForDevices has new interfaces made before a configuration is used, and
// reports whether that is still under way; m is then handled again. After
// earlyTries the configuration is used as it is.
func (l *loop) waitForDevices(m reloaded) bool {
	renames := l.renames(m.next.devices)
	missing := l.missingDevices(m.next.devices, renames)
	if len(missing) == 0 && l.renamesOver(renames) || m.tries == earlyTries {
		return false
	}
	if m.tries == 0 {
		for _, r := range renames {
			l.orderRename(r)
		}
		for _, d := range missing {
			l.orderDevice(d)
		}
	}
	m.tries++
	time.AfterFunc(earlyPause, func() { l.inbox.post(m) })
	return true
}

// missingDevices is the new ones that can be made now. One that has the name of
// a present one has to wait until that is no longer needed, and so has one with
// its MAC address.
func (l *loop) missingDevices(next []device, renames []rename) []device {
	var missing []device
	for _, d := range next {
		base, ok := l.links.lookup(d.base)
		if !ok || isRenamed(renames, d.name) || !l.links.up(base.Index) || hasDevice(l.devices.wanted, d.name) || l.devices.trouble[d.name] != "" {
			continue
		}
		if link, ok := l.links.lookup(d.name); !ok || !l.links.up(link.Index) || !l.deviceGood(d) {
			missing = append(missing, d)
		}
	}
	return missing
}
