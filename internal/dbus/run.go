package dbus

import (
	"time"
)

const (
	// retryEvery is the time between attempts to reach the bus.
	retryEvery = time.Second
	// refusedRetry is the time between attempts to get a name that the bus
	// refuses: its policy may be installed later.
	refusedRetry = 30 * time.Second
	// maxPause is the longest time between a session that has ended and the next.
	maxPause = time.Minute
)

// pauseAfter is the time before the next session when one has ended that lived
// for so long; last is what it was before that one. Everybody on the machine can
// send what the library ends a session for, such as a dictionary by booleans, and
// each session writes to the log and tells all states.
func pauseAfter(lived, last time.Duration) time.Duration {
	if lived >= maxPause {
		return retryEvery
	}
	return min(max(2*last, retryEvery), maxPause)
}

// run keeps a session with the bus as long as one is wanted.
func (s *Service) run() {
	defer close(s.ended)
	var bus *session
	var served Config
	var silent string // the last complaint, which is not repeated
	var since time.Time
	var pause time.Duration
	resting := false
	retry := time.NewTimer(0)
	defer retry.Stop()
	for {
		var lost <-chan struct{}
		var owner chan bool
		if bus != nil {
			lost, owner = bus.lost, bus.owner
		}
		select {
		case <-s.wake:
		case <-retry.C:
			resting = false
		case mine := <-owner:
			s.owned(&served, mine)
		case <-lost:
			s.lose(bus, &served)
			bus = nil
			pause = pauseAfter(time.Since(since), pause)
			retry.Reset(pause)
			resting = true
		}
		want, closed := s.wanted()
		if bus != nil && (want == nil || *want != served) {
			s.leave(bus, &served)
			bus = nil
		}
		if closed {
			return
		}
		if bus == nil && want != nil && !resting {
			var err error
			if bus, err = s.join(want); err == nil {
				served, silent, since = *want, "", time.Now()
			} else {
				if silent != err.Error() {
					silent = err.Error()
					s.log.Infof("D-Bus: %v", err)
				}
				retry.Reset(waitAfter(err))
			}
		}
		if bus != nil {
			for _, x := range s.pending() {
				bus.emit(x) // a bus that is gone shows in lost
			}
		}
	}
}

func waitAfter(err error) time.Duration {
	if isRefusal(err) {
		return refusedRetry
	}
	return retryEvery
}

// join connects and asks for the name.
func (s *Service) join(c *Config) (*session, error) {
	bus, err := s.connect(c.Name)
	if err != nil {
		return nil, err
	}
	s.log.Infof("Acquired DBus bus %s", c.Name)
	mine, err := bus.request(c.Name)
	if err != nil {
		s.close(bus)
		return nil, err
	}
	if mine {
		s.owned(c, true)
	} else {
		s.log.Infof("D-Bus: another process has the name %s, waiting for it", c.Name)
	}
	return bus, nil
}

// owned takes in that the name is ours, or another's; it may be said twice.
func (s *Service) owned(c *Config, mine bool) {
	switch was := s.isOnline(); {
	case mine && !was:
		s.log.Infof("Acquired the name %s on the session bus", c.Name)
		s.goOnline(c)
	case !mine && was:
		s.log.Infof("Lost the name %s on the session bus", c.Name)
		s.goOffline()
	}
}

// lose gives up a session whose connection has ended.
func (s *Service) lose(bus *session, c *Config) {
	s.owned(c, false)
	s.close(bus)
}

// leave says good-bye.
func (s *Service) leave(bus *session, c *Config) {
	for _, x := range s.pending() {
		bus.emit(x)
	}
	s.goOffline()
	bus.emit(signal{path: c.processPath(), iface: processInterface, member: "VrrpStopped"})
	bus.release(c.Name)
	s.close(bus)
	s.log.Infof("Released DBus")
}

func (s *Service) close(bus *session) {
	s.setWire(nil)
	bus.close()
}
