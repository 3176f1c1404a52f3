package marker

import (
	"encoding/binary"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/userdata"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// dial opens nftables; hangUp closes it. What is sent goes through tell: the
// library cannot say in which byte order the marks of a map are, and without
// that nft(8) shows them reversed. Its hook for tests is the one way in.
func dial() (c *nftables.Conn, hangUp func(), err error) {
	kernel, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("opening nftables: %w", err)
	}
	c, err = nftables.New(nftables.WithTestDial(func(send []netlink.Message) ([]netlink.Message, error) {
		if send == nil {
			return kernel.Receive()
		}
		for i := range send {
			if err := tell(&send[i]); err != nil {
				return nil, err
			}
		}
		_, err := kernel.SendMessages(send)
		return nil, err
	}))
	if err != nil {
		kernel.Close()
		return nil, nil, fmt.Errorf("opening nftables: %w", err)
	}
	return c, func() { kernel.Close() }, nil
}

// hostOrder is what nft(8) calls the byte order of the machine.
const hostOrder = 1

// tell adds to a message that makes a map that its data are in the byte order of
// the machine.
func tell(m *netlink.Message) error {
	const family = 4 // octets of nfgenmsg before the attributes
	if m.Header.Type != unix.NFNL_SUBSYS_NFTABLES<<8|unix.NFT_MSG_NEWSET || len(m.Data) < family {
		return nil
	}
	attrs, err := netlink.UnmarshalAttributes(m.Data[family:])
	if err != nil {
		return fmt.Errorf("completing an nftables map: %w", err)
	}
	order := userdata.Append(nil, userdata.NFTNL_UDATA_SET_DATABYTEORDER, binary.NativeEndian.AppendUint32(nil, hostOrder))
	for i := range attrs {
		if attrs[i].Type == unix.NFTA_SET_USERDATA {
			attrs[i].Data = append(attrs[i].Data, order...)
			attrs[i].Length = 0 // counted anew
		}
	}
	body, err := netlink.MarshalAttributes(attrs)
	if err != nil {
		return fmt.Errorf("completing an nftables map: %w", err)
	}
	m.Data = append(m.Data[:family:family], body...)
	m.Header.Length = 0
	return nil
}
