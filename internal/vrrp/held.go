package vrrp

import (
	"bytes"
	"encoding/gob"
	"errors"
	"io"
	"time"

	"keepalived/internal/logging"
	"keepalived/internal/vrrp/fsm"
)

// heldState is what a successor needs to know should this process die.
type heldState struct {
	Masters []fsm.Key
}

// reportHeld leaves the state with the parent. The parent keeps the last report
// and when it last heard of this process.
func (l *loop) reportHeld() {
	var h heldState
	for _, in := range l.instances {
		if l.isMaster(in) {
			h.Masters = append(h.Masters, instanceKey(in.conf))
		}
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(h); err != nil {
		l.log.Errf("Encoding the state for a successor: %v", err)
		return
	}
	if err := l.parent.child.SetHeld(b.Bytes()); err != nil && !errors.Is(err, io.EOF) {
		l.log.Errf("Handing the state to the parent: %v", err)
	}
}

// resumed is what a predecessor that died has left; age is how long ago the
// parent last heard of it.
func resumed(held []byte, age time.Duration, log *logging.Logger) (out []fsm.Resumed) {
	if len(held) == 0 {
		return nil
	}
	var h heldState
	if err := gob.NewDecoder(bytes.NewReader(held)).Decode(&h); err != nil {
		log.Errf("Reading the state left by the predecessor: %v", err)
		return nil
	}
	for _, k := range h.Masters {
		out = append(out, fsm.Resumed{Key: k, LastAdvert: age})
	}
	return out
}
