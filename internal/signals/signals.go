// Package signals catches signals so that none is lost.
package signals

import (
	"os"
	"os/signal"
)

// Catch has signals caught from now on and returns where they arrive. As with
// the kernel, one that comes again before the first was received is the same
// one; but a kind is never lost because others wait, as it is in a channel of
// signal.Notify that is full. One of a kind may wait in addition to the one that
// is offered.
func Catch(kinds ...os.Signal) <-chan os.Signal {
	out := make(chan os.Signal)
	for _, s := range kinds {
		ch := make(chan os.Signal, 1)
		signal.Notify(ch, s)
		go func() {
			for s := range ch {
				out <- s
			}
		}()
	}
	return out
}
