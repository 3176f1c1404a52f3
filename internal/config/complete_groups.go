package config

import "slices"

// joinGroups settles which instances belong to which group.
func (d *decoder) joinGroups() {
	for _, g := range d.groups {
		var members []string
		for _, name := range g.Members {
			in := d.instanceNamed(name)
			switch {
			case in == nil:
				d.lateHelp(g.Origin, "the instance is not in the group: correct the name", "Virtual router %s specified in sync group %s doesn't exist - ignoring", name, g.Name)
			case in.SyncGroup != "":
				d.late(g.Origin, "Virtual router %s cannot exist in more than one sync group; ignoring %s", name, g.Name)
			default:
				in.SyncGroup = g.Name
				members = append(members, name)
			}
		}
		g.Members = members
		switch len(members) {
		case 0:
			d.late(g.Origin, "Sync group %s, no matching virtual router found in group declaration - removing", g.Name)
		case 1:
			d.late(g.Origin, "Sync group %s has only 1 virtual router(s) - this probably isn't what you want", g.Name)
		}
	}
}

// completeGroups gives groups their scripts, and members what groups track.
func (d *decoder) completeGroups() {
	for _, g := range d.groups {
		if len(g.Members) == 0 {
			continue
		}
		d.ownersAgree(g)
		g.SMTPAlert = g.smtpAlert.Or(d.vrrpAlert())
		n := &g.Notify
		for kind, target := range [...]*Script{onBackup: &n.Backup, onMaster: &n.Master, onFault: &n.Fault, onStop: &n.Stop, onAny: &n.Any} {
			*target, _ = d.resolve(&g.commands[kind])
		}
		d.groupTracks(g)
		for _, name := range g.Members {
			in := d.instanceNamed(name)
			if !in.notifyPriority.Set && g.NotifyPriorityChanges.Set {
				in.NotifyPriorityChanges = g.NotifyPriorityChanges.V
			}
			d.memberTracks(g, in)
		}
	}
	for _, in := range d.instances {
		in.storeTracks(d.groupNamed(in.SyncGroup))
	}
	d.checkTrackGroups()
}

func (d *decoder) ownersAgree(g *groupDraft) {
	owners := 0
	for _, name := range g.Members {
		if d.instanceNamed(name).Priority == ownerPriority {
			owners++
		}
	}
	if owners > 0 && owners < len(g.Members) {
		d.late(g.Origin, "Sync group %s has some member(s) as address owner and some not as address owner. This won't work.", g.Name)
	}
}

// Messages about a group one of whose members owns its address.
var ownerMember = [trackKinds]string{
	"(%s) Cannot have weighted track interface '%s' with member having priority %d - clearing weight",
	"(%s) Cannot have weighted track script '%s' with member having priority %d - clearing weight",
	"(%s) Cannot have weighted track file '%s' with member having priority %d - setting weight 0",
	"(%s) Cannot have weighted track process '%s' with member having priority %d - setting weight 0",
	"(%s) Cannot have weighted track bfd '%s' with member having priority %d - setting weight 0",
}

func (d *decoder) groupTracks(g *groupDraft) {
	owner := slices.ContainsFunc(g.Members, func(name string) bool { return d.instanceNamed(name).Priority == ownerPriority })
	for kind := range g.tracks {
		d.keepRunning(trackKind(kind), &g.tracks[kind])
		for i := range g.tracks[kind] {
			t := &g.tracks[kind][i]
			if owner && t.weight != 0 {
				d.late(g.Origin, ownerMember[kind], g.Name, t.name, ownerPriority)
				t.weight = 0
			}
		}
	}
	g.TrackInterfaces, g.TrackScripts, g.TrackFiles = tracksOf(g.tracks[trackInterface]), tracksOf(g.tracks[trackScript]), tracksOf(g.tracks[trackFile])
	g.TrackProcesses, g.TrackBFDs = tracksOf(g.tracks[trackProcess]), tracksOf(g.tracks[trackBFD])
}

// keepRunning drops trackers of scripts that were disabled.
func (d *decoder) keepRunning(kind trackKind, list *[]trackDraft) {
	if kind != trackScript {
		return
	}
	*list = slices.DeleteFunc(*list, func(t trackDraft) bool { return d.disabled[t.name] })
}

func tracksOf(list []trackDraft) []Track {
	var out []Track
	for i := range list {
		out = append(out, list[i].track())
	}
	return out
}

// Messages about an object that both the instance and its group track.
var trackedByBoth = [trackKinds]string{
	"(%s) track_interface %s is configured on VRRP instance and sync group. Remove vrrp instance or sync group config",
	"(%s) track_script %s is configured on VRRP instance and sync group. Remove vrrp instance config",
	"(%s) track_file %s is configured on VRRP instance and sync group. Remove vrrp instance config",
	"(%s) track_process %s is configured on VRRP instance and sync group. Remove vrrp instance config",
	"(%s) track_bfd %s is configured on VRRP instance and sync group. Remove vrrp instance config",
}

