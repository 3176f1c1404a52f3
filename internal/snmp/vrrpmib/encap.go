package vrrpmib

import (
	"strconv"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// encapTypes are mpls(1), ip(2), ila(3), ip6(4), as the kernel counts.
var encapTypes = map[config.EncapType]int{config.EncapMPLS: 1, config.EncapIP: 2, config.EncapILA: 3, config.EncapIP6: 4}

// encapColumns are the columns of a lightweight tunnel, from the one with its
// type on.
func encapColumns[R any](first uint32, of func(R) *config.Encap) (out []snmp.Column[R]) {
	for i, get := range []func(*config.Encap) snmp.Value{
		func(e *config.Encap) snmp.Value { return snmp.Int(encapTypes[e.Type]) },
		labels,
		func(e *config.Encap) snmp.Value {
			return snmp.Optional(e.ID.Set, func() snmp.Value { return snmp.BigCounter(e.ID.V) })
		},
		func(e *config.Encap) snmp.Value { return snmp.InetAddress(e.Dst) },
		func(e *config.Encap) snmp.Value { return snmp.InetAddress(e.Src) },
		func(e *config.Encap) snmp.Value {
			return snmp.Optional(e.TOS.Set, func() snmp.Value { return snmp.Gauge(e.TOS.V) })
		},
		func(e *config.Encap) snmp.Value {
			return snmp.Optional(e.TTL.Set, func() snmp.Value { return snmp.Gauge(e.TTL.V) })
		},
		func(e *config.Encap) snmp.Value {
			return snmp.Optional(e.Flags.Set, func() snmp.Value { return snmp.Gauge(e.Flags.V) })
		},
		func(e *config.Encap) snmp.Value {
			return snmp.Optional(e.Locator.Set, func() snmp.Value { return snmp.BigCounter(e.Locator.V) })
		},
	} {
		out = append(out, snmp.Column[R]{Number: first + uint32(i), Get: func(r R) snmp.Value {
			e := of(r)
			return snmp.Optional(e.Type != config.EncapNone, func() snmp.Value { return get(e) })
		}})
	}
	return out
}

func labels(e *config.Encap) snmp.Value {
	if e.Type != config.EncapMPLS {
		return snmp.Value{}
	}
	var out []string
	for _, l := range e.Labels {
		out = append(out, strconv.FormatUint(uint64(l), 10))
	}
	return snmp.Text(strings.Join(out, "/"))
}
