package config

import "time"

func openScript(d *decoder, s stmt) bool {
	d.vs = &scriptDraft{seq: d.declare()}
	d.vs.TrackScript = TrackScript{Origin: s.origin(), Name: s.arg(1), Interval: time.Second, Rise: 1, Fall: 1}
	d.name = s.arg(1)
	return true
}

// endScript drops a script that has nothing to run.
func endScript(d *decoder) {
	vs := d.vs
	if !vs.command.isSet() {
		d.drop(vs.Name)
		d.atEnd(vs.Origin, "instances that track it go on without: add script \"COMMAND\"", "No script set for vrrp_script %s - removing", vs.Name)
		return
	}
	vs.closedAt = d.closing
	d.vscripts = append(d.vscripts, vs)
}

// setScript takes the last script that can be split into words.
func setScript(d *decoder, s stmt) {
	if c := d.command(s, "vrrp"); c.isSet() {
		d.vs.command = c
	}
}

func setScriptInterval(d *decoder, s stmt) {
	v, ok := d.decimal(s, 1, decimals{lo: 0, hi: 4294000, places: 3})
	switch {
	case !ok:
		d.refuse(s, 1, "({name}): vrrp script interval '{v}' must be between 0.001 and 4294 - ignoring")
	case v == 0:
		d.errorf(s, 1, "(%s): vrrp script interval must be greater than 0, setting to 1", d.name)
		d.vs.Interval = time.Second
	default:
		d.vs.Interval = v
	}
}

func setScriptTimeout(d *decoder, s stmt) {
	v, ok := d.decimal(s, 1, decimals{lo: 0, hi: 4294000, places: 3})
	switch {
	case !ok:
		d.refuse(s, 1, "({name}): vrrp script timeout '{v}' invalid - ignoring")
		return
	case v == 0:
		d.errorf(s, 1, "(%s): vrrp script timeout must be greater than 0, setting to 1", d.name)
		v = time.Second
	}
	d.vs.timeout = Some(v)
}

func setScriptWeight(d *decoder, s stmt) {
	w, reverse, ok := d.objectWeight(s, 253, "vrrp_script {name} unknown weight option {w}")
	if !ok {
		d.refuse(s, 1, "vrrp_script {name} weight {v} must be in [-253, 253]")
	}
	d.vs.Weight, d.vs.Reverse = min(max(w, -253), 253), reverse
}

func scriptCount(what string, p func(vs *scriptDraft) *int) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.number(s, 1, limits{lo: 1, hi: 1<<31 - 1})
		if !ok {
			d.refuse(s, 1, "({name}): vrrp script "+what+" value '{v}' invalid, defaulting to 1")
			v = 1
		}
		*p(d.vs) = int(v)
	}
}

func setScriptUser(d *decoder, s stmt) {
	d.vs.user = userIn(s, 1)
}
