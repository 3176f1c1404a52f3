package config

import "keepalived/internal/config/lang"

func openGroup(d *decoder, s stmt) bool {
	name := s.arg(1)
	if s.n() != 2 {
		d.help(s.at(0), lang.ClassGeneralError, "write vrrp_sync_group NAME {", "vrrp_sync_group must have a name - skipping")
		return false
	}
	if d.groupSeen[name] != nil {
		d.refuse(s, 1, "vrrp sync group {v} already defined")
		return false
	}
	d.group = &groupDraft{SyncGroup: SyncGroup{Origin: s.origin(), Name: name}}
	d.name = name
	return true
}

func endGroup(d *decoder) {
	if len(d.group.Members) == 0 {
		d.atEnd(d.group.Origin, "", "Sync group %s has no members - removing", d.group.Name)
		d.removedGroups = append(d.removedGroups, d.group)
		return
	}
	d.groups = append(d.groups, d.group)
	remember(&d.groupSeen, d.group.Name, d.group)
}

func openMembers(d *decoder, s stmt) bool {
	if d.group.members {
		d.errorf(s, 0, "Group list already specified for sync group %s", d.group.Name)
		return false
	}
	d.group.members = true
	return true
}

func addMembers(d *decoder, s stmt) { d.group.Members = append(d.group.Members, s.args(0)...) }

func membersDone(d *decoder, s stmt, n int) {
	if n == 0 {
		d.atEnd(s.origin(), "", "Warning - sync group %s has empty group block", d.group.Name)
	}
}

func groups[T any](p func(g *groupDraft) *T) func(d *decoder) *T {
	return func(d *decoder) *T { return p(d.group) }
}

func groupScript(kind commandKind) handler {
	what := commandNames[kind]
	return func(d *decoder, s stmt) {
		c := &d.group.commands[kind]
		if c.isSet() {
			d.again(s, true, "vrrp group {name}: "+what+" script already specified - ignoring {v}")
			return
		}
		*c = d.command(s, what)
	}
}

func oldGlobalTracking(d *decoder, s stmt) {
	d.report(s.at(0), lang.ClassDeprecated, "(%s) global_tracking is deprecated. Use track_interface/script/file on the sync group", d.name)
	d.group.SyncGroupTrackingWeight = true
}

func openTrackGroup(d *decoder, s stmt) bool {
	name := s.arg(1)
	if s.n() != 2 {
		d.errorf(s, 0, "track_group must have a name - skipping")
		return false
	}
	for _, g := range d.tgroups {
		if g.Name == name {
			d.refuse(s, 1, "track_group {v} already defined")
			return false
		}
	}
	d.tg = &TrackGroup{Origin: s.origin(), Name: name}
	return true
}

func openTrackGroupMembers(d *decoder, s stmt) bool {
	if len(d.tg.Instances) > 0 {
		d.errorf(s, 0, "Group list already specified for sync group %s", d.tg.Name)
		return false
	}
	return true
}

func addTrackGroupMembers(d *decoder, s stmt) { d.tg.Instances = append(d.tg.Instances, s.args(0)...) }

func trackGroupDone(d *decoder, s stmt, n int) {
	if n == 0 {
		d.atEnd(s.origin(), "", "Warning - track group %s has empty group block", d.tg.Name)
	}
}

func endTrackGroup(d *decoder) {
	if len(d.tg.Instances) == 0 {
		d.atEnd(d.tg.Origin, "", "Static track group %s has no members - removing", d.tg.Name)
		return
	}
	d.tgroups = append(d.tgroups, d.tg)
}
