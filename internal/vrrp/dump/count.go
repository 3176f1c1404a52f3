package dump

import "keepalived/internal/vrrp/fsm"

// Count is the counter that the JSON file calls name, 0 if there is none.
func Count(c *fsm.Counters, name string) uint64 {
	for _, x := range counters {
		if x.json == name && x.of != nil {
			return x.of(c)
		}
	}
	return 0
}
