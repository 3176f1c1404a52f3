package config

import (
	"net/netip"
	"strconv"
	"strings"
)

// ruleReader decodes one RULE_LINE.
type ruleReader struct {
	netReader
	r       Rule
	told    bool // inet or inet6 was given
	pref    bool
	ended   bool // a second track_group ends the line
	proto   Opt[uint8]
	options bool // some that only a table makes sense of
}

// ruleLine is a line of a block of rules.
func ruleLine(list func(d *decoder) *[]netDraft, static bool) handler {
	return netLine(list, func(d *decoder, n *netDraft) { d.rule(n, static) })
}

// rule decodes a line, once; false drops it, which was reported.
func (d *decoder) rule(n *netDraft, static bool) (Rule, bool) {
	if n.rule != nil {
		return *n.rule, n.ok
	}
	r := ruleReader{netReader: netReader{d: d, s: stmt{&n.line}, static: static, groups: d.tgroups[:n.groups]}}
	r.r = Rule{Origin: r.s.origin(), Protocol: protoKeepalived}
	for ; r.more() && !r.ended; r.i++ {
		r.word()
	}
	r.i = min(r.i, r.s.n()-1)
	if !r.bad {
		r.finish()
	}
	n.rule, n.ok = &r.r, !r.bad
	return r.r, n.ok
}

func (r *ruleReader) family(f Family) bool {
	if r.r.Family == FamilyUnset {
		r.r.Family = f
	}
	return r.r.Family == f
}

func (r *ruleReader) word() {
	word := r.s.arg(r.i)
	option, ok := ruleOptions[word]
	if !ok || word == "track_group" && !r.static {
		r.unknown(word)
		return
	}
	option(r)
}

// unknown is a word that is no option: routes have more types than rules actions.
func (r *ruleReader) unknown(word string) {
	t, ok := routeType(word)
	if action := numberedActions[t]; ok && action != "" {
		r.action(action)
		return
	}
	if ok {
		r.fail("Invalid rule action %s", word)
		return
	}
	r.fail("Unknown rule option %s", word)
}

// numberedActions are the actions that routes have as types.
var numberedActions = map[uint8]RuleAction{6: RuleBlackhole, 7: RuleUnreachable, 8: RuleProhibit}

// ruleOptions are the words of a RULE_LINE.
var ruleOptions map[string]func(r *ruleReader)

func init() {
	ruleOptions = map[string]func(r *ruleReader){
		"inet":                  func(r *ruleReader) { r.tellFamily(IPv4, "inet specified for IPv6 rule") },
		"inet6":                 func(r *ruleReader) { r.tellFamily(IPv6, "inet6 specified for IPv4 rule") },
		"from":                  func(r *ruleReader) { r.r.From = r.prefix("Invalid rule from address %s") },
		"to":                    func(r *ruleReader) { r.r.To = r.prefix("Invalid rule to address %s") },
		"table":                 ruleTable,
		"lookup":                ruleTable,
		"not":                   func(r *ruleReader) { r.r.Not = true },
		"preference":            rulePreference,
		"order":                 rulePreference,
		"priority":              rulePreference,
		"tos":                   ruleTOS,
		"dsfield":               ruleTOS,
		"fwmark":                ruleFwmark,
		"realms":                ruleRealms,
		"suppress_prefixlength": ruleSuppressPrefix,
		"sup_pl":                ruleSuppressPrefix,
		"suppress_ifgroup":      ruleSuppressGroup,
		"sup_group":             ruleSuppressGroup,
		"iif":                   func(r *ruleReader) { r.r.IIF = r.interfaceName(noRuleInterface) },
		"dev":                   func(r *ruleReader) { r.r.IIF = r.interfaceName(noRuleInterface) },
		"oif":                   func(r *ruleReader) { r.r.OIF = r.interfaceName(noRuleInterface) },
		"tunnel-id":             func(r *ruleReader) { r.r.TunnelID = Some(r.number64("Invalid tunnel-id tunnel-id specified")) },
		"uidrange":              ruleUIDRange,
		"l3mdev":                ruleL3MDev,
		"protocol":              ruleProtocol,
		"ipproto":               ruleIPProto,
		"sport":                 func(r *ruleReader) { r.r.SPort = r.ports("invalid sport range %s") },
		"dport":                 func(r *ruleReader) { r.r.DPort = r.ports("invalid dport range %s") },
		"type":                  ruleType,
		"goto":                  ruleGoto,
		"nop":                   func(r *ruleReader) { r.action(RuleNop) },
		"blackhole":             func(r *ruleReader) { r.action(RuleBlackhole) },
		"prohibit":              func(r *ruleReader) { r.action(RuleProhibit) },
		"unreachable":           func(r *ruleReader) { r.action(RuleUnreachable) },
		"no_track":              func(r *ruleReader) { r.r.NoTrack = true },
		"track_group":           func(r *ruleReader) { r.ended = r.trackGroup(&r.r.TrackGroup) },
	}
}

