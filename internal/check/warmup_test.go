package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"keepalived/internal/logging"
)

// TestFirstChecks: a second after the start, and a random part of the warmup
// later, which is delay_loop where nothing else is said.
func TestFirstChecks(t *testing.T) {
	var conf strings.Builder
	fmt.Fprintf(&conf, "virtual_server 10.0.0.1 80 {\nprotocol TCP\ndelay_loop 20\n")
	const each = 100
	for i := range each {
		fmt.Fprintf(&conf, "real_server 10.1.0.%d 80 {\nTCP_CHECK {\nwarmup 0\n}\nTCP_CHECK {\nconnect_port 81\nwarmup 5\n}\nTCP_CHECK {\nconnect_port 82\n}\n}\n", i+1)
	}
	conf.WriteString("}\n")
	c := parse(t, conf.String())
	log := logging.New(logging.Options{})
	t.Cleanup(func() { log.Close(time.Second) })
	l := &loop{log: log, conf: c, topology: newTopology(c, nil, marks{}), now: time.Unix(1e9, 0)}
	l.register()
	if l.agenda.size != 3*each {
		t.Fatalf("%d checks are on the agenda, want %d", l.agenda.size, 3*each)
	}
	for i, warmup := range []time.Duration{0, 5 * time.Second, 20 * time.Second} {
		var first, last time.Duration
		for j, r := range l.topology.virtuals[0].reals {
			d := r.checks[i].run.due.Sub(l.now) - time.Second
			if d < 0 || d > warmup {
				t.Fatalf("warmup %v: a check begins %v after the second at the start", warmup, d)
			}
			if j == 0 {
				first = d
			}
			first, last = min(first, d), max(last, d)
		}
		// That a hundred random times all lie within half of the time is as good
		// as impossible.
		if last-first < warmup/2 {
			t.Errorf("warmup %v: all begin between %v and %v", warmup, first, last)
		}
	}
}
