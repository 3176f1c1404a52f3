package config

import "math"

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
	if !d.watchable(d.file) {
		d.drop(d.file.Name)
		return
	}
	d.files = append(d.files, d.file)
	if d.fileSeen[d.file.Name] == nil {
		remember(&d.fileSeen, d.file.Name, d.file)
	}
}

// watchable says whether changes in the directory of a file can be followed.
func (d *decoder) watchable(f *fileDraft) bool {
	dir := "."
	if slash := lastSlash(f.Path); slash >= 0 {
		dir = f.Path[:max(slash, 1)]
	}
	info := d.env.PathInfo(dir)
	switch {
	case d.opts.Static:
	case !info.Exists:
		orElse(&info.Problem, "2 (No such file or directory)")
		d.endOf(f.pathAt, "create the directory "+dir, "realpath() error %s for %s", info.Problem, f.Name)
		return false
	case info.Unwatchable:
		d.endOf(f.pathAt, "use a directory on a local file system", "The filesystem of %s is read only or cannot be monitored - ignoring", f.Path)
		return false
	case f.Overwrite && d.env.PathInfo(f.Path).Special:
		d.endOf(f.pathAt, "name a file", "Cannot initialise track file %s - it is not a regular file", f.Name)
		return false
	}
	return true
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
		case word[:min(1, len(word))] >= "0" && word[:min(1, len(word))] <= "9" || word != "" && word[0] == '-':
			d.initValue(f, s, i)
		default:
			d.errorf(s, i, "Unknown track file init option %s", word)
		}
	}
}

func (d *decoder) initValue(f *fileDraft, s stmt, i int) {
	v, ok := d.number(s, i, limits{lo: math.MinInt32, hi: math.MaxInt32, signed: true, strict: true})
	switch {
	case !ok:
		d.report(s.at(i), classGeneral, "Track file %s init value %s is invalid", f.Name, s.arg(i))
	case v < -254 || v > 254:
		d.errorf(s, i, "Track file %s init value %d is outside sensible range [%d, %d]", f.Name, v, -254, 254)
		fallthrough
	default:
		f.Init = Some(int(v))
	}
}