const noRuleInterface = "WARNING - interface %s for rule doesn't exist"

// tellFamily is the family in words.
func (r *ruleReader) tellFamily(f Family, mixed string) {
	if r.told = true; !r.family(f) {
		r.fail("%s", mixed)
	}
}

func (r *ruleReader) mix(ok bool) {
	if !ok && !r.bad {
		r.fail("rule specification has mixed IPv4 and IPv6")
	}
}

func (r *ruleReader) prefix(format string) netip.Prefix {
	switch word := r.value(); {
	case r.bad:
	case word == "default6":
		r.default6()
		r.mix(r.family(IPv6))
	case anyNetwork(word):
		r.mix(r.r.Family == FamilyUnset || r.told)
	default:
		p := r.network(format)
		r.mix(r.bad || r.family(FamilyOf(p.Addr())))
		return p
	}
	return netip.Prefix{}
}

func (r *ruleReader) action(a RuleAction) {
	if r.r.Action != "" {
		r.fail("Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable/l3mdev for rule")
		return
	}
	r.r.Action = a
}

func ruleTable(r *ruleReader) {
	v := r.named(tableTables, 1<<32-1, "Routing table %s not found for rule")
	switch {
	case r.bad:
	case v == 0:
		r.fail("Table 0 is not valid")
	case r.r.Action != "":
		r.fail("Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable for rule")
	default:
		r.r.Table, r.r.Action = v, RuleTable
	}
}

func ruleL3MDev(r *ruleReader) {
	if r.r.Action != "" {
		r.fail("Cannot specify l3mdev with other action")
	}
	r.r.L3MDev, r.r.Action = true, RuleTable
}

func rulePreference(r *ruleReader) {
	name := r.s.arg(r.i)
	r.r.Preference = r.numberIn(limits{hi: 1<<32 - 1, strict: true, anyBase: true}, "Invalid rule preference "+name+" specified")
	r.pref = true
}

func ruleTOS(r *ruleReader) { r.r.TOS = uint8(r.named(tableDSField, 255, "TOS value %s is invalid")) }

func ruleFwmark(r *ruleReader) {
	word := r.value()
	if r.bad {
		return
	}
	mark, mask, found := strings.Cut(strings.TrimLeft(word, numberBlanks), "/")
	v, ok1 := markNumber(mark)
	m, ok2 := markNumber(mask)
	if !ok1 || !ok2 || strings.HasPrefix(mask, " ") {
		r.fail("Invalid rule fwmark %s specified", word)
		return
	}
	r.r.Fwmark = Some(v)
	if found {
		r.r.FwmarkMask = Some(m)
	}
}

// markNumber reads a number in any base; nothing is 0.
func markNumber(word string) (uint32, bool) {
	v, overflow, rest := leadingNumber(word, 0)
	return uint32(v), rest == "" && !overflow && v >= 0 && v <= 1<<32-1 && !strings.HasPrefix(word, "-")
}

func ruleRealms(r *ruleReader) {
	r.r.Realms = r.realms("invalid realms %s for rule")
	r.options = true
	if !r.bad && !r.family(IPv4) {
		r.fail("realms is only valid for IPv4")
	}
}

func ruleSuppressPrefix(r *ruleReader) {
	name := r.s.arg(r.i)
	r.r.SuppressPrefixLength = Some(r.number(1<<31-1, "Invalid suppress_prefixlength "+name+" specified"))
	r.options = true
}

func ruleSuppressGroup(r *ruleReader) {
	r.r.SuppressIfGroup = Some(r.named(tableIfGroups, 1<<31-1, "suppress_group %s is invalid"))
	r.options = true
}

func ruleProtocol(r *ruleReader) {
	word := r.value()
	if r.bad {
		return
	}
	v, ok := r.d.number(r.s, r.i, limits{hi: 255, strict: true})
	if !ok {
		r.d.followf(r.s.at(r.i), false, classGeneral, "Invalid protocol %s", word)
		return
	}
	r.proto = Some(uint8(v))
}

func ruleUIDRange(r *ruleReader) {
	word := r.value()
	v, ok := numberRange(word, 1<<32-1)
	if !ok {
		r.fail("Invalid uidrange uidrange specified")
		return
	}
	if v.From > v.To {
		r.d.diags.Lintf(r.s.at(r.i), "write the lower number first", "uidrange %s matches no user", word)
	}
	r.r.UIDRange = Some(v)
}

