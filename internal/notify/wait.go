package notify

import "time"

// waitFor waits until c is closed, at most for the bound, and says whether it is.
func waitFor(c <-chan struct{}, bound time.Duration) bool {
	timer := time.NewTimer(bound)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
		return false
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// poke leaves a signal that one receiver will find.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
