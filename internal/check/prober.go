package check

import (
	"time"

	"keepalived/internal/config"
)

// prober makes the checks of one checker. begin must not wait; the result comes
// back through the lab, once for each call.
type prober interface {
	begin(l *lab, c *checker)
	// cancel ends a check that goes on: nobody waits for its result any more.
	cancel()
	// release gives up what is held between checks; there are no more.
	release()
}

// newProber returns how a checker is made, nil for FILE_CHECK and BFD_CHECK:
// they are told.
func newProber(c *checker, l *lab) prober {
	switch c.conf.Kind {
	case config.CheckTCP:
		return talking{newTCP(c)}
	case config.CheckHTTP:
		return talking{newHTTP(c)}
	case config.CheckSSL:
		return newSSL(c, l)
	case config.CheckSMTP:
		return talking{newSMTP(c)}
	case config.CheckDNS:
		return talking{newDNS(c)}
	case config.CheckUDP:
		return talking{newUDP(c)}
	case config.CheckPing:
		return talking{newPing(c)}
	case config.CheckMisc:
		return &misc{}
	}
	return nil
}

// talking is a prober that has the same talk again and again.
type talking struct{ talk talk }

func (t talking) begin(l *lab, c *checker) {
	s := l.session()
	s.talk, s.c = t.talk, c
	l.batch = append(l.batch, s)
}

func (talking) cancel() {}

func (t talking) release() {
	if r, ok := t.talk.(interface{ release() }); ok {
		r.release()
	}
}

// run is where the checks of a checker are in time.
type run struct {
	due     time.Time
	started time.Time // when it should have been, for deadlines that do not drift
	began   time.Time // when it was
	going   bool
}
