package check

import (
	"sync/atomic"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/notify"
	"keepalived/internal/script"
)

// notifier tells scripts, FIFOs and mail recipients about servers. Nothing of it
// waits. The keeper calls it, behind the change of the kernel's table.
type notifier struct {
	*notify.Outlets
	leaving atomic.Bool // the daemon ends, so scripts are waited for
}

func newNotifier(log *logging.Logger, c *config.Config) (*notifier, error) {
	out, err := notify.Open(log, notify.LVS, &c.Global, nil)
	if err != nil {
		return nil, err
	}
	return &notifier{Outlets: out}, nil
}

func upDown(up bool) string {
	if up {
		return "UP"
	}
	return "DOWN"
}

// deaf says that nobody wants to hear of a change, but for scripts and mail: a
// start has one for each of thousands of servers.
func (n *notifier) deaf() bool { return !n.HasFIFO() }

// real tells about a real server.
func (n *notifier) real(conf *config.RealServer, server, service string, up bool) {
	s := conf.Rare().NotifyDown
	if up {
		s = conf.Rare().NotifyUp
	}
	n.run("RS "+server+" "+service, upDown(up), s)
	n.Line("RS " + server + " " + service + " " + upDown(up) + "\n")
}

// virtual tells about the quorum of a virtual server; body is that of the mail.
func (n *notifier) virtual(conf *config.VirtualServer, up bool, body string) {
	s := conf.Rare().QuorumDown
	if up {
		s = conf.Rare().QuorumUp
	}
	name := conf.String()
	n.run("VS "+name, upDown(up), s)
	n.Line("VS " + name + " " + upDown(up) + "\n")
	if conf.SMTPAlert && body != "" {
		n.Mail(notify.Mail{Subject: "Virtualserver " + name + " - " + upDown(up), Body: body})
	}
}

// mail sends an alert about a real server.
func (n *notifier) mail(server, service string, up bool, body string) {
	n.Mail(notify.Mail{
		Subject: "Realserver " + server + " of virtual server " + service + " - " + upDown(up), Body: body,
	})
}

func (n *notifier) run(key, state string, s config.Script) {
	if s.IsSet() {
		n.Queue.Notify(key, notify.Call{State: state, Scripts: []script.Command{notify.Command(s)}, Stop: n.leaving.Load()})
	}
}
