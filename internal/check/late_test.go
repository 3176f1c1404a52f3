package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"keepalived/internal/logging"
)

// TestManyLate: of many checks that are late some are started in a turn, so that
// the loop gets to everything else.
func TestManyLate(t *testing.T) {
	needNamespace(t)
	var conf strings.Builder
	conf.WriteString("virtual_server 10.0.0.1 80 {\nprotocol TCP\n")
	const checks = 2*most + 10
	for i := range checks {
		fmt.Fprintf(&conf, "real_server 10.1.%d.%d 80 {\nTCP_CHECK {\nwarmup 0\n}\n}\n", i/200, i%200+1)
	}
	conf.WriteString("}\n")
	c := parse(t, conf.String())
	log := logging.New(logging.Options{})
	t.Cleanup(func() { log.Close(time.Second) })
	lab, err := newLab(log, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer lab.end()
	l := &loop{log: log, conf: c, topology: newTopology(c, nil, marks{}), lab: lab, now: time.Now()}
	l.register()
	l.now = l.now.Add(time.Hour)
	for _, left := range []int{checks - most, checks - 2*most, 0} {
		l.serve()
		if l.agenda.size != left {
			t.Errorf("%d checks are still to be started, want %d", l.agenda.size, left)
		}
	}
	lab.close()
}
