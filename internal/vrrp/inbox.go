package vrrp

import "sync/atomic"

// message is something that another goroutine tells the loop.
type message interface{ handle(*loop) }

// inbox carries messages to the loop. A sender waits while it is full: the
// loop drains it faster than anything that the kernel or scripts produce, and
// what cannot be queued must not grow without bound.
type inbox struct {
	ch    chan message
	wake  func()
	awake atomic.Bool // the loop has been woken since it last looked
}

const (
	inboxSize = 1024
	// maxMessages is how many messages the loop handles before it looks at
	// its timers again.
	maxMessages = 256
)

func newInbox(wake func()) *inbox {
	return &inbox{ch: make(chan message, inboxSize), wake: wake}
}

// post delivers m; it must not be called by the loop itself.
func (b *inbox) post(m message) {
	b.ch <- m
	if !b.awake.Swap(true) {
		b.wake()
	}
}

// drain handles what has come in, at most maxMessages; the rest wakes the loop
// again.
func (b *inbox) drain(l *loop) {
	b.awake.Store(false)
	for range maxMessages {
		select {
		case m := <-b.ch:
			m.handle(l)
		default:
			return
		}
	}
	b.wake()
}
