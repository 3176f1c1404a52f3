package vrrp

import (
	"keepalived/internal/config"
)

// promoteNames is the interfaces on which the kernel is not to remove secondary
// addresses together with their primary one (promote_secondaries).
func promoteNames(instances []config.Instance) []string {
	var names []string
	for _, in := range instances {
		if in.PromoteSecondaries && in.Interface != "" {
			names = append(names, in.Interface)
		}
	}
	return names
}

// promote sets promote_secondaries where it is not set; it gets its old value
// back at the end.
func (m *deviceMaker) promote(names []string) {
	for _, name := range names {
		p := ipv4Conf(name, "promote_secondaries")
		now, err := p.Read()
		if err != nil || now == "1" {
			continue // an interface that is missing has its turn when it comes
		}
		if err := m.params.Set(p, "1"); err != nil {
			m.log.Infof("%v", err)
		}
	}
}

// promoteSecondaries has it done before any address is removed.
func (l *loop) promoteSecondaries() {
	if names := promoteNames(l.conf.VRRP.Instances); len(names) > 0 {
		maker := l.kernel.devices
		l.worker.add(devicesKey, taskFunc(func() { maker.promote(names) }))
	}
}
