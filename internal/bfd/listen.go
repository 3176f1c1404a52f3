package bfd

import "time"

// reopenEvery is how often a socket is tried again that could not be opened:
// another daemon may hold the port.
const reopenEvery = time.Second

// listen opens the sockets that the sessions need and closes the others.
func (l *loop) listen() {
	needed := map[endpoint]bool{}
	for _, s := range l.sessions {
		needed[endpointOf(s)] = true
	}
	for e, r := range l.receivers {
		if !needed[e] {
			l.poll.Remove(r.fd)
			closeFD(r.fd)
			delete(l.receivers, e)
		}
	}
	for e := range needed {
		if l.receivers[e] != nil {
			continue
		}
		if err := l.open(e); err != nil {
			l.unheard(err)
		}
	}
}

func (l *loop) open(e endpoint) error {
	r, err := openReceiver(e)
	if err != nil {
		return err
	}
	if err := l.poll.Add(r.fd); err != nil {
		closeFD(r.fd)
		return err
	}
	l.receivers[e] = r
	l.problem = ""
	return nil
}

// unheard says once what is wrong, and tries again later.
func (l *loop) unheard(err error) {
	if text := err.Error(); text != l.problem {
		l.problem = text
		l.log.Errf("Unable to open listening socket: %v", err)
	}
	if l.reopening {
		return
	}
	l.reopening = true
	time.AfterFunc(reopenEvery, func() {
		l.post(func() {
			l.reopening = false
			l.listen()
		})
	})
}
