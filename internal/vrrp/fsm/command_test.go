package fsm_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/fsm/sim"
	"keepalived/internal/vrrp/packet"
)

var errUsage = errors.New("not a command of scenarios")

func (s *scenario) command(w []string) error {
	if len(w) == 0 {
		return errUsage
	}
	switch w[0] {
	case "run":
		d, err := time.ParseDuration(w[1])
		s.net.Run(d)
		return err
	case "heal":
		s.net.Heal()
		return nil
	case "cut":
		s.net.Cut(w[1], w[2])
		return nil
	case "state":
		s.out.WriteString(s.net.Summary())
		return nil
	case "client":
		return s.client()
	case "router":
		r := s.net.Add(w[1], fsm.Config{})
		return setRouter(r, w[2:])
	}
	for _, r := range s.net.Routers {
		if len(w) > 1 && r.Name == w[1] {
			return s.routerCommand(r, w[0], w[2:])
		}
	}
	return errUsage
}

func (s *scenario) client() error {
	for vrid := range 256 {
		if r := s.net.Cache[uint8(vrid)]; r != nil {
			s.printf("  client reaches VRID %d at %s", vrid, r.Name)
		}
	}
	return nil
}

func (s *scenario) routerCommand(r *sim.Router, name string, w []string) error {
	switch name {
	case "instance", "set":
		return setInstance(r, w)
	case "remove":
		return remove(r, w[0])
	case "option":
		return setRouter(r, w)
	case "group":
		return addGroup(r, w)
	case "tracker":
		return addTracker(r, w)
	case "start":
		r.Start(len(w) > 0 && w[0] == "resume")
	case "stop":
		r.Stop()
	case "crash":
		r.Crash()
	case "pause":
		r.Pause()
	case "resume":
		r.Resume()
	case "reload":
		r.Reload(r.Config)
	default:
		return event(r, name, w)
	}
	return nil
}

var faults = map[string]fsm.Fault{
	"interface": fsm.FaultInterfaceDown, "base": fsm.FaultBaseInterfaceDown, "duplicate": fsm.FaultDuplicateVRID,
	"source": fsm.FaultNoSourceIP, "config": fsm.FaultConfigError, "socket": fsm.FaultNoSocket,
}

func event(r *sim.Router, name string, w []string) error {
	switch name {
	case "fault", "clear":
		r.Step(fsm.FaultChanged{Instance: r.ID(w[0]), Fault: faults[w[1]], Set: name == "fault", Interface: "eth0"})
	case "source":
		a, _ := netip.ParseAddr(w[1])
		r.Step(fsm.SourceChanged{Instance: r.ID(w[0]), Source: a})
	case "track":
		return track(r, w)
	case "lost":
		lost(r, w[0], strings.Join(w[1:], " "))
	case "failed":
		r.Step(fsm.AcquireFailed{Instance: r.ID(w[0]), What: strings.Join(w[1:], " ")})
	case "snmp":
		p, err := strconv.ParseUint(w[1], 10, 8)
		r.Step(fsm.PriorityChanged{Instance: r.ID(w[0]), Priority: uint8(p)})
		return err
	case "block", "unblock":
		r.Step(fsm.AdvertsBlocked{Instance: r.ID(w[0]), Blocked: name == "block"})
	case "garp":
		r.Step(fsm.AnnounceRequested{Instance: fsm.None})
	case "reject":
		n, err := strconv.Atoi(w[1])
		for range n {
			r.Step(fsm.AdvertRejected{Instance: r.ID(w[0]), Verdict: packet.Verdict{
				Reason: packet.ReasonTTL, Src: netip.MustParseAddr("10.0.0.66"), Got: 1, Want: 255}})
		}
		return err
	case "hear":
		return hear(r, w)
	default:
		return errUsage
	}
	return nil
}

// lost takes one place in what the instance holds for each text.
func lost(r *sim.Router, name, what string) {
	place := 0
	for _, c := range what {
		place = (31*place + int(c)) % 4096
	}
	r.Step(fsm.AddressesLost{Instance: r.ID(name), What: what, Objects: []int{place}})
}

// hear is an advert from a router that is not in the scenario.
func hear(r *sim.Router, w []string) error {
	p, err := strconv.ParseUint(w[2], 10, 8)
	if err != nil {
		return err
	}
	a := packet.Advert{Src: netip.MustParseAddr(w[1]), Priority: uint8(p), Interval: time.Second}
	if len(w) > 3 {
		a.Interval, err = time.ParseDuration(w[3])
	}
	r.Step(fsm.AdvertReceived{Instance: r.ID(w[0]), Advert: a})
	return err
}

