package watchdog

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// alarm is one deadline on a timerfd. A time.Timer that is set anew with every
// message would wake the process once more for each time it was set before:
// the runtime forgets a postponed timer only when it expires.
type alarm struct {
	f   *os.File
	raw syscall.RawConn
	// rings gets a value when the deadline has passed.
	rings chan struct{}
	armed time.Time
	clock int
}

// newAlarm makes an alarm on unix.CLOCK_MONOTONIC, or one on CLOCK_REALTIME
// that follows when the clock is set.
func newAlarm(clock int) (*alarm, error) {
	fd, err := unix.TimerfdCreate(clock, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("creating a timer: %w", err)
	}
	a := &alarm{f: os.NewFile(uintptr(fd), "timer"), rings: make(chan struct{}, 1), clock: clock}
	if a.raw, err = a.f.SyscallConn(); err != nil {
		a.f.Close()
		return nil, fmt.Errorf("creating a timer: %w", err)
	}
	go a.listen()
	return a, nil
}

// listen passes expirations on for as long as the process lives.
func (a *alarm) listen() {
	var count [8]byte
	for {
		if _, err := a.f.Read(count[:]); err != nil {
			return
		}
		select {
		case a.rings <- struct{}{}:
		default:
		}
	}
}

// set moves the deadline; the zero time is none.
func (a *alarm) set(deadline time.Time) error {
	if deadline.Equal(a.armed) {
		return nil
	}
	var spec unix.ItimerSpec
	flags := 0
	switch {
	case deadline.IsZero():
	case a.clock == unix.CLOCK_REALTIME:
		spec.Value, flags = unix.NsecToTimespec(max(deadline.UnixNano(), 1)), unix.TFD_TIMER_ABSTIME
	default:
		spec.Value = unix.NsecToTimespec(int64(max(time.Until(deadline), 1)))
	}
	var err error
	if cerr := a.raw.Control(func(fd uintptr) {
		// It never waits, and the runtime's monitor need not wake up for it.
		_, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, fd, uintptr(flags), uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
		if errno != 0 {
			err = errno
		}
	}); cerr != nil {
		return cerr
	}
	a.armed = deadline
	return err
}

// rang notes that the deadline has passed, so that the same one can be set again.
func (a *alarm) rang() { a.armed = time.Time{} }
