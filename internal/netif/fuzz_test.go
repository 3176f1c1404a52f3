package netif

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Whatever a datagram holds, reading it must not fail otherwise than by leaving
// things out.
func FuzzMessages(f *testing.F) {
	for _, tt := range routeTests {
		f.Add(encoded(unix.RTM_NEWROUTE, tt.route))
	}
	for _, tt := range ruleTests {
		f.Add(encoded(unix.RTM_DELRULE, tt.rule))
	}
	f.Add(encoded(unix.RTM_NEWADDR, vip(3, 1)))
	f.Add(encoded(unix.RTM_NEWLINK, NewLink{Name: "vrrp.1", Kind: "macvlan", ParentIndex: 1, HardwareAddr: virtualMAC}))
	f.Add(encoded(unix.RTM_DELLINK, NewLink{Name: "vrrp.1", Kind: "ipvlan", ParentIndex: 1}))
	f.Add(appendMessage(nil, unix.NLMSG_ERROR, unix.NLM_F_ACK_TLVS, 1, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}))
	f.Fuzz(func(t *testing.T, b []byte) {
		messages(b, func(m message) {
			decodeEvent(m)
			errorCode(m.body)
			extendedError(m)
		})
	})
}

func encoded(typ uint16, it item) []byte {
	var e encoder
	it.encode(&e)
	return appendMessage(nil, typ, 0, 1, e.b)
}

func TestDecodedEqualsEncoded(t *testing.T) {
	for _, tt := range ruleTests {
		var e encoder
		tt.rule.encode(&e)
		if got, ok := decodeRule(e.b); !ok || got.Normal() != tt.rule.Normal() {
			t.Errorf("%s: got %+v, want %+v", tt.words, got.Normal(), tt.rule.Normal())
		}
		cut(e.b, func(b []byte) { decodeRule(b) })
	}
	for _, tt := range routeTests {
		var e encoder
		tt.route.encode(&e)
		if got, ok := decodeRoute(e.b); !ok || got.Key() != tt.route.Key() {
			t.Errorf("%s: got %+v, want %+v", tt.words, got.Key(), tt.route.Key())
		}
		cut(e.b, func(b []byte) { decodeRoute(b) })
	}
}

// cut offers every beginning of b.
func cut(b []byte, f func([]byte)) {
	for n := range b {
		f(b[:n])
	}
}
