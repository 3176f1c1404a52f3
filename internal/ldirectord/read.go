package ldirectord

import (
	"errors"
	"strconv"
	"strings"
)

// reader builds a file out of lines.
type reader struct {
	file
	notes
	now *virtual // that lines belong to
	// flat is true when a line of the current virtual had lost its indent: what
	// could be global then belongs to the virtual, too.
	flat bool
}

// read understands a whole file.
func read(text string) (*file, notes) {
	r := &reader{}
	for _, l := range lines(text, &r.notes) {
		r.take(l)
	}
	return &r.file, r.notes
}

func (r *reader) take(l line) {
	if l.key == "virtual" || l.key == "virtual6" {
		r.open(l)
		return
	}
	own, shared, global := virtualDirectives[l.key], sharedDirectives[l.key], globalDirectives[l.key]
	if own == nil && shared == nil && global == nil {
		r.lost(l.number, "unknown directive %s", short(l.key))
		return
	}
	switch {
	case r.inside(l, own != nil, shared != nil):
		r.inVirtual(l, own, shared)
	case own != nil:
		r.lost(l.number, "%s stands before any virtual", l.key)
	case shared != nil:
		r.complain(l, shared(&r.global, l))
	default:
		global(r, l)
	}
}

func (r *reader) inVirtual(l line, own func(*reader, *virtual, line) error, shared func(*settings, line) error) {
	r.now.at[l.key] = l.number
	if own != nil {
		r.complain(l, own(r, r.now, l))
		return
	}
	r.complain(l, shared(&r.now.settings, l))
}

func (r *reader) complain(l line, err error) {
	if err != nil {
		r.lost(l.number, "%s: %v", l.key, err)
	}
}

// inside says whether a line belongs to the current virtual. One that has lost
// its indentation is named.
func (r *reader) inside(l line, own, shared bool) bool {
	switch {
	case r.now == nil || !own && !shared:
		return false
	case l.indented:
		return true
	case own || r.flat:
		r.flat = true
		r.lost(l.number, "%s has lost its indentation, ldirectord wants 4 blanks or a tab: taken as part of the virtual of line %d",
			l.key, r.now.line)
		return true
	}
	return false
}

// open begins a virtual. One that cannot be understood is read, too, so that its
// lines are not taken for others'.
func (r *reader) open(l line) {
	v := &virtual{line: l.number, at: map[string]int{}, v6: l.key == "virtual6"}
	r.now, r.flat = v, false
	if mark, err := strconv.ParseUint(l.value, 10, 32); err == nil && mark > 0 {
		v.mark = uint32(mark)
		r.virtuals = append(r.virtuals, v)
		return
	}
	var err error
	if v.target, err = parseEndpoint(l.value); err == nil && v.target.port == 0 {
		err = errors.New("the port is missing")
	}
	if err != nil {
		r.lost(l.number, "%s: %v; the virtual is left out", l.key, err)
		return
	}
	r.virtuals = append(r.virtuals, v)
}

// parseFallback reads ADDRESS[:PORT] [METHOD].
func parseFallback(l line) (*server, error) {
	f := strings.Fields(unquote(l.value))
	if len(f) == 0 {
		return nil, errNoValue
	}
	e, err := parseEndpoint(f[0])
	if err != nil {
		return nil, err
	}
	s := &server{line: l.number, endpoint: e}
	if len(f) > 1 {
		s.method = methods[f[1]]
	}
	return s, nil
}
