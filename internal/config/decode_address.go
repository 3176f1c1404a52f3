package config

import (
	"net/netip"
	"strings"

	"keepalived/internal/config/lang"
)

const classGeneral = lang.ClassGeneralError

// addressKind is where an address stands.
type addressKind int

const (
	staticAddress addressKind = iota
	virtualAddress
	excludedAddress
)

// addressLine decodes an ADDRESS_LINE into a list.
func addressLine(kind addressKind, list func(d *decoder) *[]addressDraft) handler {
	return func(d *decoder, s stmt) {
		a, ok := d.address(s, kind)
		if !ok || kind != staticAddress && !d.acceptVIP(a, s, kind == excludedAddress) {
			return
		}
		l := list(d)
		*l = append(*l, a)
	}
}

// acceptVIP sees to the family of advertised addresses and to duplicates.
func (d *decoder) acceptVIP(a addressDraft, s stmt, excluded bool) bool {
	in := d.inst
	if !excluded && !in.joinFamily(a.Addr()) {
		d.errorf(s, 0, "(%s): address family must match VRRP instance [%s] - ignoring", in.Name, s.arg(0))
		return false
	}
	kind := ""
	if excluded {
		kind = "Excluded "
	}
	key := vipKey{a.Addr(), a.Dev}
	if wasExcluded, dup := in.vipSeen[key]; dup {
		of := "a VIP"
		if wasExcluded {
			of = "an excluded VIP"
		}
		d.errorf(s, 0, "(%s): %sVIP duplicates %s %s - ignoring", in.Name, kind, of, shortPrefix(a.Prefix))
		return false
	}
	remember(&in.vipSeen, key, excluded)
	return true
}

