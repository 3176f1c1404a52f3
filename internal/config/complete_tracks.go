package config

import (
	"fmt"
	"slices"

	"keepalived/internal/config/lang"
)

// identifyScripts gives every vrrp_script its user, and drops those without.
func (d *decoder) identifyScripts() {
	for _, vs := range d.vscripts {
		vs.command.user = vs.user
		if !vs.user.given {
			if _, ok := d.defaultIdentity(vs.closedAt); !ok {
				d.help(vs.closedAt, classGeneral, "instances that track it go on without", "Unable to set default user for vrrp script %s - removing", vs.Name)
				vs.removed = true
				d.drop(vs.Name)
			}
			continue
		}
		if _, ok := d.lookup(vs.user); !ok {
			d.help(vs.user.at, classGeneral, "create the user, or name another", "Unable to set uid/gid for script %s", quoteWords(vs.command.argv))
			vs.removed = true
			d.drop(vs.Name)
		}
	}
}

func quoteWords(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += " "
		}
		out += "'" + w + "'"
	}
	return out
}

// completeScripts looks up the files of the scripts that are tracked. Without an
// instance none is.
func (d *decoder) completeScripts() {
	for _, vs := range d.vscripts {
		if vs.removed {
			continue
		}
		vs.Timeout, vs.TimeoutSet = vs.timeout.Or(vs.Interval), vs.timeout.Set
		if len(d.instances) == 0 {
			continue
		}
		script, ok := d.resolve(&vs.command)
		if !ok {
			why := "since not found/accessible"
			if check := d.lastCheck; check.Found && (check.Executable || check.Test) {
				why = "due to insecure"
			}
			d.lateHelp(vs.Origin, "instances that track it go on without", "Disabling track script %s %s", vs.Name, why)
			vs.removed = true
			d.disable(vs.Name)
			continue
		}
		vs.Script = script
	}
}

// drop notes an object that is not there because of what was reported.
func (d *decoder) drop(name string) {
	remember(&d.dropped, name, true)
}

func (d *decoder) disable(name string) {
	remember(&d.disabled, name, true)
}

// resolveTracks finds the objects that tracker lines name. They must have been
// declared before the line.
func (d *decoder) resolveTracks() {
	index := d.trackIndex()
	for _, in := range d.instances {
		for kind := range in.tracks {
			in.tracks[kind] = d.resolveList(index, in.Name, trackKind(kind), in.tracks[kind])
		}
	}
	for _, g := range append(slices.Clone(d.groups), d.removedGroups...) {
		for kind := range g.tracks {
			g.tracks[kind] = d.resolveList(index, g.Name, trackKind(kind), g.tracks[kind])
		}
	}
}

// tracked is a declared object.
type tracked struct {
	seq     int
	weight  int
	reverse bool
}

func (d *decoder) trackIndex() (index [trackKinds]map[string]tracked) {
	for kind := range index {
		index[kind] = map[string]tracked{}
	}
	for _, vs := range d.vscripts {
		if !vs.removed {
			index[trackScript][vs.Name] = tracked{vs.seq, vs.Weight, vs.Reverse}
		}
	}
	for _, f := range d.files {
		index[trackFile][f.Name] = tracked{f.seq, f.Weight, f.Reverse}
	}
	for _, p := range d.processes {
		index[trackProcess][p.Name] = tracked{p.seq, p.Weight, p.Reverse}
	}
	for _, b := range d.bfdNames {
		if b.VRRP || !b.Checker {
			index[trackBFD][b.Name] = tracked{b.seq, b.Weight, b.Reverse}
		}
	}
	return index
}

// Messages by kind of object.
var (
	notFound = [trackKinds]string{"(%s) tracked interface %s doesn't exist", "(%s) track script %s not found, ignoring...",
		"(%s) track file %s not found, ignoring...", "(%s) track process %s not found, ignoring...", "(%s) track bfd %s not found, ignoring..."}
	trackedTwice = [trackKinds]string{"(%s) duplicate track_interface %s - ignoring", "(%s) duplicate track_script %s - ignoring",
		"(%s) duplicate track_file %s - ignoring", "(%s) duplicate track_process %s - ignoring", "(%s) duplicate track_bfd %s - ignoring"}
)

func (d *decoder) resolveList(index [trackKinds]map[string]tracked, owner string, kind trackKind, list []trackDraft) []trackDraft {
	var kept []trackDraft
	seen := map[string]bool{}
	for _, t := range list {
		obj, ok := index[kind][t.name]
		if kind == trackInterface {
			_, ok = d.env.Interface(t.name)
			ok = ok || d.cfg.Global.DynamicInterfaces
			if !ok {
				d.report(t.at, classGeneral, notFound[kind], owner, t.name)
				d.noInterface(t.at)
				continue
			}
		} else if !ok && d.dropped[t.name] {
			d.followf(t.at, false, classGeneral, notFound[kind], owner, t.name)
			continue
		} else if !ok || obj.seq > t.seq {
			help := "the instance does not depend on it: declare it before this line"
			d.help(t.at, classGeneral, help, notFound[kind], owner, t.name)
			continue
		}
		if seen[t.name] {
			d.report(t.at, classGeneral, trackedTwice[kind], owner, t.name)
			continue
		}
		t.weight, t.reverse = obj.weight, obj.reverse
		if d.name = owner; d.trackOptions(&t, kind) {
			seen[t.name] = true
			kept = append(kept, t)
		}
	}
	return kept
}

func (t *trackDraft) track() Track { return Track{Name: t.name, Weight: t.weight, Reverse: t.reverse} }

// dropUnusedScripts removes scripts that nothing tracks: they are not run.
func (d *decoder) dropUnusedScripts() {
	used := map[string]bool{}
	for _, in := range d.instances {
		for _, t := range in.TrackScripts {
			used[t.Name] = true
		}
	}
	for _, vs := range d.vscripts {
		if vs.removed || used[vs.Name] {
			continue
		}
		d.diags.Add(lang.Diagnostic{Pos: vs.pos(), Severity: lang.Warning, Bare: true, Help: "name it in track_script of an instance",
			Text: fmt.Sprintf("Warning - script %s is not used", vs.Name)})
		vs.removed = true
	}
}
