package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"keepalived/internal/config/lang"
)

// ruleReader decodes one RULE_LINE.
type ruleReader struct {
	d      *decoder
	s      stmt
	i      int // word being read
	r      Rule
	bad    bool
	static bool
	pref   bool
	proto  Opt[uint8]
	table  bool // a table was given
}

// rule decodes a line; false drops it, which was reported.
func (d *decoder) rule(n *netDraft, static bool) (Rule, bool) {
	r := ruleReader{d: d, s: stmt{&n.line}, static: static}
	r.r = Rule{Origin: r.s.origin(), Protocol: protoKeepalived}
	for ; r.i < r.s.n() && !r.bad; r.i++ {
		r.word()
	}
	r.i = min(r.i, r.s.n()-1)
	if !r.bad {
		r.finish()
	}
	return r.r, !r.bad
}

func (r *ruleReader) fail(format string, args ...any) {
	r.d.diags.Add(lang.Diagnostic{Pos: r.s.at(r.i), Class: classGeneral, Text: fmt.Sprintf(format, args...), Help: valueAdvice(r.s.arg(r.i))})
	r.bad = true
}

func (r *ruleReader) value() string {
	r.i++
	return r.s.arg(r.i)
}

func (r *ruleReader) family(f Family) bool {
	if r.r.Family == FamilyUnset {
		r.r.Family = f
	}
	return r.r.Family == f
}

// bareRuleOptions take no value.
var bareRuleOptions = map[string]bool{"inet": true, "inet6": true, "not": true, "l3mdev": true, "nop": true, "blackhole": true,
	"prohibit": true, "unreachable": true, "no_track": true, "type": true}

func (r *ruleReader) word() {
	word := r.s.arg(r.i)
	option, ok := ruleOptions[word]
	switch {
	case !ok:
		r.fail("Unknown rule option %s", word)
	case r.i+1 >= r.s.n() && !bareRuleOptions[word]:
		r.d.lineMissing(r.s, r.i)
		r.bad = true
	default:
		option(r)
	}
}

// ruleOptions are the words of a RULE_LINE.
var ruleOptions map[string]func(r *ruleReader)

func init() {
	ruleOptions = map[string]func(r *ruleReader){
		"inet":                  func(r *ruleReader) { r.mix(IPv4) },
		"inet6":                 func(r *ruleReader) { r.mix(IPv6) },
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
		"iif":                   func(r *ruleReader) { r.r.IIF = r.interfaceName() },
		"dev":                   func(r *ruleReader) { r.r.IIF = r.interfaceName() },
		"oif":                   func(r *ruleReader) { r.r.OIF = r.interfaceName() },
		"tunnel-id":             func(r *ruleReader) { r.r.TunnelID = Some(r.number(64, "Invalid tunnel-id %s specified")) },
		"uidrange":              func(r *ruleReader) { r.r.UIDRange = r.span("Invalid uidrange %s specified", 1<<32-1, false) },
		"l3mdev":                func(r *ruleReader) { r.r.L3MDev = true },
		"protocol":              func(r *ruleReader) { r.proto = Some(uint8(r.number(8, "Invalid protocol %s"))) },
		"ipproto":               ruleIPProto,
		"sport":                 func(r *ruleReader) { r.r.SPort = r.span("invalid sport range %s", 65535, true) },
		"dport":                 func(r *ruleReader) { r.r.DPort = r.span("invalid dport range %s", 65535, true) },
		"type":                  func(r *ruleReader) {},
		"goto":                  ruleGoto,
		"nop":                   func(r *ruleReader) { r.action(RuleNop) },
		"blackhole":             func(r *ruleReader) { r.action(RuleBlackhole) },
		"prohibit":              func(r *ruleReader) { r.action(RuleProhibit) },
		"unreachable":           func(r *ruleReader) { r.action(RuleUnreachable) },
		"no_track":              func(r *ruleReader) { r.r.NoTrack = true },
		"track_group":           func(r *ruleReader) { r.r.TrackGroup = r.value() },
	}
}

func (r *ruleReader) mix(f Family) {
	if !r.family(f) {
		r.fail("rule specification has mixed IPv4 and IPv6")
	}
}

func (r *ruleReader) prefix(format string) netip.Prefix {
	word := r.value()
	switch word {
	case "all", "any", "default":
		return netip.Prefix{}
	}
	p, ok := r.d.prefix(r.s, r.i)
	if !ok {
		r.d.followf(r.s.at(r.i), false, classGeneral, format, word)
		r.bad = true
		return netip.Prefix{}
	}
	r.mix(FamilyOf(p.Addr()))
	return p.Masked()
}

func (r *ruleReader) action(a RuleAction) {
	if r.r.Action != "" && r.r.Action != a {
		r.fail("Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable/l3mdev for rule")
		return
	}
	r.r.Action = a
}

func ruleTable(r *ruleReader) {
	word := r.value()
	v, ok := r.d.table(tableTables, word, 1<<32-1)
	switch {
	case !ok:
		r.fail("Routing table %s not found for rule", word)
	case v == 0:
		r.fail("Table 0 is not valid")
	default:
		r.r.Table, r.table = v, true
		r.action(RuleTable)
	}
}

// number reads a number of at most bits bits, in any base.
func (r *ruleReader) number(bits int, format string) uint64 {
	word := r.value()
	v, err := strconv.ParseUint(word, 0, bits)
	if err != nil {
		r.fail(format, word)
	}
	return v
}

func rulePreference(r *ruleReader) {
	r.r.Preference, r.pref = uint32(r.number(32, "Invalid rule preference %s specified")), true
}

