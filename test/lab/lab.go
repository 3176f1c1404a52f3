package lab

import "sync"

// Lab is a set of nodes and the segments between them. It belongs to one test.
type Lab struct {
	t     TB
	ports *Node // holds all bridges

	mu       sync.Mutex
	segments int
	cables   int
}

// New makes an empty lab that lasts until the test ends. It skips the test, or
// fails it with LAB_REQUIRED, when the machine cannot make namespaces.
func New(t TB) *Lab {
	t.Helper()
	Must(t, usable())
	l := &Lab{t: t}
	l.ports = l.Node("switch")
	return l
}

func (l *Lab) nextCable() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cables++
	return l.cables
}
