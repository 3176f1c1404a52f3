package dump

import (
	"keepalived/internal/dump"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// counter is one number of the statistics.
type counter struct {
	text  string // in the statistics file
	json  string
	level int // blanks before it
	of    func(*fsm.Counters) uint64
}

// rejected sums up reasons for which adverts were refused.
func rejected(reasons ...packet.Reason) func(*fsm.Counters) uint64 {
	return func(c *fsm.Counters) (sum uint64) {
		for _, r := range reasons {
			sum += c.Rejected[r]
		}
		return sum
	}
}

// counters are the numbers in the order of the statistics file; a line without
// a number is a heading.
var counters = []counter{
	{"Advertisements", "", 2, nil},
	{"Received", "advert_rcvd", 4, func(c *fsm.Counters) uint64 { return c.AdvertsReceived }},
	{"Sent", "advert_sent", 4, func(c *fsm.Counters) uint64 { return c.AdvertsSent }},
	{"Became master", "become_master", 2, func(c *fsm.Counters) uint64 { return c.BecomeMaster }},
	{"Released master", "release_master", 2, func(c *fsm.Counters) uint64 { return c.ReleaseMaster }},
	{"Packet Errors", "", 2, nil},
	{"Length", "packet_len_err", 4, rejected(packet.ReasonLength, packet.ReasonIPLength)},
	{"TTL", "ip_ttl_err", 4, rejected(packet.ReasonTTL, packet.ReasonPeerTTL)},
	{"Invalid Type", "invalid_type_rcvd", 4, rejected(packet.ReasonType)},
	{"Advertisement Interval", "advert_interval_err", 4, rejected(packet.ReasonInterval)},
	{"Address List", "addr_list_err", 4, func(c *fsm.Counters) uint64 { return c.AddrListErrors }},
	{"Authentication Errors", "", 2, nil},
	{"Invalid Type", "invalid_authtype", 4, rejected(packet.ReasonAuthType)},
	{"Type Mismatch", "authtype_mismatch", 4, rejected(packet.ReasonAuthMismatch, packet.ReasonAHHeader)},
	{"Failure", "auth_failure", 4, rejected(packet.ReasonPassword, packet.ReasonAHProtocol, packet.ReasonAHDigest,
		packet.ReasonAHSPI, packet.ReasonAHSequence)},
	{"Authentication Extension Errors", "", 2, nil},
	{"Missing", "auth_ext_missing", 4, rejected(packet.ReasonHMACMissing)},
	{"Malformed", "auth_ext_malformed", 4, rejected(packet.ReasonHMACMalformed)},
	{"Unknown Key", "auth_ext_unknown_key", 4, rejected(packet.ReasonHMACKey)},
	{"Invalid HMAC", "auth_ext_invalid_hmac", 4, rejected(packet.ReasonHMACInvalid)},
	{"Stale", "auth_ext_stale", 4, rejected(packet.ReasonHMACStale)},
	{"Replay", "auth_ext_replay", 4, rejected(packet.ReasonHMACReplay)},
	{"Priority Zero", "", 2, nil},
	{"Received", "pri_zero_rcvd", 4, func(c *fsm.Counters) uint64 { return c.PriorityZeroReceived }},
	{"Sent", "pri_zero_sent", 4, func(c *fsm.Counters) uint64 { return c.PriorityZeroSent }},
}

// Stats is the statistics file.
func (s *Snapshot) Stats() []byte {
	var t dump.Text
	for i := range s.Instances {
		in := &s.Instances[i]
		t.Linef(0, "VRRP Instance: %s", in.Conf.Name)
		for _, c := range counters {
			if c.of == nil {
				t.Linef(c.level, "%s:", c.text)
				continue
			}
			t.Linef(c.level, "%s: %d", c.text, c.of(&in.Status.Counters))
		}
	}
	return t.Bytes()
}
