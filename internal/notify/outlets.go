package notify

import (
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/script"
)

// Teller is a process that tells: it has a FIFO of its own besides the one of
// all processes.
type Teller string

// The processes, as messages name them.
const (
	VRRP Teller = "vrrp"
	LVS  Teller = "lvs"
)

// Outlets are the ways by which a process tells: scripts, FIFOs, mail. Nothing
// of it waits, and any goroutine may tell.
type Outlets struct {
	Runner *Runner
	Queue  *Queue

	log    Log
	teller Teller
	mailer *Mailer

	mu    sync.Mutex
	fifos []openFIFO
}

// openFIFO is an open FIFO with its configuration.
type openFIFO struct {
	*FIFO
	options FIFOOptions
}

// scriptPatience is how long the next state's scripts wait for the last ones.
const scriptPatience = 5 * time.Second

// Open opens what the configuration asks for. Scripts are started at the other
// end of the line, or here without one.
func Open(log Log, teller Teller, g *config.Global, line *os.File) (*Outlets, error) {
	runner, err := NewRunner(log, Options{Server: line})
	if err != nil {
		return nil, err
	}
	o := &Outlets{
		Runner: runner, Queue: NewQueue(runner, log, scriptPatience),
		log: log, teller: teller, mailer: NewMailer(log, mailOptions(&g.Mail)),
	}
	for _, f := range fifoOptions(teller, &g.Notify) {
		o.fifos = append(o.fifos, openFIFO{OpenFIFO(runner, log, f), f})
	}
	return o, nil
}

func mailOptions(m *config.Mail) MailOptions {
	return MailOptions{
		RouterID: m.RouterID, From: m.From, To: m.To, Server: m.Server, Addr: m.ServerAddr.Addr(), Port: m.ServerPort,
		Helo: m.HeloName, Timeout: m.ConnectTimeout,
	}
}

// fifoOptions is the FIFOs that a process writes to: the common one and its own.
func fifoOptions(teller Teller, c *config.Notify) []FIFOOptions {
	own := c.VRRPFIFO
	if teller == LVS {
		own = c.LVSFIFO
	}
	var out []FIFOOptions
	for _, f := range []struct {
		config.FIFO
		kind string
	}{{c.FIFO, ""}, {own, string(teller) + " "}} {
		if f.Path != "" {
			out = append(out, FIFOOptions{
				Path: f.Path, UID: f.UID, GID: f.GID, Script: Command(f.Script), Kind: f.kind, Process: string(teller),
			})
		}
	}
	return out
}

// Reconfigure opens and closes FIFOs; an unchanged one keeps its reader. It gives
// the process the umask that new ones, and scripts, are to have.
func (o *Outlets) Reconfigure(g *config.Global) {
	o.mu.Lock()
	defer o.mu.Unlock()
	unix.Umask(int(g.Files.Mask()))
	o.mailer.Configure(mailOptions(&g.Mail))
	old := o.fifos
	o.fifos = nil
	for _, f := range fifoOptions(o.teller, &g.Notify) {
		i := slices.IndexFunc(old, func(x openFIFO) bool { return x.options.Kind == f.Kind })
		if i < 0 {
			o.fifos = append(o.fifos, openFIFO{OpenFIFO(o.Runner, o.log, f), f})
			continue
		}
		o.fifos = append(o.fifos, openFIFO{old[i].Reload(f), f})
		old = slices.Delete(old, i, i+1)
	}
	for _, x := range old {
		x.Stop()
	}
}

// HasFIFO tells whether lines go anywhere.
func (o *Outlets) HasFIFO() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.fifos) > 0
}

// Line writes a line, which ends with a newline, to the FIFOs.
func (o *Outlets) Line(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.fifos {
		f.Write(text)
	}
}

// Mail sends an alert.
func (o *Outlets) Mail(m Mail) { o.mailer.Send(m) }

// lastMails is how long the mails about the stop may take.
const lastMails = 2 * time.Second

// Close lets the scripts of the stop end, for the bound at most, then ends the
// rest.
func (o *Outlets) Close(bound time.Duration) {
	o.Queue.Close(bound)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.fifos {
		f.Stop()
	}
	for _, f := range o.fifos {
		f.FIFO.Close(bound)
	}
	o.Runner.Close(bound)
	o.mailer.Close(lastMails)
}

// Command is a configured script, as it is run.
func Command(s config.Script) script.Command {
	return script.Command{Argv: s.Argv, Path: s.Path, UID: s.UID, GID: s.GID, Shell: s.Shell, Test: s.Test}
}
