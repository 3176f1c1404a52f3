package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
)

// trackKinds is where an instance names its tracked objects.
var trackKinds = []struct {
	kind fsm.TrackerKind
	of   func(*config.Instance) []config.Track
}{
	{fsm.TrackInterface, trackedInterfaces},
	{fsm.TrackScript, func(in *config.Instance) []config.Track { return in.TrackScripts }},
	{fsm.TrackFile, func(in *config.Instance) []config.Track { return in.TrackFiles }},
	{fsm.TrackProcess, func(in *config.Instance) []config.Track { return in.TrackProcesses }},
	{fsm.TrackBFD, func(in *config.Instance) []config.Track { return in.TrackBFDs }},
}

// trackedInterfaces is the configured ones and those that addresses and routes
// name: without their interface they cannot be set (keepalived.conf(5),
// no_track).
func trackedInterfaces(in *config.Instance) []config.Track {
	tracks := append([]config.Track(nil), in.TrackInterfaces...)
	seen := map[string]bool{in.Interface: true}
	for _, t := range tracks {
		seen[t.Name] = true
	}
	implied := func(dev string, noTrack bool) {
		if dev != "" && !noTrack && !seen[dev] {
			seen[dev] = true
			tracks = append(tracks, config.Track{Name: dev})
		}
	}
	for _, list := range [][]config.Address{in.VIPs, in.ExcludedVIPs} {
		for _, a := range list {
			implied(a.Dev, a.NoTrack || !a.DevSet)
		}
	}
	for _, r := range in.VirtualRoutes {
		implied(r.Dev, r.NoTrack)
		for _, h := range r.NextHops {
			implied(h.Dev, r.NoTrack)
		}
	}
	for _, r := range in.VirtualRules {
		implied(r.IIF, r.NoTrack)
		implied(r.OIF, r.NoTrack)
	}
	return tracks
}

// trackerSet is the tracked objects of all instances, each once.
type trackerSet struct {
	list []fsm.Tracker
	at   map[trackerKey]int
}

type trackerKey struct {
	kind fsm.TrackerKind
	name string
}

func collectTrackers(instances []config.Instance) *trackerSet {
	s := &trackerSet{at: map[trackerKey]int{}}
	for i := range instances {
		for _, kind := range trackKinds {
			for _, t := range kind.of(&instances[i]) {
				s.index(kind.kind, t.Name)
			}
		}
	}
	return s
}

// index finds a tracker, or adds it.
func (s *trackerSet) index(kind fsm.TrackerKind, name string) int {
	key := trackerKey{kind, name}
	if i, ok := s.at[key]; ok {
		return i
	}
	s.at[key] = len(s.list)
	s.list = append(s.list, fsm.Tracker{Kind: kind, Name: name})
	return s.at[key]
}
