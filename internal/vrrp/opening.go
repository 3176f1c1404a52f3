package vrrp

import (
	"keepalived/internal/vrrp/fsm"
)

// ensureSockets sees to it that an instance has the sockets that its interface
// and source address call for. Opening may block on the kernel, so it is done
// elsewhere.
func (l *loop) ensureSockets(in *instance) {
	e, ok := in.endpoint(l.links)
	if in.sockets != nil && (!ok || in.sockets.endpoint != e) {
		l.sockets.detach(in)
	}
	if !ok || in.sockets != nil || in.opening || l.stopping {
		return
	}
	if p, ok := l.sockets.pairs[e]; ok {
		l.sockets.attach(in, p)
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
		// Tried again when the interface or its addresses change.
		l.log.Infof("%v", m.err)
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
		l.log.Infof("(%s) %v", in.conf.Name, err)
		return
	}
	if p.users == 0 {
		l.log.Detailf("VRRP sockpool: %s", p)
	}
	l.sockets.attach(in, p)
}
