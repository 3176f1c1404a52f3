package vrrp

import "keepalived/internal/config"

// channels is which ways to announce addresses the log has told of.
type channels struct{ garp, ndisc bool }

// logChannels tells of the ways that the configuration needs.
func (l *loop) logChannels(c *config.VRRP) {
	var need channels
	for i := range c.Instances {
		in := &c.Instances[i]
		need.of(in.Family == config.IPv6)
		for _, list := range [][]config.Address{in.VIPs, in.ExcludedVIPs} {
			for _, a := range list {
				need.of(a.Addr().Is6())
			}
		}
	}
	if need.garp && !l.channels.garp {
		l.log.Detailf("Registering gratuitous ARP shared channel")
	}
	if need.ndisc && !l.channels.ndisc {
		l.log.Detailf("Registering gratuitous NDISC shared channel")
	}
	l.channels = need
}

func (n *channels) of(v6 bool) {
	if v6 {
		n.ndisc = true
	} else {
		n.garp = true
	}
}
