// Package notify tells the outside world what happened: scripts, FIFOs, mail.
// It also runs the scripts that are asked for their opinion. Nothing in it
// makes its caller wait: every call that may block, from fork to name
// resolution, is made by a goroutine of its own, and everything that is queued
// is bounded.
package notify

// Log takes lines for the operator. It must not block.
type Log interface {
	Alertf(format string, args ...any)
	Infof(format string, args ...any)
	// Detailf is for lines that are wanted with --log-detail only.
	Detailf(format string, args ...any)
}
