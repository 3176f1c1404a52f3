package ipvs

import (
	"net/netip"
	"testing"
)

func numbered(i int) ServiceKey {
	return AddressKey(TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 80))
}

// The first of several entries with the same key is found.
func TestIndex(t *testing.T) {
	const n = 5000
	var list []Entry
	for i := range n {
		list = append(list, Entry{Service: Service{Key: numbered(i * 7)}}, Entry{Service: Service{Key: numbered(i * 7 / 2)}})
	}
	whole, first := indexOf(list), map[ServiceKey]int{}
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
		if got := whole.find(list, numbered(i)); got != want {
			t.Fatalf("service %d: %d, want %d", i, got, want)
		}
	}
}
