package lang

import (
	"path"
	"strconv"
)

// maxRandom is the upper end of ${_RANDOM} without parameters.
const maxRandom = 32767

// predefined returns the value of the definitions that always exist.
func (x *Lexer) predefined(ref reference, pos Pos) (string, bool) {
	switch ref.name {
	case "_RANDOM":
		return x.random(ref, pos)
	case "_ENV":
		return x.environment(ref, pos)
	}
	if ref.params != nil {
		return "", false
	}
	switch ref.name {
	case "_PWD":
		return x.directory(), true
	case "_INSTANCE":
		return x.opts.ConfigID, true
	case "_HASH":
		return "#", true
	case "_BANG":
		return "!", true
	}
	return "", false
}

func (x *Lexer) random(ref reference, pos Pos) (string, bool) {
	if len(ref.params) > 2 {
		x.diags.Errorf(pos, ClassGeneralError,
			"Definition _RANDOM requires between 0 and 2 parameters, %d specified.", len(ref.params))
		return "", false
	}
	limits := [2]uint64{0, maxRandom}
	for i, p := range ref.params {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil {
			x.diags.Errorf(pos, ClassGeneralError, "Definition _RANDOM requires numeric parameters only.")
			return "", false
		}
		limits[i] = n
	}
	lo, hi := uint32(limits[0]), uint32(limits[1])
	if lo > hi {
		x.diags.Warnf(pos, ClassGeneralError, "${_RANDOM}: min %d exceeds max %d, using %d", lo, hi, lo)
		hi = lo
	}
	if x.opts.Rand == nil {
		return strconv.FormatUint(uint64(lo), 10), true
	}
	return strconv.FormatUint(uint64(x.opts.Rand(lo, hi)), 10), true
}

func (x *Lexer) environment(ref reference, pos Pos) (string, bool) {
	if len(ref.params) != 1 {
		x.diags.Errorf(pos, ClassGeneralError,
			"Definition _ENV requires between 1 and 1 parameters, %d specified.", len(ref.params))
		return "", false
	}
	if x.opts.Env == nil {
		return "", true
	}
	value, _ := x.opts.Env(ref.params[0])
	return value, true
}

// directory returns the real name of the directory of the file being read.
func (x *Lexer) directory() string {
	dir := "."
	if f := x.current(); f != nil {
		dir = path.Dir(f.name)
	}
	if real, err := x.fsys.RealPath(dir); err == nil {
		return real
	}
	return dir
}
