package watchdog

import (
	"os"
	"syscall"

	"keepalived/internal/notify"
	"keepalived/internal/watchdog/link"
)

// scriptLine makes the line on which the VRRP child has its scripts started,
// see notify.Serve, and returns the end that stays here. Without it the child
// starts them by itself.
func (p *parent) scriptLine(h *link.Handover) *os.File {
	if h.Role != link.RoleVRRP {
		return nil
	}
	server, client, err := notify.NewLine()
	if err != nil {
		p.log.Infof("%v; the VRRP process starts its scripts itself", err)
		return nil
	}
	h.Scripts = client
	return server
}

// serveScripts starts the scripts of a child until it is gone, with what the
// child has that scripts should have as well.
func (p *parent) serveScripts(line *os.File, child attributes) {
	if line == nil {
		return
	}
	place := attributes{netns: child.netns, cpus: child.cpus}
	go notify.Serve(line, p.procs.script, place.apply, p.log)
}

// script is a notify.Fork.
func (p *processes) script(path string, argv []string, attr *syscall.ProcAttr) (notify.Process, error) {
	s := &scriptProcess{all: p, over: make(chan exitResult, 1)}
	var err error
	s.pid, err = p.execute(path, argv, attr, s.over)
	return s, err
}

type scriptProcess struct {
	all  *processes
	pid  int
	over chan exitResult
}

func (s *scriptProcess) Pid() int               { return s.pid }
func (s *scriptProcess) End(sig syscall.Signal) { s.all.end(s.pid, sig) }

func (s *scriptProcess) Wait() notify.Outcome {
	r := <-s.over
	return notify.Outcome{Status: r.status, Signal: r.signal}
}