// memberTracks adds the group's trackers to a member. The group's weight replaces
// one of the member's that is not zero.
func (d *decoder) memberTracks(g *groupDraft, in *instanceDraft) {
	for kind := range g.tracks {
		if len(g.tracks[kind]) == 0 {
			continue
		}
		if len(in.tracks[kind]) == 0 && !(trackKind(kind) == trackInterface && g.tracksOwn(in)) {
			in.groupTracks[kind] = true
			continue
		}
		own := map[string]int{}
		for i, o := range in.tracks[kind] {
			own[o.name] = i
		}
		for _, t := range g.tracks[kind] {
			i, both := own[t.name]
			if !both {
				if trackKind(kind) != trackInterface || t.name != in.Interface || in.DontTrackPrimary {
					in.tracks[kind] = append(in.tracks[kind], t)
				}
				continue
			}
			d.late(in.Origin, trackedByBoth[kind], in.Name, t.name)
			if o := &in.tracks[kind][i]; o.weight != 0 {
				o.weight, o.reverse = t.weight, t.reverse
			}
		}
	}
}

// completeTracksOf settles what an instance tracks itself.
func (d *decoder) completeTracksOf(in *instanceDraft) {
	for kind := range in.tracks {
		d.keepRunning(trackKind(kind), &in.tracks[kind])
	}
	in.tracks[trackInterface] = slices.DeleteFunc(in.tracks[trackInterface], func(t trackDraft) bool {
		own := t.name == in.Interface
		if own {
			d.late(in.Origin, "(%s) Ignoring track_interface %s since own interface", in.Name, t.name)
		}
		return own
	})
	switch {
	case in.Priority == ownerPriority:
		d.ignoreWeights(in, "address_owner")
	case in.SyncGroup != "" && !d.groupNamed(in.SyncGroup).SyncGroupTrackingWeight:
		d.ignoreWeights(in, "SYNC group")
	}
}

func (d *decoder) groupNamed(name string) *groupDraft {
	return d.groupSeen[name]
}

// ignoreWeights removes weights that cannot count.
func (d *decoder) ignoreWeights(in *instanceDraft, why string) {
	for kind := range in.tracks {
		in.tracks[kind] = slices.DeleteFunc(in.tracks[kind], func(t trackDraft) bool {
			return t.weight != 0 && d.ignoreWeight(in, trackKind(kind), t, why)
		})
		for i := range in.tracks[kind] {
			in.tracks[kind][i].weight = 0
		}
	}
}

// ignoreWeight reports a weight that does not count, and whether the tracker goes
// with it.
func (d *decoder) ignoreWeight(in *instanceDraft, kind trackKind, t trackDraft, why string) bool {
	help := "give it weight 0 to make a failure a fault, or set sync_group_tracking_weight"
	switch kind {
	case trackScript:
		d.lateHelp(in.Origin, help, "(%s) ignoring tracked script %s with weights due to %s", in.Name, t.name, why)
	case trackFile:
		if t.weight == 1 {
			d.lateHelp(in.Origin, help, "(%s) ignoring weight from tracked file %s due to %s. specify weight 0", in.Name, t.name, why)
			return true
		}
		d.lateHelp(in.Origin, help, "(%s) ignoring tracked file %s with weight %d due to %s", in.Name, t.name, t.weight, why)
	case trackBFD:
		d.lateHelp(in.Origin, help, "(%s) ignoring tracked bfd %s with weight %d due to %s", in.Name, t.name, t.weight, why)
	case trackInterface:
		if why == "address_owner" {
			d.lateHelp(in.Origin, help, "(%s) ignoring %s tracked interface due to address owner", in.Name, t.name)
			return true
		}
		d.lateHelp(in.Origin, help, "(%s) ignoring %s tracked interface %sdue to %s", in.Name, t.name, "weight ", why)
		return false
	default:
		d.lateHelp(in.Origin, help, "(%s) ignoring weight of tracked process %s due to %s", in.Name, t.name, why)
		return false
	}
	return true
}

// tracksOwn says whether a group tracks the interface that a member runs on.
func (g *groupDraft) tracksOwn(in *instanceDraft) bool {
	return !in.DontTrackPrimary && slices.ContainsFunc(g.tracks[trackInterface], func(t trackDraft) bool { return t.name == in.Interface })
}

// storeTracks settles what an instance tracks. A member that tracks what its group
// does, and nothing else, has the group's own list: groups may be large.
func (in *instanceDraft) storeTracks(g *groupDraft) {
	own := [trackKinds]*[]Track{&in.TrackInterfaces, &in.TrackScripts, &in.TrackFiles, &in.TrackProcesses, &in.TrackBFDs}
	for kind, list := range own {
		if in.groupTracks[kind] {
			*list = [trackKinds][]Track{g.TrackInterfaces, g.TrackScripts, g.TrackFiles, g.TrackProcesses, g.TrackBFDs}[kind]
			continue
		}
		*list = tracksOf(in.tracks[kind])
	}
}

func (d *decoder) checkTrackGroups() {
	kept := d.tgroups[:0]
	for _, g := range d.tgroups {
		g.Instances = slices.DeleteFunc(g.Instances, func(name string) bool {
			missing := d.instanceNamed(name) == nil
			if missing {
				d.lateLog(g.Origin, "vrrp instance %s specified in track group %s doesn't exist - ignoring", name, g.Name)
			}
			return missing
		})
		if len(g.Instances) == 0 {
			d.lateLog(g.Origin, "Static track group %s has no VRRP instance(s)", g.Name)
			d.lateLog(g.Origin, "Static track group %s init fails - removing", g.Name)
			continue
		}
		kept = append(kept, g)
	}
	d.tgroups = kept
}
