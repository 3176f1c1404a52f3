package check

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// bell wakes a goroutine that waits for an epoll descriptor. It may be rung by
// any goroutine; to ring it again before it was heard costs nothing.
type bell struct {
	fd int // an eventfd

	mu     sync.Mutex
	rung   bool
	closed bool
}

// open makes the bell and adds it to an epoll set.
func (b *bell) open(epfd int) (err error) {
	if b.fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("creating eventfd for checkers: %w", err)
	}
	if err := epollSet(epfd, unix.EPOLL_CTL_ADD, b.fd, unix.EPOLLIN); err != nil {
		unix.Close(b.fd)
		return fmt.Errorf("watching eventfd for checkers: %w", err)
	}
	return nil
}

// ring wakes who waits, after what it is to look at has been put in place.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.rung && !b.closed {
		b.rung = true
		one := [8]byte{1}
		unix.Write(b.fd, one[:])
	}
}

// rang makes the bell fit for the next time: whoever was woken looks at
// everything after that.
func (b *bell) rang() {
	b.mu.Lock()
	defer b.mu.Unlock()
	var counted [8]byte
	unix.Read(b.fd, counted[:])
	b.rung = false
}

func (b *bell) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	unix.Close(b.fd)
}
