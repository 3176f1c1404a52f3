package fsm

import "keepalived/internal/vrrp/packet"

// warningBit is where warnings begin in instance.logged; below are reasons.
const warningBit = 40

// logOnce reports whether something is to be logged: once, until the master
// changes or the instance becomes or leaves master. Anybody can send bad
// adverts, and the log is not to be filled by them.
func (i *instance) logOnce(bit int) bool {
	if i.logged&(1<<bit) != 0 {
		return false
	}
	i.logged |= 1 << bit
	return true
}

// advertRejected counts and logs. Nothing else: a packet that was refused must
// not move a timer.
func (m *Machine) advertRejected(id InstanceID, v packet.Verdict) {
	i := m.byID[id]
	if i == nil || v.OK() || int(v.Reason) >= packet.NumReasons {
		return
	}
	i.counters.Rejected[v.Reason]++
	if i.running() && i.logOnce(int(v.Reason)) {
		if text := v.Text(i.p.Name); text != "" {
			m.emit(i, Effect{Kind: Log, Text: text})
		}
	}
}

// warn logs what is odd about an accepted advert.
func (m *Machine) warn(i *instance, a *packet.Advert) {
	if a.Warnings&(packet.WarnAddrCount|packet.WarnAddrList) != 0 {
		i.counters.AddrListErrors++
	}
	for bit := range packet.NumWarnings {
		w := packet.Warning(1 << bit)
		if a.Warnings.Has(w) && i.logOnce(warningBit+bit) {
			m.emit(i, Effect{Kind: Log, Text: a.WarningText(w, i.p.Name)})
		}
	}
}
