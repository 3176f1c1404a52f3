package lab

import (
	"fmt"
	"strings"
)

// State returns the state of a virtual router or sync group by the daemon's
// own log: "MASTER", "BACKUP", "FAULT", or "" when it has not named one.
func (d *Daemon) State(instance string) string {
	state := ""
	for _, line := range d.Log.Since(0) {
		_, text, ok := strings.Cut(line.Text, "("+instance+") Entering ")
		if !ok {
			continue
		}
		if name, _, ok := strings.Cut(text, " STATE"); ok {
			state = name
		}
	}
	return state
}

// WaitState returns when the log names a state as the latest.
func (d *Daemon) WaitState(instance, state string) {
	d.t.Helper()
	what := fmt.Sprintf("%s on %s: %s is %s", d.Program.Name, d.Node.Name, instance, state)
	Wait(d.t, Patience, what, func() bool { return d.State(instance) == state })
}
