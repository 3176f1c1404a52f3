package watchdog

import (
	"errors"
	"os"
	"time"

	"keepalived/internal/watchdog/link"
)

// lastWords is how long messages of a process that has ended are waited for.
const lastWords = 500 * time.Millisecond

// childMessage is a message with what came along; the loop takes it apart.
type childMessage struct {
	childSaid
	part *os.File
}

// childUp is childStarted with what the loop has to keep.
type childUp struct {
	childStarted
	peer *link.Peer
	read chan struct{}
}

// launch starts a child on goroutines of its own, which report by events.
func (p *parent) launch(role link.Role) {
	k := p.kids[role]
	if k == nil {
		k = &kid{}
		p.kids[role] = k
	}
	h := link.Handover{Role: role, Ident: Ident(role, &p.global), Config: p.parts[role], Held: k.held, HeardAt: k.heard,
		Express: p.expressEnd(role)}
	if k.lock == nil {
		k.lock = p.lockChild(role)
	}
	if k.lock != nil {
		h.Lock = k.lock.f
	}
	attr := attributesOf(role, &p.global, p.vigil.own())
	p.starts <- func() { p.spawn(h, attr) }
}

// starter starts one child after the other, in the order in which they were
// asked for.
func (p *parent) starter() {
	for start := range p.starts {
		start()
	}
}

// spawn starts the process and reports that, and in time its end.
func (p *parent) spawn(h link.Handover, attr attributes) {
	peer, sock, err := link.NewPair()
	if err != nil {
		p.events <- childFailed{h.Role, err}
		return
	}
	h.Socket, h.Crash = sock, newCrashFile()
	scripts := p.scriptLine(&h)
	pid, exited, err := p.procs.start(command{
		path: selfExe, argv: p.o.Argv, attr: attr,
		env:   append(os.Environ(), h.Environ(3)),
		files: append([]*os.File{os.Stdin, os.Stdout, os.Stderr}, h.Files()...),
	})
	sock.Close()
	closeFile(h.Scripts)
	if err != nil {
		peer.Close()
		closeFile(h.Crash)
		closeFile(scripts)
		p.events <- childFailed{h.Role, err}
		return
	}
	p.serveScripts(scripts, attr)
	up := childUp{childStarted{h.Role, pid}, peer, make(chan struct{})}
	p.events <- up
	go p.listen(up)
	if h.Role != link.RoleBFD {
		go p.relay.serve(peer, up.read)
	}
	go p.mourn(h, up, exited)
}

// mourn waits for the end of a child and reports it when all that the child
// said has been read: its successor needs the last of it.
func (p *parent) mourn(h link.Handover, up childUp, exited <-chan exitResult) {
	result := <-exited
	p.logCrash(h, up.pid)
	closeFile(h.Crash)
	select {
	case <-up.read:
	case <-time.After(lastWords):
	}
	p.events <- childExited{h.Role, up.pid, result}
}

// listen passes on what a child says until its end of the link is closed.
func (p *parent) listen(up childUp) {
	defer close(up.read)
	defer up.peer.Close()
	for {
		m, err := up.peer.Recv()
		switch {
		case err == nil:
			p.passOn(up, m)
			p.events <- childMessage{childSaid{up.role, up.pid, m.Type, m.Text, m.SaidAt(time.Now())}, m.Part}
		case errors.Is(err, link.ErrMalformed):
			p.log.Infof("%s child process(%d): %v", title(up.role), up.pid, err)
		default:
			return
		}
	}
}

// passOn tells the other children what this one says of a BFD session.
func (p *parent) passOn(up childUp, m link.Message) {
	if m.Type != link.BFDState {
		return
	}
	if err := p.relay.publish(m); err != nil {
		p.log.Infof("%s child process(%d): %v", title(up.role), up.pid, err)
	}
}

// before keeps what belongs to the runtime and returns what is left for the
// policy; nil is nothing.
func (p *parent) before(ev event) event {
	switch ev := ev.(type) {
	case childUp:
		k := p.kids[ev.role]
		k.pid, k.peer, k.read, k.ready = ev.pid, ev.peer, ev.read, false
		p.recordPid(k)
		return ev.childStarted
	case childMessage:
		return p.heard(ev)
	case candidateRead:
		return p.judge(ev.candidate)
	case reloadFileRead:
		p.scheduleReload(ev)
		return nil
	case scriptDone:
		p.scriptEnded(ev)
		return begin{roles: p.roles}
	case childExited:
		if k := p.kids[ev.role]; k.pid == ev.pid {
			k.pid, k.ready = 0, false
			p.recordPid(k)
		}
	}
	return ev
}

// heard takes what a child wants to be kept. Messages of a process that was
// replaced are dropped.
func (p *parent) heard(m childMessage) event {
	k := p.kids[m.role]
	if k.pid != m.pid {
		closeFile(m.part)
		return nil
	}
	k.heard = time.Now()
	switch m.msg {
	case link.Held:
		closeFile(k.held)
		k.held = m.part
	case link.Ready:
		k.ready = true
	}
	return m.childSaid
}

func closeFile(f *os.File) {
	if f != nil {
		f.Close()
	}
}

// tell sends a message to a child. One that is gone or deaf is found out by its
// exit or its silence.
func (p *parent) tell(role link.Role, m link.Message) {
	k := p.kids[role]
	if k == nil || k.pid == 0 {
		return
	}
	if err := k.peer.Send(m); err != nil {
		p.log.Infof("%s child process(%d): %v: %v", title(role), k.pid, m.Type, err)
	}
}
