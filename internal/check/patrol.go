package check

import (
	"errors"
	"net/netip"
	"slices"
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
	// errors is what was logged already: what cannot be mended is tried again in
	// each round.
	errors map[string]bool
	// refused services are not as they should be because the kernel did not do
	// what it was asked for; nobody else has changed them.
	refused map[ipvs.ServiceKey]bool
	states  []ipvs.DestinationState // memory for the next look
	// places is where services may have servers of ours, also those that are not
	// in use; nil: not needed yet in this round.
	places map[ipvs.ServiceKey][]netip.AddrPort
}

// maxKnown is how many errors are remembered.
const maxKnown = 1000

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

// known says whether the error was logged before, and notes it.
func (p *patrol) known(err error) bool {
	text := err.Error()
	if p.errors[text] {
		return true
	}
	if p.errors == nil || len(p.errors) >= maxKnown {
		p.errors = map[string]bool{}
	}
	p.errors[text] = true
	return false
}

// note remembers for which services the kernel has refused the last change. What
// is settled says nothing: a server cannot be taken out of a service that the
// kernel has refused.
func (p *patrol) note(steps []ipvs.Step, failures []ipvs.Failure) {
	if len(p.refused) == 0 && len(failures) == 0 {
		return
	}
	next := 0
	for i := range steps {
		if next < len(failures) && failures[next].Step == i {
			next++
			continue
		}
		delete(p.refused, steps[i].Service.Key)
	}
	for _, f := range failures {
		var c *ipvs.CommandError
		if errors.As(f.Err, &c) && c.Settled() {
			continue
		}
		if p.refused == nil {
			p.refused = map[ipvs.ServiceKey]bool{}
		}
		p.refused[steps[f.Step].Service.Key] = true
	}
}

// patrolOnce looks at the services and at the destinations of some of them.
func (k *keeper) patrolOnce(now time.Time) {
	k.patrol.next = now.Add(k.patrol.step())
	list := k.model
	var changed []int
	if k.patrol.at == 0 {
		k.patrolMarks()
		var err error
		if changed, err = k.changedServices(); err == nil {
			err = k.settings.tendSync(k)
		}
		if err != nil {
			k.lost(err)
			return
		}
	}
	var e ipvs.Entry
	for _, i := range changed {
		if list.Get(i, &e); !k.mend(e, true) {
			return
		}
	}
	end := min(k.patrol.at+list.Len()/parts+1, list.Len())
	for ; k.patrol.at < end; k.patrol.at++ {
		if list.Get(k.patrol.at, &e); !k.mend(e, false) {
			return
		}
	}
	if k.patrol.at >= list.Len() {
		k.patrol.at, k.patrol.places = 0, nil
		k.patrol.told, k.patrol.found = k.patrol.found, false
	}
}

// changedServices is the services that are missing or different.
func (k *keeper) changedServices() ([]int, error) {
	as := make([]bool, k.model.Len()) // it is as it should be
	var e ipvs.Entry
	err := k.table.EachService(func(s *ipvs.ServiceState) {
		if j := k.model.Find(s.Key); j >= 0 {
			k.model.Get(j, &e)
			as[j] = s.Service.Same(e.Service)
		}
	})
	if err != nil {
		return nil, err
	}
	var out []int
	for i := range as {
		if !as[i] {
			out = append(out, i)
		}
	}
	return out, nil
}

// mend puts back what somebody else has changed of a service; false when the
// connection was lost.
func (k *keeper) mend(e ipvs.Entry, changed bool) bool {
	states, err := k.table.AppendDestinations(k.patrol.states, e.Service.Key)
	k.patrol.states = states
	same := err == nil && !changed && asWanted(states, e.Destinations)
	if same && len(states) == len(e.Destinations) {
		return true
	}
	strays := k.strays(e, states)
	if same && len(strays) == 0 {
		return true
	}
	present, err := k.present(e, states, strays, err, changed)
	if err != nil {
		k.lost(err)
		return false
	}
	steps := ipvs.Diff(present, []ipvs.Entry{e})
	refused := k.patrol.refused[e.Service.Key]
	delete(k.patrol.refused, e.Service.Key)
	if len(steps) == 0 {
		return true
	}
	if !refused && !k.patrol.told && !k.patrol.found {
		k.log.Infof("IPVS was changed by somebody else (%v): putting it back", steps[0])
	}
	k.patrol.found = k.patrol.found || !refused
	failures, err := k.table.Apply(steps)
	k.patrol.note(steps, failures)
	for _, f := range failures {
		if !k.patrol.known(f.Err) {
			k.log.Infof("%v", f.Err)
		}
	}
	if err != nil {
		k.lost(err)
	}
	return err == nil
}

// asWanted says that all is as it should be: the usual case, which should cost
// little. Servers of others do not come into it.
func asWanted(states []ipvs.DestinationState, wanted []ipvs.Destination) bool {
	next := 0
	for i := range states {
		if next < len(wanted) && states[i].Destination == wanted[next] {
			next++
		}
	}
	return next == len(wanted)
}

// strays is the servers of ours that the service has and should not have:
// somebody may have put one back that is down.
func (k *keeper) strays(e ipvs.Entry, states []ipvs.DestinationState) (out []ipvs.Destination) {
	if k.patrol.places == nil {
		k.patrol.places = placesOf(configured(k.conf, k.marks))
	}
	wanted := placesOf([]ipvs.Entry{e})[e.Service.Key]
	for _, s := range states {
		if at := place(s.Destination); !slices.Contains(wanted, at) && slices.Contains(k.patrol.places[e.Service.Key], at) {
			out = append(out, s.Destination)
		}
	}
	return out
}

// present is what the kernel has of ours in a service, whose destinations were
// asked for. The service itself is looked at when it may have changed.
func (k *keeper) present(e ipvs.Entry, states []ipvs.DestinationState, strays []ipvs.Destination, err error, changed bool) ([]ipvs.Entry, error) {
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := ipvs.Entry{Service: e.Service}
	for _, s := range states {
		p.Destinations = append(p.Destinations, s.Destination)
	}
	if changed {
		s, err := k.table.Service(e.Service.Key)
		if isMissing(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		p.Service = s.Service
	}
	return ours([]ipvs.Entry{p}, []ipvs.Entry{e, {Service: e.Service, Destinations: strays}}), nil
}
