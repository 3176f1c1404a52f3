package check

import (
	"errors"
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/snmp/checkmib"
)

// trafficReader reads statistics from the kernel, on a connection of its own: the
// keeper does not wait for it. It belongs to the goroutine of the session.
type trafficReader struct {
	open    func() (kernelTable, error)
	table   kernelTable // nil: not connected
	retryAt time.Time
	// known is what was read last, of the virtual servers of the present
	// configuration.
	known map[*config.VirtualServer]*traffic
}

func newTrafficReader(open func() (kernelTable, error)) *trafficReader {
	return &trafficReader{open: open, known: map[*config.VirtualServer]*traffic{}}
}

// traffic is the statistics of a virtual server.
type traffic struct {
	readAt, realsReadAt time.Time
	virtual             checkmib.Counters
	sorry               checkmib.ServerCounters
	reals               []checkmib.ServerCounters
}

// of is the traffic of a picture's servers. It is read when it is asked for and
// older than the configuration allows.
func (t *trafficReader) of(p snmpPicture) checkmib.Traffic {
	known := make(map[*config.VirtualServer]*traffic, len(p.Virtuals))
	for i := range p.Virtuals {
		c := p.Virtuals[i].Conf
		if known[c] = t.known[c]; known[c] == nil {
			known[c] = &traffic{reals: make([]checkmib.ServerCounters, len(c.RealServers))}
		}
	}
	t.known = known
	return trafficOf{t, p}
}

// trafficOf is the traffic of a picture's servers.
type trafficOf struct {
	*trafficReader
	p snmpPicture
}

// Virtual implements checkmib.Traffic.
func (t trafficOf) Virtual(i int) checkmib.Counters {
	k := t.known[t.p.Virtuals[i].Conf]
	if due(&k.readAt, t.p.Conf.Global.SNMP.VSStatsUpdateInterval) {
		if c, ok := t.readVirtual(t.p.services[i]); ok {
			k.virtual = c
		}
	}
	return k.virtual
}

// Real implements checkmib.Traffic.
func (t trafficOf) Real(i, j int) checkmib.ServerCounters {
	c := t.p.Virtuals[i].Conf
	k := t.known[c]
	if due(&k.realsReadAt, t.p.Conf.Global.SNMP.RSStatsUpdateInterval) {
		t.readReals(k, c, t.p.services[i])
	}
	if j == checkmib.Sorry {
		return k.sorry
	}
	return k.reals[j]
}

// due tells whether it is time to read again, and notes that it is done.
func due(at *time.Time, interval time.Duration) bool {
	now := time.Now()
	if !at.IsZero() && now.Sub(*at) < interval {
		return false
	}
	*at = now
	return true
}

// connected tells whether there is a kernel to ask.
func (t *trafficReader) connected() bool {
	if t.table == nil && time.Now().After(t.retryAt) {
		table, err := t.open()
		if err != nil { // the keeper logs it
			t.retryAt = time.Now().Add(openAgain)
			return false
		}
		t.table = table
	}
	return t.table != nil
}

// failed tells whether a read has failed for good. That the kernel has no such
// service means zeros.
func (t *trafficReader) failed(err error) bool {
	var refused *ipvs.CommandError
	if err == nil || errors.As(err, &refused) {
		return false
	}
	t.table.Close()
	t.table = nil
	t.retryAt = time.Now().Add(openAgain)
	return true
}

func (t *trafficReader) readVirtual(services []ipvs.Service) (sum checkmib.Counters, ok bool) {
	for _, s := range services {
		if !t.connected() {
			return sum, false
		}
		state, err := t.table.Service(s.Key)
		if t.failed(err) {
			return sum, false
		}
		if err == nil {
			sum.Add(checkmib.Counters(state.Stats))
		}
	}
	return sum, true
}

// readReals brings the real servers of a virtual server up to date.
func (t *trafficReader) readReals(k *traffic, c *config.VirtualServer, services []ipvs.Service) {
	var now traffic
	now.reals = make([]checkmib.ServerCounters, len(k.reals))
	for _, s := range services {
		if !t.connected() {
			return
		}
		list, err := t.table.AppendDestinations(nil, s.Key)
		if t.failed(err) {
			return
		}
		at := make(map[netip.AddrPort]*ipvs.DestinationState, len(list))
		for i := range list {
			at[list[i].Addr] = &list[i]
		}
		for j := range c.RealServers {
			r := &c.RealServers[j]
			add(&now.reals[j], at[placeOf(s.Key, r.Addr, r.Port, r.Forwarding)])
		}
		if r := c.Sorry; r != nil {
			add(&now.sorry, at[placeOf(s.Key, r.Addr, r.Port, r.Forwarding)])
		}
	}
	k.reals, k.sorry = now.reals, now.sorry
}

// placeOf is where a service has a server.
func placeOf(key ipvs.ServiceKey, a netip.Addr, port uint16, f config.Forwarding) netip.AddrPort {
	e := ipvs.Entry{Service: ipvs.Service{Key: key}, Destinations: []ipvs.Destination{destination(a, port, f, 0)}}
	setPorts(e)
	return e.Destinations[0].Addr
}

func add(c *checkmib.ServerCounters, d *ipvs.DestinationState) {
	if d == nil {
		return
	}
	c.Add(checkmib.Counters(d.Stats))
	c.Active += uint64(d.ActiveConnections)
	c.Inactive += uint64(d.InactiveConnections)
	c.Persistent += uint64(d.PersistentConnections)
}
