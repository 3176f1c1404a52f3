package vrrp

import (
	"os"
	"slices"
	"sync"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/notify"
	"keepalived/internal/script"
)

// scriptPatience is how long the next state's scripts wait for the last ones.
const scriptPatience = 5 * time.Second

// notifier tells scripts, FIFOs and mail recipients about states. Nothing of it
// waits; the worker calls it, behind the kernel work that a state needs, and the
// loop reconfigures it.
type notifier struct {
	log    *logging.Logger
	runner *notify.Runner
	queue  *notify.Queue
	mailer *notify.Mailer

	mu          sync.Mutex
	fifos       []fifo
	noFaultMail bool // no_email_faults
}

func mailOptions(m config.Mail) notify.MailOptions {
	return notify.MailOptions{
		RouterID: m.RouterID, From: m.From, To: m.To, Server: m.Server, Addr: m.ServerAddr.Addr(), Port: m.ServerPort,
		Helo: m.HeloName, Timeout: m.ConnectTimeout,
	}
}

// fifo is an open FIFO with its configuration.
type fifo struct {
	*notify.FIFO
	options notify.FIFOOptions
}

// newNotifier has scripts started at the other end of the line, or here without
// one.
func newNotifier(log *logging.Logger, c *config.Config, line *os.File) (*notifier, error) {
	runner, err := notify.NewRunner(log, notify.Options{Server: line})
	if err != nil {
		return nil, err
	}
	n := &notifier{
		log: log, runner: runner,
		queue:  notify.NewQueue(runner, log, scriptPatience),
		mailer: notify.NewMailer(log, mailOptions(c.Global.Mail)),
	}
	n.noFaultMail = c.Global.Mail.NoEmailFaults
	for _, o := range fifoOptions(c.Global.Notify) {
		n.fifos = append(n.fifos, fifo{notify.OpenFIFO(runner, log, o), o})
	}
	return n, nil
}

// fifoOptions is the FIFOs that VRRP writes to: the common one and its own.
func fifoOptions(c config.Notify) []notify.FIFOOptions {
	var out []notify.FIFOOptions
	for _, f := range []struct {
		config.FIFO
		kind string
	}{{c.FIFO, ""}, {c.VRRPFIFO, "vrrp "}} {
		if f.Path != "" {
			out = append(out, notify.FIFOOptions{
				Path: f.Path, UID: f.UID, GID: f.GID, Script: command(f.Script), Kind: f.kind, Process: "vrrp",
			})
		}
	}
	return out
}

// reconfigure opens and closes FIFOs; an unchanged one keeps its reader.
func (n *notifier) reconfigure(c *config.Config) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mailer.Configure(mailOptions(c.Global.Mail))
	n.noFaultMail = c.Global.Mail.NoEmailFaults
	old := n.fifos
	n.fifos = nil
	for _, o := range fifoOptions(c.Global.Notify) {
		i := slices.IndexFunc(old, func(f fifo) bool { return f.options.Kind == o.Kind })
		if i < 0 {
			n.fifos = append(n.fifos, fifo{notify.OpenFIFO(n.runner, n.log, o), o})
			continue
		}
		n.fifos = append(n.fifos, fifo{old[i].Reload(o), o})
		old = slices.Delete(old, i, i+1)
	}
	for _, f := range old {
		f.Stop()
	}
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
		n.queue.Notify(x.event.Key(), notify.Call{
			State: x.event.State, Scripts: x.commands(), Stop: x.event.State == "STOP",
		})
	}
	n.line(x.event)
	if x.alert && !x.fifoOnly {
		n.mail(x.event)
	}
}

func (n *notifier) mail(e notify.Event) {
	n.mu.Lock()
	quiet := n.noFaultMail && e.State == "FAULT"
	n.mu.Unlock()
	if m, ok := e.Alert(); ok && !quiet {
		n.mailer.Send(m)
	}
}

// line writes to the FIFOs only.
func (n *notifier) line(e notify.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range n.fifos {
		f.Write(e.Line())
	}
}

// run starts a script that belongs to no state.
func (n *notifier) run(key string, s config.Script, args ...string) {
	if s.IsSet() {
		n.queue.Notify(key, notify.Call{State: "event", Scripts: []script.Command{command(s).With(args...)}})
	}
}

func (x notice) commands() []script.Command {
	specific := map[string]config.Script{
		"MASTER": x.scripts.Master, "BACKUP": x.scripts.Backup, "FAULT": x.scripts.Fault,
		"STOP": x.scripts.Stop, "DELETED": x.deleted,
	}[x.event.State]
	var out []script.Command
	if specific.IsSet() {
		out = append(out, command(specific))
	}
	if x.scripts.Any.IsSet() {
		out = append(out, command(x.scripts.Any).With(x.event.Args()...))
	}
	return out
}

// close lets STOP scripts end, for the bound at most, then ends the rest.
func (n *notifier) close(bound time.Duration) {
	n.queue.Close(bound)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range n.fifos {
		f.Stop()
	}
	for _, f := range n.fifos {
		f.Close(bound)
	}
	n.runner.Close(bound)
	n.mailer.Close(lastMails)
}

// lastMails is how long the mails about the stop may take.
const lastMails = 2 * time.Second

func command(s config.Script) script.Command {
	return script.Command{Argv: s.Argv, Path: s.Path, UID: s.UID, GID: s.GID, Shell: s.Shell, Test: s.Test}
}
