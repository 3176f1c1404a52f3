package main

import (
	"encoding/binary"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// tap sees the netlink messages of a node on an nlmon interface.
type tap struct {
	fd int

	mu      sync.Mutex
	changes int // NEW, SET, DEL and the like
	reads   int
}

// ipvsGet are the commands of IPVS that only read.
var ipvsGet = map[byte]bool{4: true, 8: true, 11: true, 13: true, 15: true}

func newTap(n *lab.Node) (*tap, error) {
	t := new(tap)
	if _, err := n.Output("ip", "link", "add", "tap0", "type", "nlmon"); err != nil {
		return nil, err
	}
	n.Run("ip", "link", "set", "tap0", "up")
	err := n.Do(func() (err error) {
		t.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(htons(unix.ETH_P_ALL)))
		if err != nil {
			return err
		}
		unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("opening a packet socket: %w", err)
	}
	go t.read()
	return t, nil
}

func htons(v uint16) uint16 { return v<<8 | v>>8 }

func (t *tap) close() { unix.Close(t.fd) }

func (t *tap) counts() (changes, reads int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changes, t.reads
}

// read counts requests. An interface of this kind shows each datagram with
// the netlink family as its protocol; one may hold several messages.
func (t *tap) read() {
	for b := make([]byte, 1<<16); ; {
		n, from, err := unix.Recvfrom(t.fd, b, 0)
		if err != nil {
			return
		}
		if ll, ok := from.(*unix.SockaddrLinklayer); !ok || ll.Protocol != htons(unix.NETLINK_GENERIC) || ll.Hatype != unix.ARPHRD_NETLINK {
			continue
		}
		for m := b[:n]; len(m) >= unix.NLMSG_HDRLEN+4; {
			size := int(binary.NativeEndian.Uint32(m))
			if size < unix.NLMSG_HDRLEN || size > len(m) {
				break
			}
			flags := binary.NativeEndian.Uint16(m[6:])
			if kind := binary.NativeEndian.Uint16(m[4:]); kind > unix.GENL_ID_CTRL && flags&unix.NLM_F_REQUEST != 0 {
				t.count(m[unix.NLMSG_HDRLEN])
			}
			m = m[min(len(m), (size+3)&^3):]
		}
	}
}

func (t *tap) count(command byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ipvsGet[command] {
		t.reads++
	} else {
		t.changes++
	}
}
