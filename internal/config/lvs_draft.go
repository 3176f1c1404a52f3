package config

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// lvsDraft is what is known while the virtual servers are being read. Only one
// of them is open at a time, so the drafts of its parts are used again.
type lvsDraft struct {
	groups   map[string]int // index in the configuration, by name
	ordinals map[string]int // virtual servers so far, by group
	timings  map[Timing]TimingID
	recent   [4]recentTiming
	// restAtFirst is how much of the file followed the first virtual server.
	restAtFirst int
	alerts      []Opt[bool] // smtp_alert of each virtual server and its real servers
	scripts     []lvsScript

	spare []checkDraft // memory for the checkers of the next real server
	room  []Checker    // memory for finished checkers

	group  VirtualServerGroup
	server serverDraft
	real   *realDraft
	// monitored are the BFD sessions that the real server has checks of.
	monitored map[string]bool
	checker   *checkDraft
	checkAt   int // index of the checker in its real server; checker may be one of its hosts
	url       *URLCheck
	urlRegex  RegexCheck
	urlAt     Origin
}

// lvsScript is a command of a finished server, looked up when everything is read.
type lvsScript struct {
	command *commandDraft
	store   func(s Script)
}

// timingDraft is the timing of a server or checker as written.
type timingDraft struct {
	connectTimeout   Opt[time.Duration]
	delayLoop        Opt[time.Duration]
	retry            Opt[uint32]
	delayBeforeRetry Opt[time.Duration]
	warmup           Opt[time.Duration]
}

// or takes what is unset from outer.
func (t timingDraft) or(outer *timingDraft) timingDraft {
	if !t.connectTimeout.Set {
		t.connectTimeout = outer.connectTimeout
	}
	if !t.delayLoop.Set {
		t.delayLoop = outer.delayLoop
	}
	if !t.retry.Set {
		t.retry = outer.retry
	}
	if !t.delayBeforeRetry.Set {
		t.delayBeforeRetry = outer.delayBeforeRetry
	}
	if !t.warmup.Set {
		t.warmup = outer.warmup
	}
	return t
}

// timing returns the finished form.
func (t timingDraft) timing() Timing {
	return Timing{
		ConnectTimeout: t.connectTimeout.Or(5 * time.Second), DelayLoop: t.delayLoop.Or(60 * time.Second),
		Retry: t.retry, DelayBeforeRetry: t.delayBeforeRetry, Warmup: t.warmup,
	}
}

// serverDraft is a virtual_server as written.
type serverDraft struct {
	VirtualServer
	extra     VirtualServerExtra
	timing    timingDraft
	weight    Opt[int32]
	smtpAlert Opt[bool]
	mask      bool // persistence_granularity was given
	sorry     sorryDraft
	up, down  *commandDraft // nil: none
	reals     realDrafts
	pending   []pendingCheck // of all real servers, in their order
}

// sorryDraft is a sorry_server as written.
type sorryDraft struct {
	SorryServer
	given bool
}

// realDraft is a real_server as written.
type realDraft struct {
	RealServer
	timing    timingDraft
	weight    Opt[int32]
	alpha     Opt[bool]
	inhibit   Opt[bool]
	smtpAlert Opt[bool]
	up, down  *commandDraft // nil: none
	checkers  []checkDraft  // while its block is open, then Checkers
	firstAt   int           // of its checkers in pending
}

// realDrafts holds real servers in pieces: one long list would be copied each
// time it grows.
type realDrafts struct {
	pieces []*[realPiece]realDraft
	n      int
}

// realPiece is how many real servers are in a piece.
const realPiece = 64

// rare returns what few real servers have, for writing.
func (r *realDraft) rare() *RealServerExtra {
	if r.Extra == nil {
		r.Extra = &RealServerExtra{}
	}
	return r.Extra
}

// checkDraft is a checker as written.
type checkDraft struct {
	Checker
	Origin
	connect Connect
	detail  CheckDetail
	timing  timingDraft
	alpha   Opt[bool]
	script  *commandDraft // of MISC_CHECK, nil: none
	weight  Opt[int32]    // of FILE_CHECK
	user    userDraft     // of MISC_CHECK
	badUser bool
	badName bool // of BFD_CHECK
	refused bool // a regex of HTTP_GET cannot be used
	named   bool // DNS_CHECK has its name
	hosts   int  // usable host blocks of an SMTP_CHECK
}

