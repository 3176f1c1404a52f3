package vrrp

import (
	"os"
	"sync/atomic"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/notify"
	"keepalived/internal/script"
)

// notifier tells scripts, FIFOs and mail recipients about states. Nothing of it
// waits; the worker calls it, behind the kernel work that a state needs, and the
// loop reconfigures it.
type notifier struct {
	*notify.Outlets
	noFaultMail atomic.Bool // no_email_faults
}

// newNotifier has scripts started at the other end of the line, or here without
// one.
func newNotifier(log *logging.Logger, c *config.Config, line *os.File) (*notifier, error) {
	out, err := notify.Open(log, notify.VRRP, &c.Global, line)
	if err != nil {
		return nil, err
	}
	n := &notifier{Outlets: out}
	n.noFaultMail.Store(c.Global.Mail.NoEmailFaults)
	return n, nil
}

func (n *notifier) reconfigure(c *config.Config) {
	n.Reconfigure(&c.Global)
	n.noFaultMail.Store(c.Global.Mail.NoEmailFaults)
}

// notice is what is told about one state of an instance or group.
type notice struct {
	event    notify.Event
	scripts  config.NotifyScripts
	deleted  config.Script
	alert    bool
	fifoOnly bool
}

// tell runs the scripts of a state, the specific one first, writes the FIFO
// line and sends the mail.
func (n *notifier) tell(x notice) {
	if !x.fifoOnly {
		n.Queue.Notify(x.event.Key(), notify.Call{
			State: x.event.State, Scripts: x.commands(), Stop: x.event.State == "STOP",
		})
	}
	n.line(x.event)
	if x.alert && !x.fifoOnly {
		n.mail(x.event)
	}
}

func (n *notifier) mail(e notify.Event) {
	quiet := e.State == "FAULT" && n.noFaultMail.Load()
	if m, ok := e.Alert(); ok && !quiet {
		n.Mail(m)
	}
}

// line writes to the FIFOs only.
func (n *notifier) line(e notify.Event) { n.Line(e.Line()) }

// run starts a script that belongs to no state.
func (n *notifier) run(key string, s config.Script, args ...string) {
	if s.IsSet() {
		n.Queue.Notify(key, notify.Call{State: "event", Scripts: []script.Command{notify.Command(s).With(args...)}})
	}
}

func (x notice) commands() []script.Command {
	specific := map[string]config.Script{
		"MASTER": x.scripts.Master, "BACKUP": x.scripts.Backup, "FAULT": x.scripts.Fault,
		"STOP": x.scripts.Stop, "DELETED": x.deleted,
	}[x.event.State]
	var out []script.Command
	if specific.IsSet() {
		out = append(out, notify.Command(specific))
	}
	if x.scripts.Any.IsSet() {
		out = append(out, notify.Command(x.scripts.Any).With(x.event.Args()...))
	}
	return out
}
