package ipvs

import "hash/maphash"

// index finds the entry of a service in a list that its user keeps: it is a
// hash table of positions alone. A map would hold each key a second time, and a
// key is large.
type index struct {
	seed  maphash.Seed
	slots []int32 // 1 more than the position; 0: free; at most half of them are used
}

// indexOf returns the index of a list. Of several entries with the same key it
// finds the first.
func indexOf(list []Entry) index {
	n := 16
	for n < 2*len(list) {
		n *= 2
	}
	x := index{seed: maphash.MakeSeed(), slots: make([]int32, n)}
	for i := range list {
		if s := x.slot(list, list[i].Service.Key); *s == 0 {
			*s = int32(i + 1)
		}
	}
	return x
}

// slot is where a service is, or where it would be put.
func (x *index) slot(list []Entry, key ServiceKey) *int32 {
	mask := uint64(len(x.slots) - 1)
	for i := maphash.Comparable(x.seed, key); ; i++ {
		s := &x.slots[i&mask]
		if *s == 0 || list[*s-1].Service.Key == key {
			return s
		}
	}
}

// find returns the position of a service in the list, or -1.
func (x *index) find(list []Entry, key ServiceKey) int { return int(*x.slot(list, key)) - 1 }
