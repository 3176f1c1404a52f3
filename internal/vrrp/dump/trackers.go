package dump

import (
	"fmt"
	"slices"

	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/vrrp/fsm"
)

// tracks is what an instance or a group tracks, by kind.
type tracks struct {
	interfaces, scripts, files, processes, bfds []config.Track
}

// ownTracks is what the instance tracks itself; what its sync group tracks is
// shown there.
func (s *Snapshot) ownTracks(c *config.Instance) tracks {
	own := tracks{c.TrackInterfaces, c.TrackScripts, c.TrackFiles, c.TrackProcesses, c.TrackBFDs}
	for i := range s.Conf.VRRP.SyncGroups {
		g := &s.Conf.VRRP.SyncGroups[i]
		if g.Name == c.SyncGroup && c.SyncGroup != "" {
			own.interfaces = without(own.interfaces, g.TrackInterfaces)
			own.scripts = without(own.scripts, g.TrackScripts)
			own.files = without(own.files, g.TrackFiles)
			own.processes = without(own.processes, g.TrackProcesses)
			own.bfds = without(own.bfds, g.TrackBFDs)
		}
	}
	return own
}

func without(all, gone []config.Track) []config.Track {
	return slices.DeleteFunc(slices.Clone(all), func(t config.Track) bool { return slices.Contains(gone, t) })
}

// tracked lists what is tracked; groups and instances have titles of their own
// for processes.
func tracked(t *dump.Text, k tracks, processes string) {
	trackedList(t, "Tracked interfaces :", "%s weight %d%s", k.interfaces)
	trackedList(t, "Tracked scripts :", "%s weight %d%s", k.scripts)
	trackedList(t, "Tracked files :", "%s, weight %d%s", k.files)
	trackedList(t, processes, "%s, weight %d%s", k.processes)
	trackedList(t, "Tracked BFDs :", "%s: weight %d%s", k.bfds)
}

func trackedList(t *dump.Text, title, format string, list []config.Track) {
	if len(list) > 0 {
		t.Linef(3, "%s", title)
	}
	for _, k := range list {
		t.Linef(5, format, k.Name, k.Weight, reverse(k.Reverse))
	}
}

func (s *Snapshot) groups(t *dump.Text) {
	if len(s.Conf.VRRP.SyncGroups) > 0 {
		t.Section("VRRP Sync groups")
	}
	for i := range s.Conf.VRRP.SyncGroups {
		g := &s.Conf.VRRP.SyncGroups[i]
		state := fsm.StateInit
		for _, st := range s.Groups {
			if st.Name == g.Name {
				state = st.State
			}
		}
		t.Linef(1, "VRRP Sync Group = %s, %s", g.Name, state)
		fault, pending := s.memberFaults(g)
		t.Linef(3, "Num member fault %d, num member init %d", fault, pending)
		titled(t, "VRRP member instances :", g.Members)
		if g.SyncGroupTrackingWeight {
			t.Linef(3, "sync group tracking weight set")
		}
		t.Linef(3, "Using smtp notification = %s", yesNo(g.SMTPAlert))
		if g.NotifyPriorityChanges.Or(false) {
			t.Linef(3, "Notify priority changes = yes")
		}
		tracked(t, tracks{g.TrackInterfaces, g.TrackScripts, g.TrackFiles, g.TrackProcesses, g.TrackBFDs}, "Tracked process :")
		notifyScripts(t, &g.Notify, true)
	}
}

// memberFaults counts members that cannot take part and those that wait for
// scripts.
func (s *Snapshot) memberFaults(g *config.SyncGroup) (fault, pending int) {
	for i := range s.Instances {
		if !slices.Contains(g.Members, s.Instances[i].Conf.Name) {
			continue
		}
		st := &s.Instances[i].Status
		switch {
		case st.Faults != 0 || st.FaultTracks > 0:
			fault++
		case st.ScriptsInit > 0:
			pending++
		}
	}
	return fault, pending
}

func (s *Snapshot) tracker(kind fsm.TrackerKind, name string) Tracker {
	for _, t := range s.Trackers {
		if t.Kind == kind && t.Name == name {
			return t
		}
	}
	return Tracker{}
}

// trackedBy lists the instances that track an object; always says that the list
// is announced when it is empty, too.
func (s *Snapshot) trackedBy(t *dump.Text, always bool, name string, of func(*config.Instance) []config.Track) {
	var lines []string
	for i := range s.Instances {
		for _, k := range of(&s.Instances[i].Conf) {
			if k.Name == name {
				lines = append(lines, fmt.Sprintf("%s, weight %d%s", s.Instances[i].Conf.Name, k.Weight, reverse(k.Reverse)))
			}
		}
	}
	if always || len(lines) > 0 {
		t.Linef(3, "Tracking instances :")
	}
	list(t, lines)
}