func setRouter(r *sim.Router, w []string) (err error) {
	for _, word := range w {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "delay":
			r.Config.StartupDelay, err = time.ParseDuration(value)
		case "keep":
			r.Config.KeepAddresses = true
		case "rewrite":
			r.Config.RewriteStates = true
		default:
			err = fmt.Errorf("%s: %w", word, errUsage)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setInstance adds an instance, or changes one for the next reload.
func setInstance(r *sim.Router, w []string) error {
	cfg := &r.Config
	cfg.Instances = append([]fsm.Instance(nil), cfg.Instances...)
	k := indexOf(cfg, w[0])
	if k < 0 {
		k = len(cfg.Instances)
		cfg.Instances = append(cfg.Instances, fsm.Instance{
			Name: w[0], Version: 3, Priority: 100, AdvertInt: time.Second,
			Key:    fsm.Key{VRID: uint8(k + 1), Interface: "eth0"},
			Source: netip.AddrFrom4([4]byte{10, 0, 0, r.Name[0] - 'A' + 1}),
			Garp:   fsm.Garp{Delay: 5 * time.Second, Repeat: 5, RefreshRepeat: 1, LowerDelay: 5 * time.Second, LowerRepeat: 5},
		})
	}
	for _, word := range w[1:] {
		key, value, _ := strings.Cut(word, "=")
		if err := setParam(cfg, &cfg.Instances[k], key, value); err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
	}
	return nil
}

func setParam(cfg *fsm.Config, i *fsm.Instance, key, value string) (err error) {
	number := func() int {
		n, e := strconv.Atoi(value)
		err = e
		return n
	}
	duration := func() time.Duration {
		d, e := time.ParseDuration(value)
		err = e
		return d
	}
	switch key {
	case "vrid":
		i.Key.VRID = uint8(number())
	case "version":
		i.Version = uint8(number())
	case "priority":
		i.Priority = uint8(number())
	case "state":
		i.StartMaster = value == "MASTER"
	case "advert_int":
		i.AdvertInt = duration()
	case "down_timer_adverts":
		i.DownTimerAdverts = number()
	case "nopreempt":
		i.NoPreempt = value != "off"
	case "preempt_delay":
		i.PreemptDelay = duration()
	case "higher_prio_send_advert":
		i.HigherPrioSendAdvert = true
	case "lower_prio_no_advert":
		i.LowerPrioNoAdvert = true
	case "timer_expired_backup":
		i.TimerExpiredBackup = uint8(number())
	case "garp_refresh":
		i.Garp.Refresh = duration()
	case "garp_lower_prio_repeat":
		i.Garp.LowerRepeat = number()
	case "extra_if":
		i.Garp.ExtraIf = duration()
	case "notify_priority_changes":
		i.NotifyPriorityChanges = true
	case "notify_deleted":
		i.NotifyDeleted = true
	case "lvs_sync":
		i.LVSSync = value != "off"
	case "ah":
		i.AH = true
	case "unicast":
		i.Key.Unicast = true
	case "addresses":
		i.Addresses = value
	case "source":
		i.Source, _ = netip.ParseAddr(value)
	case "fault":
		i.Faults = i.Faults.With(faults[value])
	case "track":
		i.Tracks, err = addTrack(cfg, i.Tracks, value)
	default:
		return errUsage
	}
	return err
}

// addTrack reads NAME:WEIGHT or NAME:WEIGHT:reverse.
func addTrack(cfg *fsm.Config, tracks []fsm.Track, value string) ([]fsm.Track, error) {
	part := strings.Split(value, ":")
	weight, err := strconv.Atoi(part[1])
	if err != nil {
		return nil, err
	}
	for k, t := range cfg.Trackers {
		if t.Name == part[0] {
			return append(tracks[:len(tracks):len(tracks)], fsm.Track{Tracker: k, Weight: weight, Reverse: len(part) > 2}), nil
		}
	}
	return nil, fmt.Errorf("no tracker %s", part[0])
}

func indexOf(cfg *fsm.Config, name string) int {
	for k := range cfg.Instances {
		if cfg.Instances[k].Name == name {
			return k
		}
	}
	return -1
}

// remove takes an instance out of the configuration, for the next reload.
func remove(r *sim.Router, name string) error {
	k := indexOf(&r.Config, name)
	if k < 0 {
		return fmt.Errorf("no instance %s", name)
	}
	r.Config.Instances = append(append([]fsm.Instance(nil), r.Config.Instances[:k]...), r.Config.Instances[k+1:]...)
	return nil
}

func addGroup(r *sim.Router, w []string) error {
	g := fsm.Group{Name: w[0]}
	for _, name := range w[1:] {
		if name == "weights" {
			g.TrackingWeight = true
			continue
		}
		k := indexOf(&r.Config, name)
		if k < 0 {
			return fmt.Errorf("no instance %s", name)
		}
		g.Members = append(g.Members, k)
	}
	r.Config.Groups = slices.DeleteFunc(slices.Clone(r.Config.Groups), func(o fsm.Group) bool { return o.Name == g.Name })
	r.Config.Groups = append(r.Config.Groups, g)
	return nil
}

var kinds = map[string]fsm.TrackerKind{
	"interface": fsm.TrackInterface, "script": fsm.TrackScript, "file": fsm.TrackFile,
	"process": fsm.TrackProcess, "bfd": fsm.TrackBFD,
}

func addTracker(r *sim.Router, w []string) error {
	status, err := trackerStatus(w[2])
	r.Config.Trackers = append(r.Config.Trackers[:len(r.Config.Trackers):len(r.Config.Trackers)],
		fsm.Tracker{Kind: kinds[w[0]], Name: w[1], TrackerStatus: status})
	return err
}

// trackerStatus reads up, down, unknown or a file's value.
func trackerStatus(word string) (s fsm.TrackerStatus, err error) {
	switch word {
	case "up":
		return fsm.TrackerStatus{Known: true, Up: true}, nil
	case "down":
		return fsm.TrackerStatus{Known: true}, nil
	case "unknown":
		return s, nil
	}
	s.Known = true
	s.Value, err = strconv.Atoi(word)
	return s, err
}

func track(r *sim.Router, w []string) error {
	status, err := trackerStatus(w[1])
	r.Config.Trackers = append([]fsm.Tracker(nil), r.Config.Trackers...)
	for k, id := range r.Machine.Trackers() {
		if r.Config.Trackers[k].Name == w[0] {
			r.Config.Trackers[k].TrackerStatus = status
			r.Step(fsm.TrackerChanged{Tracker: id, TrackerStatus: status})
		}
	}
	return err
}
