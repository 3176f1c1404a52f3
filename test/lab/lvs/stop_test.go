package lvs

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A stop with 2,000 services takes less than two seconds and leaves nothing.
func TestKernelStopMany(t *testing.T) {
	needGuest(t)
	s := newSite(t, 0, true)
	var conf strings.Builder
	const services = 2000
	const lost = 50 // servers whose check comes early: nobody answers it
	for i := range services {
		fmt.Fprintf(&conf, "virtual_server 10.20.%d.%d 80 {\ndelay_loop 86400\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n", i/250, i%250+1)
		for j := range 2 {
			fmt.Fprintf(&conf, "real_server 10.1.0.%d 80 {\nTCP_CHECK {\nconnect_timeout 1\n}\n}\n", j+1)
		}
		conf.WriteString("}\n")
	}
	d := s.dir.Daemon(ours(), conf.String())
	has := 0
	for range 30 { // looking is expensive
		time.Sleep(time.Second)
		if has = len(table(t, s.dir)); has >= 3*services-lost {
			break
		}
	}
	if has < 3*services-lost {
		t.Fatalf("the table has %d lines, want %d", has, 3*services)
	}
	begun := time.Now()
	d.Stop()
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the stop took %v", took)
	}
	if left := table(t, s.dir); len(left) > 0 {
		t.Errorf("%d lines left, the first %q", len(left), left[0])
	}
}
