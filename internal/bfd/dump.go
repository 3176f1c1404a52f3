package bfd

import (
	"os"
	"time"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/dumpfile"
)

// dump writes the data file, keepalived(8).
func (l *loop) dump() {
	l.log.Infof("Printing BFD data for process(%d) on signal", os.Getpid())
	l.save(dumpfile.DataPath("keepalived_bfd", &l.conf.Global))
}

// save writes the data of this moment, unless path is "".
func (l *loop) save(path string) {
	if path == "" {
		return
	}
	g, now := &l.conf.Global, time.Now()
	snapshot := data{global: g, now: now, sessions: l.machine.Status(), conf: map[string]config.BFDInstance{}, failed: map[string]bool{}}
	for _, b := range l.conf.BFD.Instances {
		snapshot.conf[b.Name] = b
		snapshot.failed[b.Name] = l.senders[b.Name].failed != ""
	}
	l.writer.Write(dumpfile.Request{Path: path, Mode: dumpfile.Mode(g), Render: snapshot.render})
}

// data is what a data file shows, at one moment.
type data struct {
	global   *config.Global
	now      time.Time
	sessions []fsm.Status
	conf     map[string]config.BFDInstance
	failed   map[string]bool // to send
}

func (d *data) render() []byte {
	var t dump.Text
	host, _ := os.Hostname()
	dump.Global(&t, d.global, host)
	t.Section("BFD Data")
	if len(d.sessions) > 0 {
		t.Section("BFD Topology")
	}
	for i := range d.sessions {
		d.parameters(&t, &d.sessions[i])
		d.variables(&t, &d.sessions[i])
	}
	return t.Bytes()
}

func (d *data) parameters(t *dump.Text, s *fsm.Status) {
	c := d.conf[s.Name]
	t.Linef(1, "BFD Instance = %s", s.Name)
	t.Linef(3, "Neighbor IP = %s", s.Neighbor)
	if s.Source.IsValid() {
		t.Linef(3, "Source IP = %s", s.Source)
	}
	t.Linef(3, "Required min RX interval = %d us", s.MinRx.Microseconds())
	t.Linef(3, "Desired min TX interval = %d us", s.MinTx.Microseconds())
	t.Linef(3, "Desired idle TX interval = %d us", s.IdleTx.Microseconds())
	t.Linef(3, "Detection multiplier = %d", s.Multiplier)
	t.Linef(3, "%s = %d", dump.Choose(s.Neighbor.Is4(), "TTL", "hoplimit"), s.TTL)
	t.Linef(3, "max_hops = %d", s.MaxHops)
	t.Linef(3, "passive = %t", s.Passive)
	t.Linef(3, "send event to VRRP process = %s", dump.Choose(c.VRRP, "Yes", "No"))
	t.Linef(3, "send event to checker process = %s", dump.Choose(c.Checker, "Yes", "No"))
}

func (d *data) variables(t *dump.Text, s *fsm.Status) {
	t.Linef(3, "sands_out = %s", d.timer(s.SendAt))
	t.Linef(3, "sands_exp = %s", d.timer(s.DetectAt))
	t.Linef(3, "send error = %t", d.failed[s.Name])
	t.Linef(3, "local state = %s", s.State)
	t.Linef(3, "remote state = %s", s.RemoteState)
	t.Linef(3, "local discriminator = 0x%x", s.Discr)
	t.Linef(3, "remote discriminator = 0x%x", s.RemoteDiscr)
	t.Linef(3, "local diag = %s", s.Diag)
	t.Linef(3, "remote diag = %s", s.RemoteDiag)
	t.Linef(3, "remote min tx intv = %d us", s.RemoteMinTx.Microseconds())
	t.Linef(3, "remote min rx intv = %d us", s.RemoteMinRx.Microseconds())
	t.Linef(3, "local demand = 0")
	t.Linef(3, "remote demand = %d", dump.Bit(s.RemoteDemand))
	t.Linef(3, "remote detect multiplier = %d", s.RemoteMultiplier)
	t.Linef(3, "%s, !final", dump.Choose(s.Polling, "poll", "!poll"))
	t.Linef(3, "local tx intv = %d us", s.TxInterval.Microseconds())
	t.Linef(3, "remote tx intv = %d us", s.RemoteInterval.Microseconds())
	t.Linef(3, "local detection time = %d us", s.Detect.Microseconds())
	t.Linef(3, "remote detection time = %d us", s.RemoteDetect.Microseconds())
	t.Linef(3, "last_seen = %s", lastSeen(s.LastSeen))
}

// timer is what is left of one, in seconds.
func (d *data) timer(at time.Time) string {
	if at.IsZero() {
		return "[disabled]"
	}
	return max(at.Sub(d.now), 0).Truncate(time.Microsecond).String()
}

func lastSeen(at time.Time) string {
	if at.IsZero() {
		return "[never]"
	}
	return at.Format("Mon Jan _2 15:04:05.000000 2006")
}
