package config

import (
	"math"
	"strings"
)

func setCheckFile(d *decoder, s stmt) {
	f := d.fileSeen[s.arg(1)]
	if f == nil {
		d.refuse(s, 1, "track_file {v} not found")
		return
	}
	file := d.lvs.checker.detail.File
	file.Name = f.Name
	if !d.lvs.checker.weight.Set {
		file.Weight, file.Reverse = int32(f.Weight), f.Reverse
	}
}

func setCheckFileWeight(d *decoder, s stmt) {
	c := d.lvs.checker
	if s.n() < 2 {
		d.errorf(s, 0, "track file weight missing")
		return
	}
	n, ok := d.number(s, 1, limits{lo: -math.MaxInt32, hi: math.MaxInt32, signed: true})
	if !ok {
		d.refuse(s, 1, "weight for track file must be in [-2147483647..2147483647] inclusive. Ignoring...")
		return
	}
	f := c.detail.File
	f.Reverse = s.arg(2) == "reverse"
	if w := s.arg(2); w != "" && w != "reverse" && w != "noreverse" {
		d.errorf(s, 2, "unknown track file weight option %s - ignoring", w)
		return
	}
	f.Weight = int32(n)
	c.weight = Some(f.Weight)
}

func endFile(d *decoder) {
	c := d.lvs.checker
	if c.detail.File.Name == "" {
		d.atEnd(c.Origin, "name a track_file that stands above", "FILE_CHECK has no track_file specified - ignoring")
		d.dropCheck()
	}
}

func setCheckBFD(d *decoder, s stmt) {
	c := d.lvs.checker
	rs := d.lvs.server.ServerName(d.lvs.real.Addr, d.lvs.real.Port)
	name := s.arg(1)
	switch {
	case s.n() != 2:
		d.errorf(s, 0, "(%s) BFD_CHECK - No or too many names specified - skipping checker", rs)
	case c.detail.BFD.Name != "":
		d.errorf(s, 1, "(%s) BFD_CHECK - BFD %s already specified as %s", rs, name, c.detail.BFD.Name)
	case !d.checkerBFD(name):
		d.valueError(s, 1, "(%s) BFD_CHECK - BFD %s not configured", rs, name)
	case d.lvs.monitored[name]:
		d.errorf(s, 1, "(%s) BFD_CHECK - RS already monitoring %s", rs, name)
	default:
		c.detail.BFD.Name = strings.Clone(name)
		remember(&d.lvs.monitored, c.detail.BFD.Name, true)
		return
	}
	c.badName = true
}

// checkerBFD says whether a BFD session of that name has been declared for the
// checkers.
func (d *decoder) checkerBFD(name string) bool {
	b := d.bfdNamed[name]
	return b != nil && b.Checker
}

func endBFDCheck(d *decoder) {
	c := d.lvs.checker
	if c.detail.BFD.Name != "" && !c.badName {
		return
	}
	if !c.badName {
		rs := d.lvs.server.ServerName(d.lvs.real.Addr, d.lvs.real.Port)
		d.atEnd(c.Origin, "add name and a bfd_instance that stands above", "(%s) No name has been specified for BFD_CHECKER - skipping", rs)
	}
	delete(d.lvs.monitored, c.detail.BFD.Name)
	d.dropCheck()
}
