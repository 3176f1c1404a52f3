package lab

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// captureBuffer is how much the kernel holds for a capture that is not
// scheduled for a while.
const captureBuffer = 64 << 20

// Capture is a record of the frames of a segment: every frame once, as it
// came from its sender, before any loss. Its methods may be called while it
// runs, and after it has ended.
type Capture struct {
	segment *Segment
	file    *os.File
	ended   chan struct{}
	closing atomic.Bool
	all     atomic.Bool // KeepAll

	mu     sync.Mutex
	frames []Frame
	err    error
}

// Capture starts recording VRRP, ARP and neighbour advertisements. It ends
// with the test if Stop does not end it before.
func (s *Segment) Capture() *Capture {
	s.t.Helper()
	c := &Capture{segment: s, ended: make(chan struct{})}
	err := s.lab.ports.Do(func() (err error) {
		c.file, err = openCapture()
		return err
	})
	if err != nil {
		s.t.Fatalf("capturing on %s: %v", s.Name, err)
	}
	go c.run()
	s.t.Cleanup(func() { c.Stop() })
	return c
}

// openCapture returns a socket that receives all frames of the namespace.
func openCapture() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "capture")
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, captureBuffer) != nil {
		// Only real root may go beyond the limit.
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, captureBuffer)
	}
	err = errors.Join(err,
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL)}))
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func networkOrder(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

func (c *Capture) run() {
	defer close(c.ended)
	raw, err := c.file.SyscallConn()
	if err != nil {
		c.fail(err)
		return
	}
	data, control := make([]byte, 1<<16), make([]byte, 256)
	for {
		var n, ctl int
		var from unix.Sockaddr
		var recvErr error
		err := raw.Read(func(fd uintptr) bool {
			n, ctl, _, from, recvErr = unix.Recvmsg(int(fd), data, control, 0)
			return !errors.Is(recvErr, unix.EAGAIN)
		})
		switch {
		case c.closing.Load():
			return
		case err != nil || recvErr != nil && !errors.Is(recvErr, unix.ENETDOWN) && !errors.Is(recvErr, unix.EINTR):
			c.fail(errors.Join(err, recvErr))
			return
		case recvErr == nil:
			c.record(data[:n], control[:ctl], from)
		}
	}
}

func (c *Capture) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

// KeepAll keeps the frames from now on that are neither adverts nor neighbour
// discovery, too: those of other protocols, undecoded.
func (c *Capture) KeepAll() { c.all.Store(true) }

func (c *Capture) record(data, control []byte, from unix.Sockaddr) {
	ll, ok := from.(*unix.SockaddrLinklayer)
	if !ok {
		return
	}
	link := c.segment.linkAt(ll.Ifindex)
	if link == nil {
		return
	}
	f := Frame{At: kernelTime(control), From: link}
	f.decode(append([]byte(nil), data...))
	if f.Advert == nil && f.ARP == nil && f.Neighbor == nil && !c.all.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames = append(c.frames, f)
}

// linkAt returns the link whose cable ends at a port of the segment.
func (s *Segment) linkAt(port int) *Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.links {
		if k.portIndex == port {
			return k
		}
	}
	return nil
}

// kernelTime reads the timestamp out of a control message.
func kernelTime(control []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return time.Now()
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		}
	}
	return time.Now()
}

// Stop ends the recording after what the kernel still holds, and fails the
// test if frames are missing from it.
func (c *Capture) Stop() {
	c.segment.t.Helper()
	select {
	case <-c.ended:
		return
	default:
	}
	dropped := c.drain()
	c.closing.Store(true)
	c.file.Close()
	<-c.ended
	if c.err != nil || dropped > 0 {
		c.segment.t.Errorf("capture on %s: %d frames lost, %v", c.segment.Name, dropped, c.err)
	}
}

// drain waits until the kernel's queue is empty and returns how many frames
// never got into it.
func (c *Capture) drain() (dropped uint32) {
	raw, err := c.file.SyscallConn()
	if err != nil {
		c.fail(err)
		return 0
	}
	poll(Patience, func() bool {
		queued := 0
		err = raw.Control(func(fd uintptr) { queued, _ = unix.IoctlGetInt(int(fd), unix.SIOCINQ) })
		return err != nil || queued == 0
	})
	raw.Control(func(fd uintptr) {
		if st, err := unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
			dropped = st.Drops
		}
	})
	return dropped
}

// Frames returns what was recorded, from the given number of frames on; the
// sum of it and the length of the result is the number to go on with.
func (c *Capture) Frames(from int) []Frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frames[from:len(c.frames):len(c.frames)]
}
