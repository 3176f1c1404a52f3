package check

import (
	"slices"
	"sync"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/notify"
	"keepalived/internal/script"
)

// scriptPatience is how long the scripts of the next state wait for the last ones.
const scriptPatience = 5 * time.Second

// notifier tells scripts, FIFOs and mail recipients about servers. Nothing of it
// waits. The keeper calls it, behind the change of the kernel's table.
type notifier struct {
	log    *logging.Logger
	runner *notify.Runner
	queue  *notify.Queue
	mailer *notify.Mailer

	mu    sync.Mutex
	fifos []fifo
	// leaving: the daemon ends, so scripts are waited for.
	leaving bool
}

// fifo is an open FIFO with its configuration.
type fifo struct {
	*notify.FIFO
	options notify.FIFOOptions
}

func newNotifier(log *logging.Logger, c *config.Config) (*notifier, error) {
	runner, err := notify.NewRunner(log, notify.Options{})
	if err != nil {
		return nil, err
	}
	n := &notifier{
		log: log, runner: runner, queue: notify.NewQueue(runner, log, scriptPatience),
		mailer: notify.NewMailer(log, mailOptions(c.Global.Mail)),
	}
	for _, o := range fifoOptions(c.Global.Notify) {
		n.fifos = append(n.fifos, fifo{notify.OpenFIFO(runner, log, o), o})
	}
	return n, nil
}

func mailOptions(m config.Mail) notify.MailOptions {
	return notify.MailOptions{
		RouterID: m.RouterID, From: m.From, To: m.To, Server: m.Server, Addr: m.ServerAddr.Addr(), Port: m.ServerPort,
		Helo: m.HeloName, Timeout: m.ConnectTimeout,
	}
}

// fifoOptions is the FIFOs that this process writes to: the common one and its own.
func fifoOptions(c config.Notify) []notify.FIFOOptions {
	var out []notify.FIFOOptions
	for _, f := range []struct {
		config.FIFO
		kind string
	}{{c.FIFO, ""}, {c.LVSFIFO, "lvs "}} {
		if f.Path != "" {
			out = append(out, notify.FIFOOptions{
				Path: f.Path, UID: f.UID, GID: f.GID, Script: command(f.Script), Kind: f.kind, Process: "lvs",
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

func upDown(up bool) string {
	if up {
		return "UP"
	}
	return "DOWN"
}

// deaf says that nobody wants to hear of a change, but for scripts and mail: a
// start has one for each of thousands of servers.
func (n *notifier) deaf() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.fifos) == 0
}

// real tells about a real server.
func (n *notifier) real(conf *config.RealServer, server, service string, up bool) {
	s := conf.Rare().NotifyDown
	if up {
		s = conf.Rare().NotifyUp
	}
	n.run("RS "+server+" "+service, upDown(up), s)
	n.line("RS " + server + " " + service + " " + upDown(up) + "\n")
}

// virtual tells about the quorum of a virtual server; body is that of the mail.
func (n *notifier) virtual(conf *config.VirtualServer, up bool, body string) {
	s := conf.Rare().QuorumDown
	if up {
		s = conf.Rare().QuorumUp
	}
	name := conf.String()
	n.run("VS "+name, upDown(up), s)
	n.line("VS " + name + " " + upDown(up) + "\n")
	if conf.SMTPAlert && body != "" {
		n.mailer.Send(notify.Mail{Subject: "Virtualserver " + name + " - " + upDown(up), Body: body})
	}
}

// mail sends an alert about a real server.
func (n *notifier) mail(server, service string, up bool, body string) {
	n.mailer.Send(notify.Mail{
		Subject: "Realserver " + server + " of virtual server " + service + " - " + upDown(up), Body: body,
	})
}

func (n *notifier) run(key, state string, s config.Script) {
	if s.IsSet() {
		n.queue.Notify(key, notify.Call{State: state, Scripts: []script.Command{command(s)}, Stop: n.isLeaving()})
	}
}

func (n *notifier) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leaving = true
}

func (n *notifier) isLeaving() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.leaving
}

func (n *notifier) line(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range n.fifos {
		f.Write(text)
	}
}

// lastMails is how long the mails about the stop may take.
const lastMails = 2 * time.Second

// close lets scripts end, for the bound at most, then ends the rest.
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

func command(s config.Script) script.Command {
	return script.Command{Argv: s.Argv, Path: s.Path, UID: s.UID, GID: s.GID, Shell: s.Shell, Test: s.Test}
}
