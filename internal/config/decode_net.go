package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"keepalived/internal/config/lang"
)

// netReader walks over the words of one ROUTE_LINE or RULE_LINE.
type netReader struct {
	d      *decoder
	s      stmt
	i      int  // word being read
	bad    bool // the line is dropped, and what follows is not looked at
	static bool
	groups []*TrackGroup // that a static line may name
}

// more says whether there is another word to look at.
func (r *netReader) more() bool { return r.i < r.s.n() && !r.bad }

// fail drops the line.
func (r *netReader) fail(format string, args ...any) {
	r.complain(format, args...)
	r.bad = true
}

// failHelp is fail with advice.
func (r *netReader) failHelp(help, format string, args ...any) {
	if !r.bad {
		r.d.help(r.s.at(r.i), classGeneral, help, format, args...)
	}
	r.bad = true
}

// follow drops the line with a message that repeats the one before.
func (r *netReader) follow(format string, args ...any) {
	if !r.bad {
		r.d.followf(r.s.at(r.i), false, classGeneral, format, args...)
	}
	r.bad = true
}

// complain reports the current word; the line goes on. Nothing is said of what
// follows a mistake that has dropped the line.
func (r *netReader) complain(format string, args ...any) {
	if !r.bad {
		r.d.diags.Add(lang.Diagnostic{Pos: r.s.at(r.i), Class: classGeneral, Text: fmt.Sprintf(format, args...), Help: valueAdvice(r.s.arg(r.i))})
	}
}

// value goes on to the next word. At the end of a line that stops the C daemon.
func (r *netReader) value() string {
	r.i++
	return r.current()
}

// current is the word that is being read; there must be one.
func (r *netReader) current() string {
	if r.i >= r.s.n() && !r.bad {
		r.d.lineMissing(r.s, r.s.n()-1)
		r.bad = true
	}
	return r.s.arg(r.i)
}

// lineMissing reports word i at the end of a line, which needs a value: the C
// daemon stops at once.
func (d *decoder) lineMissing(s stmt, i int) {
	d.diags.Abort(lang.StageVRRP, 2)
	d.help(s.at(i), lang.ClassMissingParameter, "give a value after "+s.arg(i),
		"*** Configuration line starting `%s` is missing a parameter after keyword `%s` at word position %d", s.arg(0), s.arg(i), i+2)
	d.endsHere()
}

// number reads the next word, which is at most limit; format tells of one that
// cannot be used.
func (r *netReader) number(limit int64, format string) uint32 {
	return r.numberIn(limits{hi: limit, strict: true}, format)
}

func (r *netReader) numberIn(lim limits, format string) uint32 {
	word := r.value()
	if r.bad {
		return 0
	}
	v, ok := r.d.number(r.s, r.i, lim)
	if !ok {
		r.follow("%s", strings.ReplaceAll(format, "%s", word))
	}
	return uint32(v)
}

// number64 is number for 64 bits.
func (r *netReader) number64(format string) uint64 {
	word := r.value()
	if r.bad {
		return 0
	}
	text := strings.TrimLeft(word, numberBlanks)
	v, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64)
	problem := "invalid number '%s'"
	switch {
	case word == "":
		return 0
	case strings.HasPrefix(text, "-"):
		problem = "negative number '%s'"
	case err == nil:
		return v
	case strings.Trim(text, "+0123456789") == "":
		problem = "number '%s' outside unsigned 64 bit range"
	}
	r.d.checkNumber(r.s, r.i, &numberError{text: fmt.Sprintf(problem, word)})
	r.follow("%s", strings.ReplaceAll(format, "%s", word))
	return 0
}

// named reads the next word as a name of a table, or a number.
func (r *netReader) named(t iprouteTable, limit uint64, format string) uint32 {
	word := r.value()
	v, ok := r.d.table(t, word, limit)
	if !ok {
		r.fail(format, word)
	}
	return v
}

// address reads the next word as an address; format tells of one that is none.
func (r *netReader) address(format string) netip.Addr {
	r.value()
	return r.addressHere(format)
}

func (r *netReader) addressHere(format string) netip.Addr {
	word := r.current()
	if r.bad {
		return netip.Addr{}
	}
	a, ok := parseAddr(word)
	if !ok || a.Zone() != "" {
		r.d.followf(r.s.at(r.i), false, classGeneral, "VRRP parsed invalid IP %s. skipping IP...", word)
		r.fail(format, word)
	}
	return a
}

// network reads the current word as an address with a length or without.
func (r *netReader) network(format string) netip.Prefix {
	word := r.current()
	if r.bad {
		return netip.Prefix{}
	}
	p, ok := r.d.prefix(r.s, r.i)
	if !ok {
		r.follow(format, word)
		return netip.Prefix{}
	}
	return p.Masked()
}

// anyNetwork says whether a word stands for all addresses.
func anyNetwork(word string) bool { return word == "default" || word == "any" || word == "all" }

// default6 is the old word for all IPv6 addresses.
func (r *netReader) default6() {
	r.d.diags.Add(lang.Diagnostic{Pos: r.s.at(r.i), Severity: lang.Warning, Bare: true, Help: "write inet6 default",
		Text: "'default6' is deprecated - please replace with 'inet6 default'"})
}

// interfaceName reads a device; one that is not there drops the line.
func (r *netReader) interfaceName(format string) string {
	name := r.value()
	if r.bad {
		return ""
	}
	if _, ok := r.d.env.Interface(name); !ok && !r.d.cfg.Global.DynamicInterfaces {
		r.d.noInterface(r.s.at(r.i))
		r.fail(format, name)
	}
	return name
}

// realms reads [SRC/]DST.
func (r *netReader) realms(format string) Opt[uint32] {
	word := r.value()
	src, dst, found := strings.Cut(word, "/")
	if !found {
		src, dst = "0", word
	}
	from, ok1 := r.d.table(tableRealms, src, 255)
	to, ok2 := r.d.table(tableRealms, dst, 255)
	if !ok1 || !ok2 {
		r.fail(format, word)
		return Opt[uint32]{}
	}
	return Some(from<<16 | to)
}

// trackGroup reads the name of the group of a static line. The line goes on
// without one that does not exist; a second one ends it.
func (r *netReader) trackGroup(group *string) (last bool) {
	word := r.value()
	switch {
	case r.bad:
	case *group != "":
		r.complain("track_group %s is a duplicate", word)
		return true
	case !hasTrackGroup(r.groups, word):
		r.complain("track_group %s not found", word)
	default:
		*group = word
	}
	return false
}

// hasTrackGroup says whether there is a track_group of that name.
func hasTrackGroup(groups []*TrackGroup, name string) bool {
	return slices.ContainsFunc(groups, func(g *TrackGroup) bool { return g.Name == name })
}
