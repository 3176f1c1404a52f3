package config

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"
)

// defaultHelo is what SMTP_CHECK introduces itself as.
const defaultHelo = "smtpchecker.keepalived.org"

func setHelo(d *decoder, s stmt) {
	if d.lvs.checker.detail.SMTP.Helo != defaultHelo {
		d.errorf(s, 1, "SMTP_CHECK helo name already specified")
	}
	d.lvs.checker.detail.SMTP.Helo = strings.Clone(s.arg(1))
}

// openHost begins a host block: another SMTP check with the options of the
// checker as its defaults.
func openHost(d *decoder, s stmt) bool {
	r := d.lvs.real
	parent := r.checkers[d.lvs.checkAt]
	parent.Origin, parent.hosts = s.origin(), 0
	helo := *parent.detail.SMTP
	parent.detail.SMTP = &helo
	r.checkers = append(r.checkers, parent)
	d.lvs.checker = &r.checkers[len(r.checkers)-1]
	return true
}

func endHost(d *decoder) {
	r := d.lvs.real
	if !d.reachable(d.lvs.checker) {
		d.dropCheck()
	} else {
		r.checkers[d.lvs.checkAt].hosts++
	}
	d.lvs.checker = &r.checkers[d.lvs.checkAt]
}

// endSMTP removes the checker itself when its hosts say all that there is to check.
func endSMTP(d *decoder) {
	r := d.lvs.real
	c := d.lvs.checker
	at := d.lvs.checkAt
	for i := at + 1; i < len(r.checkers); i++ {
		*r.checkers[i].detail.SMTP = *c.detail.SMTP
	}
	if c.hosts > 0 && c.connect == (Connect{}) || !d.reachable(c) {
		r.checkers = append(r.checkers[:at], r.checkers[at+1:]...)
	}
}

// dnsSOA is the number of the query type SOA.
const dnsSOA = 6

// dnsTypes are the numbers of query types.
var dnsTypes = map[string]uint16{"A": 1, "NS": 2, "CNAME": 5, "SOA": dnsSOA, "MX": 15, "TXT": 16, "AAAA": 28, "RRSIG": 46, "DNSKEY": 48}

func setDNSType(d *decoder, s stmt) {
	n, ok := dnsTypes[strings.ToUpper(s.arg(1))]
	if !ok {
		d.refuse(s, 1, "Unknown DNS check type {v} - ignoring")
		return
	}
	d.lvs.checker.detail.DNS.Type = n
}

func setDNSName(d *decoder, s stmt) {
	c := d.lvs.checker
	name := s.arg(1)
	switch {
	case c.named:
		d.errorf(s, 1, "DNS_CHECK name already specified - ignoring")
		return
	case name != "." && slices.Contains(strings.Split(name, "."), ""):
		d.refuse(s, 1, "DNS_CHECK name '{v}' has empty label - ignoring")
		return
	case !dnsNameFits(name):
		d.info(s.at(1), "DNS_CHECK name '%s' is too long: a label has at most 63 octets, a name 253 - ignoring", name)
		return
	}
	c.named = true
	c.detail.DNS.Name = strings.Clone(strings.TrimSuffix(name, "."))
}

func dnsNameFits(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > 63 {
			return false
		}
	}
	return len(name) <= 253
}

func setMiscTimeout(d *decoder, s stmt) {
	n, ok := d.number(s, 1, timerLimit)
	if !ok {
		d.refuse(s, 1, "Invalid misc_timeout value '{v}'")
		return
	}
	d.lvs.checker.detail.Misc.Timeout = secs(n)
}

func setMiscPath(d *decoder, s stmt) {
	c := d.lvs.checker
	command := d.command(s, "misc")
	if !command.isSet() {
		return
	}
	command.role, command.user = roleChecker, userDraft{} // user is a keyword of its own
	c.script = &command
}

func setMiscUser(d *decoder, s stmt) {
	c := d.lvs.checker
	if s.n() < 2 {
		d.errorf(s, 0, "No user specified for misc checker script '%s'", c.commandLine())
		return
	}
	c.user = userDraft{user: strings.Clone(s.arg(1)), group: strings.Clone(s.arg(2)), at: s.at(1)}
	if _, ok := d.lookup(c.user); !ok {
		d.errorf(s, 1, "Failed to set uid/gid for misc checker script '%s' - removing", c.commandLine())
		c.badUser = true
	}
}

func (c *checkDraft) commandLine() string {
	if c.script == nil {
		return ""
	}
	return strings.Join(c.script.argv, " ")
}

