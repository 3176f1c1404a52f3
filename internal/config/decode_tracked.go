package config

import (
	"strconv"
	"time"

	"keepalived/internal/config/lang"
)

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

// setScript takes the first script; later ones do not count.
func setScript(d *decoder, s stmt) {
	if !d.vs.command.isSet() {
		d.vs.command = d.command(s, "vrrp")
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
	d.vs.user = userDraft{user: s.arg(1), group: s.arg(2), at: s.at(1)}
}

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

func openTrackFile(d *decoder, s stmt) bool {
	if s.arg(0) == "vrrp_track_file" {
		d.info(s.at(0), `"vrrp_track_file" is deprecated, please use "track_file"`)
	}
	d.file = &fileDraft{seq: d.declare()}
	d.file.TrackFile = TrackFile{Origin: s.origin(), Name: s.arg(1), Weight: 1}
	d.name = s.arg(1)
	return true
}

func endTrackFile(d *decoder) {
	if d.file.Path == "" {
		d.atEnd(d.file.Origin, "add file PATH", "No file set for track_file %s - ignoring", d.file.Name)
		return
	}
	f := d.file
	d.files = append(d.files, f)
}

func setTrackPath(d *decoder, s stmt) {
	switch {
	case s.n() < 2:
		d.errorf(s, 0, "track file file name missing")
	case d.file.Path != "":
		d.refuse(s, 1, "File already set for track file {name} - ignoring {v}")
	default:
		d.file.Path, d.file.pathAt = s.arg(1), s.at(1)
	}
}

func setFileWeight(d *decoder, s stmt) {
	f := d.file
	switch {
	case s.n() < 2:
		d.errorf(s, 0, "No weight specified for track file %s - ignoring", f.Name)
		return
	case f.weightSet:
		d.refuse(s, 1, "Weight already set for track file {name} - ignoring {v}")
		return
	}
	w, reverse, ok := d.objectWeight(s, 254, "track_file {name} unknown weight option {w}")
	if !ok {
		d.refuse(s, 1, "Weight ({v}) for track_file {name} must be between [-254..254] inclusive. Ignoring...")
		w = 1
	} else {
		f.weightSet = true
	}
	f.Weight, f.Reverse = w, reverse
}

func setInitFile(d *decoder, s stmt) {
	f := d.file
	f.Init = Some(0)
	for i := 1; i < s.n(); i++ {
		word := s.arg(i)
		switch {
		case word == "overwrite":
			f.Overwrite = true
		case word[:min(1, len(word))] >= "0" && word[:min(1, len(word))] <= "9" || len(word) > 1 && word[0] == '-':
			d.initValue(f, s, i)
		default:
			d.errorf(s, i, "Unknown track file init option %s", word)
		}
	}
}

func (d *decoder) initValue(f *fileDraft, s stmt, i int) {
	v, err := strconv.ParseInt(s.arg(i), 10, 32)
	switch {
	case err != nil:
		d.errorf(s, i, "Track file %s init value %s is invalid", f.Name, s.arg(i))
	case v < -254 || v > 254:
		d.errorf(s, i, "Track file %s init value %d is outside sensible range [%d, %d]", f.Name, v, -254, 254)
		fallthrough
	default:
		f.Init = Some(int(v))
	}
}

func openGarp(d *decoder, s stmt) bool {
	d.garp = &garpDraft{GarpGroup: GarpGroup{Origin: s.origin()}}
	d.garps = append(d.garps, d.garp)
	d.name = strconv.Itoa(len(d.garps))
	return true
}

func endGarp(d *decoder) {
	if d.garp.GarpInterval == 0 && d.garp.GnaInterval == 0 {
		d.atEnd(d.garp.Origin, "add garp_interval or gna_interval", "garp group %d does not have any delay set - removing", d.garp.number)
		d.garp.names = nil
	}
}

func garpInterval(name string, p func(g *garpDraft) *time.Duration) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.decimal(s, 1, decimals{lo: 0, hi: 4294967295, places: 6})
		if !ok {
			d.refuse(s, 1, "garp_group "+name+" '{v}' invalid")
			return
		}
		if v >= time.Second {
			d.info(s.at(1), "The %s is very large - %s seconds", name, s.arg(1))
		}
		*p(d.garp) = v
	}
}

func garpInterface(d *decoder, s stmt) {
	d.garp.names = append(d.garp.names, nameAt{s.arg(1), s.at(1)})
}

// openGarpInterfaces numbers the groups that have a list, as the C daemon does.
func openGarpInterfaces(d *decoder, _ stmt) bool {
	d.garpLists++
	d.garp.number = d.garpLists
	return true
}

func garpInterfaces(d *decoder, s stmt) {
	for i := range s.Words {
		d.garp.names = append(d.garp.names, nameAt{s.arg(i), s.at(i)})
	}
}

func garpInterfacesDone(d *decoder, s stmt, n int) {
	if n == 0 {
		d.atEnd(s.origin(), "", "Warning - empty garp_group interfaces block")
	}
}

// upDownDelay reads IFNAME DOWN [UP].
func upDownDelay(d *decoder, s stmt) {
	delay := InterfaceDelay{Origin: s.origin(), Interface: s.arg(0)}
	name := nameAt{s.arg(0), s.at(0)}
	lim := decimals{lo: 0, hi: 255e6, places: 6}
	switch {
	case s.n() < 2:
		d.info(s.at(0), "No timeouts specified for %s up/down delays", s.arg(0))
	case s.n() > 3:
		d.info(s.at(3), "Too many parameters for %s up/down delays", s.arg(0))
	}
	var ok bool
	if s.n() > 1 {
		if delay.Down, ok = d.decimal(s, 1, lim); !ok {
			d.info(s.at(1), "Invalid down delay %s for %s", s.arg(1), s.arg(0))
			return
		}
	}
	if s.n() > 2 {
		if delay.Up, ok = d.decimal(s, 2, lim); !ok {
			d.info(s.at(2), "Invalid up delay %s for %s", s.arg(2), s.arg(0))
			return
		}
	}
	d.later(func() {
		if d.interfaceExists(name, "unknown interface %s specified for up/down delay") {
			d.cfg.VRRP.InterfaceDelays = append(d.cfg.VRRP.InterfaceDelays, delay)
		}
	})
}

// linkbeat reads IFNAME [MII|ETHTOOL|IOCTL].
func linkbeat(d *decoder, s stmt) {
	l := LinkbeatInterface{Origin: s.origin(), Interface: s.arg(0), Type: s.arg(1)}
	switch l.Type {
	case "", "MII", "ETHTOOL", "IOCTL":
	default:
		d.errorf(s, 1, "extra characters %s in linkbeat interface", l.Type)
		l.Type = ""
	}
	name := nameAt{s.arg(0), s.at(0)}
	d.later(func() {
		if d.interfaceExists(name, "unknown interface %s specified for linkbeat interface") {
			d.cfg.VRRP.LinkbeatInterfaces = append(d.cfg.VRRP.LinkbeatInterfaces, l)
		}
	})
}

// interfaceExists reports an interface that is not there. With
// dynamic_interfaces it need not be.
func (d *decoder) interfaceExists(n nameAt, format string) bool {
	if _, ok := d.env.Interface(n.name); ok || d.cfg.Global.DynamicInterfaces {
		return true
	}
	d.help(n.at, lang.ClassFatal, noInterfaceHelp, format, n.name)
	return false
}

// noInterface notes that a configured interface does not exist.
func (d *decoder) noInterface(at lang.Pos) {
	if !d.badIf {
		d.badIf, d.badIfAt = true, at
	}
}
