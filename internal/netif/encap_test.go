package netif

import (
	"encoding/hex"
	"net/netip"
	"testing"
)

// The bytes are those of iproute2 where the kernel at hand may lack the type.
func TestEncapBytes(t *testing.T) {
	for _, tt := range []struct {
		encap Encap
		typ   uint16
		want  string
	}{
		{EncapMPLS{Labels: []uint32{100, 200}}, 1, "0c000100" + "00064000000c8100"},
		{EncapIP{ID: 5, Dst: netip.MustParseAddr("1.2.3.4"), Flags: 0xd}, 2, "0c000100" + "0000000000000005" + "08000200" + "01020304" + "06000600" + "000d0000"},
		{EncapILA{Locator: 0x0001000200030004}, 3, "0c000100" + "0001000200030004"},
	} {
		if host.Uint16([]byte{1, 0}) != 1 {
			t.Skip("the expected bytes are those of a little-endian machine")
		}
		var e encoder
		tt.encap.encode(&e)
		if got := hex.EncodeToString(e.b); got != tt.want || tt.encap.encapType() != tt.typ {
			t.Errorf("%+v:\ngot  %d %s\nwant %d %s", tt.encap, tt.encap.encapType(), got, tt.typ, tt.want)
		}
	}
}