func endMisc(d *decoder) {
	c := d.lvs.checker
	switch {
	case c.script == nil:
		d.atEnd(c.Origin, "add misc_path; without it the real server has no such check",
			"No script path has been specified for MISC_CHECKER - skipping")
		d.dropCheck()
	case c.badUser || c.script.broken:
		d.dropCheck()
	default:
		if c.user.user != "" {
			c.script.user = c.user
		}
		c.script.at = d.closing // where the C daemon looks at it
	}
}

func setPayload(d *decoder, s stmt) {
	data, mask, ok := readHex(s, 1)
	switch {
	case s.n() < 2:
		d.errorf(s, 0, "UDP_CHECK payload requires a payload")
	case !ok || !allOnes(mask):
		d.valueError(s, 1, "Invalid hex string for UDP_CHECK payload")
	default:
		u := d.lvs.checker.detail.UDP
		u.Payload, u.Specified = data, true
	}
}

func setReply(d *decoder, s stmt) {
	u := d.lvs.checker.detail.UDP
	u.RequireReply = true
	if s.n() < 2 {
		return
	}
	data, mask, ok := readHex(s, 1)
	if !ok {
		d.valueError(s, 1, "Invalid hex string for UDP_CHECK reply")
		return
	}
	u.Reply, u.ReplyMask = data, mask
}

func allOnes(mask []byte) bool {
	for _, b := range mask {
		if b != 0xff {
			return false
		}
	}
	return true
}

// readHex reads octets in hexadecimal digits from word i on, each word by itself;
// an odd number of digits begins with half an octet, x stands for any half.
func readHex(s stmt, i int) (data, mask []byte, ok bool) {
	for ; i < s.n(); i++ {
		word := s.arg(i)
		if len(word)%2 != 0 {
			word = "0" + word
		}
		digits := strings.NewReplacer("x", "0", "X", "0").Replace(word)
		octets, err := hex.DecodeString(digits)
		if err != nil {
			return nil, nil, false
		}
		data = append(data, octets...)
		for j := 0; j < len(word); j += 2 {
			mask = append(mask, halfMask(word[j])<<4|halfMask(word[j+1]))
		}
	}
	return data, mask, true
}

func halfMask(c byte) byte {
	if c == 'x' || c == 'X' {
		return 0
	}
	return 0xf
}

func udpLength(name string, p func(u *UDPCheck) *uint16) handler {
	return whole(limits{lo: 0, hi: 65535, strict: true}, "UDP_CHECK "+name+" length {v} not valid - must be between 0 & 65535",
		func(d *decoder, v int64) { *p(d.lvs.checker.detail.UDP) = uint16(v) })
}

// defaultPayload is what UDP_CHECK sends when nothing else is configured.
func defaultPayload() []byte {
	return []byte(strings.Repeat("keepalived check - ", 2)[:32])
}

func endUDP(d *decoder) {
	c := d.lvs.checker
	u := c.detail.UDP
	if u.MinReply > u.MaxReply {
		d.atEnd(c.Origin, "raise max_reply_length", "UDP_CHECK min_reply length %d > max_reply_length %d - will always fail", u.MinReply, u.MaxReply)
	}
	if u.Payload == nil {
		u.Payload = defaultPayload()
	}
	endCheck(d)
}

func setCheckFile(d *decoder, s stmt) {
	for _, f := range d.files {
		if f.Name == s.arg(1) {
			d.lvs.checker.detail.File.Name = f.Name
			if !d.lvs.checker.weight.Set {
				d.lvs.checker.detail.File.Weight, d.lvs.checker.detail.File.Reverse = int32(f.Weight), f.Reverse
			}
			return
		}
	}
	d.refuse(s, 1, "track_file {v} not found")
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
	case d.lvs.real.monitors(name):
		d.errorf(s, 1, "(%s) BFD_CHECK - RS already monitoring %s", rs, name)
	default:
		c.detail.BFD.Name = strings.Clone(name)
		return
	}
	c.badName = true
}

// checkerBFD says whether a BFD session of that name has been declared for the
// checkers.
func (d *decoder) checkerBFD(name string) bool {
	for _, b := range d.bfds {
		if b.Name == name {
			return b.Checker
		}
	}
	return false
}

func (r *realDraft) monitors(name string) bool {
	for _, c := range r.checkers {
		if c.Kind == CheckBFD && c.detail.BFD.Name == name {
			return true
		}
	}
	return false
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
	d.dropCheck()
}
