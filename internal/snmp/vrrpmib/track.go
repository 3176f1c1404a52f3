package vrrpmib

import (
	"slices"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// owned is something that belongs to the owner-th instance or group.
type owned[T any] struct {
	owner, place uint32 // from 1
	what         *T
}

// byOwner is the index of tables of what instances and groups have.
func byOwner[T any](_ *State, r owned[T]) snmp.OID { return snmp.OID{r.owner, r.place} }

// number gives what an owner has its places.
func number[T any](out []owned[T], owner int, lists ...[]T) []owned[T] {
	place := uint32(0)
	for _, list := range lists {
		for i := range list {
			place++
			out = append(out, owned[T]{uint32(owner), place, &list[i]})
		}
	}
	return out
}

type trackRows = func(*State) []owned[config.Track]

// instanceTracks is what instances track themselves: what their groups track is
// shown there.
func instanceTracks(of func(*config.Instance) []config.Track, ofGroup func(*config.SyncGroup) []config.Track) trackRows {
	return func(s *State) (out []owned[config.Track]) {
		groups := map[string][]config.Track{}
		for i := range s.Conf.VRRP.SyncGroups {
			g := &s.Conf.VRRP.SyncGroups[i]
			groups[g.Name] = ofGroup(g)
		}
		for i := range s.Instances {
			c := &s.Instances[i].Conf
			own := of(c)
			if others := groups[c.SyncGroup]; c.SyncGroup != "" && len(others) > 0 {
				own = slices.DeleteFunc(slices.Clone(own), func(t config.Track) bool { return slices.Contains(others, t) })
			}
			out = number(out, i+1, own)
		}
		return out
	}
}

func groupTracks(of func(*config.SyncGroup) []config.Track) trackRows {
	return func(s *State) (out []owned[config.Track]) {
		for i := range s.Conf.VRRP.SyncGroups {
			out = number(out, i+1, of(&s.Conf.VRRP.SyncGroups[i]))
		}
		return out
	}
}

// tracked is a table of tracked objects with their weights.
func tracked(table uint32, rows trackRows) snmp.Table[*State, owned[config.Track]] {
	return trackTable(table, 2, rows)
}

// trackedInterfaces is one of interfaces, whose columns begin with 1.
func trackedInterfaces(table uint32, rows trackRows) snmp.Table[*State, owned[config.Track]] {
	return trackTable(table, 1, rows)
}

func trackTable(table, first uint32, rows trackRows) snmp.Table[*State, owned[config.Track]] {
	type row = owned[config.Track]
	return snmp.Table[*State, row]{
		OID: OID.With(table, 1), Rows: rows, Index: byOwner[config.Track],
		Columns: []snmp.Column[row]{
			{Number: first, Get: func(r row) snmp.Value { return snmp.Text(r.what.Name) }},
			{Number: first + 1, Get: func(r row) snmp.Value { return snmp.Int(r.what.Weight) }},
			{Number: first + 2, Get: func(r row) snmp.Value { return snmp.Truth(r.what.Reverse) }},
		},
	}
}
