package vrrp

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// advert3 is a version 3 advert for the address of these tests, without its
// checksum.
func advert3(vrid, priority uint8) []byte {
	b := []byte{3<<4 | 1, vrid, priority, 1, 0, 20, 0, 0, 192, 0, 2, 100}
	src, dst := netip.MustParseAddr("192.0.2.3").As4(), netip.MustParseAddr("224.0.0.18").As4()
	head := append(append(append([]byte{}, src[:]...), dst[:]...), 0, 112, 0, byte(len(b)))
	binary.BigEndian.PutUint16(b[6:], ^uint16(sum(append(head, b...))))
	return b
}

// sendAdvert sends an advert from the client to the group.
func (p *pair) sendAdvert(b []byte) {
	p.t.Helper()
	forge(p.t, p.client, b)
}

// forge sends an advert from a node, which is 192.0.2.3, to the group.
func forge(t *testing.T, n *lab.Node, b []byte) {
	t.Helper()
	err := n.Do(func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 112)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_TTL, 255); err != nil {
			return err
		}
		if err := unix.BindToDevice(fd, "eth0"); err != nil {
			return err
		}
		return unix.Sendto(fd, b, 0, &unix.SockaddrInet4{Addr: [4]byte{224, 0, 0, 18}})
	})
	if err != nil {
		t.Fatal(err)
	}
}
