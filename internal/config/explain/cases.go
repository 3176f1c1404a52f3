package explain

// maxCombined is up to how many weighted items every combination is listed.
const maxCombined = 4

// list fills in the cases: everything up, each item down by itself, then the
// combinations of weighted ones.
func (e *Instance) list() {
	e.add(nil)
	var weighted []Item
	for _, i := range e.Items {
		if i.Weighted() || i.CanFault() {
			e.add([]Item{i})
		}
		if i.Weighted() {
			weighted = append(weighted, i)
		}
	}
	switch {
	case len(weighted) < 2:
	case len(weighted) > maxCombined:
		e.Rest = true
		e.add(weighted)
	default:
		e.combine(weighted)
	}
}

// combine adds every set of two or more.
func (e *Instance) combine(items []Item) {
	for mask := 1; mask < 1<<len(items); mask++ {
		var down []Item
		for k, i := range items {
			if mask>>k&1 == 1 {
				down = append(down, i)
			}
		}
		if len(down) > 1 {
			e.add(down)
		}
	}
}

func (e *Instance) add(down []Item) {
	c := e.effect(down)
	if e.Peer != nil {
		c.Against = e.Peer.against(c)
	}
	e.Cases = append(e.Cases, c)
}

// effect is what the instance comes to while these items are down.
func (e *Instance) effect(down []Item) Case {
	c := Case{Down: []string{}}
	isDown := map[Item]bool{}
	for _, i := range down {
		isDown[i] = true
		c.Down = append(c.Down, i.Name)
		c.label = append(c.label, i.downLabel())
	}
	total := e.Base
	for _, i := range e.Items {
		f := i.Up
		if isDown[i] {
			f = i.Down
		}
		total += f.Add
		c.Fault = c.Fault || f.Fault
	}
	if !c.Fault {
		c.Priority = Clamp(e.Base, total)
	}
	return c
}

// Clamp limits a sum of priority and weights to what an advert can say; a base
// priority of 255 never changes.
func Clamp(base, total int) int {
	if base == owner {
		return owner
	}
	return min(max(total, 1), owner-1)
}

// The outcomes of an election.
const (
	wins  = "wins"
	loses = "loses"
	ties  = "ties"
)

func (p *Peer) against(c Case) string {
	switch {
	case c.Fault:
		return loses
	case p.Fault || c.Priority > p.Priority:
		return wins
	case c.Priority < p.Priority:
		return loses
	}
	return ties
}
