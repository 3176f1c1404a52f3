package watchdog

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// sdPatience is how long a message waits for a service manager that is busy.
const sdPatience = 5 * time.Second

// systemd tells the service manager how we are (sd_notify(3)). Without one, its
// methods do nothing. Messages are sent by a goroutine, in order: nobody waits
// for a manager that does not read.
type systemd struct {
	path string
	// watchdog is how often alive must be said; 0 is never.
	watchdog time.Duration
	queue    chan sdMessage
	sent     chan struct{} // closed when the queue is closed and empty
}

type sdMessage struct {
	text     string
	patience time.Duration
}

// newSystemd reads the variables of the service manager and removes them, so
// that no child and no script speaks in our name.
func newSystemd() *systemd {
	s := &systemd{path: os.Getenv("NOTIFY_SOCKET"), watchdog: watchdogInterval()}
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		os.Unsetenv(name)
	}
	if s.path == "" {
		s.watchdog = 0
		return s
	}
	s.queue, s.sent = make(chan sdMessage, 64), make(chan struct{})
	go s.run()
	return s
}

// watchdogInterval is a quarter of WATCHDOG_USEC. With the half that
// sd_watchdog_enabled(3) advises, the limit would be over with the first sign of
// life that is left out because a child is just being replaced.
func watchdogInterval() time.Duration {
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 || usec > int64(time.Hour/time.Microsecond)*24*365 {
		return 0
	}
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond / 4
}

func (s *systemd) ready(status string) {
	s.send(fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=%s", os.Getpid(), status))
}

// reloading carries the time as Type=notify-reload wants it.
func (s *systemd) reloading() {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return
	}
	s.send(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=Reloading", ts.Nano()/1000))
}

func (s *systemd) stopping()        { s.send("STOPPING=1\nSTATUS=Stopping") }
func (s *systemd) failed(errno int) { s.send(fmt.Sprintf("ERRNO=%d", errno)) }

// alive is worthless when it is late: it is not waited for.
func (s *systemd) alive() { s.put(sdMessage{text: "WATCHDOG=1"}) }

func (s *systemd) send(text string) { s.put(sdMessage{text, sdPatience}) }

// put queues a message, or drops it when the manager is far behind.
func (s *systemd) put(m sdMessage) {
	if s.queue == nil {
		return
	}
	select {
	case s.queue <- m:
	default:
	}
}

func (s *systemd) run() {
	defer close(s.sent)
	for m := range s.queue {
		s.write(m)
	}
}

// write writes one datagram. A path that begins with @ is in the abstract
// namespace.
func (s *systemd) write(m sdMessage) {
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	// A deadline that has passed would not even try.
	_ = c.SetWriteDeadline(time.Now().Add(max(m.patience, 10*time.Millisecond)))
	_, _ = c.Write([]byte(m.text))
}

// close sends what is queued, for at most limit.
func (s *systemd) close(limit time.Duration) {
	if s.queue == nil {
		return
	}
	close(s.queue)
	select {
	case <-s.sent:
	case <-time.After(limit):
	}
}
