package failover

import (
	"strings"
	"testing"

	"keepalived/test/lab"
)

const fifoPath = "/tmp/notify"

// director is one of the two routers.
type director struct {
	*lab.Node
	program  lab.Program
	priority uint8
	config   string
	fifo     *lab.Lines
	daemon   *lab.Daemon // the latest
}

func newDirector(t *testing.T, l *lab.Lab, name string, program lab.Program, priority uint8) *director {
	d := &director{Node: l.Node(name + "-" + program.Name), program: program, priority: priority}
	d.fifo = d.FIFO(fifoPath)
	return d
}

func (d *director) start() {
	d.daemon = d.Node.Daemon(d.program, d.config)
}

// waitState waits until log and notify FIFO agree that the instance is in a
// state.
func (d *director) waitState(t *testing.T, instance, state string) {
	t.Helper()
	d.daemon.WaitState(instance, state)
	if d.daemon.Program.IsC {
		return // it loses a line now and then; its log says the same
	}
	lab.Wait(t, lab.Patience, d.Name+": FIFO says that "+instance+" is "+state, func() bool {
		return d.notified(instance) == state
	})
}

// notified is the latest state of an instance by the notify FIFO, which also
// says that a master has heard a lower priority.
func (d *director) notified(instance string) string {
	state := ""
	for _, line := range d.fifo.Since(0) {
		f := strings.Fields(line.Text)
		if len(f) == 4 && f[0] == "INSTANCE" && f[1] == `"`+instance+`"` && f[2] != "MASTER_RX_LOWER_PRI" {
			state = f[2]
		}
	}
	return state
}
