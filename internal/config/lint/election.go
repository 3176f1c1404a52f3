package lint

import "keepalived/internal/config/explain"

// maxWeights is up to how many weighted items all states are looked at.
const maxWeights = 12

// sums returns every total of base priority and weights that the items other
// than items[skip] can come to. ok is false when there are too many, or a file
// can add anything.
func sums(base int, items []explain.Item, skip int) (totals map[int]bool, ok bool) {
	totals = map[int]bool{base: true}
	weighted := 0
	for k, i := range items {
		if !i.Weighted() || i.Ignored != "" || k == skip {
			continue
		}
		if weighted++; weighted > maxWeights || i.Kind == explain.File {
			return nil, false
		}
		next := map[int]bool{}
		for t := range totals {
			next[t+i.Up.Add], next[t+i.Down.Add] = true, true
		}
		totals = next
	}
	return totals, true
}

// priorities are the effective priorities of those totals.
func priorities(base int, totals map[int]bool) map[int]bool {
	out := map[int]bool{}
	for t := range totals {
		out[explain.Clamp(base, t)] = true
	}
	return out
}

// moves says whether there is a total on which the item makes a difference, of
// two effective priorities.
func moves(totals map[int]bool, item explain.Item, base int, differ func(a, b int) bool) bool {
	for t := range totals {
		if differ(explain.Clamp(base, t+item.Up.Add), explain.Clamp(base, t+item.Down.Add)) {
			return true
		}
	}
	return false
}

// decides says whether a and b have different outcomes against one of the peer's
// priorities. Who wins with the same priority is up to the addresses, so a
// change from or to it counts.
func decides(peers map[int]bool, a, b int) bool {
	low, high := min(a, b), max(a, b)
	for p := range peers {
		if low < high && low <= p && p <= high {
			return true
		}
	}
	return false
}
