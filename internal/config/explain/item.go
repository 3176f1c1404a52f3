package explain

import "keepalived/internal/config"

// Kind is a kind of tracked item.
type Kind string

// The kinds of tracked items.
const (
	Interface Kind = "interface"
	Script    Kind = "script"
	File      Kind = "file"
	Process   Kind = "process"
	BFD       Kind = "bfd"
)

// faultSum is the sum of a file below which the instance goes to FAULT.
const faultSum = -253

// Item is one tracked item of an instance.
type Item struct {
	Kind    Kind   `json:"kind"`
	Name    string `json:"name"`
	Weight  int    `json:"weight"` // as it counts; see Ignored
	Reverse bool   `json:"reverse,omitempty"`
	// Implied: not in a track block; the interface of the instance or of one
	// of its addresses or routes.
	Implied bool `json:"implied,omitempty"`
	// Ignored is why the configured weight does not count; empty: it does.
	Ignored string `json:"ignored,omitempty"`
	// Up and Down are the effects of a good and a bad result; of a file, those
	// of the values 0 and 1.
	Up   Effect `json:"up"`
	Down Effect `json:"down"`
}

// Effect is what a result does to the instance.
type Effect struct {
	Add   int  `json:"add,omitempty"` // to the priority
	Fault bool `json:"fault,omitempty"`
}

// Weighted says whether the item can move the priority.
func (i Item) Weighted() bool { return i.Up.Add != i.Down.Add }

// CanFault says whether the item can bring the instance to FAULT.
func (i Item) CanFault() bool { return i.Up.Fault || i.Down.Fault }

// judge fills in the effects.
func (i Item) judge() Item {
	w := i.Weight
	if i.Reverse {
		w = -w
	}
	switch {
	case i.Kind == File && i.Weight != 0:
		i.Down.Add = max(w, faultSum)
		i.Down.Fault = w < faultSum
	case i.Weight == 0:
		i.Up.Fault, i.Down.Fault = i.Reverse, !i.Reverse
	case i.Weight > 0:
		i.Up.Add = w
	default:
		i.Down.Add = w
	}
	return i
}

const (
	ignoredOwner = "priority 255 takes no weights"
	ignoredGroup = "its sync group has no sync_group_tracking_weight"
)

// Items returns what the instance tracks, in the order of the configuration,
// with the interfaces that it depends on unasked at the end.
func Items(c *config.Config, in *config.Instance) []Item {
	grouped := weightless(c, in.SyncGroup)
	var items []Item
	for _, list := range []struct {
		kind   Kind
		tracks []config.Track
	}{{Interface, in.TrackInterfaces}, {Script, in.TrackScripts}, {File, in.TrackFiles}, {Process, in.TrackProcesses}, {BFD, in.TrackBFDs}} {
		for _, t := range list.tracks {
			items = append(items, newItem(list.kind, t, in.Priority == owner, grouped))
		}
	}
	return append(items, implied(in, items)...)
}

// newItem applies the rules on weights: owners have none, nor have members of a
// sync group without sync_group_tracking_weight, where interfaces fault.
func newItem(kind Kind, t config.Track, isOwner, grouped bool) Item {
	i := Item{Kind: kind, Name: t.Name, Weight: t.Weight, Reverse: t.Reverse}
	switch {
	case t.Weight == 0:
	case isOwner:
		i.Ignored = ignoredOwner
	case grouped && kind == Interface:
		i.Weight, i.Ignored = 0, ignoredGroup
	case grouped:
		i.Ignored = ignoredGroup
	}
	if i.Ignored != "" && i.Weight != 0 {
		return i
	}
	return i.judge()
}

// weightless says whether weights of the members of that group do not count.
func weightless(c *config.Config, group string) bool {
	for i := range c.VRRP.SyncGroups {
		if g := &c.VRRP.SyncGroups[i]; group != "" && g.Name == group {
			return !g.SyncGroupTrackingWeight
		}
	}
	return false
}

// implied are the interfaces whose loss is a fault without a track block.
func implied(in *config.Instance, tracked []Item) []Item {
	seen := map[string]bool{"": true}
	for _, i := range tracked {
		if i.Kind == Interface && i.Weight == 0 {
			seen[i.Name] = true
		}
	}
	var items []Item
	add := func(name string, wanted bool) {
		if wanted && !seen[name] {
			seen[name] = true
			items = append(items, Item{Kind: Interface, Name: name, Implied: true}.judge())
		}
	}
	add(in.Interface, !in.DontTrackPrimary)
	for _, list := range [][]config.Address{in.VIPs, in.ExcludedVIPs} {
		for _, a := range list {
			add(a.Dev, a.DevSet && a.Dev != in.Interface && !a.NoTrack)
		}
	}
	for _, r := range in.VirtualRoutes {
		add(r.Dev, r.Dev != in.Interface && !r.NoTrack)
	}
	for _, r := range in.VirtualRules {
		add(r.IIF, r.IIF != in.Interface && !r.NoTrack)
		add(r.OIF, r.OIF != in.Interface && !r.NoTrack)
	}
	return items
}
