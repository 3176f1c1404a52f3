package ipvs

import (
	"net/netip"
	"testing"
)

func numbered(i int) ServiceKey {
	return AddressKey(TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 80))
}

// An index that grew from nothing finds what one over the whole list finds.
func TestIndex(t *testing.T) {
	const n = 5000
	var list []Entry
	grown := NewIndex(0)
	for i := range n {
		list = append(list, Entry{Service: Service{Key: numbered(i * 7)}}, Entry{Service: Service{Key: numbered(i * 7 / 2)}})
		grown.Add(list, len(list)-2)
		grown.Add(list, len(list)-1)
	}
	whole, first := IndexOf(list), map[ServiceKey]int{}
	for i := range list {
		if _, again := first[list[i].Service.Key]; !again {
			first[list[i].Service.Key] = i
		}
	}
	for i := range 7 * n {
		want, ok := first[numbered(i)]
		if !ok {
			want = -1
		}
		if got := grown.Find(list, numbered(i)); got != want {
			t.Fatalf("service %d: %d in the one that grew, want %d", i, got, want)
		}
		if got := whole.Find(list, numbered(i)); got != want {
			t.Fatalf("service %d: %d in the whole one, want %d", i, got, want)
		}
	}
}
