package watchdog

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// systemd tells the service manager how we are (sd_notify(3)). Without one, its
// methods do nothing. A manager that does not read loses messages: nobody waits.
type systemd struct {
	path string
	// watchdog is how often Alive must be said; 0 is never.
	watchdog time.Duration
}

// newSystemd reads the variables of the service manager and removes them, so
// that no child and no script speaks in our name.
func newSystemd() *systemd {
	s := &systemd{path: os.Getenv("NOTIFY_SOCKET"), watchdog: watchdogInterval()}
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		os.Unsetenv(name)
	}
	return s
}

// watchdogInterval is half of WATCHDOG_USEC, as sd_watchdog_enabled(3) advises.
func watchdogInterval() time.Duration {
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 || usec > int64(time.Hour/time.Microsecond)*24*365 {
		return 0
	}
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond / 2
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
func (s *systemd) status(t string)  { s.send("STATUS=" + t) }
func (s *systemd) failed(errno int) { s.send(fmt.Sprintf("ERRNO=%d", errno)) }
func (s *systemd) alive()           { s.send("WATCHDOG=1") }

// send writes one datagram. An address that begins with @ is in the abstract
// namespace.
func (s *systemd) send(text string) {
	if s.path == "" {
		return
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.Sendto(int(fd), []byte(text), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, nil)
	})
}
