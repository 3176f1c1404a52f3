package vrrp

import (
	"time"

	"keepalived/internal/vrrp/fsm"
)

// openAgain is the distance between tries to open sockets.
const openAgain = time.Second

// ensureSockets sees to it that an instance has the sockets that its interface
// and source address call for. Opening may block on the kernel, so it is done
// elsewhere.
func (l *loop) ensureSockets(in *instance) {
	e, ok := in.endpoint(l.links)
	if in.sockets != nil && ok && in.sockets.endpoint != e {
		l.sockets.rename(in.sockets, e)
	}
	if in.sockets != nil && (!ok || in.sockets.endpoint != e) {
		l.sockets.detach(in)
	}
	if !ok || in.sockets != nil || in.opening || l.stopping {
		return
	}
	if p, ok := l.sockets.pairs[e]; ok {
		l.sockets.attach(in, p)
		l.hears(in)
		return
	}
	in.opening = true
	id, options := in.id, l.receiveOptions(in)
	go func() {
		p, err := openPair(e, options)
		l.inbox.post(opened{id, p, err})
	}()
}

// opened is the outcome of opening the sockets of an instance.
type opened struct {
	instance fsm.InstanceID
	pair     *socketPair
	err      error
}

func (m opened) handle(l *loop) {
	in, ok := l.instances[m.instance]
	if ok {
		in.opening = false
	}
	if m.err != nil {
		l.cannotOpen(m.instance, m.err)
		return
	}
	if !ok || l.stopping {
		m.pair.close()
		return
	}
	if e, wanted := in.endpoint(l.links); !wanted || e != m.pair.endpoint {
		m.pair.close()
		l.ensureSockets(in)
		return
	}
	p, err := l.sockets.insert(m.pair)
	if err != nil {
		l.cannotOpen(m.instance, err)
		return
	}
	if in.tellSockets {
		l.log.Detailf("VRRP sockpool: %s", p)
	}
	l.sockets.attach(in, p)
	l.hears(in)
}

// cannotOpen puts an instance into FAULT that can neither hear nor be heard: it
// would become master beside the others. It is tried again.
func (l *loop) cannotOpen(id fsm.InstanceID, err error) {
	in, ok := l.instances[id]
	if !ok || l.stopping {
		return
	}
	if _, wanted := in.endpoint(l.links); !wanted {
		return // the interface has gone meanwhile, which is a fault of its own
	}
	if !in.deaf {
		in.deaf = true
		l.log.Infof("(%s) %v", in.conf.Name, err)
		l.step(fsm.FaultChanged{Instance: id, Fault: fsm.FaultNoSocket, Set: true})
	}
	if !in.openLater { // interfaces that change have it tried, too
		in.openLater = true
		time.AfterFunc(openAgain, func() { l.inbox.post(openAnew{id}) })
	}
}

// hears ends that.
func (l *loop) hears(in *instance) {
	if in.deaf {
		in.deaf = false
		l.step(fsm.FaultChanged{Instance: in.id, Fault: fsm.FaultNoSocket})
	}
}

// openAnew says that it is time for another try.
type openAnew struct{ instance fsm.InstanceID }

func (m openAnew) handle(l *loop) {
	in, ok := l.instances[m.instance]
	if !ok {
		return
	}
	in.openLater = false
	if in.deaf {
		l.ensureSockets(in)
		if in.sockets == nil && !in.opening {
			l.hears(in) // it waits for something else, see endpoint
		}
	}
}