// shortPrefix is a prefix without a length that says nothing.
func shortPrefix(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// vipKey is what makes two addresses of an instance the same.
type vipKey struct {
	addr netip.Addr
	dev  string
}

// address decodes one line; false drops it, which was reported.
func (d *decoder) address(s stmt, kind addressKind) (addressDraft, bool) {
	a := addressDraft{at: s.at(0)}
	a.Origin = s.origin()
	prefix, ok := d.prefix(s, 0)
	if !ok {
		return a, false
	}
	a.Prefix, a.PreferredLft = prefix, LifetimeForever
	if prefix.Addr().Is6() && prefix.Bits() == 128 {
		a.PreferredLft = 0
	}
	for i := 1; i < s.n(); {
		n, ok := d.addressOption(&a, s, i, kind)
		if !ok {
			return a, false
		}
		i += n
	}
	return a, d.finishAddress(&a, s)
}

// prefix reads word i of an entry as an address with a length or without; one that
// cannot be used is replaced by that of the address. false: it is no address, which
// was reported.
func (d *decoder) prefix(s stmt, i int) (netip.Prefix, bool) {
	word := s.arg(i)
	host, length, found := strings.Cut(word, "/")
	bits := 32
	if strings.Contains(word, ":") {
		bits = 128
	}
	addr, ok := parseAddr(host)
	ok = ok && addr.Zone() == ""
	if !ok {
		d.valueError(s, i, "VRRP parsed invalid IP %s. skipping IP...", word)
	}
	if found {
		n, bad := parseNumber(length, limits{lo: 0, hi: int64(bits)})
		switch {
		case bad == nil:
			bits = int(n)
		case ok && d.checkNumber(s, i, bad):
			bits = int(n)
		case ok:
			d.errorf(s, i, "Invalid address prefix len %s for address %s - using %d", length, word, bits)
		default:
			d.followf(s.at(i), false, lang.ClassInvalidNumber, "%s", bad.text)
			d.followf(s.at(i), false, classGeneral, "Invalid address prefix len %s for address %s - using %d", length, word, bits)
		}
	}
	if !ok {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, bits), true
}

// addressFlags are the options without a value.
var addressFlags = map[string]func(a *Address){
	"home":          func(a *Address) { a.Home = true },
	"-nodad":        func(a *Address) { a.DAD = true },
	"mngtmpaddr":    func(a *Address) { a.MngTmpAddr = true },
	"noprefixroute": func(a *Address) { a.NoPrefixRoute = true },
	"autojoin":      func(a *Address) { a.AutoJoin = true },
	"no_track":      func(a *Address) { a.NoTrack = true },
	"use_vmac":      func(a *Address) { a.UseVMAC = true },
}

// addressValues are the options with one.
var addressValues = map[string]func(d *decoder, a *addressDraft, s stmt, i int) bool{
	"dev":           addressDev,
	"scope":         addressScope,
	"broadcast":     addressBroadcast,
	"brd":           addressBroadcast,
	"label":         addressLabel,
	"peer":          addressPeer,
	"preferred_lft": addressLifetime,
	"track_group":   addressTrackGroup,
}

// addressOption decodes the option at word i and returns how many words it is.
func (d *decoder) addressOption(a *addressDraft, s stmt, i int, kind addressKind) (int, bool) {
	word := s.arg(i)
	if set, ok := addressFlags[word]; ok && (word != "use_vmac" || kind != staticAddress) {
		set(&a.Address)
		return 1, true
	}
	set, ok := addressValues[word]
	if !ok || word == "track_group" && kind != staticAddress {
		d.errorf(s, i, "Unknown configuration entry '%s' for ip address - ignoring", word)
		return 1, true
	}
	if i+1 >= s.n() {
		d.errorf(s, i, "No %s parameter specified for %s", word, s.arg(0))
		return 0, false
	}
	ok = set(d, a, s, i+1)
	switch {
	case word == "track_group" && !ok:
		return s.n(), true
	case word == "peer" && a.peerTwice:
		// The C daemon takes the second one for an option.
		a.peerTwice = false
		d.followf(s.at(i+1), false, classGeneral, "Unknown configuration entry '%s' for ip address - ignoring", s.arg(i+1))
	}
	return 2, ok
}

// addressTrackGroup is false for a second group, which ends the line.
func addressTrackGroup(d *decoder, a *addressDraft, s stmt, i int) bool {
	switch name := s.arg(i); {
	case a.TrackGroup != "":
		d.errorf(s, i, "track_group %s is a duplicate", name)
		return false
	case !hasTrackGroup(d.tgroups, name):
		d.errorf(s, i, "track_group %s not found", name)
	default:
		a.TrackGroup = name
	}
	return true
}

func addressDev(d *decoder, a *addressDraft, s stmt, i int) bool {
	if a.DevSet {
		d.errorf(s, i, "Cannot specify ipaddress device more than once for %s", s.arg(0))
		return false
	}
	a.Dev, a.DevSet, a.devAt, a.word = s.arg(i), true, s.at(i), strings.Clone(s.arg(0))
	return d.opts.pass == 0 || d.addressInterface(a) // otherwise dynamic_interfaces may come later
}

func addressScope(d *decoder, a *addressDraft, s stmt, i int) bool {
	v, ok := d.table(tableScopes, s.arg(i), 255)
	if !ok {
		d.errorf(s, i, "Invalid scope '%s' specified for %s - ignoring", s.arg(i), s.arg(0))
		return true
	}
	a.Scope = uint8(v)
	return true
}

func addressBroadcast(d *decoder, a *addressDraft, s stmt, i int) bool {
	word := s.arg(i)
	switch {
	case a.Addr().Is6():
		d.errorf(s, i, "VRRP is trying to assign a broadcast %s to the IPv6 address %s !!?? WTF... skipping VIP...", s.arg(i-1), s.arg(0))
		return false
	case word == "+" || word == "-":
		a.hostBits, a.Broadcast = word, netip.Addr{}
		return true
	}
	addr, ok := parseAddr(word)
	if !ok || !addr.Is4() {
		d.errorf(s, i, "VRRP is trying to assign invalid broadcast %s. skipping VIP...", word)
		return false
	}
	a.Broadcast = addr
	return true
}

// hostBits is the IPv4 network of p with its host bits all set or all clear.
func hostBits(p netip.Prefix, set bool) netip.Addr {
	b := p.Masked().Addr().As4()
	if !set {
		return netip.AddrFrom4(b)
	}
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(b)
}

func addressLabel(d *decoder, a *addressDraft, s stmt, i int) bool {
	if len(s.arg(i)) > maxIfName {
		d.errorf(s, i, "Address label %s is longer than maximum length %d - removing address", s.arg(i), maxIfName)
		return false
	}
	a.Label, a.labelled = s.arg(i), true
	return true
}

func addressPeer(d *decoder, a *addressDraft, s stmt, i int) bool {
	word := s.arg(i)
	p, ok := parsePrefix(word)
	switch {
	case a.Peer.IsValid():
		d.errorf(s, i, "Peer %s - another peer has already been specified", word)
		a.peerTwice = true
	case !ok || strings.Contains(word, "/"):
		d.followf(s.at(i), false, classGeneral, "VRRP parsed invalid IP %s. skipping IP...", word)
		help := "write peer ADDRESS"
		if ok {
			help = "write peer " + p.Addr().String() + ": it takes no length"
		}
		d.help(s.at(i), classGeneral, help, "Invalid peer address %s", word)
	case p.Addr().Is4() != a.Addr().Is4():
		d.errorf(s, i, "Peer address %s does not match address family", word)
	default:
		if !a.Prefix.IsSingleIP() {
			d.errorf(s, i, "Cannot specify address prefix when specifying peer address - ignoring")
		}
		a.Peer = p
	}
	return true
}

func addressLifetime(d *decoder, a *addressDraft, s stmt, i int) bool {
	if s.arg(i) == "forever" {
		a.PreferredLft = LifetimeForever
		return true
	}
	v, ok := d.number(s, i, anyUint)
	if !ok {
		d.report(s.at(i), classGeneral, "preferred_lft %s is invalid", s.arg(i))
		return true
	}
	a.PreferredLft = uint32(v)
	return true
}

func (d *decoder) finishAddress(a *addressDraft, s stmt) bool {
	broadcast := a.Broadcast.IsValid() || a.hostBits != ""
	switch {
	case a.Peer.IsValid() && broadcast:
		d.errorf(s, 0, "Cannot specify broadcast and peer addresses - ignoring broadcast address")
		a.Broadcast = netip.Addr{}
	case a.hostBits != "" && a.Prefix.Bits() > 30:
		d.errorf(s, 0, "Address prefix length %d too long for broadcast", a.Prefix.Bits())
	case a.hostBits != "":
		a.Broadcast = hostBits(a.Prefix, a.hostBits == "+")
	}
	if a.Peer.IsValid() {
		a.Prefix = netip.PrefixFrom(a.Addr(), a.Peer.Bits())
	}
	if a.Addr().Is6() {
		d.onlyIPv4(a, s)
	}
	if a.TrackGroup != "" && a.NoTrack {
		d.lateLog(a.Origin, "Static address has both track_group and no_track set - not tracking")
		a.TrackGroup = ""
	}
	return true
}

// onlyIPv4 takes away from an IPv6 address what only IPv4 addresses have.
func (d *decoder) onlyIPv4(a *addressDraft, s stmt) {
	if a.Scope != 0 {
		d.errorf(s, 0, "Cannot specify scope for IPv6 addresses (%s) - ignoring scope", s.arg(0))
		a.Scope = 0
	}
	if a.labelled {
		d.errorf(s, 0, "Cannot specify label for IPv6 addresses (%s) - ignoring label", s.arg(0))
		a.Label = ""
	}
}
