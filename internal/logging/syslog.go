package logging

import (
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const (
	syslogTime = "Jan _2 15:04:05"
	// reconnectFor is how long lines are kept for a syslog daemon that went away.
	reconnectFor   = 5 * time.Second
	reconnectEvery = 100 * time.Millisecond
)

// syslogSink sends lines to the local syslog daemon in the format of syslog(3).
// It waits for a daemon that is slow or restarting, and drops lines at once
// while there is none.
type syslogSink struct {
	path     string
	facility Facility
	pid      string
	up       bool // the last line was taken

	mu      sync.Mutex
	conn    net.Conn
	stream  bool
	aborted chan struct{}
	once    sync.Once
}

func newSyslog(o Options) *syslogSink {
	s := &syslogSink{path: o.SyslogPath, facility: o.Facility, pid: strconv.Itoa(os.Getpid()), aborted: make(chan struct{})}
	if s.path == "" {
		s.path = "/dev/log"
	}
	if s.facility == 0 {
		s.facility = Daemon
	}
	return s
}

func (s *syslogSink) write(batch []entry) (lost int) {
	for _, e := range batch {
		if !s.deliver(s.format(e)) {
			lost++
		}
	}
	return lost
}

// format is one message as syslog(3) sends it.
func (s *syslogSink) format(e entry) []byte {
	b := make([]byte, 0, 64+len(e.text))
	b = append(b, '<')
	b = strconv.AppendInt(b, int64(s.facility)<<3|int64(e.level), 10)
	b = append(b, '>')
	b = e.at.AppendFormat(b, syslogTime)
	b = append(append(b, ' '), e.ident...)
	b = append(append(append(b, '['), s.pid...), "]: "...)
	return append(b, e.text...)
}

// deliver sends one message. A connection that broke is replaced; when that is
// not possible at once, it is tried for a while before the line is given up.
func (s *syslogSink) deliver(msg []byte) bool {
	var giveUp time.Time
	for {
		if s.send(msg) {
			s.up = true
			return true
		}
		if giveUp.IsZero() {
			giveUp = time.Now().Add(reconnectFor)
			if s.up && s.send(msg) { // the old connection is gone, a new one works
				return true
			}
		}
		if !s.up || time.Now().After(giveUp) || !s.pause() {
			s.up = false
			return false
		}
	}
}

// send writes msg to the connection, which it makes when there is none, and
// closes when it does not work. It waits while the daemon's queue is full.
func (s *syslogSink) send(msg []byte) bool {
	conn, stream := s.connect()
	if conn == nil {
		return false
	}
	if stream {
		msg = append(msg, 0)
	}
	if _, err := conn.Write(msg); err != nil {
		s.disconnect()
		return false
	}
	return true
}

func (s *syslogSink) connect() (conn net.Conn, stream bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return s.conn, s.stream
	}
	select {
	case <-s.aborted:
		return nil, false
	default:
	}
	c, err := net.Dial("unixgram", s.path)
	s.stream = errors.Is(err, syscall.EPROTOTYPE)
	if s.stream {
		c, err = net.DialTimeout("unix", s.path, time.Second)
	}
	if err != nil {
		return nil, false
	}
	s.conn = c
	return s.conn, s.stream
}

func (s *syslogSink) disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// pause waits before the next attempt; false means that the log is closing.
func (s *syslogSink) pause() bool {
	select {
	case <-s.aborted:
		return false
	case <-time.After(reconnectEvery):
		return true
	}
}

func (s *syslogSink) abort() {
	s.once.Do(func() { close(s.aborted) })
	s.disconnect()
}

func (s *syslogSink) close() { s.disconnect() }
