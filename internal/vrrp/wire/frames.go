package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"

	"github.com/mdlayher/arp"
	"github.com/mdlayher/ethernet"
	"golang.org/x/sys/unix"
)

const (
	ethernetLen   = 6  // of a hardware address
	infinibandLen = 20 // RFC 4391
)

// frames holds the announcements of one interface, in which only the announced
// address has to be filled in.
type frames struct {
	index  int
	typ    uint16
	mac    net.HardwareAddr
	bcast  net.HardwareAddr
	router bool

	arp    frame
	arpIPs int // where the sender's address is in arp.data
	arpGap int // from the sender's address to the target's
	na     frame
	naIP   int // where the IPv6 header is in na.data
}

// prepare makes the frames, unless they are those of i already.
func (f *frames) prepare(i Interface) error {
	if f.index == i.Index && f.typ == i.Type && f.router == i.Router && f.index != 0 &&
		bytes.Equal(f.mac, i.HardwareAddr) && bytes.Equal(f.bcast, i.Broadcast) {
		return nil
	}
	*f = frames{}
	var err error
	switch {
	case i.Type == unix.ARPHRD_ETHER && len(i.HardwareAddr) == ethernetLen:
		err = f.ethernet(i)
	case i.Type == unix.ARPHRD_INFINIBAND && len(i.HardwareAddr) == infinibandLen && len(i.Broadcast) == infinibandLen:
		f.infiniband(i)
	default:
		err = fmt.Errorf("no announcements with hardware type %d and %d byte addresses", i.Type, len(i.HardwareAddr))
	}
	if err != nil {
		return err
	}
	f.index, f.typ, f.router = i.Index, i.Type, i.Router
	f.mac, f.bcast = bytes.Clone(i.HardwareAddr), bytes.Clone(i.Broadcast)
	return nil
}

// arpFor is the request in which addr asks for itself.
func (f *frames) arpFor(addr netip.Addr) frame {
	ip := addr.As4()
	copy(f.arp.data[f.arpIPs:], ip[:])
	copy(f.arp.data[f.arpIPs+f.arpGap:], ip[:])
	return f.arp
}

const ethernetHeader = 14

func (f *frames) ethernet(i Interface) error {
	p, err := arp.NewPacket(arp.OperationRequest, i.HardwareAddr, netip.IPv4Unspecified(), ethernet.Broadcast, netip.IPv4Unspecified())
	if err != nil {
		return err
	}
	payload, err := p.MarshalBinary()
	if err != nil {
		return err
	}
	if f.arp.data, err = ethernetFrame(i, ethernet.Broadcast, ethernet.EtherTypeARP, payload); err != nil {
		return err
	}
	f.arp.protocol = unix.ETH_P_ARP
	f.arpIPs, f.arpGap = ethernetHeader+8+ethernetLen, 4+ethernetLen

	allNodes := net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1}
	if f.na.data, err = ethernetFrame(i, allNodes, ethernet.EtherTypeIPv6, neighbourAdvert(i)); err != nil {
		return err
	}
	f.na.protocol = unix.ETH_P_IPV6
	f.naIP = ethernetHeader
	return nil
}

// ethernetFrame drops the padding to the smallest frame: the driver pads what
// leaves on a cable.
func ethernetFrame(i Interface, dst net.HardwareAddr, typ ethernet.EtherType, payload []byte) ([]byte, error) {
	f := ethernet.Frame{Destination: dst, Source: i.HardwareAddr, EtherType: typ, Payload: payload}
	b, err := f.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return b[:ethernetHeader+len(payload)], nil
}

// infiniband leaves the link header to the kernel: its layout is the driver's.
func (f *frames) infiniband(i Interface) {
	b := binary.BigEndian.AppendUint16(nil, unix.ARPHRD_INFINIBAND)
	b = binary.BigEndian.AppendUint16(b, unix.ETH_P_IP)
	b = append(b, infinibandLen, 4, 0, uint8(arp.OperationRequest))
	f.arpIPs, f.arpGap = len(b)+infinibandLen, 4+infinibandLen
	b = append(b, i.HardwareAddr...)
	b = append(b, 0, 0, 0, 0)
	b = append(b, i.Broadcast...)
	b = append(b, 0, 0, 0, 0)
	f.arp = frame{data: b, protocol: unix.ETH_P_ARP, dst: bytes.Clone(i.Broadcast)}
	f.na = frame{data: neighbourAdvert(i), protocol: unix.ETH_P_IPV6, dst: infinibandGroup(i.Broadcast)}
}

// infinibandGroup is the hardware address of ff02::1 (RFC 4391 4): scope and
// partition are those of the broadcast group.
func infinibandGroup(broadcast net.HardwareAddr) []byte {
	b := []byte{0, 0xff, 0xff, 0xff, 0xff, 0x10 | broadcast[5]&0xf, 0x60, 0x1b, broadcast[8], broadcast[9]}
	return append(b, allNodes6[6:]...)
}