func ruleTOS(r *ruleReader) {
	word := r.value()
	v, ok := r.d.table(tableDSField, word, 255)
	if !ok {
		r.fail("TOS value %s is invalid", word)
	}
	r.r.TOS = uint8(v)
}

func ruleFwmark(r *ruleReader) {
	word := r.value()
	mark, mask, found := strings.Cut(word, "/")
	v, err := strconv.ParseUint(mark, 0, 32)
	if err != nil {
		r.fail("Invalid rule fwmark %s specified", word)
		return
	}
	r.r.Fwmark = Some(uint32(v))
	if !found {
		return
	}
	m, err := strconv.ParseUint(mask, 0, 32)
	if err != nil {
		r.fail("Invalid rule fwmark %s specified", word)
		return
	}
	r.r.FwmarkMask = Some(uint32(m))
}

func ruleRealms(r *ruleReader) {
	word := r.value()
	route := routeReader{d: r.d, s: r.s, i: r.i}
	v := route.realmsOf(word, "invalid realms %s for rule")
	r.bad = route.bad
	if r.r.Family == IPv6 {
		r.d.errorf(r.s, r.i, "realms is only valid for IPv4")
		return
	}
	r.r.Realms = v
}

func ruleSuppressPrefix(r *ruleReader) {
	r.r.SuppressPrefixLength = Some(uint32(r.number(31, "Invalid suppress_prefixlength %s specified")))
}

func ruleSuppressGroup(r *ruleReader) {
	word := r.value()
	v, ok := r.d.table(tableIfGroups, word, 1<<32-1)
	if !ok {
		r.fail("suppress_group %s is invalid", word)
	}
	r.r.SuppressIfGroup = Some(v)
}

func (r *ruleReader) interfaceName() string {
	name := r.value()
	if _, ok := r.d.env.Interface(name); !ok && !r.d.cfg.Global.DynamicInterfaces {
		r.d.noInterface(r.s.at(r.i))
		r.fail("WARNING - interface %s for rule doesn't exist", name)
	}
	return name
}

// span reads A-B, or a single number where that makes sense.
func (r *ruleReader) span(format string, limit uint64, single bool) Opt[Range] {
	word := r.value()
	lo, hi, found := strings.Cut(word, "-")
	if !found && single {
		hi = lo
	}
	from, err1 := strconv.ParseUint(lo, 10, 32)
	to, err2 := strconv.ParseUint(hi, 10, 32)
	if err1 != nil || err2 != nil || from > to || to > limit {
		r.fail(format, word)
		return Opt[Range]{}
	}
	return Some(Range{uint32(from), uint32(to)})
}

// ipProtocols are the names that are known without /etc/protocols.
var ipProtocols = map[string]uint8{"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "dccp": 33, "gre": 47, "esp": 50, "ah": 51,
	"ipv6-icmp": 58, "vrrp": 112, "sctp": 132, "udplite": 136}

func ruleIPProto(r *ruleReader) {
	word := r.value()
	if v, ok := ipProtocols[strings.ToLower(word)]; ok {
		r.r.IPProto = Some(v)
		return
	}
	v, err := strconv.ParseUint(word, 0, 8)
	if err != nil {
		r.fail("Invalid ipproto %s", word)
	}
	r.r.IPProto = Some(uint8(v))
}

func ruleGoto(r *ruleReader) {
	r.r.Goto = uint32(r.number(32, "Invalid target %s specified"))
	r.action(RuleGoto)
}

// finish checks the rule as a whole.
func (r *ruleReader) finish() {
	switch {
	case r.r.L3MDev && r.table:
		r.fail("table cannot be specified for l3mdev rules")
	case r.r.L3MDev && r.r.Action != "":
		r.fail("Cannot specify l3mdev with other action")
	case r.r.L3MDev:
		r.r.Action = RuleTable
	case r.r.Action == "":
		r.fail("No action specified for rule - ignoring")
	case r.r.Action != RuleTable && (r.r.Realms.Set || r.r.SuppressPrefixLength.Set || r.r.SuppressIfGroup.Set):
		r.fail("suppressor/realm specified for non table action - skipping")
	case r.r.Action == RuleGoto && !r.pref:
		r.fail("Invalid rule - goto target %d specified without preference", r.r.Goto)
	case r.r.Action == RuleGoto && r.r.Preference >= r.r.Goto:
		r.fail("Invalid rule - preference %d >= goto target %d", r.r.Preference, r.r.Goto)
	}
	if r.bad {
		return
	}
	if r.r.Family == FamilyUnset {
		r.r.Family = IPv4
	}
	r.defaultPreference()
	r.finishTracking()
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
	if r.r.NoTrack && !r.proto.Set {
		r.r.Protocol = 0
	}
	if r.proto.Set {
		if r.r.NoTrack {
			r.r.Protocol = r.proto.V
		} else if r.proto.V != protoKeepalived {
			r.d.errorf(r.s, 0, "Rule cannot be tracked if protocol is not RTPROT_KEEPALIVED(%d), resetting protocol", protoKeepalived)
		}
	}
	switch {
	case r.r.TrackGroup == "":
	case !r.static:
		r.r.TrackGroup = ""
	case r.r.NoTrack:
		r.d.errorf(r.s, 0, "Static rule has both track_group and no_track set - not tracking")
		r.r.TrackGroup = ""
	case r.r.IIF == "":
		r.d.errorf(r.s, 0, "Static rule cannot have track_group if dev/iif not specified")
		r.r.TrackGroup = ""
	}
}
