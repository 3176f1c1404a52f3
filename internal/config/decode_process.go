package config

import "time"

func openProcess(d *decoder, s stmt) bool {
	d.proc = &processDraft{seq: d.declare()}
	d.proc.TrackProcess = TrackProcess{Origin: s.origin(), Name: s.arg(1), Quorum: 1, QuorumMax: -1}
	d.name = s.arg(1)
	return true
}

func endProcess(d *decoder) {
	p := d.proc
	if p.Path == "" {
		d.atEnd(p.Origin, "", "track process '%s' process name not specified", p.Name)
		return
	}
	if !d.env.ProcessEvents() {
		d.late(p.Origin, "no kernel support for track_process (CONFIG_PROC_EVENTS)")
		return
	}
	if len(p.Params) > 0 && p.ParamMatch == ParamMatchNone {
		p.ParamMatch = ParamMatchExact
	}
	p.FullCommand = p.FullCommand || p.ParamMatch != ParamMatchNone
	d.processes = append(d.processes, p)
}

func setProcess(d *decoder, s stmt) {
	if d.proc.Path != "" {
		d.refuse(s, 1, "Process already set for track process {name} - ignoring {v}")
		return
	}
	argv := s.args(1)
	d.proc.Path, d.proc.Params = argv[0], argv[1:]
	if len(argv) == 1 {
		d.proc.Params = nil
	}
}

func setParamMatch(d *decoder, s stmt) {
	switch m := ParamMatch(s.arg(1)); {
	case s.n() < 2:
		d.proc.ParamMatch = ParamMatchExact
	case m == ParamMatchInitial || m == ParamMatchPartial:
		d.proc.ParamMatch = m
	default:
		d.refuse(s, 1, "Invalid param_match type {v} - ignoring")
	}
}

func setProcessWeight(d *decoder, s stmt) {
	p := d.proc
	switch {
	case s.n() < 2:
		d.errorf(s, 0, "No weight specified for track process %s - ignoring", p.Name)
		return
	case p.weightSet:
		d.refuse(s, 1, "Weight already set for track process {name} - ignoring {v}")
		return
	}
	w, reverse, ok := d.objectWeight(s, 254, "vrrp_track_process {name} unknown weight option {w}")
	if !ok {
		d.refuse(s, 1, "Weight ({v}) for vrrp_track_process {name} must be between [-254..254] inclusive. Ignoring...")
		return
	}
	p.Weight, p.Reverse, p.weightSet = w, reverse, true
}

func setQuorum(d *decoder, s stmt) {
	v, ok := d.number(s, 1, limits{lo: 1, hi: 65535})
	switch {
	case !ok:
		d.refuse(s, 1, "Quorum ({v}) for vrrp_track_process {name} must be between [1..65535] inclusive. Ignoring...")
	case d.proc.QuorumMax >= 0 && int(v) > d.proc.QuorumMax:
		d.errorf(s, 1, "Quorum is greater than quorum_max - ignoring")
	default:
		d.proc.Quorum = int(v)
	}
}

func setQuorumMax(d *decoder, s stmt) {
	v, ok := d.number(s, 1, limits{lo: 0, hi: 65535})
	switch {
	case !ok:
		d.refuse(s, 1, "quorum_max ({v}) for vrrp_track_process {name} must be between [0..65535] inclusive. Ignoring...")
	case v == 0:
		d.proc.Quorum, d.proc.QuorumMax = 0, 0
	case int(v) < d.proc.Quorum:
		d.errorf(s, 1, "quorum_max is less than quorum - ignoring")
	default:
		d.proc.QuorumMax = int(v)
	}
}

func processDelay(set func(p *processDraft, v time.Duration)) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.decimal(s, 1, decimals{lo: 1, hi: 3600e6, places: 6})
		if !ok {
			d.refuse(s, 1, "{kw} ({v}) for vrrp_track_process {name} must be between [0.000001..3600] inclusive. Ignoring...")
			return
		}
		set(d.proc, v)
	}
}
