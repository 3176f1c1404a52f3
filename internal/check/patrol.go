package check

import (
	"time"

	"keepalived/internal/ipvs"
)

// patrol is the watch for changes that others make to our part of the kernel's
// table.
type patrol struct {
	every time.Duration // a full round; 0: none
	next  time.Time
	at    int  // service whose destinations come next
	told  bool // the last round found something and said so
	found bool // this round did
}

// parts is in how many parts a round looks at destinations. The services are
// looked at all at once, at its beginning.
const parts = 4

// shortest is the least time between two looks.
const shortest = 250 * time.Millisecond

func (p *patrol) set(every time.Duration, now time.Time) {
	p.every = every
	p.next = time.Time{}
	if every > 0 {
		p.next = now.Add(p.step())
	}
}

func (p *patrol) step() time.Duration { return max(p.every/parts, shortest) }

// soon begins a round early, because the kernel refused something.
func (p *patrol) soon() {
	if p.every > 0 {
		p.at = 0
	}
}

// patrolOnce looks at the services and at the destinations of some of them.
func (k *keeper) patrolOnce(now time.Time) {
	k.patrol.next = now.Add(k.patrol.step())
	list := k.model.entries()
	var check []int
	if k.patrol.at == 0 {
		missing, err := k.changedServices(list)
		if err != nil {
			k.lost(err)
			return
		}
		check = missing
	}
	end := min(k.patrol.at+len(list)/parts+1, len(list))
	for ; k.patrol.at < end; k.patrol.at++ {
		check = append(check, k.patrol.at)
	}
	for _, i := range check {
		if err := k.mend(list[i]); err != nil {
			k.lost(err)
			return
		}
	}
	if k.patrol.at >= len(list) {
		k.patrol.at = 0
		k.patrol.told, k.patrol.found = k.patrol.found, false
	}
}

// changedServices is the services that are missing or different.
func (k *keeper) changedServices(list []ipvs.Entry) ([]int, error) {
	states, err := k.table.Services()
	if err != nil {
		return nil, err
	}
	there := make(map[ipvs.ServiceKey]ipvs.Service, len(states))
	for _, s := range states {
		there[s.Key] = s.Service
	}
	var out []int
	for i := range list {
		s, ok := there[list[i].Service.Key]
		if !ok || len(ipvs.Diff([]ipvs.Entry{{Service: s}}, []ipvs.Entry{{Service: list[i].Service}})) > 0 {
			out = append(out, i)
		}
	}
	return out, nil
}

// mend puts back what somebody else has changed of a service.
func (k *keeper) mend(e ipvs.Entry) error {
	states, err := k.table.Destinations(e.Service.Key)
	var present []ipvs.Entry
	if err == nil {
		dests := make([]ipvs.Destination, 0, len(states))
		for _, s := range states {
			dests = append(dests, s.Destination)
		}
		present = ours([]ipvs.Entry{{Service: e.Service, Destinations: dests}}, []ipvs.Entry{e})
	} else if !isMissing(err) {
		return err
	}
	steps := ipvs.Diff(present, []ipvs.Entry{e})
	if len(steps) == 0 {
		return nil
	}
	if !k.patrol.told && !k.patrol.found {
		k.log.Infof("IPVS was changed by somebody else (%v): putting it back", steps[0])
	}
	k.patrol.found = true
	k.apply(steps)
	return nil
}
