package lint

import (
	"fmt"

	"keepalived/internal/config"
	"keepalived/internal/config/explain"
	"keepalived/internal/config/lang"
)

// trackBlock is the keyword whose block lists items of a kind.
var trackBlock = map[explain.Kind]string{explain.Interface: "track_interface", explain.Script: "track_script",
	explain.File: "track_file", explain.Process: "track_process", explain.BFD: "track_bfd"}

// weights judges each weight of an instance: one finding for one weight.
func (l *linter) weights(in *config.Instance) {
	items := explain.Items(l.cfg, in)
	other := explain.Counterpart(in, l.Peer)
	for k, item := range items {
		if item.Ignored == "" && !item.Weighted() {
			continue
		}
		at := l.trackAt(in, item)
		switch {
		case item.Ignored != "":
			l.add(Finding{Rule: WeightNoEffect, Pos: at, Help: ignoredHelp(in),
				Text: fmt.Sprintf("(%s) the weight of %s %s does not count: %s", in.Name, item.Kind, item.Name, item.Ignored)})
		case !in.Preempt && (other == nil || !other.Preempt):
			l.add(Finding{Rule: WeightNoPreempt, Pos: at,
				Help: "remove the weight, so that a failure means FAULT and the address moves, or remove nopreempt",
				Text: fmt.Sprintf("(%s) with nopreempt the weight of %s %s moves no address away from a living master", in.Name, item.Kind, item.Name)})
		default:
			l.weight(in, items, k, other, at)
		}
	}
}

func ignoredHelp(in *config.Instance) string {
	if in.Priority == ownerPriority {
		return "remove the weight: without it a failure means FAULT"
	}
	return "add sync_group_tracking_weight to the group, or remove the weight: without it a failure means FAULT"
}

// trackAt is the line of the item, in the instance or in its sync group.
func (l *linter) trackAt(in *config.Instance, item explain.Item) lang.Pos {
	pos, _, ok := l.find(in.Origin, trackBlock[item.Kind], item.Name)
	if ok {
		return pos
	}
	for i := range l.cfg.VRRP.SyncGroups {
		if g := &l.cfg.VRRP.SyncGroups[i]; g.Name == in.SyncGroup {
			if pos, _, ok := l.find(g.Origin, trackBlock[item.Kind], item.Name); ok {
				return pos
			}
		}
	}
	return pos
}

// weight says when a weight changes no effective priority, or none that decides
// the election with the peer.
func (l *linter) weight(in *config.Instance, items []explain.Item, k int, other *config.Instance, at lang.Pos) {
	own, ok := sums(int(in.Priority), items, k)
	if !ok || items[k].Kind == explain.File {
		return
	}
	item := items[k]
	if !moves(own, item, int(in.Priority), func(a, b int) bool { return a != b }) {
		l.add(Finding{Rule: WeightNoEffect, Pos: at, Help: "priorities end at 1 and 254: leave room for the weights",
			Text: fmt.Sprintf("(%s) the weight of %s %s never changes the effective priority", in.Name, item.Kind, item.Name)})
		return
	}
	if other == nil {
		l.smallWeight(in, item, at)
		return
	}
	theirItems := explain.Items(l.Peer, other)
	theirs, ok := sums(int(other.Priority), theirItems, -1)
	if !ok {
		return
	}
	peers := priorities(int(other.Priority), theirs)
	if moves(own, item, int(in.Priority), func(a, b int) bool { return decides(peers, a, b) }) {
		return
	}
	l.add(Finding{Rule: WeightNoEffect, Pos: at, Related: []lang.Pos{originPos(other.Origin)},
		Help: fmt.Sprintf("a weight must cross the distance between the priorities %d and %d", in.Priority, other.Priority),
		Text: fmt.Sprintf("(%s) the weight of %s %s cannot change any election with the peer", in.Name, item.Kind, item.Name)})
}

// smallest is up to which weight, either way, hardly any two routers are near
// enough for it to decide.
const smallest = 4

// smallWeight tells what a weight comes to that looks like a misunderstanding,
// where the other node is not known.
func (l *linter) smallWeight(in *config.Instance, item explain.Item, at lang.Pos) {
	if l.Peer != nil || item.Weight > smallest || item.Weight < -smallest {
		return
	}
	good, bad := explain.Clamp(int(in.Priority), int(in.Priority)+item.Up.Add), explain.Clamp(int(in.Priority), int(in.Priority)+item.Down.Add)
	l.add(Finding{Rule: SmallWeight, Pos: at,
		Help: "remove the weight, so that a failure means FAULT and the address moves, or let the check judge the distance with --peer FILE",
		Text: fmt.Sprintf("(%s) %s %s only moves the priority from %d to %d: the address moves to a router in between, to no other",
			in.Name, item.Kind, item.Name, good, bad)})
}

func originPos(o config.Origin) lang.Pos { return lang.Pos{File: o.File, Line: o.Line, Column: 1} }