// reset makes the draft ready for another virtual server and keeps its memory.
func (v *serverDraft) reset() {
	v.reals.n = 0
	*v = serverDraft{reals: v.reals, pending: v.pending[:0]}
	v.Quorum = 1
}

// add appends an empty real server.
func (l *realDrafts) add() *realDraft {
	if l.n == len(l.pieces)*realPiece {
		l.pieces = append(l.pieces, new([realPiece]realDraft))
	}
	l.n++
	r := l.at(l.n - 1)
	*r = realDraft{}
	return r
}

func (l *realDrafts) at(i int) *realDraft { return &l.pieces[i/realPiece][i%realPiece] }

// pendingCheck is what a checker in its final form still waits for until its
// virtual server is complete.
type pendingCheck struct {
	timing timingDraft
	alpha  Opt[bool]
	script *commandDraft
}

// seal gives the checkers of a real server that is complete their final form, as
// far as they do not depend on the virtual server, and takes back their memory.
func (l *lvsDraft) seal(r *realDraft) {
	v := &l.server
	r.firstAt = len(v.pending)
	if len(r.checkers) > 0 {
		r.Checkers = l.checkerRoom(len(r.checkers))
	}
	for i := range r.checkers {
		c := &r.checkers[i]
		r.Checkers[i] = c.final()
		v.pending = append(v.pending, pendingCheck{c.timing, c.alpha, c.script})
	}
	l.spare, r.checkers = r.checkers[:0], nil
}

// checkerRoom returns room for n checkers, a part of a larger piece: most real
// servers have one.
func (l *lvsDraft) checkerRoom(n int) []Checker {
	const piece = 128
	if n > len(l.room) {
		l.room = make([]Checker, max(n, piece))
	}
	part := l.room[:n:n]
	l.room = l.room[n:]
	return part
}

// recentTiming saves looking up what was used a moment ago.
type recentTiming struct {
	timing Timing
	id     TimingID
}

// timingID returns the index of t, which is added when it is new.
func (d *decoder) timingID(t Timing) TimingID {
	recent := &d.lvs.recent
	for i := range recent {
		if recent[i].timing == t {
			return recent[i].id
		}
	}
	id, ok := d.lvs.timings[t]
	if !ok {
		if d.lvs.timings == nil {
			d.lvs.timings = map[Timing]TimingID{}
		}
		id = TimingID(len(d.cfg.LVS.Timings))
		d.lvs.timings[t] = id
		d.cfg.LVS.Timings = append(d.cfg.LVS.Timings, t)
	}
	copy(recent[1:], recent[:])
	recent[0] = recentTiming{t, id}
	return id
}

// addServer stores a virtual server. Room is made for as many more as the rest of
// the file seems to hold, because growing step by step takes memory several times.
func (d *decoder) addServer(v VirtualServer) {
	list := d.cfg.LVS.VirtualServers
	if n := len(list); n == cap(list) && n >= 64 {
		if rest, ok := d.src.(interface{ Remaining() int }); ok {
			list = slices.Grow(list, d.lvs.moreServers(n, rest.Remaining()))
		}
	}
	d.cfg.LVS.VirtualServers = append(list, v)
}

// moreServers estimates how many servers follow the n that have been read, with
// rest bytes left in the file.
func (l *lvsDraft) moreServers(n, rest int) int {
	used := l.restAtFirst - rest
	if used <= 0 {
		return n / 4
	}
	more := int(int64(n) * int64(rest) / int64(used))
	return n/64 + more + more/16 // to be a little short costs a copy of all
}

// addrPrefix is the part of a word that is an address: the C daemon takes an
// address with a mask or range where it needs a single one.
func addrPrefix(word string) string {
	for i := range len(word) {
		if word[i] == '/' || word[i] == '-' {
			return word[:i]
		}
	}
	return word
}

// serverAddress reads ADDR [PORT] from word i on. A port of zeros is no port.
func (d *decoder) serverAddress(s stmt, i int) (addr netip.Addr, port uint16, ok bool) {
	addr, ok = parseAddr(addrPrefix(s.arg(i)))
	word := s.arg(i + 1)
	if strings.Trim(word, "0") == "" {
		return addr, 0, ok
	}
	n, good := d.number(s, i+1, limits{lo: 1, hi: 65535, strict: true})
	return addr, uint16(n), ok && good
}
