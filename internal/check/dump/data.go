package dump

import (
	"fmt"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dump"
)

// Data is the data file: the configuration as it was understood, and the state
// of everything.
func (s *Snapshot) Data() *dump.Text {
	t := &dump.Text{}
	dump.Global(t, &s.Conf.Global, s.Host)
	s.presented(t)
	if len(s.Virtuals) > 0 {
		t.Section("LVS Topology")
		t.Linef(1, "System is compiled with LVS v1.2.1") // of the kernel's interface, linux/ip_vs.h
		s.groups(t)
	}
	for i := range s.Virtuals {
		s.virtual(t, &s.Virtuals[i])
	}
	s.checkers(t)
	s.files(t)
	s.sessions(t)
	return t
}

// presented is what SSL_GET checks present to servers.
func (s *Snapshot) presented(t *dump.Text) {
	c := s.Conf.LVS.SSL
	if c.File == "" && !s.any(config.CheckSSL) {
		return
	}
	t.Section("SSL definitions")
	if c.Password == "" && c.CA == "" && c.Certificate == "" && c.Key == "" {
		t.Linef(1, "Using autogen SSL context")
		return
	}
	for _, x := range [][2]string{
		{"Password", dump.Choose(c.Password != "", "********", "")}, {"CA-file", c.CA}, {"Certificate file", c.Certificate}, {"Key file", c.Key},
	} {
		if x[1] != "" {
			t.Linef(1, "%s : %s", x[0], x[1])
		}
	}
}

func (s *Snapshot) any(kind config.CheckKind) (found bool) {
	s.each(kind, func(*Virtual, *Real, *Checker) { found = true })
	return found
}

// each calls f for the checkers of a kind.
func (s *Snapshot) each(kind config.CheckKind, f func(v *Virtual, r *Real, c *Checker)) {
	for i := range s.Virtuals {
		for j := range s.Virtuals[i].Reals {
			r := &s.Virtuals[i].Reals[j]
			for k := range r.Checkers {
				if r.Checkers[k].Conf.Kind == kind {
					f(&s.Virtuals[i], r, &r.Checkers[k])
				}
			}
		}
	}
}

// files is the tracked files that checkers follow.
func (s *Snapshot) files(t *dump.Text) {
	if len(s.Conf.TrackFiles) > 0 {
		t.Section("Checker track files")
	}
	for i := range s.Conf.TrackFiles {
		f := &s.Conf.TrackFiles[i]
		t.Linef(1, "Track file = %s", f.Name)
		t.Linef(3, "File = %s", f.Path)
		t.Linef(3, "Status = %d", s.Files[f.Name])
		t.Linef(3, "Weight = %d%s", f.Weight, reverse(f.Reverse))
		title := "Tracking instances :"
		s.each(config.CheckFile, func(v *Virtual, r *Real, c *Checker) {
			if d := c.Conf.Detail.File; d.Name == f.Name {
				optional(t, "%s", title)
				title = ""
				t.Linef(5, "%s -> %s, weight %d%s", v.Conf, server(v, r), d.Weight, reverse(d.Reverse))
			}
		})
	}
}

// sessions is the BFD sessions that checkers follow, in the order in which they
// are first used.
func (s *Snapshot) sessions(t *dump.Text) {
	var names []string
	servers := map[string][]string{}
	s.each(config.CheckBFD, func(v *Virtual, r *Real, c *Checker) {
		name := c.Conf.Detail.BFD.Name
		if servers[name] == nil {
			names = append(names, name)
		}
		servers[name] = append(servers[name], server(v, r))
	})
	if len(names) > 0 {
		t.Section("Checker track BFDs")
	}
	for _, name := range names {
		t.Linef(1, "Checker Track BFD = %s", name)
		t.Linef(3, "Tracking RS :")
		for _, r := range servers[name] {
			t.Linef(3, "%s", r)
		}
	}
}

func server(v *Virtual, r *Real) string { return v.Conf.ServerName(r.Conf.Addr, r.Conf.Port) }

func reverse(b bool) string { return dump.Choose(b, " reverse", "") }

func onOff(b bool) string { return dump.Choose(b, "ON", "OFF") }

func yesNo(b bool) string { return dump.Choose(b, "yes", "no") }

func abled(b bool) string { return dump.Choose(b, "enabled", "disabled") }

func setUnset(b bool) string { return dump.Choose(b, "set", "unset") }

// seconds is a duration with six decimals.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
}