// ports reads A-B, or a single port. The rule goes on without what is no range.
func (r *ruleReader) ports(format string) Opt[Range] {
	word := r.value()
	if word != "" && strings.Trim(word, "0123456789") == "" {
		word += "-" + word
	}
	v, ok := numberRange(word, 65535)
	if !ok {
		r.complain(format, r.s.arg(r.i))
		return Opt[Range]{}
	}
	if v.From > v.To {
		r.d.diags.Lintf(r.s.at(r.i), "write the lower number first", "range %s matches no port", word)
	}
	return Some(v)
}

// numberRange reads A-B. As with sscanf(3), what follows is not looked at.
func numberRange(word string, limit int64) (Range, bool) {
	from, over1, rest := leadingNumber(word, 10)
	if rest == word || !strings.HasPrefix(rest, "-") {
		return Range{}, false
	}
	to, over2, end := leadingNumber(rest[1:], 10)
	ok := end != rest[1:] && !over1 && !over2 && from >= 0 && to >= 0 && from <= limit && to <= limit
	return Range{uint32(from), uint32(to)}, ok
}

// ipProtocols are the names that are known without /etc/protocols.
var ipProtocols = map[string]uint8{"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "dccp": 33, "gre": 47, "esp": 50, "ah": 51,
	"ipv6-icmp": 58, "vrrp": 112, "sctp": 132, "udplite": 136}

// ruleIPProto reads a transport protocol. The rule goes on without one that is
// not known.
func ruleIPProto(r *ruleReader) {
	word := r.value()
	if v, ok := ipProtocols[strings.ToLower(word)]; ok {
		r.r.IPProto = Some(v)
		return
	}
	v, err := strconv.ParseUint(word, 10, 8)
	if err != nil {
		r.complain("Invalid ipproto %s", word)
		return
	}
	r.r.IPProto = Some(uint8(v))
}

// ruleType may stand before an action.
func ruleType(r *ruleReader) {
	switch word := r.value(); {
	case r.bad:
	case word == "goto":
		ruleGoto(r)
	case word == "nop":
		r.action(RuleNop)
	default:
		r.unknown(word)
	}
}

func ruleGoto(r *ruleReader) {
	r.r.Goto = r.number(1<<32-1, "Invalid target goto specified")
	r.action(RuleGoto)
}

// finish checks the rule as a whole.
func (r *ruleReader) finish() {
	switch {
	case r.r.Action == RuleGoto && !r.pref:
		r.fail("Invalid rule - goto target %d specified without preference", r.r.Goto)
	case r.r.Action == RuleGoto && r.r.Preference >= r.r.Goto:
		r.fail("Invalid rule - preference %d >= goto target %d", r.r.Preference, r.r.Goto)
	case r.r.Action == "":
		r.fail("No action specified for rule - ignoring")
	case r.r.Action != RuleTable && r.options:
		r.fail("suppressor/realm specified for non table action - skipping")
	}
	if r.bad {
		return
	}
	r.finishTracking()
	if r.r.Family == FamilyUnset {
		r.r.Family = IPv4
	}
	r.defaultPreference()
}

// firstPreference is the first preference given to a rule without one; the next
// rule gets one less.
const firstPreference = 16384

func (r *ruleReader) defaultPreference() {
	if r.pref {
		return
	}
	next := &r.d.preference[0]
	if r.r.Family == IPv6 {
		next = &r.d.preference[1]
	}
	r.r.Preference = firstPreference - *next
	*next++
	r.i = 0
	r.d.help(r.s.at(0), classGeneral, "add preference N",
		"Rule has no preference specified - setting to %d. This is probably not what you want.", r.r.Preference)
}

// finishTracking settles the protocol: a rule that is not tracked has none unless
// it is configured, for IPv4 and IPv6 alike.
func (r *ruleReader) finishTracking() {
	r.i = 0
	if r.r.NoTrack {
		r.r.Protocol = r.proto.Or(0)
	} else if r.proto.Set && r.proto.V != protoKeepalived {
		r.complain("Rule cannot be tracked if protocol is not RTPROT_KEEPALIVED(%d), resetting protocol", protoKeepalived)
	}
	switch {
	case r.r.TrackGroup == "":
	case r.r.IIF == "":
		r.complain("Static rule cannot have track_group if dev/iif not specified")
		r.r.TrackGroup = ""
	case r.r.NoTrack:
		r.d.lateLog(r.r.Origin, "Static rule has both track_group and no_track set - not tracking")
		r.r.TrackGroup = ""
	}
}
