package explain

import (
	"net/netip"

	"keepalived/internal/config"
)

// owner is the priority of the router that owns the addresses (RFC 9568 6.1).
const owner = 255

// Instance is the explanation of a vrrp_instance.
type Instance struct {
	Name      string       `json:"name"`
	File      string       `json:"file"`
	Line      int          `json:"line"`
	VRID      uint8        `json:"vrid"`
	Interface string       `json:"interface,omitempty"`
	State     string       `json:"state"`
	Addresses []netip.Addr `json:"addresses"`
	Base      int          `json:"base_priority"`
	Preempt   bool         `json:"preempt"`
	Items     []Item       `json:"items"`
	Cases     []Case       `json:"cases"`
	// Rest: there are more combinations than are listed.
	Rest bool `json:"more_cases,omitempty"`
	// ConfigFault is why the instance can never leave FAULT; empty: it can.
	ConfigFault string `json:"config_fault,omitempty"`
	Peer        *Peer  `json:"peer,omitempty"`
}

// Peer is the same virtual router in the configuration of another node.
type Peer struct {
	Name     string `json:"name"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Priority int    `json:"priority"` // effective one while everything is up
	Fault    bool   `json:"fault,omitempty"`
}

// Case is one state of the tracked items.
type Case struct {
	Down     []string `json:"down"` // names of the items that are; the others are up
	Priority int      `json:"priority,omitempty"`
	Fault    bool     `json:"fault,omitempty"`
	// Against says who wins the election with the peer: wins, loses or ties
	// (the higher address wins). Empty without a peer.
	Against string `json:"against_peer,omitempty"`

	label []string // Down in words
}

// Instances explains every instance. peer is the configuration of the other
// node; it may be nil.
func Instances(c, peer *config.Config) []Instance {
	var out []Instance
	for i := range c.VRRP.Instances {
		out = append(out, explain(c, &c.VRRP.Instances[i], peer))
	}
	return out
}

func explain(c *config.Config, in *config.Instance, peer *config.Config) Instance {
	e := Instance{Name: in.Name, File: in.File, Line: in.Line, VRID: in.VRID, Interface: in.Interface, State: string(in.State),
		Base: int(in.Priority), Preempt: in.Preempt, Items: Items(c, in), ConfigFault: in.ConfigFault}
	for _, a := range in.VIPs {
		e.Addresses = append(e.Addresses, a.Addr())
	}
	e.Peer = peerOf(in, peer)
	e.list()
	return e
}

func peerOf(in *config.Instance, peer *config.Config) *Peer {
	other := Counterpart(in, peer)
	if other == nil {
		return nil
	}
	o := Instance{Base: int(other.Priority), Items: Items(peer, other)}
	up := o.effect(nil)
	return &Peer{Name: other.Name, File: other.File, Line: other.Line, Priority: up.Priority, Fault: up.Fault}
}

// Counterpart finds the instance of another node that is the same virtual
// router: VRID and family are the same; of several, that with the same name or
// interface. It returns nil when there is none, or c is nil.
func Counterpart(in *config.Instance, c *config.Config) *config.Instance {
	if c == nil {
		return nil
	}
	var best *config.Instance
	score := -1
	for i := range c.VRRP.Instances {
		o := &c.VRRP.Instances[i]
		if o.VRID != in.VRID || o.Family != in.Family {
			continue
		}
		n := 0
		if o.Interface == in.Interface {
			n++
		}
		if o.Name == in.Name {
			n += 2
		}
		if n > score {
			best, score = o, n
		}
	}
	return best
}
