package config

import (
	"encoding/hex"
	"strings"
)

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

// readHex reads octets in hexadecimal digits from word i on, each group by itself;
// an odd number of digits begins with half an octet, x stands for any half.
func readHex(s stmt, i int) (data, mask []byte, ok bool) {
	for _, word := range strings.FieldsFunc(strings.Join(s.args(i), " "), func(r rune) bool { return r == ' ' || r == '\t' }) {
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
	return data, mask, len(data) > 0
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
