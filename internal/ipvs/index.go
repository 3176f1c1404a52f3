package ipvs

import "hash/maphash"

// Index finds the entry of a service in a list that its user keeps: it is a
// hash table of positions alone. A map would hold each key a second time, and a
// key is large.
type Index struct {
	seed  maphash.Seed
	slots []int32 // 1 more than the position; 0: free
	used  int
}

// NewIndex returns an empty index with room for so many entries.
func NewIndex(room int) Index {
	x := Index{seed: maphash.MakeSeed()}
	x.allocate(room)
	return x
}

// IndexOf returns the index of a list. Of several entries with the same key it
// finds the first.
func IndexOf(list []Entry) Index {
	x := NewIndex(len(list))
	for i := range list {
		x.put(list, i)
	}
	return x
}

// allocate makes room for so many entries: at most half of the slots are used.
func (x *Index) allocate(room int) {
	n := 16
	for n < 2*room {
		n *= 2
	}
	x.slots, x.used = make([]int32, n), 0
}

// slot is where a service is, or where it would be put.
func (x *Index) slot(list []Entry, key ServiceKey) *int32 {
	mask := uint64(len(x.slots) - 1)
	for i := maphash.Comparable(x.seed, key); ; i++ {
		s := &x.slots[i&mask]
		if *s == 0 || list[*s-1].Service.Key == key {
			return s
		}
	}
}

func (x *Index) put(list []Entry, at int) {
	if s := x.slot(list, list[at].Service.Key); *s == 0 {
		*s = int32(at + 1)
		x.used++
	}
}

// Find returns the position of a service in the list, or -1.
func (x *Index) Find(list []Entry, key ServiceKey) int { return int(*x.slot(list, key)) - 1 }

// Add notes the entry at a position of the list, unless there is one with the
// same key.
func (x *Index) Add(list []Entry, at int) {
	if 2*(x.used+1) > len(x.slots) {
		old := x.slots
		x.allocate(2 * x.used)
		for _, s := range old {
			if s != 0 {
				x.put(list, int(s-1))
			}
		}
	}
	x.put(list, at)
}
