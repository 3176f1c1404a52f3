package check

import "sync"

// room is where one read puts what came, until it has been looked at. It holds
// the largest datagram.
type room [65536]byte

var rooms = sync.Pool{New: func() any { return new(room) }}

func takeRoom() *room { return rooms.Get().(*room) }

// giveBack ends the use of what was read.
func (r *room) giveBack() { rooms.Put(r) }
