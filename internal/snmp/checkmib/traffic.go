package checkmib

import "keepalived/internal/snmp"

// Counters are what the kernel has counted for a service or a destination.
type Counters struct {
	Connections           uint64
	PacketsIn, PacketsOut uint64
	BytesIn, BytesOut     uint64

	// Per second.
	ConnectionRate              uint64
	PacketRateIn, PacketRateOut uint64
	ByteRateIn, ByteRateOut     uint64
}

// Add adds other counters, as a virtual server may have several services.
func (c *Counters) Add(o Counters) {
	c.Connections += o.Connections
	c.PacketsIn += o.PacketsIn
	c.PacketsOut += o.PacketsOut
	c.BytesIn += o.BytesIn
	c.BytesOut += o.BytesOut
	c.ConnectionRate += o.ConnectionRate
	c.PacketRateIn += o.PacketRateIn
	c.PacketRateOut += o.PacketRateOut
	c.ByteRateIn += o.ByteRateIn
	c.ByteRateOut += o.ByteRateOut
}

// ServerCounters are those of a real server.
type ServerCounters struct {
	Counters
	Active, Inactive, Persistent uint64 // connections now
}

// Traffic gives statistics by place: of a virtual server, and of a real server
// in it, where Sorry is the sorry server. What is not in the kernel has zeros.
type Traffic interface {
	Virtual(v int) Counters
	Real(v, r int) ServerCounters
}

// Sorry is the place of a sorry server.
const Sorry = -1

// trafficColumns are the statistics that virtual and real servers have in the
// same order: connections, packets and what follows, the 64-bit ones, and the
// rates with 64 bits.
func trafficColumns[R any](conns, packets, wide, rates uint32, of func(R) Counters) []snmp.Column[R] {
	var out []snmp.Column[R]
	add := func(n uint32, get func(Counters) snmp.Value) {
		out = append(out, snmp.Column[R]{Number: n, Get: func(r R) snmp.Value { return get(of(r)) }})
	}
	// What has 32 bits only wraps, the Gauge32s too.
	add(conns, func(c Counters) snmp.Value { return snmp.Gauge(uint32(c.Connections)) })
	add(packets, func(c Counters) snmp.Value { return snmp.Counter(c.PacketsIn) })
	add(packets+1, func(c Counters) snmp.Value { return snmp.Counter(c.PacketsOut) })
	add(packets+2, func(c Counters) snmp.Value { return snmp.BigCounter(c.BytesIn) })
	add(packets+3, func(c Counters) snmp.Value { return snmp.BigCounter(c.BytesOut) })
	add(wide, func(c Counters) snmp.Value { return snmp.BigCounter(c.Connections) })
	add(wide+1, func(c Counters) snmp.Value { return snmp.BigCounter(c.PacketsIn) })
	add(wide+2, func(c Counters) snmp.Value { return snmp.BigCounter(c.PacketsOut) })
	for i, rate := range []func(Counters) uint64{
		func(c Counters) uint64 { return c.ConnectionRate },
		func(c Counters) uint64 { return c.PacketRateIn },
		func(c Counters) uint64 { return c.PacketRateOut },
		func(c Counters) uint64 { return c.ByteRateIn },
		func(c Counters) uint64 { return c.ByteRateOut },
	} {
		n := uint32(i)
		add(packets+4+n, func(c Counters) snmp.Value { return snmp.Gauge(uint32(rate(c))) })
		add(wide+3+2*n, func(c Counters) snmp.Value { return snmp.Gauge(uint32(rate(c))) })
		add(wide+4+2*n, func(c Counters) snmp.Value { return snmp.Gauge(uint32(rate(c) >> 32)) })
		add(rates+n, func(c Counters) snmp.Value { return snmp.BigCounter(rate(c)) })
	}
	return out
}
