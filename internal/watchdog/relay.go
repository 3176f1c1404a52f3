package watchdog

import (
	"os"
	"sort"
	"sync"

	"keepalived/internal/watchdog/link"
)

// relay passes the states of BFD sessions on, past the parent's loop: a
// failover waits for them. It keeps the last ones for children that start later,
// and while the BFD child is replaced.
type relay struct {
	mu     sync.Mutex
	states map[string]*sessionState
	count  uint64
	wake   map[*link.Peer]chan struct{}
}

type sessionState struct {
	link.SessionState
	order uint64 // of the messages; the newest is relay.count
}

func newRelay() *relay {
	return &relay{states: map[string]*sessionState{}, wake: map[*link.Peer]chan struct{}{}}
}

// publish takes a message of the BFD child in.
func (r *relay) publish(m link.Message) error {
	s, err := link.ParseSessionState(m)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	r.states[s.Name] = &sessionState{s, r.count}
	for _, ch := range r.wake {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
	return nil
}

// serve tells a child all states and then each new one, until gone is closed.
// A child that reads slowly gets the newest state of each session.
func (r *relay) serve(peer *link.Peer, gone <-chan struct{}) {
	wake := r.join(peer)
	defer r.leave(peer)
	for last := uint64(0); ; {
		for _, s := range r.since(last) {
			if peer.SendWait(s.Message()) != nil {
				return
			}
			last = s.order
		}
		select {
		case <-wake:
		case <-gone:
			return
		}
	}
}

func (r *relay) join(peer *link.Peer) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := make(chan struct{}, 1)
	r.wake[peer] = ch
	return ch
}

func (r *relay) leave(peer *link.Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.wake, peer)
}

// since returns the states that came after the given one, in their order.
func (r *relay) since(last uint64) (out []sessionState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.states {
		if s.order > last {
			out = append(out, *s)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].order < out[j].order })
	return out
}

// expressEnd is the end of the line from BFD to VRRP that belongs to a child;
// nil for the others. A VRRP child has it also before there are sessions: a
// reload can bring them. Without the line the relay does it alone.
func (p *parent) expressEnd(role link.Role) *os.File {
	if p.express == nil && role != link.RoleChecker {
		bfd, vrrp, err := link.NewExpress()
		if err != nil {
			p.log.Infof("%v; sessions are told by way of this process only", err)
			return nil
		}
		p.express = map[link.Role]*os.File{link.RoleBFD: bfd, link.RoleVRRP: vrrp}
	}
	return p.express[role]
}
