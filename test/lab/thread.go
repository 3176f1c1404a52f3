package lab

import "runtime"

// thread runs functions, one after another, on an operating system thread of
// its own. Threads change namespaces, so this one is never given back to the
// runtime: it ends with its goroutine.
type thread struct {
	calls chan func()
}

func newThread() *thread {
	t := &thread{calls: make(chan func())}
	go t.run()
	return t
}

func (t *thread) run() {
	runtime.LockOSThread()
	for f := range t.calls {
		f()
	}
}

// do runs f on the thread and returns what it returns.
func (t *thread) do(f func() error) error {
	done := make(chan error)
	t.calls <- func() { done <- f() }
	return <-done
}

// end lets the thread exit; do must not be called any more.
func (t *thread) end() { close(t.calls) }
